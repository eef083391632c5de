"""Which rows of an answer are of sessions that start in its window, or without a known start."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from source_kaltura_rooms.kaltura.tables import Batch, Table
from source_kaltura_rooms.kaltura.values import parse_seconds
from source_kaltura_rooms.reports import CURSOR, SessionReport
from source_kaltura_rooms.retrieval.windows import Window

NO_VALUE = frozenset({"", "0", "Unknown", "Error"})
"""What Kaltura prints where there is no cue point, or no other id."""

SessionKey = tuple[str, str]
"""A room and a cue point, which together tell sessions apart."""


@dataclass(frozen=True)
class PlacedRows:
    """Some rows of an answer.

    `placed` are those of sessions that start in the window, `unplaced` those of sessions whose
    start is not known. Rows of other sessions are left out; another window has them.
    """

    placed: Batch
    unplaced: Batch


def place_by_start(
    report: SessionReport, tables: Iterable[Table], window: Window
) -> Iterator[PlacedRows]:
    """Rows that tell the start of their session themselves."""
    for table in tables:
        for batch in table.batches(report.primary_key):
            starts = [seconds_of(text) for text in batch.column(report.start_column or CURSOR)]
            yield PlacedRows(
                batch.where([start is not None and start in window for start in starts]),
                batch.where([start is None for start in starts]),
            )


def place_by_session(
    report: SessionReport,
    tables: Iterable[Table],
    window: Window,
    start_of: Callable[[SessionKey], int | None],
) -> Iterator[PlacedRows]:
    """Rows to which the start of their session is added.

    `start_of` returns the start for a room and a cue point, in Unix seconds; None if it is not
    known.
    """
    starts: dict[SessionKey, str] = {}
    unknown: set[SessionKey] = set()
    for table in tables:
        for batch in table.batches(report.primary_key):
            sessions = list(zip(*map(batch.column, report.session_key), strict=True))
            for one in set(sessions) - starts.keys():
                start = start_of(one)
                starts[one] = str(start) if start is not None and start in window else ""
                if start is None:
                    unknown.add(one)
            texts = [starts[one] for one in sessions]
            with_starts = batch.having(CURSOR, texts)
            yield PlacedRows(
                with_starts.where(texts),
                with_starts.where([one in unknown for one in sessions] if unknown else ()),
            )


def rows_by_session(report: SessionReport, tables: Iterable[Table]) -> Counter[SessionKey]:
    """How many rows each session has."""
    rows: Counter[SessionKey] = Counter()
    for table in tables:
        if len(table):
            for (room, cue_point), count in table.count_by(report.session_key).items():
                rows[room, cue_point] += count
    return rows


def sessions_of(report: SessionReport, table: Table) -> Iterator[SessionKey]:
    """The session of each row."""
    for batch in table.batches():  # a list of all rows' sessions is larger than the table
        yield from zip(*map(batch.column, report.session_key), strict=True)


def rows_of_sessions(
    report: SessionReport, table: Table, sessions: Collection[SessionKey]
) -> Table:
    """The rows of these sessions."""
    return table.where([one in sessions for one in sessions_of(report, table)])


def rows_of_other_sessions(
    report: SessionReport, table: Table, sessions: Collection[SessionKey]
) -> Table:
    """The rows of all sessions but these."""
    return table.where([one not in sessions for one in sessions_of(report, table)])


def has_value(id: str) -> bool:
    """Whether this is an id, and not what Kaltura prints where there is none."""
    return id not in NO_VALUE


@functools.lru_cache(maxsize=4_096)
def seconds_of(text: str) -> int | None:
    """Unix seconds of a time in a report; None if there is none, or no time that can be read."""
    try:
        return parse_seconds(text)
    except ValueError:
        return None
