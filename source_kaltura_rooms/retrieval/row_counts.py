"""Whether a number of rows may be a cap at which Kaltura cuts answers off without a sign.

The cap is 100,000, unless Kaltura's definition of the report, which is not public, sets another
number (`docs/kaltura.md`). So any number may be a cap. Three rules tell which ones are suspect:

- An answer with more rows shows that a number is no cap.
- Numbers that people choose are round: a multiple of 500 is suspect until more rows were seen.
- The same number from two requests with different rows is suspect, since large numbers are seldom
  equal by chance. Small numbers often are, so numbers below 100 are not suspect.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from source_kaltura_rooms.kaltura.tables import KeyHashes
from source_kaltura_rooms.retrieval.queries import Query

CERTAIN_CAP = 100_000
ROUND_NUMBER = 500
FEWEST_ROWS = 100


class RowCounts:
    """The numbers of rows that one report answered with in this sync; shared by its workers.

    They are the rows as they came, before any were left out.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._largest = 0
        self._caps: set[int] = set()
        self._complete: set[int] = set()
        self._with_largest: dict[Query, KeyHashes] = {}
        self._test_with_largest: KeyHashes | None = None

    def may_be_cut_off(
        self, query: Query, count: int, keys_of_answer: Callable[[], KeyHashes]
    ) -> bool:
        """Whether an answer to `query` with `count` rows may lack some.

        An answer that has as many rows as the largest so far is remembered with its keys, in case
        this number turns out to be a cap afterwards.
        """
        with self._lock:
            if count < self._largest or not count:
                return False
            self._is_larger(count)
            if count in self._complete:
                return False
            if count in self._caps or count % ROUND_NUMBER == 0:
                return True
            if count < FEWEST_ROWS:
                return False
            keys = keys_of_answer()
            others = [known for asked, known in self._with_largest.items() if asked != query]
            if self._test_with_largest is not None:
                others.append(self._test_with_largest)
            if any(set(known) != set(keys) for known in others):
                return True
            self._with_largest[query] = keys
            return False

    def note_more_rows(self, query: Query, keys: KeyHashes) -> None:
        """Takes note that rows with these keys were added to those of an answer."""
        with self._lock:
            if query in self._with_largest:
                self._with_largest[query] = self._with_largest[query] + keys

    def largest_of(self, query: Query) -> int | None:
        """The number of rows of the answer to `query` if no answer had more, else None."""
        with self._lock:
            return self._largest if query in self._with_largest else None

    def is_known_cap(self, count: int) -> bool:
        """Whether this number was seen to be a cap, or is the one that every report has."""
        with self._lock:
            return count in self._caps or count == CERTAIN_CAP

    def note_larger(
        self, count: int, keys_of_answer: Callable[[], KeyHashes] | None = None
    ) -> None:
        """Takes note of an answer with so many rows, to any request at all.

        None of its rows is emitted. Its keys are compared with those of later answers of this size.
        """
        with self._lock:
            if self._is_larger(count) and keys_of_answer is not None:
                self._test_with_largest = keys_of_answer()

    def _is_larger(self, count: int) -> bool:
        """Whether no answer had as many rows before; takes note of it if so."""
        if count <= self._largest:
            return False
        self._largest = count
        self._with_largest = {}
        self._test_with_largest = None
        return True

    def note_complete(self, count: int) -> None:
        """Takes note that an answer with so many rows lacked none."""
        with self._lock:
            self._complete.add(count)
            if count == self._largest:
                self._with_largest = {}

    def note_cap(self, count: int) -> dict[Query, KeyHashes]:
        """Takes note that an answer with so many rows was cut off.

        Returns the requests whose answers had as many rows and were accepted as whole, each with
        the keys of the rows that came.
        """
        with self._lock:
            self._caps.add(count)
            if count != self._largest:
                return {}
            taken, self._with_largest = self._with_largest, {}
            return taken
