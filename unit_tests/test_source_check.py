"""`check`: one row of each report, and precise words where that cannot be had."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteConnectionStatus, Status
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from unit_tests.stand_ins import FORM, REPORT_URL, error, forms_of, url_of

NOW = 1_770_900_030  # 2026-02-12T12:40:30Z
ROOMS: dict[str, Any] = {
    "content": b"\xef\xbb\xbfentry_id,cue_point_id,session_start_time\n1_r,1_c,1770109200\n"
}
ATTENDEES: dict[str, Any] = {"content": b"\xef\xbb\xbfentry_id,cue_point_id,user_id,user_type\n"}
BREAKOUTS: dict[str, Any] = {"content": b"\xef\xbb\xbf\n"}
MISSING = error("REPORT_NOT_FOUND")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_kaltura_rooms.source.time", SimpleNamespace(time=lambda: NOW + 0.7))


def check(logger: logging.Logger, **changes: Any) -> AirbyteConnectionStatus:
    form = {"credentials": FORM["credentials"], "start_date": FORM["start_date"], **changes}
    return SourceKalturaRooms().check(logger, form)


def test_given_all_reports_when_checked_then_one_row_of_the_last_day_is_asked_of_each(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, [ROOMS, ATTENDEES, BREAKOUTS])

    assert check(logger) == AirbyteConnectionStatus(status=Status.SUCCEEDED)
    assert [(form["id"], form["params"]) for form in forms_of(requests_mock)] == [
        ("6000", "from_date=1770813600;to_date=1770900060;limit=1"),
        ("6001", "from_date=1770813600;to_date=1770900060;limit=1"),
        (
            "6002",
            "from_date=1770813600;fromDate=1770813600;to_date=1770900060;toDate=1770900060;limit=1",
        ),
    ]


@pytest.mark.parametrize(
    ("end_date", "to_date"),
    [
        pytest.param("2026-02-08T00:00:00Z", "1770508800", id="in_the_past"),
        pytest.param("2027-02-08T00:00:00Z", "1770900060", id="in_the_future"),
    ],
)
def test_given_an_end_date_when_checked_then_the_day_before_it_or_now_is_asked_for(
    end_date: str, to_date: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, [ROOMS, ATTENDEES, BREAKOUTS])

    check(logger, end_date=end_date, entry_ids=["1_r"])

    first = forms_of(requests_mock)[0]["params"]
    assert f"to_date={to_date};entry_ids=1_r;limit=1" in first


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        pytest.param(
            [ROOMS, ATTENDEES, MISSING],
            "Not enabled for this account: breakouts (report 6002). Deselect them, or ask Kaltura "
            "to enable them; the other streams work.",
            id="one",
        ),
        pytest.param(
            [ROOMS, MISSING, MISSING],
            "Not enabled for this account: attendees (report 6001) and breakouts (report 6002). "
            "Deselect them, or ask Kaltura to enable them; the other streams work.",
            id="two",
        ),
        pytest.param(
            [MISSING, ATTENDEES, BREAKOUTS],
            "Not enabled for this account: rooms (report 6000) and attendees (report 6000). "
            "Deselect them, or ask Kaltura to enable them; the other streams work.",
            id="the_one_that_attendees_need_for_their_start",
        ),
    ],
)
def test_given_some_reports_missing_when_checked_then_it_passes_with_a_warning(
    answers: list[dict[str, Any]],
    message: str,
    requests_mock: Mocker,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    requests_mock.post(REPORT_URL, answers)

    assert check(logger) == AirbyteConnectionStatus(status=Status.SUCCEEDED, message=message)
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [message]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([MISSING, MISSING, MISSING], id="none_at_all"),
        pytest.param([MISSING, ATTENDEES, MISSING], id="none_that_can_be_read_alone"),
    ],
)
def test_given_no_report_that_can_be_read_when_checked_then_it_fails(
    answers: list[dict[str, Any]], requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, answers)

    status = check(logger)

    assert status.status == Status.FAILED
    assert status.message == (
        "Stream rooms: Kaltura answered REPORT_NOT_FOUND. The report is not enabled for this "
        "account; ask Kaltura to enable it, or deselect the stream."
    )


@pytest.mark.parametrize(
    ("answer", "tries", "words"),
    [
        pytest.param(error("SERVICE_FORBIDDEN"), 1, "ANALYTICS_BASE", id="not_allowed"),
        pytest.param(error("INVALID_KS"), 1, "expired", id="an_expired_session"),
        pytest.param({"status_code": 404}, 1, "Check api_url", id="another_server"),
        pytest.param({"status_code": 502}, 3, "HTTP 502 (3 tries in 0 s)", id="a_passing_fault"),
        pytest.param(error("ACTION_BLOCKED"), 4, "num_workers", id="the_rate_limit"),
        pytest.param({"content": b"<html>\n"}, 3, "something other than a report", id="html"),
        pytest.param({"content": b"entry_id\n"}, 1, "cue_point_id", id="a_report_without_keys"),
    ],
)
def test_given_a_refusal_when_checked_then_it_fails_soon_with_the_reason(
    answer: dict[str, Any],
    tries: int,
    words: str,
    requests_mock: Mocker,
    logger: logging.Logger,
) -> None:
    """Somebody sits before the form and waits, so patience is short."""
    requests_mock.post(REPORT_URL, **answer)

    status = check(logger)

    assert status.status == Status.FAILED
    assert status.message is not None
    assert status.message.startswith("Stream rooms: Kaltura answered ")
    assert words in status.message
    assert requests_mock.call_count == tries


@pytest.mark.parametrize("code", ["DRUID_QUERY_TIMED_OUT", "SEARCH_TOO_GENERAL"])
def test_given_a_report_that_is_too_much_for_a_query_when_checked_then_it_is_there(
    code: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, [error(code), ATTENDEES, BREAKOUTS])

    assert check(logger).status == Status.SUCCEEDED


def test_given_a_wrong_secret_when_checked_then_that_is_the_reason(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(url_of("session/start"), **error("START_SESSION_ERROR"))

    status = check(
        logger,
        credentials={"auth_type": "admin_secret", "partner_id": 9, "admin_secret": "s3cret"},
    )

    assert status.status == Status.FAILED
    assert status.message == (
        "Stream rooms: Kaltura answered START_SESSION_ERROR. Check partner_id and admin_secret."
    )


def test_given_a_configuration_that_cannot_be_used_when_checked_then_nothing_is_asked(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    status = check(logger, num_workers=11)

    assert status == AirbyteConnectionStatus(
        status=Status.FAILED, message="num_workers must be a whole number from 1 to 10."
    )
    assert requests_mock.call_count == 0


def test_given_what_is_allowed_but_seldom_meant_when_checked_then_it_is_said(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    requests_mock.post(REPORT_URL, [ROOMS, ATTENDEES, BREAKOUTS])

    check(logger, windows_in_days=1, lookback_window_days=0)

    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "windows_in_days is not a configuration key and has no effect; is window_in_days meant?",
        "lookback_window_days (0) is shorter than max_session_hours (24): sessions that are still "
        "running when a sync reads them keep the metrics they had then.",
    ]
