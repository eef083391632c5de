"""A stream's windows: the first failure counts, later windows are given up and never count."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator

import pytest
from airbyte_cdk.sources.types import StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.records import RecordMaker
from source_kaltura_rooms.airbyte.streams import StreamRead, WindowPartition
from source_kaltura_rooms.kaltura.errors import CODES, ErrorAction, Refusal, Refused, ReportError
from source_kaltura_rooms.reports import ROOMS
from source_kaltura_rooms.retrieval.placement import PlacedRows
from source_kaltura_rooms.retrieval.readers import WindowRows
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.rows import batch

ROOM_COLUMNS = ("entry_id", "cue_point_id", "session_start_time")


class Refuses:
    """A reader that raises the errors it was given, one a window."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.asked: list[Window] = []

    def read(self, window: Window) -> WindowRows:
        self.asked.append(window)
        raise self._errors.pop(0)


def refused() -> Refused:
    return Refused(Refusal("REPORT_NOT_FOUND", *CODES["REPORT_NOT_FOUND"]))


def stream(reader: Refuses, logger: logging.Logger) -> StreamRead:
    return StreamRead(ROOMS, reader, RecordMaker(ROOMS, logger), logger, contextlib.nullcontext())


def window(read: StreamRead, day: int, order: int = 0) -> WindowPartition:
    ends = {"start_time": f"2026-02-0{day}T00:00:00Z", "end_time": f"2026-02-0{day}T23:59:59Z"}
    return WindowPartition(read, StreamSlice(partition={}, cursor_slice=ends), order)


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
    reader = Refuses(error)
    read = stream(reader, logger)
    first, second = window(read, 1), window(read, 2)

    with pytest.raises(AirbyteTracedException, match=r"REPORT_NOT_FOUND|Too many"):
        list(first.read())

    assert list(second.read()) == []
    assert reader.asked == [Window(1_769_904_000, 1_769_990_400)]


def test_given_a_failed_stream_when_a_window_is_given_up_then_it_has_no_slice_to_count(
    logger: logging.Logger,
) -> None:
    read = stream(Refuses(refused()), logger)
    first, second = window(read, 1), window(read, 2)
    assert second.to_slice() is not None
    with pytest.raises(AirbyteTracedException):
        list(first.read())

    list(second.read())

    assert second.to_slice() is None


def test_given_a_failed_stream_when_summed_up_then_it_is_said(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    read = stream(Refuses(refused()), logger)
    with pytest.raises(AirbyteTracedException):
        list(window(read, 1).read())

    read.log_summary()

    assert caplog.messages == [
        "rooms: 0 rows of 0 windows in 0 requests, 0.0 s of reading. The stream failed; windows "
        "after that were not read."
    ]


def test_given_a_window_that_was_read_when_its_rows_become_records_then_one_thread_computes(
    logger: logging.Logger,
) -> None:
    computing = threading.Lock()
    seen: list[bool] = []

    def place() -> Iterator[PlacedRows]:
        seen.append(computing.locked())
        yield PlacedRows(batch(ROOM_COLUMNS, [["r", "c", "1770109200"]]), batch(ROOM_COLUMNS, []))

    class Reads:
        def read(self, window: Window) -> WindowRows:
            seen.append(computing.locked())
            return WindowRows(1, place)

    read = StreamRead(ROOMS, Reads(), RecordMaker(ROOMS, logger), logger, computing)
    (record,) = window(read, 1).read()

    assert len(record.data["chunk"].records) == 1
    assert seen == [False, True]
    assert not computing.locked()


def test_given_a_window_without_rows_when_read_then_the_log_tells_of_it_all_the_same(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    class Reads:
        def read(self, window: Window) -> WindowRows:
            return WindowRows(2, lambda: iter(()))

    read = StreamRead(ROOMS, Reads(), RecordMaker(ROOMS, logger), logger, contextlib.nullcontext())

    assert list(window(read, 1).read()) == []

    read.log_summary()
    assert caplog.messages == [
        "rooms: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: 0 rows, 2 requests, 0.0 s.",
        "rooms: 0 rows of 1 window in 2 requests, 0.0 s of reading.",
    ]


def test_given_windows_when_put_in_order_then_by_time_and_then_by_stream(
    logger: logging.Logger,
) -> None:
    read = stream(Refuses(), logger)
    windows = [window(read, 2, 0), window(read, 1, 1), window(read, 2, 1), window(read, 1, 0)]

    assert sorted(windows, key=lambda one: one.priority) == [
        windows[3],
        windows[1],
        windows[0],
        windows[2],
    ]


def test_given_windows_when_hashed_then_equal_ones_agree(logger: logging.Logger) -> None:
    read = stream(Refuses(), logger)

    assert hash(window(read, 1)) == hash(window(read, 1))
    assert hash(window(read, 1)) != hash(window(read, 2))
