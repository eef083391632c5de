"""What two streams need of a window is asked for once, by whichever comes first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from source_kaltura_rooms.kaltura.errors import CODES, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable
from source_kaltura_rooms.retrieval.asking import SharedReadings
from source_kaltura_rooms.retrieval.complete import Reading
from source_kaltura_rooms.retrieval.queries import TimeQuery
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR

MONDAY, TUESDAY, WEDNESDAY = (Window(day * DAY, (day + 1) * DAY) for day in range(3))


class Reads:
    """Reads windows by time, in three requests each, and remembers for whom."""

    def __init__(self, *, refusals: int = 0, slow: bool = False) -> None:
        self.asked: list[tuple[str, Window]] = []
        self._refusals = refusals
        self._slow = slow

    def by_time(self, stream: str, window: Window) -> Reading:
        self.asked.append((stream, window))
        if self._slow:
            threading.Event().wait(0.02)
        if len(self.asked) <= self._refusals:
            raise Refused(Refusal("LOCK_TIMED_OUT", *CODES["LOCK_TIMED_OUT"]))
        return Reading([(TimeQuery(window, HOUR), RowTable(("id",), [["1"]]))], requests=3)


def test_given_a_window_when_the_second_stream_reads_it_then_it_gets_the_first_ones_answers() -> (
    None
):
    reads = Reads()
    shared = SharedReadings(reads, most=4)

    first = shared.by_time("rooms", MONDAY)
    second = shared.by_time("attendees", MONDAY)

    assert reads.asked == [("rooms", MONDAY)]
    assert (first.requests, second.requests) == (3, 0)
    assert second.answers == first.answers
    assert first.requests == 3  # what the first one counts is left alone


def test_given_several_windows_when_read_then_none_gets_anothers_answers() -> None:
    reads = Reads()
    shared = SharedReadings(reads, most=4)

    for window in (MONDAY, TUESDAY):
        shared.by_time("rooms", window)
    reading = shared.by_time("attendees", TUESDAY)

    assert [portion for portion, _ in reading.answers] == [TimeQuery(TUESDAY, HOUR)]
    assert reading.requests == 0


def test_given_a_refusal_when_the_second_stream_reads_then_it_asks_for_itself() -> None:
    reads = Reads(refusals=1)
    shared = SharedReadings(reads, most=4)

    with pytest.raises(Refused):
        shared.by_time("rooms", MONDAY)

    assert shared.by_time("attendees", MONDAY).requests == 3
    assert reads.asked == [("rooms", MONDAY), ("attendees", MONDAY)]


def test_given_more_windows_than_are_kept_when_read_then_the_oldest_is_asked_for_again() -> None:
    """Memory stays bounded if the other stream never comes."""
    reads = Reads()
    shared = SharedReadings(reads, most=2)

    for window in (MONDAY, TUESDAY, WEDNESDAY):
        shared.by_time("rooms", window)

    assert shared.by_time("attendees", WEDNESDAY).requests == 0
    assert shared.by_time("attendees", TUESDAY).requests == 0
    assert shared.by_time("attendees", MONDAY).requests == 3


def test_given_both_streams_at_once_when_they_read_many_windows_then_each_is_asked_for_once() -> (
    None
):
    reads = Reads(slow=True)
    shared = SharedReadings(reads, most=20)
    windows = [Window(day * DAY, (day + 1) * DAY) for day in range(8)]
    pairs = [(stream, window) for window in windows for stream in ("rooms", "attendees")]

    with ThreadPoolExecutor(16) as workers:
        readings = list(workers.map(lambda pair: shared.by_time(*pair), pairs))

    assert sorted(window for _, window in reads.asked) == windows
    assert sum(reading.requests for reading in readings) == 3 * 8
    assert all(len(reading.answers) == 1 for reading in readings)
