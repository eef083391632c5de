"""No primary key goes out twice in one sync, since warehouses merge such rows at random.

A session belongs to one window, and the rows of an answer with one key are merged. So a key can
come again in two cases only: a session's start changes while a sync reads, or a row has no session
start, so that every window that sees it would emit it.
"""

from __future__ import annotations

import threading
from array import array
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator

from source_kaltura_rooms.kaltura.tables import Batch, KeyHashes
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.placement import PlacedRows

Key = tuple[str, ...]

FEWEST_PARTS = 24
"""At least so many parts of windows are remembered: more than can all have the same session."""
MOST_KEYS = 200_000
"""Further parts are remembered while all parts have no more keys than this, of 8 bytes each."""

ROWS, UNPLACED, REPEATED = "rows", "unplaced", "repeated"
"""What is counted: rows to emit, those of them that are unplaced, and rows that were left out."""


class Deduplication:
    """Remembers what of one stream has been emitted; shared by its workers."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._unplaced_keys: set[int] = set()
        self._emitted: deque[tuple[set[Key], KeyHashes]] = deque()
        self._remembered = 0

    def only_new(
        self, part: Iterable[PlacedRows], counts: Counter[str]
    ) -> Generator[Batch, None, None]:
        """The rows of a part that have not been emitted before, each key once; none is empty.

        While the rows of a part are taken, other parts wait. Adds to `counts` what was counted.
        """
        unplaced: list[Batch] = []
        with self._lock:
            yield from self._placed(part, counts, unplaced)
            yield from self._unplaced(unplaced, counts)

    def _placed(
        self, part: Iterable[PlacedRows], counts: Counter[str], unplaced: list[Batch]
    ) -> Iterator[Batch]:
        """New rows that are placed; what is not is put aside in `unplaced`."""
        sessions: set[Key] = set()
        emitted: set[int] = set()
        try:
            for rows in part:
                if len(rows.unplaced):
                    unplaced.append(rows.unplaced)
                if not len(rows.placed):
                    continue
                new = self._first_of_each(self._not_emitted(rows.placed, sessions), emitted)
                counts[ROWS] += len(new)
                counts[REPEATED] += len(rows.placed) - len(new)
                if len(new):
                    yield new
        finally:  # what has gone out counts, though the rest of the part may be given up
            self._remember(sessions, array("q", emitted))

    def _unplaced(self, unplaced: Iterable[Batch], counts: Counter[str]) -> Iterator[Batch]:
        """New rows that are unplaced."""
        for batch in unplaced:
            new = self._first_of_each(self._not_emitted(batch, set()), self._unplaced_keys)
            counts[ROWS] += len(new)
            counts[UNPLACED] += len(new)
            if len(new):
                yield new

    def _not_emitted(self, batch: Batch, sessions: set[Key]) -> Batch:
        """The rows whose key no other part emitted; adds the batch's sessions to `sessions`."""
        here = set(zip(*map(batch.column, self._report.group_key), strict=True))
        sessions |= here
        # Keys are looked up only where the session was seen before, which is rare.
        others = [keys for seen, keys in self._emitted if not here.isdisjoint(seen)]
        if not others and not self._unplaced_keys:
            return batch
        emitted = self._unplaced_keys.union(*others)
        hashes = batch.key_hashes(self._report.primary_key)
        return batch.where([key not in emitted for key in hashes])

    def _first_of_each(self, batch: Batch, seen: set[int]) -> Batch:
        """The rows whose key is not in `seen` and not that of a row before; adds their keys."""
        hashes = batch.key_hashes(self._report.primary_key)
        keys = set(hashes)
        if len(keys) == len(batch) and keys.isdisjoint(seen):
            seen |= keys
            return batch
        chosen = []
        for key in hashes:
            chosen.append(key not in seen)
            seen.add(key)
        return batch.where(chosen)

    def _remember(self, sessions: set[Key], keys: KeyHashes) -> None:
        self._emitted.append((sessions, keys))
        self._remembered += len(keys)
        while len(self._emitted) > FEWEST_PARTS and self._remembered > MOST_KEYS:
            _, forgotten = self._emitted.popleft()
            self._remembered -= len(forgotten)
