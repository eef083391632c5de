"""One call of Kaltura's API: a form by POST, answered, refused, or tried again."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
import requests
from requests_mock import Mocker
from urllib3 import HTTPResponse
from urllib3.exceptions import ReadTimeoutError

from source_kaltura_rooms.kaltura.calls import READ_SIZE, Caller, RetryPolicy
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, no_answer
from unit_tests.stand_ins import error, forms_of, url_of

ACTION = "report/getCsvFromStringParams"
URL = url_of(ACTION)
GOOD: dict[str, Any] = {"content": b"good"}


def called(logger: logging.Logger, patience: RetryPolicy | None = None) -> str:
    caller = Caller("https://www.kaltura.com", logger, patience)
    return caller.call("rooms", ACTION, {"id": "6000"}, bytes.decode)


def refused(logger: logging.Logger, patience: RetryPolicy | None = None) -> Refused:
    with pytest.raises(Refused) as raised:
        called(logger, patience)
    return raised.value


def cut_off() -> dict[str, Any]:
    """An answer whose connection ends before as much has come as was announced."""
    raw = HTTPResponse(
        body=io.BytesIO(b"\xef\xbb\xbfentry_id\n1_ro"),
        headers={"Content-Length": "1000"},
        status=200,
        preload_content=False,
        enforce_content_length=True,
    )
    return {"raw": raw}


def test_given_a_call_when_sent_then_it_is_a_form_by_post_with_nothing_in_the_url(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **GOOD)
    form = {"ks": "a/b+c=|d", "params": "from_date=1;to_date=2", "userId": ""}

    Caller("https://www.kaltura.com", logger).call("rooms", ACTION, form, bytes.decode)

    (request,) = requests_mock.request_history
    assert request.method == "POST"
    assert request.url == (
        "https://www.kaltura.com/api_v3/service/report/action/getCsvFromStringParams"
    )
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert forms_of(requests_mock) == [{**form, "format": "1"}]


def test_given_a_call_when_sent_then_it_waits_longer_than_kaltura_works(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **GOOD)

    called(logger)

    (request,) = requests_mock.request_history
    timeout: object = request.timeout
    assert timeout == (30, 660)
    assert request.stream is True


def test_given_an_answer_when_read_then_its_bytes_are_what_the_reader_gets(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    """Whatever the charset of Content-Type, or that it has none."""
    requests_mock.post(
        URL, content="Zoë".encode(), headers={"Content-Type": "text/csv; charset=ISO-8859-1"}
    )

    assert called(logger) == "Zoë"


def test_given_a_redirect_when_answered_then_the_session_is_not_carried_there(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, status_code=302, headers={"Location": "https://elsewhere.example/"})
    elsewhere = requests_mock.register_uri("GET", "https://elsewhere.example/", **GOOD)

    assert refused(logger).refusal.code == "HTTP 302"
    assert elsewhere.call_count == 0


TRIES = [
    pytest.param(error("INVALID_KS"), 1, id="INVALID_KS_is_for_a_new_session"),
    pytest.param(error("SERVICE_FORBIDDEN"), 1, id="what_the_user_must_mend_once"),
    pytest.param(error("DRUID_QUERY_TIMED_OUT"), 1, id="what_is_too_much_once"),
    pytest.param(error("A_CODE_OF_TOMORROW"), 1, id="an_unknown_code_once"),
    pytest.param({"status_code": 404}, 1, id="HTTP_404_once"),
    pytest.param({"status_code": 504}, 2, id="HTTP_504_twice"),
    pytest.param({"exc": requests.ReadTimeout}, 2, id="no_answer_in_time_twice"),
    pytest.param(
        {"exc": requests.ConnectionError(ReadTimeoutError(None, None, "slow"))},  # type: ignore[arg-type]
        2,
        id="an_answer_that_stops_coming_twice",
    ),
    pytest.param(error("INTERNAL_SERVERL_ERROR"), 6, id="a_passing_fault_six_times"),
    pytest.param({"status_code": 502}, 6, id="HTTP_502_six_times"),
    pytest.param({"content": b""}, 6, id="an_empty_answer_six_times"),
    pytest.param({"exc": requests.ConnectTimeout}, 6, id="no_connection_in_time_six_times"),
    pytest.param({"exc": requests.ConnectionError}, 6, id="no_connection_six_times"),
    pytest.param({"exc": requests.exceptions.SSLError}, 6, id="no_secure_connection_six_times"),
    pytest.param({"exc": requests.exceptions.ChunkedEncodingError}, 6, id="a_cut_line_six_times"),
    pytest.param(error("ACTION_BLOCKED"), 41, id="the_rate_limit_for_eight_minutes"),
    pytest.param({"status_code": 429}, 41, id="HTTP_429_for_eight_minutes"),
]


@pytest.mark.parametrize(("answer", "tries"), TRIES)
def test_given_a_refusal_that_stays_when_called_then_it_is_tried_this_often(
    answer: dict[str, Any], tries: int, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **answer)

    error = refused(logger)

    assert requests_mock.call_count == tries
    assert error.tried == (f"{tries} tries in 0 s" if tries > 1 else "")


@pytest.mark.parametrize(("answer", "tries"), [one for one in TRIES if one.values[1] != 1])
def test_given_a_refusal_that_passes_when_called_then_the_answer_counts(
    answer: dict[str, Any], tries: int, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [answer] * (tries - 1) + [GOOD])

    assert called(logger) == "good"
    assert requests_mock.call_count == tries


def test_given_a_body_of_many_pieces_when_called_then_all_of_it_is_read(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    body = "".join(str(number) for number in range(400_000))
    requests_mock.post(URL, text=body)

    assert len(body) > 2 * READ_SIZE
    assert called(logger) == body


def test_given_a_body_that_was_cut_off_when_called_then_it_is_not_believed_but_tried_again(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [cut_off(), cut_off(), GOOD])

    assert called(logger) == "good"
    assert requests_mock.call_count == 3


def test_given_bodies_that_are_always_cut_off_when_called_then_it_is_refused(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [cut_off() for _ in range(6)])

    error = refused(logger)

    assert error.refusal.code == "an answer that broke off"
    assert error.refusal.action is ErrorAction.RETRY
    assert requests_mock.call_count == 6


def test_given_bytes_that_the_reader_refuses_when_called_then_its_refusal_is_treated(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [{"content": b"<html>"}, GOOD])

    def read(body: bytes) -> str:
        if body.startswith(b"<"):
            raise Refused(no_answer("something else"))
        return body.decode()

    answer = Caller("https://www.kaltura.com", logger).call("rooms", ACTION, {}, read)

    assert answer == "good"
    assert requests_mock.call_count == 2


def test_given_different_refusals_when_called_then_each_kind_is_counted_by_itself(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    fault, blocked, slow = {"status_code": 502}, error("ACTION_BLOCKED"), {"status_code": 504}
    answers = [fault, blocked, slow, fault, fault, blocked, fault, fault, GOOD]
    requests_mock.post(URL, answers)

    assert called(logger) == "good"
    assert requests_mock.call_count == 9


def test_given_different_refusals_when_patience_ends_then_all_tries_and_the_last_code_are_said(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [{"status_code": 502}, error("ACTION_BLOCKED"), error("MISSING_KS")])

    error_raised = refused(logger)

    assert error_raised.refusal.code == "MISSING_KS"
    assert error_raised.tried == "3 tries in 0 s"
    assert str(error_raised) == "MISSING_KS 3 tries in 0 s"


def test_given_passing_faults_when_tried_again_then_waits_double(
    requests_mock: Mocker, logger: logging.Logger, waits: list[float]
) -> None:
    requests_mock.post(URL, status_code=503)

    refused(logger)

    # The CDK adds a second to each wait. Half of a wait is chance, lest workers come back at once.
    assert len(waits) == 5
    for wait, longest in zip(waits, [1, 2, 4, 8, 16], strict=True):
        assert longest / 2 <= wait - 1 <= longest


def test_given_the_rate_limit_when_tried_again_then_each_wait_outlives_its_counters(
    requests_mock: Mocker, logger: logging.Logger, waits: list[float]
) -> None:
    requests_mock.post(URL, [error("ACTION_BLOCKED")] * 5 + [GOOD])

    called(logger)

    assert len(waits) == 5
    assert all(12 <= wait - 1 <= 18 for wait in waits)
    assert len(set(waits)) > 1


def test_given_less_patience_when_called_then_it_ends_earlier(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, status_code=503)

    assert refused(logger, RetryPolicy(retries=2)).tried == "3 tries in 0 s"
    assert requests_mock.call_count == 3


def test_given_the_rate_limit_when_waiting_then_the_platform_is_told(
    requests_mock: Mocker, logger: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    requests_mock.post(URL, [error("ACTION_BLOCKED"), GOOD])

    called(logger)

    assert '"RATE_LIMITED"' in capsys.readouterr().out


def test_given_a_refusal_when_raised_then_nothing_of_the_answer_is_in_its_text(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **error("INVALID_KS", 'Invalid KS "djJ8secret"'))

    error_raised = refused(logger)

    assert str(error_raised) == "INVALID_KS"
    assert error_raised.refusal == Refusal(
        "INVALID_KS",
        ErrorAction.RENEW_KS,
        error_raised.refusal.remedy,
        'Invalid KS "djJ8secret"',
    )
