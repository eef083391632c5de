"""Reports of one's own: each day as the sandbox has it, in every sync, and what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import Outcome, Record, configured_catalog, run
from integration_tests.in_process import at_time, sync, without_waiting
from integration_tests.own_reports import ATTENDANCE, OWN_REPORTS, PLAYBACK
from integration_tests.sandbox import Sandbox, World, faults, rfc3339, university
from source_kaltura_rooms.config import parse_config

DAY = 86_400
START = 1_771_329_600  # 2026-02-17T12:00:00Z
NOW = 1_771_956_000  # 2026-02-24T18:00:00Z
IDS = {"session_attendance": 3009, "playback": 1109}


@pytest.fixture(scope="module")
def world() -> World:
    return university(until=NOW + 2 * DAY, without_session=False)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=NOW) as running, without_waiting():
        yield running


def config(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    return {
        **sandbox.config(start_date=rfc3339(START), end_date=rfc3339(int(sandbox.now))),
        "custom_reports": OWN_REPORTS,
        **changes,
    }


def catalog_of(config: dict[str, Any], *streams: str) -> dict[str, Any]:
    return configured_catalog(streams, reports=parse_config(config).reports)


@pytest.fixture
def catalog(sandbox: Sandbox) -> dict[str, Any]:
    return catalog_of(config(sandbox), *IDS)


def discovered(sandbox: Sandbox, folder: Path) -> dict[str, Any]:
    """The streams that `discover` prints, by name."""
    (message,) = run("discover", folder, config=config(sandbox)).of_type("CATALOG")
    return {one["name"]: one for one in message["catalog"]["streams"]}


def in_order(rows: Iterable[Record]) -> list[Record]:
    filled = [{name: one for name, one in row.items() if one is not None} for row in rows]
    return sorted(filled, key=lambda row: sorted((name, str(one)) for name, one in row.items()))


def expected(sandbox: Sandbox, stream: str, start: int) -> list[Record]:
    return in_order(sandbox.truth_by_day(IDS[stream], start, int(sandbox.now)))


def asked_days(sandbox: Sandbox, report: int, parameter: str) -> list[str]:
    return [seen.params[parameter] for seen in sandbox.requests if seen.report_id == report]


def only(catalog: dict[str, Any], stream: str) -> dict[str, Any]:
    return {"streams": [one for one in catalog["streams"] if one["stream"]["name"] == stream]}


def test_given_own_reports_when_discovered_then_they_are_as_declared_and_not_asked_for(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    playback = discovered(sandbox, tmp_path)["playback"]

    key = ["entry_id", "playback_context", "country", "date"]
    assert playback["source_defined_primary_key"] == [[name] for name in key]
    assert playback["default_cursor_field"] == ["date"]
    assert {name: one["type"] for name, one in playback["json_schema"]["properties"].items()} == {
        "entry_id": "string",
        "playback_context": "string",
        "country": "string",
        "count_plays": ["null", "integer"],
        "count_loads": ["null", "integer"],
        "sum_view_period": ["null", "number"],
        "avg_view_drop_off": ["null", "number"],
        "avg_completion_rate": ["null", "number"],
        "date": "string",
    }
    assert {seen.report_id for seen in sandbox.requests} - {None} == {6000, 6001, 6002}


def test_given_own_reports_when_checked_then_each_is_asked_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = run("check", tmp_path, config=config(sandbox))

    assert outcome.of_type("CONNECTION_STATUS")[0]["connectionStatus"]["status"] == "SUCCEEDED"
    assert sorted(seen.report_id for seen in sandbox.requests if seen.report_id) == [
        1109,
        3009,
        6000,
        6001,
        6002,
    ]
    (seen,) = [seen for seen in sandbox.requests if seen.report_id == 1109]
    assert seen.params == {
        "from_date_id": "20260223",
        "to_date_id": "20260223",
        "timezone_offset": "0",
        "limit": "1",
    }


@pytest.mark.parametrize("stream", IDS)
def test_given_a_first_sync_then_each_day_is_asked_for_whole_and_emitted_as_it_was(
    sandbox: Sandbox, catalog: dict[str, Any], stream: str
) -> None:
    outcome = sync(config(sandbox), only(catalog, stream))

    assert outcome.errors == []
    assert in_order(outcome.records(stream)) == expected(sandbox, stream, START)
    assert len(sandbox.requests) - len([s for s in sandbox.requests if not s.report_id]) == 8


def test_given_dates_in_seconds_when_read_then_each_request_is_a_day_from_midnight_to_midnight(
    sandbox: Sandbox, catalog: dict[str, Any]
) -> None:
    sync(config(sandbox, num_workers=1), only(catalog, "session_attendance"))

    midnights = [str(1_771_286_400 + day * DAY) for day in range(9)]  # from 2026-02-17
    assert asked_days(sandbox, 3009, "from_date") == midnights[:-1]
    assert asked_days(sandbox, 3009, "to_date") == midnights[1:]


def test_given_dates_as_days_when_read_then_each_request_is_one_day_in_utc(
    sandbox: Sandbox, catalog: dict[str, Any]
) -> None:
    sync(config(sandbox, num_workers=1), only(catalog, "playback"))

    days = [f"202602{day}" for day in range(17, 25)]
    assert asked_days(sandbox, 1109, "from_date_id") == days
    assert asked_days(sandbox, 1109, "to_date_id") == days
    assert set(asked_days(sandbox, 1109, "timezone_offset")) == {"0"}


@pytest.mark.parametrize("stream", IDS)
def test_given_a_sync_then_the_state_is_the_last_day_that_was_over(
    sandbox: Sandbox, catalog: dict[str, Any], stream: str
) -> None:
    """The real clock is later than the sandbox's, so that all days are over."""
    outcome = sync(config(sandbox), only(catalog, stream))

    assert outcome.states[stream] == {"date": "2026-02-24"}


