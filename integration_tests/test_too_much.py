"""What is too much for one request: less is asked for, down to a day, and then by session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest

from integration_tests.busy_world import (
    DAY,
    END,
    HOUR,
    START,
    assert_truth,
    busy_world,
    read,
    requests_of,
    sessions_from,
)
from integration_tests.connector import STREAMS
from integration_tests.in_process import Waits, without_waiting
from integration_tests.sandbox import Sandbox, World, faults, university
from integration_tests.sandbox.calls import Call
from integration_tests.sandbox.faults import Fault

REPORTS = {"rooms": 6000, "attendees": 6001, "breakouts": 6002}

TOO_MUCH: dict[str, Callable[[], Fault]] = {
    "DRUID_QUERY_TIMED_OUT": lambda: faults.json_error("DRUID_QUERY_TIMED_OUT"),
    "SEARCH_TOO_GENERAL": lambda: faults.json_error("SEARCH_TOO_GENERAL"),
    "SEARCH_TOO_GENERAL in headers": lambda: faults.header_error("SEARCH_TOO_GENERAL"),
    "INTERNAL_SERVERL_ERROR": lambda: faults.json_error("INTERNAL_SERVERL_ERROR"),
    "INTERNAL_SERVERL_ERROR in headers": lambda: faults.header_error("INTERNAL_SERVERL_ERROR"),
    "HTTP 500 without a body": faults.server_error_without_body,
    "HTTP 504": lambda: faults.html(504),
}


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with without_waiting() as waits:
        yield waits


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=3, until=END, without_session=False)


@pytest.mark.parametrize("too_much", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_given_too_long_a_time_for_one_request_when_read_then_every_row_is_the_truth(
    world: World, too_much: Callable[[], Fault]
) -> None:
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.too_much = too_much()
        sandbox.faults.longest_interval = 5 * DAY

        outcome = read(sandbox, window_in_days=14, num_workers=4)

        assert_truth(outcome, sandbox)


@pytest.mark.parametrize("stream", STREAMS)
@pytest.mark.parametrize("too_much", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_given_too_many_rows_for_one_request_when_read_then_every_row_is_the_truth(
    stream: str, too_much: Callable[[], Fault]
) -> None:
    starts = sessions_from(START, 28 * 24, apart=HOUR)
    with Sandbox(busy_world(starts), now=END) as sandbox:
        sandbox.faults.too_much = too_much()
        sandbox.faults.most_rows = 100  # of sessions: two days and their margins, not three

        outcome = read(sandbox, stream)

        assert_truth(outcome, sandbox, stream)


def test_given_windows_that_had_to_be_split_when_read_on_then_later_ones_start_at_that_size(
    world: World,
) -> None:
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.longest_interval = 5 * DAY

        read(sandbox, "rooms", window_in_days=14)

        two_hours = 2 / 24  # each request reaches an hour and a longest session further
        lengths = [round(days - 1 - two_hours, 6) for days, _ in requests_of(sandbox, 6000)]
        # 14 days do not fit; then a day, twice as many, and again, but 4 do not fit either.
        assert lengths[:5] == [14, 1, 2, 4, 1]
        assert set(lengths[5:]) <= {1, 2, 3}
        assert len(lengths) <= 14


@pytest.mark.parametrize("stream", ["rooms", "breakouts"])
def test_given_a_single_day_that_is_too_much_when_read_then_the_failure_names_the_request(
    stream: str,
) -> None:
    with Sandbox(busy_world([START]), now=END) as sandbox:
        sandbox.faults.longest_interval = 12 * HOUR

        outcome = read(sandbox, stream)

        assert outcome.records(stream) == []
        assert outcome.errors[0]["failure_type"] == "transient_error"
        assert outcome.errors[0]["message"].startswith(
            f"Stream {stream}: Kaltura answered DRUID_QUERY_TIMED_OUT when asked for "
            "2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z, a request over 50 hours, which a lower "
            "max_session_hours shortens."
        )
        # The week, and its first day.
        assert len(requests_of(sandbox, REPORTS[stream])) == 2


def test_given_a_day_of_attendees_that_is_too_much_when_read_then_it_is_read_by_session() -> None:
    starts = sessions_from(START, 8, apart=HOUR)
    with Sandbox(busy_world(starts, attendees=20), now=END) as sandbox:
        sandbox.faults.too_much = faults.server_error_without_body()
        sandbox.faults.most_rows = 85

        outcome = read(sandbox, "attendees")

        assert_truth(outcome, sandbox, "attendees")
        by_session = [ids for _, ids in requests_of(sandbox, 6001) if ids]
        assert by_session == [4, 4]


def test_given_a_day_of_attendees_whose_parts_are_too_much_when_read_then_the_stream_fails() -> (
    None
):
    starts = sessions_from(START, 8, apart=HOUR)
    with Sandbox(busy_world(starts, attendees=30), now=END) as sandbox:
        sandbox.faults.script(faults.json_error("DRUID_QUERY_TIMED_OUT"), report=6001, times=None)

        outcome = read(sandbox, "attendees")

        assert outcome.records("attendees") == []
        assert outcome.errors[0]["message"].startswith(
            "Stream attendees: Kaltura answered DRUID_QUERY_TIMED_OUT when asked for 4 sessions of "
            "2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z, a request over 50 hours, which a lower "
            "max_session_hours shortens."
        )
        assert [ids for _, ids in requests_of(sandbox, 6001)] == [0, 0, 4]


def test_given_an_answer_that_does_not_come_in_time_when_read_then_less_is_asked_for_at_once() -> (
    None
):
    def long(call: Call) -> bool:
        params = call.params
        return int(params.get("to_date", 0)) - int(params.get("from_date", 0)) > 20 * DAY

    with (
        Sandbox(busy_world(sessions_from(START, 28, apart=DAY)), now=END) as sandbox,
        patch("source_kaltura_rooms.kaltura.connections.READ_TIMEOUT", 3),
    ):
        sandbox.faults.script(faults.slow(600), when=long, times=None)

        outcome = read(sandbox, "rooms", window_in_days=28)

        assert_truth(outcome, sandbox, "rooms")
        days = [round(days - 1 - 2 / 24, 6) for days, _ in requests_of(sandbox, 6000)]
        assert days == [28, 1, 2, 4, 8, 13]  # no retry; a day, and twice as many each time
