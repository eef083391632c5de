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
        self._primary_key = report.primary_key
        self._lock = threading.Lock()
        self._unplaced_keys: set[object] = set()
        self._placed_sessions: deque[set[str]] = deque(maxlen=WINDOWS_REMEMBERED)

    def only_new(self, answers: Iterable[PlacedRows]) -> NewRows:
        """The rows of a window that have not been emitted before, each key once."""
        tables = []
        unplaced = repeated = 0
        keys_here: set[object] = set()
        sessions_here: set[str] = set()
        with self._lock:
            for answer in answers:
                if not len(answer):
                    continue
                key = operator.itemgetter(*map(answer.columns.index, self._primary_key))
                session = operator.itemgetter(answer.columns.index("cue_point_id"))
                placed = self._not_elsewhere(answer.placed, session)
                if self._unplaced_keys:
                    placed = [row for row in placed if key(row) not in self._unplaced_keys]
                placed = _new(placed, key, keys_here)
                sessions_here.update(map(session, placed))
                repeated += len(answer.placed) - len(placed)
                without_start = self._not_elsewhere(answer.unplaced, session)
                without_start = _new(without_start, key, self._unplaced_keys)
                unplaced += len(without_start)
                tables.append(Table(answer.columns, placed + without_start))
            self._placed_sessions.append(sessions_here)
        return NewRows(tables, unplaced, repeated)

    def _not_elsewhere(self, rows: list[Row], session: Callable[[Row], str]) -> list[Row]:
        """The rows whose session no other window has placed."""
        elsewhere = {
            id
            for id in set(map(session, rows))
            if any(id in known for known in self._placed_sessions)
        }
        return [row for row in rows if session(row) not in elsewhere] if elsewhere else rows


def _new(rows: list[Row], key: Callable[[Row], object], seen: set[object]) -> list[Row]:
    """The rows whose key is not in `seen` and not that of a row before; adds their keys to it."""
    before = len(seen)
    keys = list(map(key, rows))
    fresh = set(keys) - seen
    seen |= fresh
    if len(seen) - before == len(rows):
        return rows
    chosen = []
    for row, its_key in zip(rows, keys, strict=True):
        if its_key in fresh:
            fresh.discard(its_key)
            chosen.append(row)
    return chosen
