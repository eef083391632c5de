"""Columns that nobody asked for: they never leave Kaltura, and if they do, they go no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import STREAMS, Outcome, configured_catalog, in_order, run
from integration_tests.sandbox import Sandbox, World, rfc3339, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 10 * DAY

REPORTS = {"rooms": 6000, "attendees": 6001, "breakouts": 6002}

ONE_ASKED_FOR = [
    (
        "rooms",
        "entry_name",
        # Needed to judge an answer, so asked for, though not emitted: end and number of people.
        {
            "entry_id",
            "entry_name",
            "cue_point_id",
            "session_start_time",
            "session_end_time",
            "meeting_view_period_unique_users",
        },
        {"entry_id", "entry_name", "cue_point_id", "session_start_time"},
    ),
    (
        "attendees",
        "meeting_view_time",
        {"entry_id", "cue_point_id", "user_id", "meeting_view_time"},
        {"entry_id", "cue_point_id", "user_id", "meeting_view_time", "session_start_time"},
    ),
    (
        "attendees",
        "user_type",
        # Rows with the same key are added up by minutes.
        {"entry_id", "cue_point_id", "user_id", "user_type", "meeting_view_time"},
        {"entry_id", "cue_point_id", "user_id", "user_type", "session_start_time"},
    ),
    (
        "breakouts",
        "duration",
        # Every row begins with parent_entry_id, which helps to read it; it is not emitted.
        {
            "parent_entry_id",
            "breakout_entry_id",
            "cue_point_id",
            "session_start_time",
            "session_end_time",
            "duration",
            "participant_count",
        },
        {"breakout_entry_id", "cue_point_id", "session_start_time", "duration"},
    ),
]


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=1, until=END, without_session=False)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


def read(sandbox: Sandbox, folder: Path, catalog: dict[str, Any]) -> Outcome:
    config = sandbox.config(start_date=rfc3339(START), end_date=rfc3339(END))
    outcome = run("read", folder, config=config, catalog=catalog)
    assert outcome.exit_code == 0
    return outcome


def catalog_without(stream: str, *columns: str) -> dict[str, Any]:
    """A catalog of one stream, from which a user removed columns."""
    catalog = configured_catalog([stream])
    schema = catalog["streams"][0]["stream"]["json_schema"]
    properties = {k: v for k, v in schema["properties"].items() if k not in columns}
    catalog["streams"][0]["stream"]["json_schema"] = {**schema, "properties": properties}
    return catalog


def catalog_with_only(stream: str, column: str) -> dict[str, Any]:
    """A catalog of one stream, of which a user kept one column."""
    catalog = configured_catalog([stream])
    schema = {"type": "object", "properties": {column: {"type": ["null", "string"]}}}
    catalog["streams"][0]["stream"]["json_schema"] = schema
    return catalog


def columns_sent(sandbox: Sandbox, report: int) -> set[str]:
    return {
        column
        for request in sandbox.requests
        if request.report_id == report
        for column in request.columns_sent
    }


def columns_emitted(outcome: Outcome, stream: str) -> set[str]:
    return {column for record in outcome.records(stream) for column in record}


def without(rows: Iterable[dict[str, Any]], *columns: str) -> list[dict[str, Any]]:
    return [{k: v for k, v in row.items() if k not in columns} for row in rows]


def names_in(outcome: Outcome, sandbox: Sandbox) -> list[str]:
    """Names of attendees that occur anywhere in what the connector printed."""
    names = {str(row["user_name"]) for row in sandbox.truth("attendees", START, END)} - {"None"}
    assert "Anna García  PhD" in names
    return [name for name in names if name in outcome.output]


def test_given_names_and_addresses_deselected_when_read_then_kaltura_never_sends_them(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path, catalog_without("attendees", "user_name", "user_email"))

    asked = [request for request in sandbox.requests if request.report_id == 6001]
    assert asked
    assert {request.excluded_fields for request in asked} == {("user_name", "user_email")}
    assert {"user_name", "user_email"}.isdisjoint(columns_sent(sandbox, 6001))
    truth = without(sandbox.truth("attendees", START, END), "user_name", "user_email")
    assert in_order("attendees", outcome.records("attendees")) == in_order("attendees", truth)
    assert names_in(outcome, sandbox) == []


def test_given_a_server_that_ignores_excluded_fields_when_read_then_they_are_not_emitted(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.ignores_excluded_fields = True

    outcome = read(sandbox, tmp_path, catalog_without("attendees", "user_name", "user_email"))

    assert {"user_name", "user_email"} <= columns_sent(sandbox, 6001)
    truth = without(sandbox.truth("attendees", START, END), "user_name", "user_email")
    assert in_order("attendees", outcome.records("attendees")) == in_order("attendees", truth)
    assert names_in(outcome, sandbox) == []


@pytest.mark.parametrize(("stream", "asked_for", "sent", "emitted"), ONE_ASKED_FOR)
def test_given_one_column_asked_for_when_read_then_keys_and_cursor_come_along_and_nothing_else(
    sandbox: Sandbox,
    tmp_path: Path,
    stream: str,
    asked_for: str,
    sent: set[str],
    emitted: set[str],
) -> None:
    outcome = read(sandbox, tmp_path, catalog_with_only(stream, asked_for))

    assert columns_sent(sandbox, REPORTS[stream]) == sent
    assert columns_emitted(outcome, stream) == emitted
    truth = sandbox.truth(stream, START, END)
    unwanted = set(truth[0]) - emitted
    assert in_order(stream, outcome.records(stream)) == in_order(stream, without(truth, *unwanted))


def test_given_attendees_alone_when_read_then_report_6000_sends_times_and_numbers_of_people(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    read(sandbox, tmp_path, configured_catalog(["attendees"]))

    assert columns_sent(sandbox, 6000) == {
        "entry_id",
        "cue_point_id",
        "session_start_time",
        "session_end_time",
        "meeting_view_period_unique_users",
    }


@pytest.mark.parametrize("schema", [{}, {"type": "object", "properties": {}}])
def test_given_an_empty_schema_when_read_then_every_column_is_asked_for_and_emitted(
    sandbox: Sandbox, tmp_path: Path, schema: dict[str, Any]
) -> None:
    catalog = configured_catalog()
    for configured in catalog["streams"]:
        configured["stream"]["json_schema"] = schema

    outcome = read(sandbox, tmp_path, catalog)

    own = [r for r in sandbox.requests if r.report_id in (6001, 6002)]
    assert {request.excluded_fields for request in own} == {()}
    for stream in STREAMS:
        truth = in_order(stream, sandbox.truth(stream, START, END))
        assert in_order(stream, outcome.records(stream)) == truth


def test_given_one_stream_s_column_deselected_when_all_are_read_then_the_others_keep_theirs(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    catalog = configured_catalog()
    catalog["streams"][0] = catalog_without("rooms", "session_end_time")["streams"][0]

    outcome = read(sandbox, tmp_path, catalog)

    truth = without(sandbox.truth("rooms", START, END), "session_end_time")
    assert in_order("rooms", outcome.records("rooms")) == in_order("rooms", truth)
    for stream in ("attendees", "breakouts"):
        truth = in_order(stream, sandbox.truth(stream, START, END))
        assert in_order(stream, outcome.records(stream)) == truth
