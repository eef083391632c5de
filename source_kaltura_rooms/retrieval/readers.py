"""A window of session starts → the rows of its sessions, each session whole.

A report counts what happened inside the interval it is asked for, so a session that crosses its
edge is cut in two, each part with figures that cannot be put together again. Hence every request
reaches further than its window, and only the rows of sessions that start in the window are kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.tables import Batch, Table
from source_kaltura_rooms.reports import CURSOR, SessionReport
from source_kaltura_rooms.retrieval.complete import ReportReader, WholeAnswer
from source_kaltura_rooms.retrieval.merging import merge_equal_keys
from source_kaltura_rooms.retrieval.placement import (
    PlacedRows,
    SessionKey,
    has_value,
    place_by_start,
    seconds_of,
    sessions_of,
)
from source_kaltura_rooms.retrieval.report_queries import Effort
from source_kaltura_rooms.retrieval.session_lists import SessionLists
from source_kaltura_rooms.retrieval.sessions_without_start import look_up
from source_kaltura_rooms.retrieval.windows import Window


@dataclass(frozen=True)
class Part:
    """Rows of the sessions that start in `window`, all of which were read and checked.

    `requests` is how many it took, `seconds` how long Kaltura took to answer them. `rows` works out
    which rows belong to the window when they are looked at, so that parts that wait take little
    memory; none of their primary keys occurs twice. `merged` is how many rows had the primary key
    of another one.
    """

    window: Window
    requests: int
    seconds: float
    rows: Callable[[], Iterator[PlacedRows]]
    merged: int = 0


class Reader(Protocol):
    """Something that reads the windows of a report."""

    def read(self, window: Window) -> Iterator[Part]:
        """The parts of the window in order, each as soon as it was read. Raises ReportError."""


class SessionsReader:
    """Reads the windows of a report whose rows tell when their session started."""

    def __init__(
        self,
        reader: ReportReader,
        config: Config,
        report: SessionReport,
        logger: logging.Logger,
        lists: SessionLists | None = None,
    ) -> None:
        self._reader = reader
        self._config = config
        self._report = report
        self._logger = logger
        self._answers = lists.read if lists else reader.read

    def read(self, window: Window) -> Iterator[Part]:
        """The rows of sessions that start in the window, and those without a start.

        The parts of the window come in order, each as soon as it was read. Raises ReportError.
        """
        # `map` keeps no answer while Kaltura works on the next one; a loop's variable would.
        yield from map(self._part, self._answers(self._report.stream, window))
        yield from missing_rows(self._reader, self._report, self._read_anew)

    def _read_anew(self, window: Window) -> Iterator[Part]:
        """The same, without an answer that is kept for another stream: it may be cut off."""
        yield from map(self._part, self._reader.read(self._report.stream, window))
        yield from missing_rows(self._reader, self._report, self._read_anew)

    def _part(self, whole: WholeAnswer) -> Part:
        report, window = self._report, whole.query.window
        effort = Effort(report.stream, window)
        sessions = _sessions_without_start(report, whole.tables)
        tables = whole.tables
        if sessions:
            longest = self._config.longest_session
            tables = look_up(self._reader, effort, report, whole, sessions, longest)
        merged = merge_equal_keys(report, tables)
        return Part(
            window,
            whole.requests + effort.requests,
            whole.seconds + effort.seconds,
            lambda: place_by_start(report, merged.tables, window),
            merged.rows,
        )


def _sessions_without_start(report: SessionReport, tables: Iterable[Table]) -> set[SessionKey]:
    """Sessions that have a cue point and no start."""
    found: set[SessionKey] = set()
    for table in tables:
        if len(table):
            starts = table.column(report.start_column or CURSOR)
            for session, start in zip(sessions_of(report, table), starts, strict=True):
                if seconds_of(start) is None and has_value(session[1]):
                    found.add(session)
    return found


def missing_rows(
    reader: ReportReader, report: SessionReport, read: Callable[[Window], Iterator[Part]]
) -> Iterator[Part]:
    """The missing rows of answers that were found to be cut off after their rows had gone out."""
    for query, keys in reader.doubts.take_windows_cut_off_before():
        emitted = frozenset(keys)
        for part in read(query.window):
            yield replace(part, rows=_rows_not_emitted(part.rows, emitted))


def _rows_not_emitted(
    rows: Callable[[], Iterator[PlacedRows]], emitted: frozenset[int]
) -> Callable[[], Iterator[PlacedRows]]:
    """The rows whose key is not among the hashes of those that were emitted before."""

    def chosen(batch: Batch) -> Batch:
        return batch.where([key not in emitted for key in batch.key_hashes])

    return lambda: (PlacedRows(chosen(one.placed), chosen(one.unplaced)) for one in rows())
