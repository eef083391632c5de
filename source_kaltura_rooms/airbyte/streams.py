"""Airbyte's side of a stream: its windows as partitions, its rows as records, its log lines."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import (
    PartitionGenerator,
)
from airbyte_cdk.sources.types import Record, StreamSlice

from source_kaltura_rooms.airbyte.chunks import chunk_data
from source_kaltura_rooms.airbyte.failures import stream_failure
from source_kaltura_rooms.airbyte.records import RecordMaker, Records
from source_kaltura_rooms.airbyte.state import window_of
from source_kaltura_rooms.kaltura.errors import ReportError
from source_kaltura_rooms.reports import CURSOR, Report
from source_kaltura_rooms.retrieval.deduplication import REPEATED, ROWS, UNPLACED, Deduplication
from source_kaltura_rooms.retrieval.readers import WindowRows
from source_kaltura_rooms.retrieval.windows import Window


class Reader(Protocol):
    """Something that reads a window's rows, whole."""

    def read(self, window: Window) -> WindowRows:
        """Raises ReportError if it cannot."""


class StreamRead:
    """One stream's part in a sync: what its windows share, and what they add up to.

    `computing` is held while rows become records.
    """

    def __init__(
        self,
        report: Report,
        reader: Reader,
        records: RecordMaker,
        logger: logging.Logger,
        computing: AbstractContextManager[object],
    ) -> None:
        self.report = report
        self.reader = reader
        self.records = records
        self.logger = logger
        self.computing = computing
        self._once = Deduplication(report)
        self._lock = threading.Lock()
        self._failed = False
        self._totals: Counter[str] = Counter()
        self._seconds = 0.0

    def rows(self, window: Window) -> WindowRows | None:
        """The window's rows, read and checked; None if the stream has failed before.

        Only the first failure is raised, as AirbyteTracedException: once a window is missing, the
        state cannot move beyond it, so reading on would only repeat the error.
        """
        if self._failed:
            return None
        try:
            return self.reader.read(window)
        except ReportError as error:
            with self._lock:
                first, self._failed = not self._failed, True
            if not first:
                return None
            raise stream_failure(self.report.stream, error) from error

    def give_up(self) -> None:
        """Lets no further window be read."""
        with self._lock:
            self._failed = True

    def records_of(self, window: Window, rows: WindowRows, seconds: float) -> Iterator[Records]:
        """The window's records that this sync has not emitted, in chunks, and a log line.

        `seconds` is how long it took to read them.
        """
        counts: Counter[str] = Counter()
        misfits: Counter[str] = Counter()
        for batch in self._once.only_new(rows.placed(), counts):
            yield self.records.records(batch, misfits)
        self._note(window, rows.requests, counts, seconds)
        for column, count in misfits.items():
            if count:
                self.logger.warning(
                    f"{self.report.stream}: {window}: {count:,} values of {column} do not fit its "
                    "type and became null."
                )

    def _note(self, window: Window, requests: int, counts: Counter[str], seconds: float) -> None:
        stream = self.report.stream
        self.logger.info(
            f"{stream}: {window}: {_count(counts[ROWS], 'row')}, {_count(requests, 'request')}, "
            f"{seconds:.1f} s."
        )
        if counts[REPEATED]:
            self.logger.warning(
                f"{stream}: {window}: left out {counts[REPEATED]:,} rows whose primary key was "
                "emitted before in this sync."
            )
        with self._lock:
            self._totals.update(counts, windows=1, requests=requests)
            self._seconds += seconds

    def log_summary(self) -> None:
        """One line about the whole sync of the stream, and a warning about unplaced rows."""
        stream, totals = self.report.stream, self._totals
        self.logger.info(
            f"{stream}: {_count(totals[ROWS], 'row')} of {_count(totals['windows'], 'window')} "
            f"in {_count(totals['requests'], 'request')}, {self._seconds:.1f} s of reading"
            + (". The stream failed; windows after that were not read." if self._failed else ".")
        )
        if totals[UNPLACED]:
            self.logger.warning(
                f"{stream}: {totals[UNPLACED]:,} rows have no {CURSOR}, since Kaltura tells no "
                "start of their session; they were emitted with null, once."
            )


class WindowPartition(Partition):
    """One window of one stream."""

    def __init__(self, read: StreamRead, stream_slice: StreamSlice, order: int) -> None:
        self._read = read
        self._slice = stream_slice
        self._order = order
        self._given_up = False

    def read(self) -> Iterable[Record]:
        """The window's records in chunks, once all of its answers were read and checked."""
        window = window_of(self._slice)
        started = time.monotonic()
        rows = self._read.rows(window)
        if rows is None:
            self._given_up = True
            return
        stream = self.stream_name()
        with self._read.computing:
            seconds = time.monotonic() - started
            for records in self._read.records_of(window, rows, seconds):
                yield Record(chunk_data(stream, records), stream, self._slice)

    @property
    def priority(self) -> tuple[int, ...]:
        """Earlier windows first, and of one window the streams in their order."""
        return window_of(self._slice).start, self._order

    def to_slice(self) -> Mapping[str, Any] | None:
        """The window's two ends, None once it was given up and so must not count as read."""
        return None if self._given_up else self._slice

    def stream_name(self) -> str:
        return self._read.report.stream

    def __hash__(self) -> int:
        return hash((self.stream_name(), *self._slice.values()))


class WindowPartitions(PartitionGenerator):
    """A partition for each of the cursor's slices."""

    def __init__(self, read: StreamRead, cursor: Cursor, order: int) -> None:
        self._read = read
        self._cursor = cursor
        self._order = order

    def generate(self) -> Iterable[Partition]:
        for stream_slice in self._cursor.stream_slices():
            yield WindowPartition(self._read, stream_slice, self._order)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
