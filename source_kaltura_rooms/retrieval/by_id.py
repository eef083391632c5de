"""The rows of some ids, asked for in as many requests as it takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.retrieval.doubts import Doubts
from source_kaltura_rooms.retrieval.queries import MOST_IDS, Query, by_ids
from source_kaltura_rooms.retrieval.report_queries import (
    TOO_MUCH,
    AnswerToQuery,
    Effort,
    ReportQueries,
)
from source_kaltura_rooms.retrieval.row_counts import CERTAIN_CAP


class ById:
    """Asks one report about the ids of its `session_filter`; used by several workers at once."""

    def __init__(self, queries: ReportQueries, doubts: Doubts) -> None:
        self._queries = queries
        self._doubts = doubts
        report = queries.report
        self._column = report.filter_columns[report.session_filter]

    def answers(
        self, effort: Effort, query: Query, ids: Sequence[str], most: int = MOST_IDS
    ) -> list[Table]:
        """The rows that a query has for these ids, asked for in as many requests as it takes.

        Each request names at most `most` ids. Raises ReportError if the first of them is refused,
        or one that names a single id.
        """
        tables: list[Table] = []
        waiting = deque(by_ids(query, ids, most))
        while waiting:
            part = waiting.popleft()
            some = self._queries.ask(effort, part)
            if isinstance(some, Refused):
                is_too_much = bool(tables)
            else:
                is_too_much = (
                    some.ids_had_effect and self._doubts.about(effort, part, some) is not None
                )
            if is_too_much and (halves := part.halves()):
                del some  # its memory is needed for the halves
                waiting.extendleft(reversed(halves))
                continue
            if is_too_much or isinstance(some, Refused):
                tables.append(accepted(self._queries, effort.stream, part, some))
            else:
                tables.append(some.table)
                waiting.extendleft(self._beyond_a_list(part, some))
            effort.note_whole_answer()
        return tables

    def _beyond_a_list(self, part: Query, some: AnswerToQuery) -> list[Query]:
        """The ids without rows, which are asked for again as long as that brings rows.

        Servers may cut a list of ids short, and then only the first of them have rows.
        """
        if not some.count or not some.ids_had_effect:
            return []
        came = some.came.distinct(self._column)
        rest = [id for id in part.ids if id not in came]
        return [part.for_ids(rest)] if rest else []

    def answers_if_not_too_much(
        self, effort: Effort, query: Query, ids: Sequence[str]
    ) -> list[Table]:
        """The same for a request that a sync can do without; nothing if it is too much."""
        try:
            return self.answers(effort, query, ids)
        except Refused as refused:
            if refused.action not in TOO_MUCH:
                raise
            return []


def accepted(
    queries: ReportQueries, stream: str, query: Query, answer: AnswerToQuery | Refused
) -> Table:
    """The rows of the smallest request there is, accepted as complete. Raises ReportError."""
    if isinstance(answer, Refused):
        raise Refused(
            answer.refusal,
            answer.tried,
            asking_for=f"{query}, a request over {query.hours} hours, which a lower "
            "max_session_hours shortens",
        ) from answer
    if answer.count == CERTAIN_CAP:
        raise ReportError(
            f"Kaltura cuts answers off at {CERTAIN_CAP:,} rows, and {query} alone has that "
            "many. Narrow the stream with the filters of the configuration (such as entry_ids "
            "or user_ids), or lower max_session_hours.",
            ErrorAction.CONFIG_ERROR,
        )
    queries.say_once(
        stream,
        f"{query} has exactly {answer.count:,} rows, which may be a cap of this Kaltura "
        "server. No smaller request can be made, so these rows are accepted as complete; the "
        "same holds for later answers of this kind.",
        about="answers that may be cut off",
    )
    return answer.table
