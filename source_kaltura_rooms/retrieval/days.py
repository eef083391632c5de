"""Reports of the configuration, asked for a day (UTC) at a time.

A day is never split: the figures of its parts would be those of other rows. So what is too much for
one answer, or was cut off for certain, is an error that names the day.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Iterator
from dataclasses import replace

from source_kaltura_rooms.custom_reports import DATE, CustomReport
from source_kaltura_rooms.kaltura.client import Answer, KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import KeyHashes, Table
from source_kaltura_rooms.retrieval.complete import MOST_TIMEOUTS
from source_kaltura_rooms.retrieval.placement import PlacedRows
from source_kaltura_rooms.retrieval.queries import Query
from source_kaltura_rooms.retrieval.readers import Part
from source_kaltura_rooms.retrieval.row_counts import CERTAIN_CAP, RowCounts
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import Interval, format_day

_NARROW = (
    "A day is never split, since that would change what its rows mean. Narrow the report with "
    "params in custom_reports."
)
_PARAMETER_CODES = (
    "REPORT_PARAMETER_MISSING",
    "MISSING_MANDATORY_PARAMETER",
    "INVALID_PARAMETER_CHAR",
)


class DaysReader:
    """Reads windows of whole days of a report; used by several workers at once.

    `excluded` are columns that Kaltura need not send.
    """

    def __init__(
        self,
        client: KalturaClient,
        report: CustomReport,
        logger: logging.Logger,
        excluded: Collection[str] = (),
    ) -> None:
        self._client = client
        self._report = report
        self._logger = logger
        self._excluded = tuple(excluded)
        self._counts = RowCounts()
        self._lock = threading.Lock()  # lets one thread alone say what is said once
        self._said: set[str] = set()

    def read(self, window: Window) -> Iterator[Part]:
        """The days of the window in order, each as soon as it was read. Raises ReportError."""
        for day in window.pieces(1):
            yield self._part(day)

    def _part(self, day: Window) -> Part:
        answer, requests = self._ask(day)
        self._refuse_cut_off(day, answer.table)
        rows = self._with_each_key_once(day, answer.table)
        return Part(
            day,
            requests,
            answer.seconds,
            lambda: _rows_of_day(rows, day),
            len(answer.table) - len(rows),
        )

    def _ask(self, day: Window) -> tuple[Answer, int]:
        """The answer, and how many requests it took. Raises ReportError."""
        report = self._report
        params = report.params(Interval(day.start, day.end), {})
        requests = 0
        while True:
            requests += 1
            try:
                answer = self._client.report(report.stream, report, params, self._excluded)
                return answer, requests
            except Refused as refused:
                if not refused.refusal.timed_out or requests >= MOST_TIMEOUTS:
                    raise refusal_of_day(report, format_day(day.start), refused) from refused

    def _refuse_cut_off(self, day: Window, table: Table) -> None:
        """Raises ReportError at the certain cap; warns once of another number that may be one."""
        count = len(table)

        def keys() -> KeyHashes:
            return table.key_hashes(self._report.required_columns)

        query = Query(day, Interval(day.start, day.end))
        if not self._counts.may_be_cut_off(query, count, keys):
            return
        if count == CERTAIN_CAP:
            raise ReportError(
                f"Kaltura cuts answers off at {CERTAIN_CAP:,} rows, and {format_day(day.start)} "
                f"alone has that many. {_NARROW}",
                ErrorAction.CONFIG_ERROR,
            )
        self._say_once(
            "cap",
            f"{format_day(day.start)} has exactly {count:,} rows, which may be a cap of this "
            "report. They are taken for all; the same holds for later answers of this kind. To be "
            "sure, narrow the report with params in custom_reports and compare.",
        )

    def _with_each_key_once(self, day: Window, table: Table) -> Table:
        """The first row of each key; warns once if there are others."""
        key = self._report.required_columns
        hashes = table.key_hashes(key)
        repeated = len(table) - len(set(hashes))
        if not repeated:
            return table
        self._say_once(
            "key",
            f"the primary key ({', '.join(key)}) is too narrow: {repeated:,} of {len(table):,} "
            f"rows of {format_day(day.start)} repeat the key of another row and are left out, as a "
            "warehouse would merge them. Add columns to primary_key in custom_reports until they "
            "tell all rows of a day apart, then clear the stream and sync it again.",
        )
        first = {one: at for at, one in reversed(list(enumerate(hashes)))}
        return table.where([first[one] == at for at, one in enumerate(hashes)])

    def _say_once(self, what: str, sentence: str) -> None:
        with self._lock:
            if what in self._said:
                return
            self._said.add(what)
        self._logger.warning(f"{self._report.stream}: {sentence}")


def refusal_of_day(report: CustomReport, day: str, refused: Refused) -> Refused:
    """The same refusal in words that help with a report of the configuration."""
    refusal = refused.refusal
    if refusal.action is ErrorAction.SPLIT:
        refusal = replace(
            refusal,
            action=ErrorAction.CONFIG_ERROR,
            remedy=f"It was too much for one answer. {_NARROW}",
        )
    elif refusal.code.startswith("INTERNAL_SERVER"):
        refusal = replace(
            refusal,
            remedy="Either it was too much for one request, or Kaltura's analytics are down, or "
            "the report needs a parameter that `params` lacks (Kaltura does not say which). Try "
            f"again later, and compare with what Kaltura says of report {report.id}.",
        )
    elif refusal.action is ErrorAction.RETRY_THEN_SPLIT:
        refusal = replace(
            refusal,
            remedy="Either it was too much for one request, or Kaltura's analytics are down. Try "
            f"again later. {_NARROW}",
        )
    elif refusal.code == "REPORT_NOT_FOUND":
        refusal = replace(
            refusal,
            remedy=f"This server does not have report {report.id}. Check report_id of "
            f"{report.stream} in custom_reports, and that api_url is the server of your account's "
            "region, or ask Kaltura for the report.",
        )
    elif refusal.code in _PARAMETER_CODES:
        refusal = replace(
            refusal, remedy=f"{refusal.remedy} See params of {report.stream} in custom_reports."
        )
    return Refused(refusal, refused.tried, asking_for=day)


def _rows_of_day(table: Table, day: Window) -> Iterator[PlacedRows]:
    """The rows of an answer with their day; all of them have a place in time.

    No other part has rows of this day, so nobody needs the hashes of their keys.
    """
    text = format_day(day.start)
    for batch in table.batches():
        of_day = batch.having(DATE, [text] * len(batch))
        yield PlacedRows(of_day, of_day.where(()))
