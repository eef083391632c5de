"""The KS is shared: opened once for all threads, and renewed before it ends."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from requests_mock import Mocker

from source_kaltura_rooms.kaltura.authentication import HOLD, Ks
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused
from unit_tests.stand_ins import error
from unit_tests.test_authentication import (
    ADMIN,
    START,
    START_WIDGET,
    START_WITH_TOKEN,
    TOKEN,
    Clock,
    provider_of,
)


@pytest.mark.parametrize(
    ("credentials", "answer", "good_for"),
    [
        pytest.param(ADMIN, "ks", 3_000, id="admin_secret"),
        pytest.param(TOKEN, {"ks": "ks", "expiry": 1_770_003_600}, 3_000, id="app_token"),
        pytest.param(TOKEN, {"ks": "ks"}, 3_000, id="app_token_without_an_end"),
        pytest.param(TOKEN, {"ks": "ks", "expiry": None}, 3_000, id="app_token_with_a_null_end"),
        pytest.param(
            TOKEN, {"ks": "ks", "expiry": 1_770_000_400}, 300, id="app_token_that_allows_less"
        ),
        pytest.param(
            TOKEN, {"ks": "ks", "expiry": 1_770_090_000}, 3_000, id="app_token_that_says_more"
        ),
        pytest.param(
            TOKEN, {"ks": "ks", "expiry": 1_769_999_000}, 3_000, id="a_server_whose_clock_is_behind"
        ),
    ],
)
def test_given_a_ks_when_its_end_is_near_then_it_is_renewed_before(
    credentials: dict[str, Any],
    answer: object,
    good_for: int,
    requests_mock: Mocker,
    logger: logging.Logger,
) -> None:
    requests_mock.post(START_WIDGET, json={"ks": "widget"})
    opened = requests_mock.post(START if credentials is ADMIN else START_WITH_TOKEN, json=answer)
    clock = Clock()
    provider = provider_of(logger, credentials, clock)

    provider.current("rooms")
    clock.now += good_for - 1
    provider.current("rooms")
    assert opened.call_count == 1
    clock.now += 1
    provider.current("rooms")
    assert opened.call_count == 2


def opened_slowly() -> Callable[[object, object], str]:
    """KS ks0, ks1, …, slow enough for other workers to ask meanwhile if they are let."""
    numbers = itertools.count()

    def answer(request: object, context: object) -> str:
        threading.Event().wait(0.02)
        return f"ks{next(numbers)}"

    return answer


def test_given_many_workers_when_all_want_a_ks_then_it_is_opened_once(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START, json=opened_slowly())
    provider = provider_of(logger, ADMIN)

    with ThreadPoolExecutor(16) as workers:
        given = list(workers.map(provider.current, ["rooms"] * 64))

    assert set(given) == {"ks0"}
    assert requests_mock.call_count == 1


def test_given_many_workers_when_all_meet_an_invalid_ks_then_it_is_renewed_once(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START, json=opened_slowly())
    provider = provider_of(logger, ADMIN)
    first = provider.current("rooms")

    with ThreadPoolExecutor(16) as workers:
        given = list(workers.map(lambda _: provider.current("rooms", rejected=first), range(64)))

    assert set(given) == {"ks1"}
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    "code", ["START_SESSION_ERROR", "SERVICE_FORBIDDEN_FULLY_BLOCKED", "INVALID_KS"]
)
def test_given_credentials_that_are_wrong_when_wanted_again_then_kaltura_is_not_asked_twice(
    code: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    """Every stream fails with the same words; a blocked account is not knocked at."""
    requests_mock.post(START, **error(code))
    provider = provider_of(logger, ADMIN)

    for _ in range(3):
        with pytest.raises(Refused) as raised:
            provider.current("rooms")
        assert raised.value.refusal.code == code
    assert requests_mock.call_count == 1


def test_given_a_first_ks_that_cannot_be_opened_when_wanted_again_then_the_error_holds_for_all(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    """Ten threads that wait for the first KS do not each try anew, one after another."""
    requests_mock.post(START, status_code=502)
    clock = Clock()
    provider = provider_of(logger, ADMIN, clock)

    for _ in range(3):
        with pytest.raises(Refused) as raised:
            provider.current("rooms")
        assert str(raised.value).startswith("Kaltura answered HTTP 502 (2 tries in 1 s). ")
        clock.now += 3_600
    assert requests_mock.call_count == 2
    assert not provider.has_ks


def test_given_a_renewal_that_fails_when_wanted_again_then_the_error_holds_for_a_minute(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    bad = {"status_code": 502}
    requests_mock.post(START, [{"json": "first"}, bad, bad, {"json": "second"}])
    clock = Clock()
    provider = provider_of(logger, ADMIN, clock)
    assert provider.current("rooms") == "first"
    assert provider.has_ks

    for _ in range(3):
        with pytest.raises(Refused):
            provider.current("rooms", rejected="first")
    assert requests_mock.call_count == 3
    clock.now += HOLD
    assert provider.current("rooms", rejected="first") == "second"


@pytest.mark.parametrize(
    "said",
    [b"", b"null", b'""', b"5", b'{"ks": "djJ8"}', b"<p>", b'["djJ8"]', b"\xff"],
)
def test_given_an_answer_that_is_no_bare_ks_when_wanted_then_it_is_tried_again(
    said: bytes, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START, [{"content": said}, {"json": "opened"}])

    assert provider_of(logger, ADMIN).current("rooms") == "opened"
    assert requests_mock.call_count == 2


@pytest.mark.parametrize(
    "said", [b"null", b'"djJ8"', b'{"ks": ""}', b'{"ks": null}', b'{"expiry": 5}', b"<p>"]
)
def test_given_an_answer_without_a_ks_when_an_app_token_is_used_then_it_is_tried_again(
    said: bytes, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_WIDGET, [{"content": said}, {"json": {"ks": "widget"}}])
    requests_mock.post(START_WITH_TOKEN, [{"content": said}, {"json": {"ks": "opened"}}])

    assert provider_of(logger, TOKEN).current("rooms") == "opened"
    assert requests_mock.call_count == 4


@pytest.mark.parametrize(
    "code",
    [
        "INVALID_APP_TOKEN_HASH",
        "APP_TOKEN_ID_NOT_FOUND",
        "APP_TOKEN_NOT_ACTIVE",
        "APP_TOKEN_EXPIRED",
    ],
)
def test_given_an_app_token_that_kaltura_refuses_when_wanted_then_it_says_which_trouble(
    code: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_WIDGET, json={"ks": "widget"})
    requests_mock.post(START_WITH_TOKEN, **error(code))

    with pytest.raises(Refused) as raised:
        provider_of(logger, TOKEN).current("rooms")
    assert raised.value.refusal.code == code
    assert raised.value.tried == ""


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status_code": 504}, id="HTTP_504"),
        pytest.param({"exc": requests.ReadTimeout}, id="no_answer_in_time"),
    ],
)
def test_given_a_ks_that_is_not_opened_in_time_when_wanted_then_it_is_a_passing_fault(
    answer: dict[str, Any], requests_mock: Mocker, logger: logging.Logger
) -> None:
    """As a report that is too much, windows would be halved for it, down to a minute."""
    requests_mock.post(START, **answer)

    with pytest.raises(Refused) as raised:
        provider_of(logger, ADMIN).current("rooms")

    assert raised.value.refusal.action is ErrorAction.RETRY
    assert "too much" not in raised.value.refusal.remedy
    assert requests_mock.call_count == 2


def test_given_a_ks_when_it_is_opened_then_it_is_said_for_how_long_but_not_which(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    requests_mock.post(START, json="djJ8opened")

    provider_of(logger, ADMIN).current("rooms")

    assert caplog.messages == ["Opened a KS (Kaltura's session), to be renewed after 50 minutes."]
    assert "djJ8opened" not in repr(Ks("djJ8opened", 5.0))
