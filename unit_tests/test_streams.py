"""A stream is read part by part; its first failure counts, and nothing is read after it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from queue import Queue

import pytest
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.messages import QueuedMessages
from source_kaltura_rooms.airbyte.records import RecordMaker
from source_kaltura_rooms.airbyte.state import Plan, WindowCursor
from source_kaltura_rooms.airbyte.streams import StreamRead, WindowPartition, WindowPartitions
from source_kaltura_rooms.kaltura.errors import CODES, ErrorAction, Refusal, Refused, ReportError
from source_kaltura_rooms.reports import ROOMS
from source_kaltura_rooms.retrieval.placement import PlacedRows
from source_kaltura_rooms.retrieval.readers import Part
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY
from unit_tests.rows import batch
from unit_tests.stand_ins import FEBRUARY_1

ROOM_COLUMNS = ("entry_id", "cue_point_id", "session_start_time")


def day(number: int) -> Window:
    """A day of February."""
    return Window(FEBRUARY_1 + (number - 1) * DAY, FEBRUARY_1 + number * DAY)


def part(number: int, *sessions: str) -> Part:
    """A day that took three requests and 1.5 seconds, with these sessions."""

    def rows() -> Iterator[PlacedRows]:
        placed = [["r", session, str(day(number).start)] for session in sessions]
        key = ROOMS.primary_key
        yield PlacedRows(batch(ROOM_COLUMNS, placed, key), batch(ROOM_COLUMNS, []))

    return Part(day(number), 3, 1.5, rows)


def refused() -> Refused:
    return Refused(Refusal("REPORT_NOT_FOUND", *CODES["REPORT_NOT_FOUND"]))


class Scripted:
    """A reader that hands out the parts it was given for each window, or raises their errors."""

    def __init__(self, *windows: Sequence[Part | Exception]) -> None:
        self._windows = list(windows)
        self.asked: list[Window] = []

    def read(self, window: Window) -> Iterator[Part]:
        self.asked.append(window)
        for one in self._windows.pop(0):
            if isinstance(one, Exception):
                raise one
            yield one


class Stream:
    """A stream of three days, with the states that it emits."""

    def __init__(
        self,
        reader: Scripted,
        logger: logging.Logger,
        computing: AbstractContextManager[object] | None = None,
    ) -> None:
        self.queue: Queue[QueueItem] = Queue()
        window = Window(day(1).start, day(3).end)
        messages = QueuedMessages(self.queue, printing_thread=0)
        cursor = WindowCursor("rooms", Plan(window, None, False), messages, ConnectorStateManager())
        maker = RecordMaker(ROOMS, logger)
        self.read = StreamRead(ROOMS, reader, maker, cursor, logger, computing or nullcontext())

    def partition(self, number: int, order: int = 0) -> WindowPartition:
        return WindowPartition(self.read, day(number), order)

    @property
    def reached(self) -> str:
        return str(self.read.cursor.state["session_start_time"])


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(refused(), id="a_refusal"),
        pytest.param(ReportError("Too many.", ErrorAction.CONFIG_ERROR), id="a_cut_off_answer"),
    ],
)
def test_given_a_window_that_fails_when_read_then_it_is_raised_and_the_next_is_not_even_asked_for(
    error: Exception, logger: logging.Logger
) -> None:
    reader = Scripted([error], [part(2, "a")])
    stream = Stream(reader, logger)

    with pytest.raises(AirbyteTracedException, match=r"REPORT_NOT_FOUND|Too many"):
        list(stream.partition(1).read())

    assert list(stream.partition(2).read()) == []
    assert reader.asked == [Window(1_769_904_000, 1_769_990_400)]
    assert stream.reached == "2026-01-31T23:59:59Z"


def test_given_a_window_that_fails_in_its_third_part_when_read_then_the_first_two_count_as_read(
    logger: logging.Logger,
) -> None:
    stream = Stream(Scripted([part(1, "a"), part(2, "b"), refused()]), logger)
    records = iter(stream.partition(1).read())

    for session in ("a", "b"):
        (record,) = next(records).data["chunk"].records
        assert record["cue_point_id"] == session
    with pytest.raises(AirbyteTracedException):
        next(records)

    assert stream.reached == "2026-02-02T23:59:59Z"


def test_given_two_windows_in_flight_when_both_fail_then_only_the_first_failure_is_raised(
    logger: logging.Logger,
) -> None:
    class FailsInBetween(Scripted):
        """While it reads the second window, the first one fails."""

        def read(self, window: Window) -> Iterator[Part]:
            if window == day(2):
                with pytest.raises(AirbyteTracedException):
                    list(stream.partition(1).read())
            yield from super().read(window)

    stream = Stream(FailsInBetween([part(1, "a"), refused()], [refused()]), logger)

    assert list(stream.partition(2).read()) == []
    assert stream.reached == "2026-02-01T23:59:59Z"


def test_given_a_part_whose_records_are_still_being_taken_when_looked_at_then_it_is_not_read_yet(
    logger: logging.Logger,
) -> None:
    stream = Stream(Scripted([part(1, "a")]), logger)
    records = iter(stream.partition(1).read())

    next(records)
    assert stream.queue.empty()

    assert list(records) == []
    assert stream.queue.qsize() == 1
    assert stream.reached == "2026-02-01T23:59:59Z"


def test_given_a_stream_that_failed_after_a_part_when_summed_up_then_all_its_requests_are_said(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(Scripted([part(1, "a"), refused()]), logger)
    with pytest.raises(AirbyteTracedException):
        list(stream.partition(1).read())

    stream.read.log_summary(requests=9)

    assert caplog.messages[-2:] == [
        "rooms: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: 1 row, 3 requests, 1.5 s.",
        "rooms: 1 row in 9 requests. Kaltura took 1.5 s for the answers. The stream failed; what "
        "comes after that was not read.",
    ]


def test_given_a_part_without_rows_when_read_then_the_log_tells_of_it_all_the_same(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(Scripted([part(1)]), logger)

    assert list(stream.partition(1).read()) == []

    stream.read.log_summary(requests=3)
    assert caplog.messages == [
        "rooms: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: 0 rows, 3 requests, 1.5 s.",
        "rooms: 0 rows in 3 requests. Kaltura took 1.5 s for the answers.",
    ]
    assert stream.reached == "2026-02-01T23:59:59Z"


def test_given_a_session_that_moved_to_the_next_part_when_read_then_the_log_says_it_is_left_out(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Stream(Scripted([part(1, "c1"), part(2, "c1", "c2")]), logger)

    chunks = list(stream.partition(1).read())

    assert len(chunks) == 2
    assert [one for one in caplog.messages if "left out" in one] == [
        "rooms: 2026-02-02T00:00:00Z to 2026-02-03T00:00:00Z: left out 1 row whose primary key was "
        "emitted before in this sync."
    ]


def test_given_a_part_that_was_read_when_its_rows_become_records_then_one_thread_computes(
    logger: logging.Logger,
) -> None:
    computing = threading.Lock()
    seen: list[bool] = []

    class Reads(Scripted):
        def read(self, window: Window) -> Iterator[Part]:
            for one in (part(1, "a"), part(2, "b")):
                seen.append(computing.locked())
                yield one

    stream = Stream(Reads(), logger, computing)
    for _ in stream.partition(1).read():
        seen.append(computing.locked())

    assert seen == [False, True, False, True]
    assert not computing.locked()


def test_given_what_is_to_be_read_when_cut_then_there_is_a_partition_for_each_window(
    logger: logging.Logger,
) -> None:
    partitions = WindowPartitions(Stream(Scripted(), logger).read, 2, 0).generate()

    assert [one.to_slice() for one in partitions] == [
        {"start": "2026-02-01T00:00:00Z", "end": "2026-02-03T00:00:00Z"},
        {"start": "2026-02-03T00:00:00Z", "end": "2026-02-04T00:00:00Z"},
    ]


def test_given_windows_when_put_in_order_then_by_time_and_then_by_stream(
    logger: logging.Logger,
) -> None:
    stream = Stream(Scripted(), logger)
    windows = [stream.partition(*which) for which in ((2, 0), (1, 1), (2, 1), (1, 0))]

    assert sorted(windows, key=lambda one: one.priority) == [
        windows[3],
        windows[1],
        windows[0],
        windows[2],
    ]


def test_given_windows_when_hashed_then_equal_ones_agree(logger: logging.Logger) -> None:
    stream = Stream(Scripted(), logger)

    assert hash(stream.partition(1)) == hash(stream.partition(1))
    assert hash(stream.partition(1)) != hash(stream.partition(2))