@pytest.mark.parametrize("stream", IDS)
def test_given_a_day_that_is_not_over_then_its_rows_are_emitted_and_it_is_read_again(
    sandbox: Sandbox, catalog: dict[str, Any], stream: str
) -> None:
    with at_time(NOW):
        outcome = sync(config(sandbox, lookback_window_days=0), only(catalog, stream))

    assert {row["date"] for row in outcome.records(stream)} >= {"2026-02-24"}
    assert outcome.states[stream] == {"date": "2026-02-23"}


@pytest.mark.parametrize("stream", IDS)
def test_given_a_second_sync_then_it_reads_the_lookback_and_what_came_since(
    sandbox: Sandbox, catalog: dict[str, Any], stream: str
) -> None:
    first = sync(config(sandbox), only(catalog, stream))
    sandbox.now = NOW + DAY
    sandbox.clear_requests()

    second = sync(config(sandbox), only(catalog, stream), {stream: {"date": "2026-02-23"}})

    # Two days of lookback, 2026-02-22 and 23, then the two that followed.
    assert in_order(second.records(stream)) == expected(sandbox, stream, 1_771_718_400)
    assert {row["date"] for row in second.records(stream)} <= {
        "2026-02-22",
        "2026-02-23",
        "2026-02-24",
        "2026-02-25",
    }
    merged = {key(row): row for row in [*first.records(stream), *second.records(stream)]}
    assert in_order(merged.values()) == expected(sandbox, stream, START)


def key(row: Record) -> tuple[str, ...]:
    names = ("user", "session_id", "entry_id", "playback_context", "country", "date")
    return tuple(row.get(name, "") for name in names)


@pytest.mark.parametrize(
    ("fault", "failure_type", "words"),
    [
        pytest.param(
            lambda: faults.json_error("DRUID_QUERY_TIMED_OUT"),
            "config_error",
            "Kaltura answered DRUID_QUERY_TIMED_OUT when asked for 2026-02-17. It was too much for "
            "one answer. A day is never split, since that would change what its rows mean. Narrow "
            "the report with params in custom_reports.",
            id="too_much",
        ),
        pytest.param(
            lambda: faults.json_error("INTERNAL_SERVERL_ERROR"),
            "transient_error",
            "or the report needs a parameter that `params` lacks (Kaltura does not say which).",
            id="internal_error",
        ),
        pytest.param(
            lambda: faults.json_error("REPORT_NOT_FOUND"),
            "config_error",
            "This server does not have report 3009. Check report_id of session_attendance in "
            "custom_reports",
            id="no_such_report",
        ),
        pytest.param(
            lambda: faults.html(504),
            "config_error",
            "Kaltura answered HTTP 504 when asked for 2026-02-17. It was too much",
            id="too_slow",
        ),
    ],
)
def test_given_a_day_that_cannot_be_read_then_the_error_names_it_and_what_to_do(
    sandbox: Sandbox, catalog: dict[str, Any], fault: Any, failure_type: str, words: str
) -> None:
    sandbox.faults.script(fault(), report=3009, times=None)

    outcome = sync(config(sandbox, num_workers=1), only(catalog, "session_attendance"))

    assert outcome.errors[0]["failure_type"] == failure_type
    assert words in outcome.errors[0]["message"]
    assert outcome.records("session_attendance") == []


