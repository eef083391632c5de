"""Airbyte's side of a stream: its windows as partitions, its rows as records, its log lines."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.partitions.partition_generator import (
    PartitionGenerator,
)
from airbyte_cdk.sources.types import Record

from source_kaltura_rooms.airbyte.chunks import chunk_data
from source_kaltura_rooms.airbyte.failures import stream_failure
from source_kaltura_rooms.airbyte.records import RecordMaker, Records
from source_kaltura_rooms.airbyte.state import WindowCursor
from source_kaltura_rooms.kaltura.errors import ReportError
from source_kaltura_rooms.reports import CURSOR, Report
from source_kaltura_rooms.retrieval.deduplication import REPEATED, ROWS, UNPLACED, Deduplication
from source_kaltura_rooms.retrieval.readers import Part, Reader
from source_kaltura_rooms.retrieval.windows import Window, windows
from source_kaltura_rooms.times import format_time

MERGED = "merged"
"""What is counted beside the counts of deduplication: rows with the key of another row."""


class StreamRead:
    """One stream's part in a sync: what its windows share, and what they add up to.

    `computing` is held while rows become records.
    """

    def __init__(
        self,
        report: Report,
        reader: Reader,
        records: RecordMaker,
        cursor: WindowCursor,
        logger: logging.Logger,
        computing: AbstractContextManager[object],
    ) -> None:
        self.report = report
        self.cursor = cursor
        self._reader = reader
        self._records = records
        self._logger = logger
        self._computing = computing
        self._deduplication = Deduplication(report)
        self._lock = threading.Lock()  # workers add to the totals, and one of them fails first
        self._has_failed = False
        self._totals: Counter[str] = Counter()
        self._seconds = 0.0

    def read(self, window: Window) -> Iterator[Records]:
        """The window's records that this sync has not emitted, in chunks, part by part.

        Once the records of a part were taken, the part counts as read and the state goes out. After
        a failure the parts before it still count. Only the first failure of the stream is raised,
        as AirbyteTracedException: the state cannot move past a window that is missing, so no window
        is read after that.
        """
        try:
            parts = self._reader.read(window)
            while not self._has_failed and (part := next(parts, None)) is not None:
                with self._computing:
                    yield from self._records_of(part)
                self.cursor.mark_read(part.window)
                del part  # its rows are not to be kept while the next part is read
        except ReportError as error:
            with self._lock:
                is_first, self._has_failed = not self._has_failed, True
            if is_first:
                raise stream_failure(self.report.stream, error) from error

    def give_up(self) -> None:
        """Lets no further part be read."""
        with self._lock:
            self._has_failed = True

    def _records_of(self, part: Part) -> Iterator[Records]:
        counts: Counter[str] = Counter()
        misfits: Counter[str] = Counter()
        for batch in self._deduplication.only_new(part.rows(), counts):
            yield self._records.records(batch, misfits)
        self._log(part, counts)
        for column, count in misfits.items():
            if count:
                self._logger.warning(
                    f"{self.report.stream}: {part.window}: null in place of values of {column} "
                    f"that do not fit its type, in {_count(count, 'row')}."
                )

    def _log(self, part: Part, counts: Counter[str]) -> None:
        stream = self.report.stream
        self._logger.info(
            f"{stream}: {part.window}: {_count(counts[ROWS], 'row')}, "
            f"{_count(part.requests, 'request')}, {part.seconds:.1f} s."
        )
        if counts[REPEATED]:
            self._logger.warning(
                f"{stream}: {part.window}: left out {_count(counts[REPEATED], 'row')} whose "
                "primary key was emitted before in this sync."
            )
        with self._lock:
            self._totals.update(counts)
            self._totals[MERGED] += part.merged
            self._seconds += part.seconds

    def log_summary(self, requests: int) -> None:
        """One line about the whole sync of the stream, and a warning about unplaced rows.

        `requests` are all that were made for the stream, those of parts that failed included.
        """
        stream, totals = self.report.stream, self._totals
        self._logger.info(
            f"{stream}: {_count(totals[ROWS], 'row')} in {_count(requests, 'request')}. Kaltura "
            f"took {self._seconds:.1f} s for the answers."
            + (" The stream failed; what comes after that was not read." * self._has_failed)
        )
        if totals[MERGED]:
            self._logger.warning(
                f"{stream}: {_count(totals[MERGED], 'row')} had the primary key of another row of "
                "the same answer. Rows with the same key went out as one."
            )
        if totals[UNPLACED]:
            self._logger.warning(
                f"{stream}: emitted once, with null as {CURSOR}: "
                f"{_count(totals[UNPLACED], 'row')}. Kaltura tells no start of the session."
            )


class WindowPartition(Partition):
    """One window of one stream."""

    def __init__(self, read: StreamRead, window: Window, order: int) -> None:
        self._read = read
        self._window = window
        self._order = order

    def read(self) -> Iterable[Record]:
        """The window's records in chunks, the state behind those of each part."""
        stream = self.stream_name()
        for records in self._read.read(self._window):
            yield Record(chunk_data(stream, records), stream)

    @property
    def priority(self) -> tuple[float, ...]:
        """Earlier windows first, and of one window the streams in their order."""
        return self._window.start, self._order

    def to_slice(self) -> Mapping[str, Any]:
        """The window's two ends, for the debug log; the second does not belong to it."""
        ends = {"start": self._window.start, "end": self._window.end}
        return {name: format_time(second) for name, second in ends.items()}

    def stream_name(self) -> str:
        return self._read.report.stream

    def __hash__(self) -> int:
        return hash((self.stream_name(), self._window))


class WindowPartitions(PartitionGenerator):
    """A partition for each window of what is to be read, of at most so many days.

    `order` tells which stream comes first in a window.
    """

    def __init__(self, read: StreamRead, days: int, order: int) -> None:
        self._read = read
        self._days = days
        self._order = order

    def generate(self) -> Iterable[Partition]:
        cursor = self._read.cursor
        cursor.begin()
        for window in windows(cursor.window.start, cursor.window.end, self._days):
            yield WindowPartition(self._read, window, self._order)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
