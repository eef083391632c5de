"""Airbyte's side of a stream: its windows as partitions, its rows as records, its log lines."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import (
    PartitionGenerator,
)
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.failures import Refused, failure
from source_kaltura_rooms.once import NewRows, OncePerSync
from source_kaltura_rooms.records import RecordMaker
from source_kaltura_rooms.reports import CURSOR, Report
from source_kaltura_rooms.retrieval import WindowRows
from source_kaltura_rooms.state import window_of
from source_kaltura_rooms.windows import Window


class Reader(Protocol):
    """Something that reads a window's rows, whole."""

    def read(self, window: Window) -> WindowRows:
        """Raises Refused or AirbyteTracedException if it cannot."""


class StreamRead:
    """One stream's part in a sync: what its windows share, and what they add up to."""

    def __init__(
        self, report: Report, reader: Reader, records: RecordMaker, logger: logging.Logger
    ) -> None:
        self.report = report
        self.reader = reader
        self.records = records
        self.logger = logger
        self._once = OncePerSync(report)
        self._lock = threading.Lock()
        self._failed = False
        self._totals: Counter[str] = Counter()
        self._seconds = 0.0

    def new_rows(self, window: Window) -> NewRows | None:
        """The window's rows that this sync has not emitted; None if the stream has failed before.

        Only the first failure is raised, as AirbyteTracedException: once a window is missing, the
        state cannot move beyond it, so reading on would only repeat the error.
        """
        if self._failed:
            return None
        started = time.monotonic()
        try:
            rows = self.reader.read(window)
        except (Refused, AirbyteTracedException) as error:
            with self._lock:
                first, self._failed = not self._failed, True
            if not first:
                return None
            if isinstance(error, Refused):
                raise failure(self.report.stream, error) from error
            raise
        new = self._once.only_new(rows.answers)
        self._count(window, rows.requests, new, time.monotonic() - started)
        return new

    def _count(self, window: Window, requests: int, new: NewRows, seconds: float) -> None:
        stream = self.report.stream
        self.logger.info(
            f"{stream}: {window}: {new.count:,} rows, {requests} requests, {seconds:.1f} s."
        )
        if new.repeated:
            self.logger.warning(
                f"{stream}: {window}: left out {new.repeated:,} rows whose primary key was emitted "
                "before in this sync."
            )
        with self._lock:
            counts = Counter(rows=new.count, windows=1, requests=requests, unplaced=new.unplaced)
            self._totals.update(counts)
            self._seconds += seconds

    def log_summary(self) -> None:
        """One line about the whole sync of the stream, and a warning about unplaced rows."""
        stream, totals = self.report.stream, self._totals
        self.logger.info(
            f"{stream}: {totals['rows']:,} rows of {totals['windows']:,} windows in "
            f"{totals['requests']:,} requests, {self._seconds:.1f} s of reading"
            + (". The stream failed; windows after that were not read." if self._failed else ".")
        )
        if totals["unplaced"]:
            self.logger.warning(
                f"{stream}: {totals['unplaced']:,} rows have no {CURSOR}, since Kaltura tells no "
                "start of their session; they were emitted with null, once."
            )


class WindowPartition(Partition):
    """One window of one stream."""

    def __init__(self, read: StreamRead, stream_slice: StreamSlice) -> None:
        self._read = read
        self._slice = stream_slice
        self._given_up = False

    def read(self) -> Iterable[Record]:
        """The window's records, once all of its answers have been read and checked."""
        window = window_of(self._slice)
        new = self._read.new_rows(window)
        if new is None:
            self._given_up = True
            return
        stream = self.stream_name()
        misfits: Counter[str] = Counter()
        for table in new.tables:
            for chunk in self._read.records.chunks(table, misfits):
                for data in chunk:
                    yield Record(data, stream, self._slice)
        for column, count in misfits.items():
            if count:
                self._read.logger.warning(
                    f"{stream}: {window}: {count:,} values of {column} do not fit its type and "
                    "became null."
                )

    def to_slice(self) -> Mapping[str, Any] | None:
        """The window's two ends, None once it was given up and so must not count as read."""
        return None if self._given_up else self._slice

    def stream_name(self) -> str:
        return self._read.report.stream

    def __hash__(self) -> int:
        return hash((self.stream_name(), *self._slice.values()))


class Windows(PartitionGenerator):
    """A partition for each of the cursor's slices."""

    def __init__(self, read: StreamRead, cursor: Cursor) -> None:
        self._read = read
        self._cursor = cursor

    def generate(self) -> Iterable[Partition]:
        for stream_slice in self._cursor.stream_slices():
            yield WindowPartition(self._read, stream_slice)
