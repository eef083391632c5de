"""Whether report 6001 has as many people as report 6000 counts.

If Kaltura cannot read an answer of its data store, it sends a report without rows. If a server cuts
a list of ids short, the rows of the other ids are missing. Report 6000 shows both. Its numbers of
people are estimates, so a few rows less are normal.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import SessionReport
from source_kaltura_rooms.retrieval.complete import ReportReader, WholeAnswer
from source_kaltura_rooms.retrieval.placement import (
    SessionKey,
    has_value,
    rows_by_session,
    rows_of_other_sessions,
    rows_of_sessions,
)
from source_kaltura_rooms.retrieval.report_queries import Effort

NORMAL_SHARE, NORMAL_FEW = 0.1, 3
"""It is normal that as many rows are missing as a tenth of the estimate, and this many more."""
MOST_IN_VAIN = 2
"""After so many requests that brought no further row, only sessions without a row are checked."""


class CrossCheck:
    """Compares the two reports for a sync, and asks again for sessions that lack people."""

    def __init__(self, reader: ReportReader, report: SessionReport) -> None:
        self._reader = reader
        self._report = report
        self._lock = threading.Lock()
        self._in_vain = 0

    def checked(
        self,
        effort: Effort,
        whole: WholeAnswer,
        tables: tuple[Table, ...],
        rows: Counter[SessionKey],
        people: Mapping[SessionKey, int],
    ) -> tuple[Table, ...]:
        """The rows of an answer, and further rows of sessions that lacked some.

        `rows` tells how many rows each session has, `people` has the numbers of report 6000 for the
        sessions to check. Raises ReportError.
        """
        rows = rows.copy()
        while lacking := self._lacking(people, rows):
            ids = list(dict.fromkeys(cue_point for _, cue_point in lacking if has_value(cue_point)))
            if not ids:
                break
            found = self._reader.by_ids.answers_if_not_too_much(effort, whole.query, ids)
            found_rows = rows_by_session(self._report, found)
            better = {one for one in lacking if found_rows[one] > rows[one]}
            if not better:
                self._note_in_vain(effort, rows, lacking)
                if not self._reader.queries.ids_have_effect:
                    self._reader.doubts.note_lacking_rows(effort.stream, whole.query, ())
                break
            more = [rows_of_sessions(self._report, table, better) for table in found]
            others = [rows_of_other_sessions(self._report, table, better) for table in tables]
            tables = (*others, *more)
            self._reader.doubts.note_lacking_rows(effort.stream, whole.query, more)
            rows.update({one: found_rows[one] - rows[one] for one in better})
        return tables

    def _lacking(
        self, people: Mapping[SessionKey, int], rows: Counter[SessionKey]
    ) -> list[SessionKey]:
        with self._lock:
            only_empty = self._in_vain >= MOST_IN_VAIN
        return [
            one
            for one, count in people.items()
            if not rows[one]
            or (not only_empty and rows[one] < count * (1 - NORMAL_SHARE) - NORMAL_FEW)
        ]

    def _note_in_vain(
        self, effort: Effort, rows: Counter[SessionKey], lacking: list[SessionKey]
    ) -> None:
        with self._lock:
            self._in_vain += 1
        empty = sum(not rows[one] for one in lacking)
        if empty:
            self._reader.queries.say_once(
                effort.stream,
                f"{effort.window}: report 6000 counts people in {empty:,} sessions of which report "
                "6001 has no row, even when it is asked for these sessions again. What Kaltura "
                "does not answer is missing; it is read again as long as it lies in the lookback. "
                "The same may hold for later windows of this sync.",
                about="sessions without a row",
            )
        else:
            self._reader.queries.say_once(
                effort.stream,
                "report 6001 has far fewer people than report 6000 counts in some sessions, and no "
                "more when it is asked for these sessions again. From now on such differences are "
                "accepted: this Kaltura's numbers of people are probably rough estimates.",
            )
