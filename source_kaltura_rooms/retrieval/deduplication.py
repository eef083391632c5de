"""No primary key goes out twice in one sync, since warehouses merge such rows at random.

A session belongs to one window, no key occurs twice in a part, and of a window that is read again
only the missing rows come. So a key can come again in two cases only: a session's start changes
while a sync reads, or a row has no session start, so that every window that sees it would emit it.
"""

from __future__ import annotations

import threading
from array import array
from collections import Counter, deque
from collections.abc import Generator, Iterable

from source_kaltura_rooms.kaltura.tables import Batch, KeyHashes
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.placement import PlacedRows

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
        self._emitted: deque[tuple[set[int], KeyHashes]] = deque()
        self._remembered = 0

    def only_new(
        self, part: Iterable[PlacedRows], counts: Counter[str]
    ) -> Generator[Batch, None, None]:
        """The rows of a part that have not been emitted before; none of the batches is empty.

        The batches of the part have the hashes of their primary keys, none of which occurs twice;
        rows without these are not remembered. While the rows of a part are taken, other parts wait.
        Adds to `counts` what was counted.
        """
        sessions: set[int] = set()
        emitted = array("q")
        with self._lock:
            try:
                for rows in part:
                    new = self._not_emitted(rows.placed, sessions)
                    emitted.extend(new.key_hashes)
                    counts[ROWS] += len(new)
                    counts[REPEATED] += len(rows.placed) - len(new)
                    if len(new):
                        yield new
                    new = self._not_emitted(rows.unplaced, set())
                    self._unplaced_keys.update(new.key_hashes)
                    counts[ROWS] += len(new)
                    counts[UNPLACED] += len(new)
                    if len(new):
                        yield new
            finally:  # what has gone out counts, though the rest of the part may be given up
                self._remember(sessions, emitted)

    def _not_emitted(self, batch: Batch, sessions: set[int]) -> Batch:
        """The rows whose key no other part emitted; adds the batch's sessions to `sessions`."""
        if not len(batch):
            return batch
        here = set(map(hash, set(zip(*map(batch.column, self._report.group_key), strict=True))))
        sessions |= here
        # Keys are looked up only where the session was seen before, which is rare.
        others = [keys for seen, keys in self._emitted if not here.isdisjoint(seen)]
        if not others and not self._unplaced_keys:
            return batch
        emitted = self._unplaced_keys.union(*others)
        return batch.where([key not in emitted for key in batch.key_hashes])

    def _remember(self, sessions: set[int], keys: KeyHashes) -> None:
        if not keys:
            return
        self._emitted.append((sessions, keys))
        self._remembered += len(keys)
        while len(self._emitted) > FEWEST_PARTS and self._remembered > MOST_KEYS:
            _, forgotten = self._emitted.popleft()
            self._remembered -= len(forgotten)
