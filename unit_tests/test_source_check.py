"""`check`: one row of each report, and precise words where that cannot be had."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Collection, Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from airbyte_cdk.models import AirbyteConnectionStatus, Status
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from source_kaltura_rooms.airbyte.check import BUDGET, check_reports
from source_kaltura_rooms.kaltura.client import Answer, KalturaClient
from source_kaltura_rooms.kaltura.tables import RowTable
from source_kaltura_rooms.reports import REPORTS, Report
from unit_tests.golden_pairs import ANSWERS
from unit_tests.stand_ins import FORM, REPORT_URL, config_of, error, forms_of, url_of

NOW = 1_770_900_030  # 2026-02-12T12:40:30Z
ROOMS: dict[str, Any] = {
    "content": b"\xef\xbb\xbfentry_id,cue_point_id,session_start_time\n1_r,1_c,1770109200\n"
}
ATTENDEES: dict[str, Any] = {"content": b"\xef\xbb\xbfentry_id,cue_point_id,user_id,user_type\n"}
BREAKOUTS: dict[str, Any] = {"content": b"\xef\xbb\xbf\n"}
MISSING = error("REPORT_NOT_FOUND")
GOOD = {
    **{id: {"content": answer} for id, answer in ANSWERS.items()},
    "6000": ROOMS,
    "6001": ATTENDEES,
    "6002": BREAKOUTS,
}
FURTHER = [report for report in REPORTS.values() if report.id not in (6000, 6001, 6002)]
"""The reports that the sentences of this file do not name; there may be none."""


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_kaltura_rooms.source.time", SimpleNamespace(time=lambda: NOW + 0.7))


def serve(mocker: Mocker, **changed: dict[str, Any]) -> None:
    """Answers each report as it should be, but for those that are `changed`, by stream."""
    answers = {
        **GOOD,
        **{str(REPORTS[stream].id): answer for stream, answer in changed.items()},
    }

    def answer(request: Any, context: Any) -> bytes:
        said = answers[dict(parse_qsl(request.text))["id"]]
        context.status_code = said.get("status_code", 200)
        if "json" in said:
            return json.dumps(said["json"]).encode()
        if "exc" in said:
            raise said["exc"]
        content: bytes = said.get("content", b"")
        return content

    mocker.post(REPORT_URL, content=answer)


def check(logger: logging.Logger, **changes: Any) -> AirbyteConnectionStatus:
    form = {"credentials": FORM["credentials"], "start_date": FORM["start_date"], **changes}
    return SourceKalturaRooms().check(logger, form)


def test_given_all_reports_when_checked_then_one_row_of_the_last_day_is_asked_of_each(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    serve(requests_mock)

    assert check(logger) == AirbyteConnectionStatus(status=Status.SUCCEEDED)
    asked = sorted((form["id"], form["params"]) for form in forms_of(requests_mock))
    assert [id for id, _ in asked] == sorted(str(report.id) for report in REPORTS.values())
    for _, params in asked:
        assert "=1770813600;" in params
        assert params.endswith("=1770900060;limit=1")
    assert asked[:3] == [
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
    serve(requests_mock)

    check(logger, end_date=end_date, entry_ids=["1_r"])

    (params,) = [form["params"] for form in forms_of(requests_mock) if form["id"] == "6000"]
    assert f"to_date={to_date};entry_ids=1_r;limit=1" in params


NOT_HERE = (
    "Deselect these streams, check that api_url is the server of your account's region, or ask "
    "Kaltura for the reports; the other streams work."
)
SLOW = "or Kaltura is slow now. A sync asks for shorter intervals there and takes longer."


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        pytest.param(
            {"breakouts": MISSING},
            f"This server does not have the reports of breakouts (report 6002). {NOT_HERE}",
            id="one_is_missing",
        ),
        pytest.param(
            {"attendees": MISSING, "breakouts": MISSING},
            "This server does not have the reports of attendees (report 6001) and breakouts "
            f"(report 6002). {NOT_HERE}",
            id="two_are_missing",
        ),
        pytest.param(
            {"rooms": MISSING},
            "This server does not have the reports of rooms (report 6000) and attendees (report "
            f"6000). {NOT_HERE}",
            id="the_one_that_attendees_need_for_their_start_is_missing",
        ),
        pytest.param(
            {"rooms": {"status_code": 504}},
            f"One day was too much for one answer of rooms (report 6000), {SLOW}",
            id="one_is_slow",
        ),
        pytest.param(
            {"rooms": {"exc": requests.ReadTimeout()}, "attendees": error("SEARCH_TOO_GENERAL")},
            "One day was too much for one answer of rooms (report 6000) and attendees (report "
            f"6001), {SLOW}",
            id="two_are_slow",
        ),
        pytest.param(
            dict.fromkeys(REPORTS, error("DRUID_QUERY_TIMED_OUT")),
            "One day was too much for one answer of rooms (report 6000) and attendees (report "
            "6001) and breakouts (report 6002)"
            f"{''.join(f' and {one.stream} (report {one.id})' for one in FURTHER)}, {SLOW}",
            id="all_are_slow",
        ),
        pytest.param(
            {"attendees": error("INTERNAL_SERVERL_ERROR")},
            f"One day was too much for one answer of attendees (report 6001), {SLOW}",
            id="one_has_an_internal_error_which_may_mean_too_much",
        ),
        pytest.param(
            {"attendees": {"status_code": 504}, "breakouts": MISSING},
            f"This server does not have the reports of breakouts (report 6002). {NOT_HERE} One day "
            f"was too much for one answer of attendees (report 6001), {SLOW}",
            id="one_is_slow_and_one_is_missing",
        ),
    ],
)
def test_given_reports_that_are_missing_or_slow_when_checked_then_it_passes_with_a_warning(
    changed: dict[str, dict[str, Any]],
    message: str,
    requests_mock: Mocker,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    serve(requests_mock, **changed)

    assert check(logger) == AirbyteConnectionStatus(status=Status.SUCCEEDED, message=message)
    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [message]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(dict.fromkeys(REPORTS, MISSING), id="none_at_all"),
        pytest.param(
            {stream: MISSING for stream in REPORTS if stream != "attendees"},
            id="none_that_can_be_read_alone",
        ),
    ],
)
def test_given_no_report_that_can_be_read_when_checked_then_it_fails(
    changed: dict[str, dict[str, Any]], requests_mock: Mocker, logger: logging.Logger
) -> None:
    serve(requests_mock, **changed)

    status = check(logger)

    assert status.status == Status.FAILED
    assert status.message == (
        "Stream rooms: Kaltura answered REPORT_NOT_FOUND. This server does not have the report. "
        "Check that api_url is the server of your account's region, ask Kaltura for the report, or "
        "deselect the stream."
    )


@pytest.mark.parametrize(
    ("answer", "tries", "words"),
    [
        pytest.param(error("SERVICE_FORBIDDEN"), 1, "ANALYTICS_BASE", id="not_allowed"),
        pytest.param(error("INVALID_KS"), 1, "Give a new KS", id="an_expired_ks"),
        pytest.param({"status_code": 404}, 1, "Check api_url", id="another_server"),
        pytest.param({"content": b"<html>\n"}, 1, "web page", id="a_web_page"),
        pytest.param({"status_code": 502}, 3, "HTTP 502 (3 tries in ", id="a_passing_fault"),
        pytest.param({"status_code": 500}, 2, "analytics are down", id="an_internal_error"),
        pytest.param(error("ACTION_BLOCKED"), 4, "num_workers", id="the_rate_limit"),
        pytest.param({"content": b"<p>\n"}, 3, "something other than a report", id="a_page"),
        pytest.param({"content": b"entry_id\n"}, 1, "cue_point_id", id="a_report_without_keys"),
    ],
)
def test_given_a_refusal_of_all_reports_when_checked_then_it_fails_soon_with_the_reason(
    answer: dict[str, Any],
    tries: int,
    words: str,
    requests_mock: Mocker,
    logger: logging.Logger,
) -> None:
    """A user waits for the check, so it tries less often than a sync."""
    serve(requests_mock, **dict.fromkeys(REPORTS, answer))

    status = check(logger)

    assert status.status == Status.FAILED
    assert status.message is not None
    assert status.message.startswith("Stream rooms: ")
    assert words in status.message
    rooms = [form for form in forms_of(requests_mock) if form["id"] == "6000"]
    assert len(rooms) == tries


def test_given_nobody_when_checked_then_it_fails_soon_with_what_the_network_said(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, exc=requests.ConnectionError(ConnectionRefusedError()))

    status = check(logger)

    assert status.status == Status.FAILED
    assert status.message == (
        "Stream rooms: www.kaltura.com refused the connection (3 tries in 3 s). Check api_url, the "
        "network and the firewall."
    )


class Client(KalturaClient):
    """A client whose reports come when `wait`, which gets the stream, comes back."""

    def __init__(
        self, logger: logging.Logger, wait: Callable[[str], object], *, has_ks: bool = True
    ) -> None:
        super().__init__(config_of(), logger)
        self._wait = wait
        self._has_ks = has_ks

    @property
    def has_ks(self) -> bool:
        return self._has_ks

    def report(
        self, stream: str, report: Report, params: str, excluded: Collection[str] = ()
    ) -> Answer:
        self._wait(stream)
        return Answer(RowTable((), []), 1.0)


def test_given_reports_when_checked_then_they_are_asked_for_at_the_same_time(
    logger: logging.Logger,
) -> None:
    """Each answer waits until all reports were asked for."""
    all_asked = threading.Barrier(len(REPORTS))

    status = check_reports(Client(logger, lambda stream: all_asked.wait(30)), config_of(), NOW)

    assert status == AirbyteConnectionStatus(status=Status.SUCCEEDED)


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """What an answer waits for that does not come while the check runs."""
    event = threading.Event()
    yield event
    event.set()


def test_given_a_report_that_does_not_come_when_the_budget_is_over_then_it_counts_as_slow(
    logger: logging.Logger, never: threading.Event
) -> None:
    answered = threading.Barrier(len(REPORTS) - 1)

    def wait(stream: str) -> None:
        if stream == "attendees":
            never.wait(30)
        else:
            answered.wait(30)

    status = check_reports(Client(logger, wait), config_of(), NOW, budget=2)

    assert status == AirbyteConnectionStatus(
        status=Status.SUCCEEDED,
        message=f"One day was too much for one answer of attendees (report 6001), {SLOW}",
    )
    asking = [one for one in threading.enumerate() if one.name == "asking for attendees"]
    assert [one.daemon for one in asking] == [True]  # so the process can end before it does


def test_given_no_ks_when_the_budget_is_over_then_it_fails(
    logger: logging.Logger, never: threading.Event
) -> None:
    client = Client(logger, lambda stream: never.wait(30), has_ks=False)

    status = check_reports(client, config_of(), NOW, budget=0)

    assert status == AirbyteConnectionStatus(
        status=Status.FAILED,
        message="Kaltura did not open a KS (Kaltura's session) within 0 seconds. Check api_url and "
        "the network, or try again later.",
    )


def test_given_an_error_of_the_connector_when_checked_then_it_is_raised(
    logger: logging.Logger,
) -> None:
    with pytest.raises(ZeroDivisionError):
        check_reports(Client(logger, lambda stream: 1 // 0), config_of(), NOW)


def test_given_the_budget_then_the_check_ends_within_two_minutes() -> None:
    assert BUDGET < 120


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
        "Stream rooms: Kaltura answered START_SESSION_ERROR. Check partner_id and admin_secret, "
        "and that api_url is the server of your account's region."
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
    serve(requests_mock)

    check(logger, windows_in_days=1, lookback_window_days=0)

    assert [one.getMessage() for one in caplog.records if one.levelname == "WARNING"] == [
        "windows_in_days is not a configuration key and has no effect; is window_in_days meant?",
        "lookback_window_days (0) is shorter than max_session_hours (24): sessions that are still "
        "running when a sync reads them keep the metrics they had then.",
    ]
