"""No primary key goes out twice in one sync, since warehouses merge such rows at random.

A session belongs to one window only, so its rows cannot repeat, but for two cases: an answer that
has a key twice, and rows without a session start, which every window that sees them would emit.
"""

from __future__ import annotations

import operator
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from source_kaltura_rooms.placement import PlacedRows, Row
from source_kaltura_rooms.report_csv import Table
from source_kaltura_rooms.reports import Report

Identity = Callable[[Row], object]

WINDOWS_REMEMBERED = 64
"""More than can overlap: intervals reach at most 7 days past their window, and 10 are in flight."""


@dataclass(frozen=True)
class NewRows:
    """The rows to emit, and how many of them are unplaced; how many rows were left out."""

    tables: list[Table]
    unplaced: int
    repeated: int

    @property
    def count(self) -> int:
        """All rows to emit."""
        return sum(len(table.rows) for table in self.tables)


class OncePerSync:
    """Remembers what of one stream has been emitted; shared by its workers."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._unplaced_keys: set[object] = set()
        self._placed_sessions: deque[set[object]] = deque(maxlen=WINDOWS_REMEMBERED)

    def only_new(self, answers: Iterable[PlacedRows]) -> NewRows:
        """The rows of a window that have not been emitted before, each key once."""
        answers = [answer for answer in answers if len(answer)]
        keys_here: set[object] = set()
        sessions_here: set[object] = set()
        placed, unplaced = [], []
        with self._lock:
            for answer in answers:
                key, session = self._identities(answer)
                rows, sessions = self._not_elsewhere(answer.placed, session)
                if self._unplaced_keys:
                    rows = [row for row in rows if key(row) not in self._unplaced_keys]
                placed.append(_new(rows, key, keys_here))
                sessions_here |= sessions
            self._placed_sessions.append(sessions_here)
            for answer in answers:
                key, session = self._identities(answer)
                rows, _ = self._not_elsewhere(answer.unplaced, session)
                unplaced.append(_new(rows, key, self._unplaced_keys))
        tables = [
            Table(answer.columns, some + others)
            for answer, some, others in zip(answers, placed, unplaced, strict=True)
        ]
        return NewRows(
            tables,
            unplaced=sum(map(len, unplaced)),
            repeated=sum(len(answer.placed) for answer in answers) - sum(map(len, placed)),
        )

    def _identities(self, answer: PlacedRows) -> tuple[Identity, Identity]:
        """What tells rows apart, and what tells sessions apart: a room and a cue point."""
        positions = [answer.columns.index(name) for name in self._report.primary_key]
        return operator.itemgetter(*positions), operator.itemgetter(*positions[:2])

    def _not_elsewhere(self, rows: list[Row], session: Identity) -> tuple[list[Row], set[object]]:
        """The rows of sessions that have not been placed before, and these sessions."""
        sessions = set(map(session, rows))
        placed = {one for one in sessions if any(one in some for some in self._placed_sessions)}
        if placed:
            rows = [row for row in rows if session(row) not in placed]
        return rows, sessions - placed


def _new(rows: list[Row], key: Identity, seen: set[object]) -> list[Row]:
    """The rows whose key is not in `seen` and not that of a row before; adds their keys to it."""
    before = len(seen)
    keys = list(map(key, rows))
    fresh = set(keys) - seen
    seen |= fresh
    if len(seen) - before == len(rows):
        return [*rows]
    chosen = []
    for row, its_key in zip(rows, keys, strict=True):
        if its_key in fresh:
            fresh.discard(its_key)
            chosen.append(row)
    return chosen
