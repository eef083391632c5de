"""Sending one query to a report, and testing the answer against what was asked."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection
from dataclasses import dataclass

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import Answer, KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import KeyHashes, Table
from source_kaltura_rooms.reports import SessionReport
from source_kaltura_rooms.retrieval.filters import rows_that_fit
from source_kaltura_rooms.retrieval.placement import has_value, seconds_of
from source_kaltura_rooms.retrieval.queries import Query
from source_kaltura_rooms.retrieval.windows import Window

MOST_REQUESTS = 30
"""Requests in a row without a whole answer, after which a window is given up."""

TOO_MUCH = (ErrorAction.SPLIT, ErrorAction.RETRY_THEN_SPLIT)
"""What to do about refusals which say that a request was too much."""


@dataclass
class Effort:
    """What reading one window has taken so far, on behalf of `stream`."""

    stream: str
    window: Window
    requests: int = 0
    seconds: float = 0.0
    since_whole_answer: int = 0
    timeouts: int = 0

    def note_whole_answer(self) -> None:
        """Takes note that something was read whole."""
        self.since_whole_answer = 0
        self.timeouts = 0

    def take(self) -> tuple[int, float]:
        """The requests since this was called last, and the seconds that their answers took."""
        taken = (self.requests, self.seconds)
        self.requests, self.seconds = 0, 0.0
        return taken


@dataclass(frozen=True)
class AnswerToQuery:
    """The rows that answer a query, without those that were not asked for.

    `came` are the rows as they came. `seconds` is how long Kaltura took. `ids_had_effect` is False
    where other sessions came than those whose ids were asked for.
    """

    report: SessionReport
    table: Table
    came: Table
    seconds: float
    ids_had_effect: bool = True

    @property
    def count(self) -> int:
        """The number of rows as they came."""
        return len(self.came)

    def keys(self) -> KeyHashes:
        """The hashes of the primary keys of the rows as they came."""
        return self.came.key_hashes(self.report.primary_key)


class ReportQueries:
    """Sends a sync's queries to one report and remembers what has no effect; thread-safe."""

    def __init__(
        self,
        client: KalturaClient,
        config: Config,
        report: SessionReport,
        logger: logging.Logger,
        excluded: Collection[str],
    ) -> None:
        self.report = report
        self._client = client
        self._config = config
        self._logger = logger
        self._excluded = tuple(name for name in excluded if name not in report.needed_columns)
        self._lock = threading.Lock()
        self._said: set[str] = set()
        self.ids_have_effect = True
        self.dates_have_effect = True

    def ask(self, effort: Effort, query: Query) -> AnswerToQuery | Refused:
        """The answer to a query, or the refusal of what was too much.

        Raises ReportError for every other refusal, and after too many requests in a row without a
        whole answer.
        """
        if effort.since_whole_answer >= MOST_REQUESTS:
            raise ReportError(
                f"Kaltura gave no whole answer to {MOST_REQUESTS} requests in a row for "
                f"{effort.window}. Try again later; if it happens again, lower window_in_days and "
                "max_session_hours, which makes each request smaller.",
                ErrorAction.RETRY,
            )
        effort.requests += 1
        effort.since_whole_answer += 1
        filters = {**self._config.filters}
        if query.ids:
            filters[self.report.session_filter] = query.ids
        params = self.report.params(query.interval, filters)
        try:
            answer = self._client.report(effort.stream, self.report, params, self._excluded)
        except Refused as refused:
            if refused.action not in TOO_MUCH:
                raise
            effort.timeouts += refused.refusal.timed_out
            return refused
        effort.seconds += answer.seconds
        return self._tested(effort, query, answer)

    def say_once(self, stream: str, sentence: str, *, about: str = "") -> None:
        """Logs a warning, unless this sync has said it before, or another one about the same."""
        with self._lock:
            if (about or sentence) in self._said:
                return
            self._said.add(about or sentence)
        self._logger.warning(f"{stream}: {sentence}")

    def _tested(self, effort: Effort, query: Query, answer: Answer) -> AnswerToQuery:
        table, report = answer.table, self.report
        if not len(table):
            return AnswerToQuery(report, table, table, answer.seconds)
        ids_had_effect = True
        if query.ids:
            column = report.filter_columns[report.session_filter]
            asked = set(query.ids)
            if any(has_value(other) for other in table.distinct(column) - asked):
                ids_had_effect = self.ids_have_effect = False
            table = table.where([id in asked for id in table.column(column)])
        elif self.dates_have_effect and self._is_mostly_outside(query, table):
            self.dates_have_effect = False
        table, unfit = rows_that_fit(report, self._config.filters, table)
        for key in unfit:
            self.say_once(
                effort.stream,
                f"Kaltura's answers have rows that do not fit {key}; this Kaltura may not know the "
                "filter. These rows are left out.",
            )
        return AnswerToQuery(report, table, answer.table, answer.seconds, ids_had_effect)

    def _is_mostly_outside(self, query: Query, table: Table) -> bool:
        """Whether most of the sessions lie further outside the request than a longest session.

        People may come early and stay late, so a session that lies just outside it is no sign.
        """
        start, end = self.report.start_column, self.report.end_column
        if start is None or end is None or not {start, end} <= set(table.columns):
            return False
        margin = self._config.longest_session
        earliest, latest = query.interval.start - margin, query.interval.end + margin
        outside = 0
        for began, ended in zip(table.column(start), table.column(end), strict=True):
            first = seconds_of(began)
            if first is not None:
                last = max(first, seconds_of(ended) or first)
                outside += first > latest or last < earliest
        return 2 * outside > len(table)