def with_report(sandbox: Sandbox, report: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return config(sandbox, custom_reports=[{**report, **changes}])


def test_given_columns_that_are_not_there_when_checked_then_the_first_line_is_quoted(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    wrong = with_report(sandbox, ATTENDANCE, columns=["user_id"], primary_key=["user_id"])

    outcome = run("check", tmp_path, config=wrong)

    assert status(outcome) == (
        "FAILED",
        "Stream session_attendance: Kaltura answered a report without user_id; its first line is "
        "user,entry_id,session_id,view_time when asked for 2026-02-23. Correct columns and "
        "primary_key of session_attendance in custom_reports: give the names as they stand in "
        "that line.",
    )


def test_given_dates_that_the_report_does_not_take_when_checked_then_it_fails_and_says_so(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = run("check", tmp_path, config=with_report(sandbox, PLAYBACK, dates="seconds"))

    kind, message = status(outcome)
    assert kind == "FAILED"
    assert message.startswith("Stream playback: Kaltura answered INTERNAL_SERVERL_ERROR")


def status(outcome: Outcome) -> tuple[str, str]:
    (message,) = outcome.of_type("CONNECTION_STATUS")
    told = message["connectionStatus"]
    return told["status"], told.get("message", "")


def test_given_a_cap_that_is_met_each_day_then_one_warning_says_so(
    sandbox: Sandbox, catalog: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    sandbox.faults.cap = 100

    outcome = sync(config(sandbox, num_workers=1), only(catalog, "session_attendance"))

    assert outcome.errors == []
    assert len(outcome.records("session_attendance")) == 765  # a Sunday has fewer
    assert caplog.text.count("rows, which may be a cap of this report") == 1


def test_given_a_key_that_is_too_narrow_then_one_row_of_each_key_is_emitted_with_a_warning(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    narrow = with_report(sandbox, ATTENDANCE, primary_key=["user"])

    outcome = sync(narrow, catalog_of(narrow, "session_attendance"))

    keys = [(row["user"], row["date"]) for row in outcome.records("session_attendance")]
    assert len(keys) == len(set(keys)) > 100
    assert caplog.text.count("session_attendance: the primary key (user) is too narrow") == 1


def test_given_pseudonyms_then_marked_columns_have_the_same_ones_as_the_attendees(
    sandbox: Sandbox,
) -> None:
    marked = with_report(
        sandbox,
        ATTENDANCE,
        columns=["user:user", "entry_id", "session_id", "view_time:number"],
    )
    marked["personal_data"] = {"mode": "pseudonyms", "secret": "a secret of 24 characters"}

    outcome = sync(marked, catalog_of(marked, "attendees", "session_attendance"))

    of_report = {row["user"] for row in outcome.records("session_attendance")} - {""}
    of_attendees = {row["user_id"] for row in outcome.records("attendees")} - {""}
    assert len(of_report) > 100
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in of_report)
    assert of_attendees <= of_report  # the report has whole days, the attendees begin at noon


def test_given_a_name_that_is_marked_then_it_is_neither_asked_for_nor_emitted(
    sandbox: Sandbox,
) -> None:
    marked = with_report(
        sandbox, PLAYBACK, columns=["entry_id", "playback_context", "name:country", "count_plays"]
    )
    marked["custom_reports"][0]["primary_key"] = ["entry_id", "playback_context"]
    marked["personal_data"] = {"mode": "pseudonyms", "secret": "a secret of 24 characters"}

    outcome = sync(marked, catalog_of(marked, "playback"))

    assert outcome.records("playback")
    assert not any("country" in row for row in outcome.records("playback"))
    asked = [seen for seen in sandbox.requests if seen.report_id == 1109]
    assert not any("country" in seen.columns_sent for seen in asked)
