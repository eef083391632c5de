"""Answers that may have been cut off at a cap: how that is found out, and what follows.

First a request over twice the time is made. If more rows come, the number of rows is no cap.
Otherwise smaller requests are made. If they bring rows that the answer lacks, it was cut off.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from source_kaltura_rooms.kaltura.errors import Refused
from source_kaltura_rooms.kaltura.tables import KeyHashes, Table
from source_kaltura_rooms.retrieval.queries import Query
from source_kaltura_rooms.retrieval.query_sizes import QuerySizes
from source_kaltura_rooms.retrieval.report_queries import AnswerToQuery, Effort, ReportQueries
from source_kaltura_rooms.retrieval.row_counts import RowCounts


@dataclass
class Doubt:
    """An answer that may have been cut off, and what is found by asking for less.

    `count` is its number of rows, `keys` has the hashes of their keys. `may_be_complete` is True
    where a request over twice the time was too much, so that nothing else speaks for a cap. `days`
    is the size of the next request. `more_came` tells whether rows came that the answer lacked.
    `missing` are the keys that have to come again, where all sessions are asked for.
    """

    query: Query
    count: int
    keys: KeyHashes
    days: int
    may_be_complete: bool = False
    more_came: bool = False
    missing: set[int] = field(default_factory=set)


class Doubts:
    """Raises doubts about the answers of one report in a sync, and settles them; thread-safe."""

    def __init__(self, queries: ReportQueries, sizes: QuerySizes) -> None:
        self._queries = queries
        self._sizes = sizes
        self._counts = RowCounts()
        self._lock = threading.Lock()
        self._cut_off_before: list[tuple[Query, KeyHashes]] = []

    def about(self, effort: Effort, query: Query, answer: AnswerToQuery) -> Doubt | None:
        """The doubt about an answer; None if it cannot have been cut off. Raises ReportError."""
        count = answer.count
        if not self._counts.may_be_cut_off(query, count, answer.keys):
            return None
        doubt = Doubt(query, count, answer.keys(), self._sizes.least)
        queries = self._queries
        if queries.report.start_column:  # Attendees are compared with report 6000.
            doubt.missing.update(doubt.keys)
        if query.ids or self._counts.is_known_cap(count) or not queries.dates_have_effect:
            return doubt
        larger = queries.ask(effort, query.over_twice_the_time())
        if isinstance(larger, Refused):
            doubt.may_be_complete = True
            return doubt
        self._counts.note_larger(larger.count, larger.keys)
        return doubt if larger.count <= count else None

    def still_open(
        self, stream: str, doubts: Iterable[Doubt], tables: Iterable[Table], read_up_to: int
    ) -> list[Doubt]:
        """The doubts that remain after the rows up to a second were read whole; settles the others.

        `tables` are the rows that were read since this was called last.
        """
        keys = self._keys(tables) if doubts else []
        left = []
        for doubt in doubts:
            doubt.days = min(2 * doubt.days, max(1, doubt.query.days - 1))
            doubt.more_came = doubt.more_came or _has_others(keys, doubt.keys)
            doubt.missing.difference_update(*keys)
            if read_up_to < doubt.query.window.end:
                left.append(doubt)
            else:
                self._settle(stream, doubt)
        return left

    def note_lacking_rows(self, stream: str, query: Query, more: Iterable[Table]) -> None:
        """Takes note that an answer that was taken for whole lacked rows; `more` were added to it.

        If it has the largest number of rows, that number is a cap, and other rows may be missing.
        """
        for keys in self._keys(more):
            self._counts.note_more_rows(query, keys)
        if count := self._counts.largest_of(query):
            self._note_cap(stream, count)

    def take_windows_cut_off_before(self) -> list[tuple[Query, KeyHashes]]:
        """Requests whose answers were accepted as whole before their number was known as a cap.

        Each is handed out once, with the hashes of the keys of the rows that had come.
        """
        with self._lock:
            taken, self._cut_off_before = self._cut_off_before, []
            return taken

    def _keys(self, tables: Iterable[Table]) -> list[KeyHashes]:
        primary_key = self._queries.report.primary_key
        return [table.key_hashes(primary_key) for table in tables]

    def _settle(self, stream: str, doubt: Doubt) -> None:
        if doubt.missing:
            self._queries.say_once(
                stream,
                f"{doubt.query}: rows that came when all of it was asked for did not come again "
                "when it was asked for in parts. They are missing; they are read again as long as "
                "they lie in the lookback. The same may hold for later windows of this sync.",
                about="rows that did not come again",
            )
        if not doubt.more_came:
            if doubt.may_be_complete:
                self._counts.note_complete(doubt.count)
            return
        self._sizes.note_too_much(doubt.query.days)
        self._note_cap(stream, doubt.count)

    def _note_cap(self, stream: str, count: int) -> None:
        """Takes note of a cap, and of the answers that were cut off at it and taken for whole."""
        taken = self._counts.note_cap(count)
        if taken:
            self._queries.say_once(
                stream,
                f"Kaltura cuts answers off at {count:,} rows. An answer of this size was "
                "accepted as complete before this was known. It is read again in parts, and the "
                "missing rows follow.",
            )
            with self._lock:
                self._cut_off_before += taken.items()


def _has_others(parts: Iterable[KeyHashes], keys: KeyHashes) -> bool:
    """Whether one of the parts has a key that is not among `keys`."""
    known = set(keys)
    return any(not known.issuperset(part) for part in parts)
