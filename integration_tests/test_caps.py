"""Answers that are cut off at a cap without a sign, and what is too much for one query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest

from integration_tests.connector import STREAMS, Outcome, configured_catalog, in_order, key_of
from integration_tests.in_process import Waits, sync, without_waiting
from integration_tests.sandbox import (
    Presence,
    Room,
    Sandbox,
    Session,
    World,
    faults,
    rfc3339,
    university,
)
from integration_tests.sandbox.faults import Fault

HOUR = 3_600
DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 28 * DAY


def busy_world(sessions: int, attendees: int, *, apart: int = HOUR) -> World:
    """A room with sessions of half an hour from `START` on, each with as many attendees."""
    held = [
        Session(f"1_s{number:06}", "1_room", begin, begin + HOUR // 2, host_user_id="host")
        for number in range(sessions)
        for begin in [START + number * apart]
    ]
    return World(
        rooms=(Room("1_room", "Busy"),),
        sessions=held,
        presences=[
            Presence(session.cue_point_id, f"user{number}", session.start, session.end)
            for session in held
            for number in range(attendees)
        ],
    )


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with without_waiting() as waits:
        yield waits


def read(sandbox: Sandbox, *streams: str, **more: Any) -> Outcome:
    config = sandbox.config(start_date=rfc3339(START), end_date=rfc3339(END), **more)
    return sync(config, configured_catalog(streams or STREAMS))


def assert_truth(outcome: Outcome, sandbox: Sandbox, *streams: str) -> None:
    for stream in streams or STREAMS:
        rows = outcome.records(stream)
        assert len({key_of(stream, row) for row in rows}) == len(rows)
        assert in_order(stream, rows) == in_order(stream, sandbox.truth(stream, START, END))


@pytest.mark.parametrize("cap", [500, 1_000, 1_500])
def test_given_a_lower_cap_that_nobody_knows_of_when_read_then_every_row_is_the_truth(
    cap: int,
) -> None:
    with Sandbox(university(seed=3, until=END, without_session=False), now=END) as sandbox:
        sandbox.faults.cap = cap

        outcome = read(sandbox, window_in_days=28)

        assert outcome.exit_code == 0
        assert_truth(outcome, sandbox)
        assert any(one.answered_rows == cap for one in sandbox.requests)


def test_given_more_than_100_000_attendees_in_a_window_when_read_then_sessions_are_asked_for() -> (
    None
):
    with Sandbox(busy_world(sessions=3, attendees=45_001), now=END) as sandbox:
        outcome = read(sandbox, "attendees", num_workers=1)

        assert outcome.exit_code == 0
        assert len({row["cue_point_id"] for row in outcome.records("attendees")}) == 3
        assert len({key_of("attendees", row) for row in outcome.records("attendees")}) == 135_003
        asked = [dict(one.params) for one in sandbox.requests if one.report_id == 6001]
        assert [one.get("cue_point_ids") for one in asked[:3]] == [
            None,
            "1_s000000,1_s000001",
            "1_s000002",
        ]
        # No longer than the sessions need: from the start of the first to the end of the second.
        assert int(asked[1]["from_date"]) == START
        assert int(asked[1]["to_date"]) == START + HOUR + HOUR // 2


def test_given_many_sessions_when_asked_for_by_id_then_no_request_names_more_than_500() -> None:
    with Sandbox(busy_world(sessions=1_300, attendees=1, apart=600), now=END) as sandbox:
        sandbox.faults.caps = {6001: 1_000}

        outcome = read(sandbox, "attendees", window_in_days=28)

        assert_truth(outcome, sandbox, "attendees")
        counts = [
            len(one.params["cue_point_ids"].split(","))
            for one in sandbox.requests
            if "cue_point_ids" in one.params
        ]
        # The first 500 ids of a half get 500 rows, which may be a cap: asked for in halves again.
        assert counts == [500, 250, 250, 150, 500, 250, 250, 150]


def test_given_one_session_over_the_cap_when_read_then_the_stream_fails_and_names_it() -> None:
    with (
        Sandbox(busy_world(sessions=2, attendees=60), now=END) as sandbox,
        patch("source_kaltura_rooms.retrieval.complete.CERTAIN_CAP", 50),
    ):
        sandbox.faults.cap = 50

        outcome = read(sandbox, "rooms", "attendees")

        assert_truth(outcome, sandbox, "rooms")
        assert outcome.records("attendees") == []
        error = outcome.errors[0]
        assert error["failure_type"] == "config_error"
        assert error["message"] == (
            "Stream attendees: Kaltura cuts answers off at 50 rows, and session 1_s000000 alone "
            "has that many. Narrow the stream with the filters of the configuration (such as "
            "entry_ids or user_ids), or lower max_session_hours."
        )


def test_given_one_minute_over_the_cap_when_read_then_the_stream_fails_and_names_it() -> None:
    with (
        Sandbox(busy_world(sessions=60, attendees=1, apart=1), now=END) as sandbox,
        patch("source_kaltura_rooms.retrieval.complete.CERTAIN_CAP", 50),
    ):
        sandbox.faults.cap = 50

        outcome = read(sandbox, "rooms", window_in_days=1)

        assert outcome.records("rooms") == []
        assert outcome.errors[0]["message"].startswith(
            "Stream rooms: Kaltura cuts answers off at 50 rows, and "
            "2026-02-01T00:00:00Z to 2026-02-01T00:01:00Z alone has that many."
        )


def test_given_one_session_with_a_round_number_of_rows_when_read_then_a_warning_tells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Sandbox(busy_world(sessions=1, attendees=500), now=END) as sandbox:
        outcome = read(sandbox, "attendees")

        assert outcome.exit_code == 0
        assert_truth(outcome, sandbox, "attendees")
        warnings = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
        assert sorted(warnings) == [
            "attendees: Where one answer cannot hold all attendees, they are asked for by session, "
            "which leaves out those of sessions that report 6000 does not list, should there be "
            "any.",
            "attendees: session 1_s000000 has exactly 500 rows, which may be a cap of this Kaltura "
            "server; nothing smaller can be asked for, so they are taken for all.",
        ]


def test_given_attendees_of_a_session_that_no_report_lists_when_capped_then_they_are_not_lost() -> (
    None
):
    with Sandbox(busy_world(sessions=30, attendees=40), now=END) as sandbox:
        sandbox.faults.caps = {6001: 1_000}
        sandbox.faults.unlisted_sessions = {"1_s000007"}

        outcome = read(sandbox, "attendees", window_in_days=28)

        keys = {key_of("attendees", row) for row in outcome.records("attendees")}
        assert keys == {key_of("attendees", row) for row in sandbox.truth("attendees", START, END)}


TOO_MUCH: dict[str, Fault] = {
    "DRUID_QUERY_TIMED_OUT": faults.json_error("DRUID_QUERY_TIMED_OUT"),
    "SEARCH_TOO_GENERAL": faults.json_error("SEARCH_TOO_GENERAL"),
    "in headers": faults.header_error("SEARCH_TOO_GENERAL"),
    "HTTP 504": faults.html(504),
}


@pytest.mark.parametrize("too_much", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_given_what_is_too_much_for_one_query_when_read_then_it_is_asked_for_in_parts(
    too_much: Fault,
) -> None:
    with Sandbox(university(seed=3, until=END, without_session=False), now=END) as sandbox:
        sandbox.faults.too_much = too_much
        sandbox.faults.longest_interval = 5 * DAY

        outcome = read(sandbox, window_in_days=14)

        assert outcome.exit_code == 0
        assert_truth(outcome, sandbox)


def test_given_an_answer_that_does_not_come_in_time_when_read_then_it_is_asked_for_in_parts() -> (
    None
):
    def long(call: object) -> bool:
        params = getattr(call, "params", {})
        return int(params.get("to_date", 0)) - int(params.get("from_date", 0)) > 20 * DAY

    with (
        Sandbox(university(seed=3, until=END, without_session=False), now=END) as sandbox,
        patch("source_kaltura_rooms.kaltura.connections.READ_TIMEOUT", 3),
    ):
        sandbox.faults.script(faults.slow(600), when=long, times=None)

        outcome = read(sandbox, "rooms", window_in_days=28, num_workers=1)

        assert_truth(outcome, sandbox, "rooms")
        lengths = [
            (int(one.params["to_date"]) - int(one.params["from_date"])) // DAY
            for one in sandbox.requests
            if one.report_id == 6000
        ]
        assert sorted(lengths) == [15, 15, 29]  # no retry, halves at once


def test_given_a_single_minute_that_is_too_much_when_read_then_the_failure_names_it() -> None:
    with Sandbox(busy_world(sessions=1, attendees=1), now=END) as sandbox:
        sandbox.faults.longest_interval = HOUR

        outcome = read(sandbox, "rooms", num_workers=1)

        assert outcome.errors[0]["failure_type"] == "transient_error"
        assert outcome.errors[0]["message"].startswith(
            "Stream rooms: Kaltura answered DRUID_QUERY_TIMED_OUT when asked for "
            "2026-02-01T00:00:00Z to 2026-02-01T00:01:00Z."
        )


def test_given_windows_that_had_to_be_split_when_read_on_then_later_ones_start_at_that_size() -> (
    None
):
    with Sandbox(university(seed=3, until=END, without_session=False), now=END) as sandbox:
        sandbox.faults.longest_interval = 5 * DAY

        read(sandbox, "rooms", window_in_days=14, num_workers=1)

        lengths = [
            (int(one.params["to_date"]) - int(one.params["from_date"])) / DAY
            for one in sandbox.requests
            if one.report_id == 6000
        ]
        # 14 and 7 days do not fit, 3.5 do (each and a day for sessions that last into it).
        first, second = lengths[:7], lengths[7:]
        assert first == [15, 8, 4.5, 4.5, 8, 4.5, 4.5]
        assert second == [4.5, 4.5, 4.5, 4.5]


def test_given_attendees_that_had_to_be_split_when_read_on_then_later_windows_are_smaller() -> None:
    with Sandbox(busy_world(sessions=28 * 24, attendees=10), now=END) as sandbox:
        sandbox.faults.caps = {6001: 3_000}

        outcome = read(sandbox, "attendees", window_in_days=14, num_workers=1)

        assert_truth(outcome, sandbox, "attendees")
        asked = [one.params for one in sandbox.requests if one.report_id == 6001]
        capped = [one for one in sandbox.requests if one.answered_rows == 3_000]
        assert len(capped) == 1
        assert len(asked) == 5  # the first window, its two halves, and the second in two pieces
