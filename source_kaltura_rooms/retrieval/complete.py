"""One report over a window, asked for until no answer is cut off.

1. All days of the window are asked for at once, unless so many were too much before.
2. An answer whose number of rows may be a cap is tested by a request over twice the time: more
   rows show that it is none. Otherwise the days are asked for again, fewer at a time.
3. So are days that Kaltura calls too much for one query.
4. Where the fewest days are still too much, they are asked for by session, if the report can do so.
5. What has no effect (dates, lists of ids) is not tried again in this sync. Where no smaller
   request can be made, the rows are accepted as complete, with a warning. If there are as many
   as the certain cap, the stream fails.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.kaltura.errors import Refused
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import ROOMS, SessionReport
from source_kaltura_rooms.retrieval.by_id import ById, accepted
from source_kaltura_rooms.retrieval.doubts import Doubt, Doubts
from source_kaltura_rooms.retrieval.placement import has_value
from source_kaltura_rooms.retrieval.queries import Query, all_sessions
from source_kaltura_rooms.retrieval.query_sizes import QuerySizes
from source_kaltura_rooms.retrieval.report_queries import AnswerToQuery, Effort, ReportQueries
from source_kaltura_rooms.retrieval.sessions import SessionList
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY

MOST_TIMEOUTS = 3
"""Time-outs in a row, after which the smallest request is not made again."""


@dataclass(frozen=True)
class WholeAnswer:
    """All rows of the sessions that start in the query's window, and rows of other sessions.

    `requests` is how many requests they took, `seconds` how long Kaltura took to answer these.
    """

    query: Query
    tables: tuple[Table, ...]
    requests: int
    seconds: float


class ReportReader:
    """Reads one report for a sync, window by window; used by several workers at once."""

    def __init__(
        self,
        client: KalturaClient,
        config: Config,
        report: SessionReport,
        logger: logging.Logger,
        excluded: Collection[str] = (),
    ) -> None:
        self.queries = ReportQueries(client, config, report, logger, excluded)
        self._report = report
        self._config = config
        self._logger = logger
        # A request covers a longest session beside its days; fewer days would hardly shorten it.
        least = math.ceil(config.longest_session / DAY) if report.start_column is None else 1
        self._sizes = QuerySizes(config.window_length // DAY, least)
        self.doubts = Doubts(self.queries, self._sizes)
        self.by_ids = ById(self.queries, self.doubts)

    def read(
        self, stream: str, window: Window, sessions: Callable[[int], SessionList] | None = None
    ) -> Iterator[WholeAnswer]:
        """Whole answers for adjoining parts of the window, in order, each as soon as it was read.

        `sessions` is given where the report can be asked by session. It returns those sessions
        that report 6000 lists up to a second. Raises ReportError.
        """
        effort = Effort(stream, window)
        doubts: list[Doubt] = []
        rest = window
        while rest.start < rest.end:
            days = min([self._sizes.days, *(doubt.days for doubt in doubts)])
            query = all_sessions(rest.pieces(days)[0], self._config.longest_session)
            tables = self._tables(effort, query, doubts, sessions)
            if tables is None:
                continue
            effort.note_whole_answer()
            yield WholeAnswer(query, tables, *effort.take())
            rest = Window(query.window.end, rest.end)
            doubts = self.doubts.still_open(stream, doubts, tables, rest.start)
            del tables  # not to be kept while Kaltura works on the next answer

    def _tables(
        self,
        effort: Effort,
        query: Query,
        doubts: list[Doubt],
        sessions: Callable[[int], SessionList] | None,
    ) -> tuple[Table, ...] | None:
        """The whole rows for a query, or None if fewer days have to be asked for.

        An answer that may be cut off is dropped, and the doubt about it is added to `doubts`.
        """
        answer = self._ask(effort, query, doubts, sessions)
        has_fewer_days = query.days > self._sizes.least
        doubt = None
        if isinstance(answer, Refused):
            self._sizes.note_too_much(query.days)
            tries_left = answer.refusal.timed_out and effort.timeouts < MOST_TIMEOUTS
            if has_fewer_days or tries_left:
                self._log_split(effort.stream, query, answer.refusal.code, has_fewer_days)
                return None
        else:
            doubt = self.doubts.about(effort, query, answer)
            if doubt is None:
                self._sizes.note_answer(query.days, answer.seconds)
                return (answer.table,)
            if has_fewer_days and self.queries.dates_have_effect:
                self._log_split(effort.stream, query, f"{answer.count:,} rows")
                doubts.append(doubt)
                return None
        if sessions is None or not self.queries.ids_have_effect:
            return (self._accepted(effort, query, answer),)
        table = None if isinstance(answer, Refused) else answer.table
        ids = self._session_ids(query, table, sessions)
        if not ids and table is not None:
            # All rows that may be missing are of sessions that start in other windows.
            return (table,)
        if not ids and not sessions(query.window.end).has_sessions:
            return (self._accepted(effort, query, answer),)
        # Without ids, what is too much are sessions that start after this window.
        self.queries.say_once(effort.stream, UNLISTED)
        others = [] if table is None else _without_cue_point(table)
        del answer, table  # the memory is needed for the answers by session
        return self._by_session(effort, query, ids, others, doubt)

    def _ask(
        self,
        effort: Effort,
        query: Query,
        doubts: Sequence[Doubt],
        sessions: Callable[[int], SessionList] | None,
    ) -> AnswerToQuery | Refused:
        """The answer to a query, asked for twice if it has no row and may be wrong.

        An answer that Kaltura's data store lost has no rows. Report 6000 gives that away for the
        attendees, but nothing does for report 6000 itself: rooms may have gone out before the
        attendees are read. Parts of an answer that was in doubt are compared with it instead.
        """
        answer = self.queries.ask(effort, query)
        if isinstance(answer, Refused) or answer.count:
            return answer
        if self._report is ROOMS:
            may_be_wrong = not doubts
        else:
            may_be_wrong = (
                sessions is not None
                and "user_ids" not in self._config.filters
                and bool(sessions(query.window.end).people_in(query.window))
            )
        return self.queries.ask(effort, query) if may_be_wrong else answer

    def _by_session(
        self,
        effort: Effort,
        query: Query,
        ids: Sequence[str],
        others: Sequence[Table],
        doubt: Doubt | None,
    ) -> tuple[Table, ...]:
        """The rows of a query whose answer was too much or may be cut off, session by session.

        `others` are rows of no session, which are added to them. Where it turns out that sessions
        cannot be asked for, the query is asked once more, and what is answered is taken for all.
        """
        tables = self.by_ids.answers(effort, query, ids, most=-(-len(ids) // 2))
        if not self.queries.ids_have_effect:
            tables.clear()
            return (self._accepted(effort, query, self.queries.ask(effort, query)),)
        if doubt is not None:
            self.doubts.still_open(effort.stream, [doubt], tables, query.window.end)
        return (*tables, *others)

    def _session_ids(
        self, query: Query, table: Table | None, sessions: Callable[[int], SessionList]
    ) -> list[str]:
        """The cue points of sessions that start in the window, and of those without a known start.

        The latter are those that the answer has, and those that report 6000 lists without a start.
        """
        listed = sessions(query.window.end)
        column = self._report.filter_columns[self._report.session_filter]
        seen = table.distinct(column) if table is not None and len(table) else set()
        unknown = sorted(id for id in seen | listed.without_start() if not listed.knows(id))
        chosen = self._config.filters.get(self._report.session_filter)
        ids = [*listed.ids_starting_in(query.window), *unknown]
        return [id for id in ids if has_value(id) and (chosen is None or id in chosen)]

    def _accepted(self, effort: Effort, query: Query, answer: AnswerToQuery | Refused) -> Table:
        return accepted(self.queries, effort.stream, query, answer)

    def _log_split(self, stream: str, query: Query, why: str, has_fewer_days: bool = True) -> None:
        what = "for fewer days at a time" if has_fewer_days else "again"
        self._logger.info(f"{stream}: {query}: {why}; asking {what}.")


UNLISTED = (
    "The attendees of a day are too much for one answer, so they are asked for by session. "
    "Sessions that report 6000 does not list are left out then if no answer had a row of them."
)


def _without_cue_point(table: Table) -> list[Table]:
    chosen = [not has_value(id) for id in table.column("cue_point_id")] if len(table) else []
    return [table.where(chosen)] if any(chosen) else []
