"""One report over a window, asked for until no answer is cut off.

1. All days of the window are asked for at once, as far as nothing is known to be too much.
2. An answer whose number of rows may be a cap is tested by a question over twice the time: more
   rows show that it is none. Otherwise the days are asked for again, fewer at a time.
3. So are days that Kaltura calls too much for one query.
4. Where the fewest days are still too much, they are asked for by session, if the report can do so.
5. What has no effect (dates, lists of ids) is not tried again in this sync. Where nothing is left,
   the rows are taken for all with a warning, or at the certain cap the stream fails.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.placement import has_value
from source_kaltura_rooms.retrieval.queries import MOST_IDS, Query, all_sessions, by_ids
from source_kaltura_rooms.retrieval.question_sizes import QuestionSizes
from source_kaltura_rooms.retrieval.questions import AnswerToQuery, Effort, Questions
from source_kaltura_rooms.retrieval.row_counts import CERTAIN_CAP, Keys
from source_kaltura_rooms.retrieval.sessions import SessionList
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY

MOST_TIMEOUTS = 3
"""Time-outs in a row, after which the smallest question is not asked again."""


@dataclass(frozen=True)
class WholeAnswer:
    """All rows of the sessions that start in the query's window, among others.

    `requests` is how many it took, `seconds` how long Kaltura took to answer them.
    """

    query: Query
    tables: tuple[Table, ...]
    requests: int
    seconds: float


@dataclass
class _Doubt:
    """An answer that may have been cut off, and the rows that questions about fewer days bring.

    `may_be_complete` is False where a question over twice the time had as many rows.
    """

    query: Query
    answered: AnswerToQuery
    may_be_complete: bool
    days: int
    found: set[int] = field(default_factory=set)


class ReportReader:
    """Reads one report for a sync, window by window; used by several workers at once."""

    def __init__(
        self,
        client: KalturaClient,
        config: Config,
        report: Report,
        logger: logging.Logger,
        excluded: Collection[str] = (),
    ) -> None:
        self.questions = Questions(client, config, report, logger, excluded)
        self._report = report
        self._config = config
        self._logger = logger
        # A question reaches the longest session beyond its days, so fewer would not make it small.
        least = -(-config.longest_session // DAY) if report.start_column is None else 1
        self._sizes = QuestionSizes(config.window_length // DAY, least)
        self._lock = threading.Lock()
        self._cut_off_before: list[tuple[Query, Keys]] = []

    def read(
        self, stream: str, window: Window, sessions: Callable[[int], SessionList] | None = None
    ) -> Iterator[WholeAnswer]:
        """Whole answers for adjoining parts of the window, in order, each as soon as it was read.

        `sessions` gives those that report 6000 lists up to a second, where the report can be asked by session.
        Raises ReportError.
        """
        effort = Effort(stream, window)
        doubts: list[_Doubt] = []
        rest = window
        while rest.start < rest.end:
            query = all_sessions(self._next_days(rest, doubts), self._config.longest_session)
            answer = self.questions.ask(effort, query)
            if isinstance(answer, Refused):
                self._sizes.note_too_much(query.days)
                self._log_split(stream, query, answer.refusal.code)
                if self._has_fewer_days(query) or self._is_worth_another_try(effort, answer):
                    continue
                tables = self._by_session(effort, query, answer, sessions)
            elif (doubt := self._doubt(effort, query, answer)) is None:
                self._sizes.note_answer(query.days, answer.seconds)
                tables = (answer.table,)
            elif self._has_fewer_days(query) and self.questions.dates_have_effect:
                self._log_split(stream, query, f"{answer.count:,} rows")
                doubts.append(doubt)
                continue
            else:
                tables = self._by_session(effort, query, answer, sessions, doubt)
            effort.note_whole_answer()
            yield WholeAnswer(query, tables, *effort.take())
            rest = Window(query.window.end, rest.end)
            doubts = self._settled(stream, doubts, tables, rest.start)

    def take_windows_cut_off_before(self) -> list[tuple[Query, Keys]]:
        """Questions whose answers were taken for whole before their number of rows was a cap.

        Each is handed out once, with the hashes of the keys of the rows that had come.
        """
        with self._lock:
            taken, self._cut_off_before = self._cut_off_before, []
            return taken

    def _next_days(self, rest: Window, doubts: list[_Doubt]) -> Window:
        days = min([self._sizes.days, *(doubt.days for doubt in doubts)])
        return rest.pieces(days)[0]

    def _has_fewer_days(self, query: Query) -> bool:
        return query.days > self._sizes.least

    def _is_worth_another_try(self, effort: Effort, refused: Refused) -> bool:
        return refused.refusal.timed_out and effort.timeouts < MOST_TIMEOUTS

    def _doubt(self, effort: Effort, query: Query, answer: AnswerToQuery) -> _Doubt | None:
        """What to find out about an answer that may have been cut off; None if it was not."""
        counts, count = self.questions.counts, answer.count
        if not counts.may_be_cut_off(query, count, answer.keys):
            return None
        days = self._sizes.least
        if query.ids or counts.is_known_cap(count) or not self.questions.dates_have_effect:
            return _Doubt(query, answer, may_be_complete=False, days=days)
        larger = self.questions.ask(effort, query.over_twice_the_time())
        if isinstance(larger, Refused):
            return _Doubt(query, answer, may_be_complete=True, days=days)
        counts.note_larger(larger.count)
        if larger.count > count:
            return None
        return _Doubt(query, answer, may_be_complete=False, days=days)

    def _settled(
        self, stream: str, doubts: list[_Doubt], tables: tuple[Table, ...], read_up_to: int
    ) -> list[_Doubt]:
        """The doubts that are still open after these rows, up to this second, were read."""
        for doubt in doubts:
            doubt.days = min(2 * doubt.days, max(1, doubt.query.days - 1))
            for table in tables:
                doubt.found.update(map(hash, table.keys(self._report.primary_key)))
            if read_up_to >= doubt.query.window.end:
                self._settle(stream, doubt)
        return [doubt for doubt in doubts if read_up_to < doubt.query.window.end]

    def _settle(self, stream: str, doubt: _Doubt) -> None:
        counts, count = self.questions.counts, doubt.answered.count
        if doubt.found <= set(doubt.answered.keys):
            if doubt.may_be_complete:
                counts.note_complete(count)
            return
        self._sizes.note_too_much(doubt.query.days)
        taken = counts.note_cap(count)
        if taken:
            self.questions.say_once(
                stream,
                f"Kaltura cuts answers off at {count:,} rows, as was found out only after "
                f"{len(taken)} such answers were taken for whole. They are read again in parts, "
                "and the missing rows follow.",
            )
            with self._lock:
                self._cut_off_before += taken.items()

    def _by_session(
        self,
        effort: Effort,
        query: Query,
        answer: AnswerToQuery | Refused,
        sessions: Callable[[int], SessionList] | None,
        doubt: _Doubt | None = None,
    ) -> tuple[Table, ...]:
        """The rows of a query whose answer was too much or may be cut off, session by session.

        What was answered is taken for all where sessions cannot be asked for.
        """
        table = None if isinstance(answer, Refused) else answer.table
        ids = self._session_ids(query, table, sessions) if sessions else []
        if not ids or not self.questions.ids_have_effect:
            return (self._least(effort.stream, query, answer),)
        if table is None:
            self.questions.say_once(effort.stream, UNLISTED)
        tables = self.answers_by_ids(effort, query, ids, most=-(-len(ids) // 2))
        if not self.questions.ids_have_effect:
            return (self._least(effort.stream, query, answer),)
        if table is not None:
            tables += _without_cue_point(table)
        if doubt is not None:
            self._settled(effort.stream, [doubt], tuple(tables), query.window.end)
        return tuple(tables)

    def answers_by_ids(
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
            some = self.questions.ask(effort, part)
            refused = isinstance(some, Refused)
            if refused or (some.ids_had_effect and self._doubt(effort, part, some)):
                halves = part.halves()
                if halves and (tables or not refused):
                    waiting.extendleft(reversed(halves))
                    continue
                tables.append(self._least(effort.stream, part, some))
            else:
                tables.append(some.table)
            effort.note_whole_answer()
        return tables

    def _session_ids(
        self, query: Query, table: Table | None, sessions: Callable[[int], SessionList]
    ) -> list[str]:
        """The cue points to ask for: those that start in the window, and unlisted ones seen."""
        listed = sessions(query.window.end)
        column = self._report.filter_columns[self._report.session_filter]
        seen = table.distinct(column) if table is not None and len(table) else set()
        unlisted = sorted(id for id in seen if has_value(id) and not listed.knows(id))
        chosen = self._config.filters.get(self._report.session_filter)
        ids = [*listed.ids_starting_in(query.window), *unlisted]
        return [id for id in ids if has_value(id) and (chosen is None or id in chosen)]

    def _least(self, stream: str, query: Query, answer: AnswerToQuery | Refused) -> Table:
        """What was answered to the smallest question there is; raises ReportError if that failed."""
        if isinstance(answer, Refused):
            raise Refused(
                answer.refusal,
                answer.tried,
                asking_for=f"{query}, a question over {query.hours} hours, which a lower "
                "max_session_hours shortens",
            ) from answer
        if answer.count >= CERTAIN_CAP:
            raise ReportError(
                f"Kaltura cuts answers off at {CERTAIN_CAP:,} rows, and {query} alone has that "
                "many. Narrow the stream with the filters of the configuration (such as entry_ids "
                "or user_ids), or lower max_session_hours.",
                ErrorAction.CONFIG_ERROR,
            )
        self.questions.say_once(
            stream,
            f"{query} has exactly {answer.count:,} rows, which may be a cap of this Kaltura "
            "server. Nothing smaller can be asked for, so they are taken for all; the same holds "
            "for later answers of this kind.",
        )
        return answer.table

    def _log_split(self, stream: str, query: Query, why: str) -> None:
        self._logger.info(f"{stream}: {query}: {why}; asking for fewer days at a time.")


UNLISTED = (
    "Where all attendees of a day are too much for one answer, they are asked for by session, "
    "which leaves out those of sessions that report 6000 does not list, should there be any."
)


def _without_cue_point(table: Table) -> list[Table]:
    chosen = [not has_value(id) for id in table.column("cue_point_id")] if len(table) else []
    return [table.where(chosen)] if any(chosen) else []
