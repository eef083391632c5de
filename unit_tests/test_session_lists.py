"""Report 6000 is asked once about a window that two streams need."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ROOMS
from source_kaltura_rooms.retrieval.readers import Part, SessionsReader
from source_kaltura_rooms.retrieval.session_lists import SessionLists
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.asking import DAY, HOUR, Asking, refuse
from unit_tests.rows import placed, rows_of
from unit_tests.stand_ins import FEBRUARY_1, Asked

COLUMNS = ("entry_id", "cue_point_id", "session_start_time", "session_end_time")
WINDOWS = [Window(FEBRUARY_1 + n * DAY, FEBRUARY_1 + (n + 1) * DAY) for n in range(4)]


def one_session(asked: Asked) -> Table:
    """A session in the second hour of each day that is asked for."""
    start = str(int(asked.param["from_date"]) + 2 * HOUR)
    return RowTable(COLUMNS, [["1_a", f"1_{start}", start, start]])


def read(lists: SessionLists, stream: str, window: Window) -> tuple[int, int, float]:
    """How many rows came, in how many requests that count for the stream, in how many seconds."""
    answers = list(lists.read(stream, window))
    rows = [row for answer in answers for table in answer.tables for row in rows_of(table)]
    return len(rows), sum(one.requests for one in answers), sum(one.seconds for one in answers)


def test_given_two_streams_when_both_read_a_window_then_it_is_asked_for_once() -> None:
    asking = Asking(one_session, ROOMS)
    lists = SessionLists(asking.reader, most=2)

    assert read(lists, "rooms", WINDOWS[0]) == (1, 1, 1.0)
    assert read(lists, "attendees", WINDOWS[0]) == (1, 0, 0.0)
    assert [one.stream for one in asking.asked] == ["rooms"]


def test_given_a_window_that_both_streams_had_when_it_is_read_again_then_it_is_asked_for_anew() -> (
    None
):
    asking = Asking(one_session, ROOMS)
    lists = SessionLists(asking.reader, most=2)
    read(lists, "rooms", WINDOWS[0])
    read(lists, "attendees", WINDOWS[0])

    assert read(lists, "rooms", WINDOWS[0]) == (1, 1, 1.0)
    assert len(asking.asked) == 2


def test_given_more_windows_than_are_kept_when_read_again_then_the_oldest_is_asked_for_anew() -> (
    None
):
    asking = Asking(one_session, ROOMS)
    lists = SessionLists(asking.reader, most=2)
    for window in WINDOWS[:3]:
        read(lists, "rooms", window)

    requests = [read(lists, "attendees", WINDOWS[number])[1] for number in (2, 1, 0)]
    assert requests == [0, 0, 1]


def test_given_two_streams_that_read_by_turns_when_answers_come_then_each_has_all_in_order() -> (
    None
):
    """The sizes: three days are too much, then each day is read on its own."""

    def answer(asked: Asked) -> Table:
        if int(asked.param["to_date"]) - int(asked.param["from_date"]) > 51 * HOUR:
            return refuse()
        return one_session(asked)

    asking = Asking(answer, ROOMS, window_in_days=3)
    lists = SessionLists(asking.reader, most=2)
    window = Window(FEBRUARY_1, FEBRUARY_1 + 2 * DAY)
    rooms, attendees = lists.read("rooms", window), lists.read("attendees", window)

    first = [next(rooms).query.window, next(attendees).query.window]
    second = [next(attendees).query.window, next(rooms).query.window]

    assert first == [WINDOWS[0], WINDOWS[0]]
    assert second == [WINDOWS[1], WINDOWS[1]]
    assert (next(rooms, None), next(attendees, None)) == (None, None)
    assert [one.stream for one in asking.asked] == ["rooms", "rooms", "rooms"]


def test_given_a_window_that_fails_when_the_other_stream_reads_it_then_it_fails_as_well() -> None:
    no = Refusal("SERVICE_FORBIDDEN", ErrorAction.CONFIG_ERROR, "Ask for the permission.")
    asking = Asking(lambda asked: refuse(no), ROOMS)
    lists = SessionLists(asking.reader, most=2)

    for stream in ("rooms", "attendees"):
        with pytest.raises(Refused, match="SERVICE_FORBIDDEN"):
            list(lists.read(stream, WINDOWS[0]))

    assert len(asking.asked) == 1


def test_given_a_window_that_is_kept_when_it_is_read_anew_then_it_is_asked_for_again() -> None:
    asking = Asking(one_session, ROOMS)
    lists = SessionLists(asking.reader, most=2)
    read(lists, "rooms", WINDOWS[0])

    (answer,) = lists.read_anew("attendees", WINDOWS[0])

    assert answer.requests == 1
    assert [one.stream for one in asking.asked] == ["rooms", "attendees"]
    assert read(lists, "attendees", WINDOWS[0])[1] == 0


def test_given_answers_found_to_be_cut_off_when_they_are_kept_then_they_are_asked_for_anew() -> (
    None
):
    """Rooms read two windows, and nobody else takes the kept answers of the first one.

    In the second it turns out that the answer of the first one was cut off, at 120 rows.
    """

    def answer(asked: Asked) -> Table:
        first, last = int(asked.param["from_date"]), int(asked.param["to_date"])
        starts = [FEBRUARY_1 + minute * 60 for minute in range(0, 17 * 24 * 60, 90)]
        rows = [["1_a", f"1_{one}", str(one), str(one)] for one in starts if first <= one < last]
        return RowTable(COLUMNS, rows[-120:])

    asking = Asking(answer, ROOMS)
    lists = SessionLists(asking.reader, most=8)
    reader = SessionsReader(
        asking.reader, asking.config, ROOMS, logging.getLogger("airbyte"), lists
    )

    def starts(parts: Sequence[Part]) -> list[int]:
        return [int(row[2]) for part in parts for row in placed(part.rows())]

    weeks = [Window(FEBRUARY_1 + n * 7 * DAY, FEBRUARY_1 + (n + 1) * 7 * DAY) for n in range(2)]
    found = [start for week in weeks for start in starts(list(reader.read(week)))]

    assert len(found) == 14 * 16
    assert sorted(found) == [FEBRUARY_1 + minute * 60 for minute in range(0, 14 * 24 * 60, 90)]
