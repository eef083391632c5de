"""No primary key goes out twice in one sync, since warehouses merge such rows at random.

A session belongs to one window only, so its rows cannot repeat, but for two cases: an answer that
has a key twice, and rows without a session start, which every window that sees them would emit.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator

from source_kaltura_rooms.kaltura.tables import Batch
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.placement import PlacedRows

Key = tuple[str, ...]

WINDOWS_REMEMBERED = 64
"""More than can overlap: intervals reach at most 7 days past their window, and 10 are in flight."""

ROWS, UNPLACED, REPEATED = "rows", "unplaced", "repeated"
"""What is counted: rows to emit, those of them that are unplaced, and rows that were left out."""


class Deduplication:
    """Remembers what of one stream has been emitted; shared by its workers."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._unplaced_keys: set[Key] = set()
        self._placed_sessions: deque[set[Key]] = deque(maxlen=WINDOWS_REMEMBERED)

    def only_new(
        self, window: Iterable[PlacedRows], counts: Counter[str]
    ) -> Generator[Batch, None, None]:
        """The rows of a window that have not been emitted before, each key once; none is empty.

        Another window has to wait until all of them were taken. `counts` is added to.
        """
        unplaced: list[Batch] = []
        with self._lock:
            yield from self._placed(window, counts, unplaced)
            yield from self._unplaced(unplaced, counts)

    def _placed(
        self, window: Iterable[PlacedRows], counts: Counter[str], unplaced: list[Batch]
    ) -> Iterator[Batch]:
        """New rows that are placed; what is not is put aside in `unplaced`."""
        keys: set[Key] = set()
        sessions: set[Key] = set()
        try:
            for rows in window:
                if len(rows.unplaced):
                    unplaced.append(rows.unplaced)
                if not len(rows.placed):
                    continue
                new = self._not_elsewhere(rows.placed, sessions)
                new = self._not_among(new, self._unplaced_keys)
                new = self._first_of_each(new, keys)
                counts[ROWS] += len(new)
                counts[REPEATED] += len(rows.placed) - len(new)
                if len(new):
                    yield new
        finally:  # what has gone out counts, though the window be given up
            self._placed_sessions.append(sessions)

    def _unplaced(self, unplaced: Iterable[Batch], counts: Counter[str]) -> Iterator[Batch]:
        """New rows that are unplaced, of sessions that no window has placed."""
        for batch in unplaced:
            new = self._first_of_each(self._not_elsewhere(batch, set()), self._unplaced_keys)
            counts[ROWS] += len(new)
            counts[UNPLACED] += len(new)
            if len(new):
                yield new

    def _keys(self, batch: Batch) -> Iterator[Key]:
        return zip(*map(batch.column, self._report.primary_key), strict=True)

    def _sessions(self, batch: Batch) -> Iterator[Key]:
        """What tells sessions apart: a room and a cue point."""
        return zip(*map(batch.column, self._report.primary_key[:2]), strict=True)

    def _not_elsewhere(self, batch: Batch, here: set[Key]) -> Batch:
        """The rows of sessions that no window has placed before; adds these sessions to `here`."""
        sessions = set(self._sessions(batch))
        placed = set().union(*(sessions & some for some in self._placed_sessions))
        here |= sessions - placed
        if not placed:
            return batch
        return batch.where([one not in placed for one in self._sessions(batch)])

    def _not_among(self, batch: Batch, keys: set[Key]) -> Batch:
        if not keys:
            return batch
        return batch.where([key not in keys for key in self._keys(batch)])

    def _first_of_each(self, batch: Batch, seen: set[Key]) -> Batch:
        """The rows whose key is not in `seen` and not that of a row before; adds their keys."""
        keys = set(self._keys(batch))
        if len(keys) == len(batch) and keys.isdisjoint(seen):
            seen |= keys
            return batch
        chosen = []
        for key in self._keys(batch):
            chosen.append(key not in seen)
            seen.add(key)
        return batch.where(chosen)
