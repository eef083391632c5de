"""The report call: a report's `params` → its rows, with a KS that is good."""

from __future__ import annotations

import contextlib
import dataclasses
import ipaddress
import logging
import threading
from collections import Counter
from collections.abc import Collection
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.authentication import REPORT_ACTION, KsProvider
from source_kaltura_rooms.kaltura.calls import Caller, OnRequest, OnWait, Reply
from source_kaltura_rooms.kaltura.errors import GIVE_ANOTHER_KS, ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.refusals import no_answer
from source_kaltura_rooms.kaltura.report_csv import (
    BYTE_ORDER_MARK,
    HeaderShorterThanRows,
    MissingColumns,
    NotAReport,
    UnknownColumns,
    read_table,
)
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import Report

NEW_KS_IN_A_CALL = 3
"""How many times a KS that Kaltura calls invalid is replaced before a call is given up."""
_LONGEST_HEADER = 1_000
"""Characters of a report's first line that are shown."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """The rows of a report, and the seconds that Kaltura took for it until the last byte.

    Tries before, and waits between them, are not in `seconds`.
    """

    table: Table
    seconds: float


class KalturaClient:
    """One Kaltura account as the connector sees it. Threads may share it.

    `on_wait` is told of each wait for the rate limit, `on_request` of each request. `computing` is
    held while an answer's bytes become rows.
    """

    def __init__(
        self,
        config: Config,
        logger: logging.Logger,
        policy: RetryPolicy | None = None,
        *,
        on_wait: OnWait | None = None,
        on_request: OnRequest | None = None,
        computing: AbstractContextManager[object] | None = None,
    ) -> None:
        self._logger = logger
        self._caller = Caller(
            config.api_url, logger, policy, on_wait=on_wait, on_request=on_request
        )
        self._ks = KsProvider(config, self._caller, logger)
        self._computing = computing or contextlib.nullcontext()
        self._drops_names = config.pseudonyms is not None
        self._leaves_out = True
        self._names_were_sent = False
        self._lock = threading.Lock()  # threads count, and say once what the server cannot do
        self.calls: Counter[str] = Counter()
        """How many reports were asked for, by stream."""
        self.has_answered = False
        """Whether any report call was answered with a report."""
        if _readable_by_others(config.api_url):
            logger.warning(
                # Airbyte's quality checks refuse the word, which stands here in a warning of it.
                "api_url begins with http://, so everyone on the way to "  # ignore-https-check
                "Kaltura can read the credentials and the data. Use https://."
            )

    @property
    def has_ks(self) -> bool:
        """Whether there is a KS; never waits for one that is being opened."""
        return self._ks.has_ks

    def report(
        self, stream: str, report: Report, params: str, excluded: Collection[str] = ()
    ) -> Answer:
        """The rows that Kaltura answers with; a cap may have cut them off without a sign.

        `stream` is the one that is being read, `excluded` the columns that Kaltura is to leave out.
        The KS goes into the body of a POST: as part of a URL it would stay in access logs. The rows
        have the excluded columns all the same if the server cannot leave columns out. But they
        never have people's names where the configuration asks for pseudonyms. Raises Refused.
        """
        with self._lock:
            self.calls[stream] += 1
        if self._drops_names:
            excluded = tuple(dict.fromkeys([*excluded, *report.names]))
        if excluded and self._leaves_out:
            try:
                return self._ask(stream, report, params, excluded)
            except _NothingLeftOut:
                self._note_that_nothing_is_left_out(stream)
        return self._ask(stream, report, params, ())

    def _ask(self, stream: str, report: Report, params: str, excluded: Collection[str]) -> Answer:
        ks = self._ks.current(stream)
        for _ in range(NEW_KS_IN_A_CALL):
            try:
                return self._ask_with(ks, stream, report, params, excluded)
            except Refused as refused:
                if refused.action is not ErrorAction.RENEW_KS or not self._ks.renewable:
                    raise
                self._logger.info(f"{stream}: {refused.refusal.happened}; opening a new KS.")
            ks = self._ks.current(stream, rejected=ks)
        try:
            return self._ask_with(ks, stream, report, params, excluded)
        except Refused as refused:
            if refused.action is not ErrorAction.RENEW_KS:
                raise
            raise Refused(_always_invalid(refused.refusal), refused.tried) from None

    def _ask_with(
        self, ks: str, stream: str, report: Report, params: str, excluded: Collection[str]
    ) -> Answer:
        form = {"id": str(report.id), "ks": ks, "params": params}
        if excluded:
            form["excludedFields"] = ",".join(excluded)

        def read(body: bytes) -> Table:
            with self._computing:
                return self._without_names(stream, report, _table(report, body, excluded))

        reply: Reply[Table] = self._caller.call(stream, REPORT_ACTION, form, read)
        self.has_answered = True
        return Answer(reply.value, reply.seconds)

    def _without_names(self, stream: str, report: Report, table: Table) -> Table:
        sent = [name for name in report.names if name in table.columns]
        if not sent or not self._drops_names:
            return table
        with self._lock:
            is_first, self._names_were_sent = not self._names_were_sent, True
        if is_first:
            self._logger.warning(
                f"{stream}: this Kaltura server does not leave names of people out of its answers "
                f"({', '.join(sent)}). The connector drops them as soon as it reads an answer."
            )
        return table.without(sent)

    def _note_that_nothing_is_left_out(self, stream: str) -> None:
        with self._lock:
            if self._leaves_out:
                self._leaves_out = False
                self._logger.warning(
                    f"{stream}: this Kaltura server cannot leave columns out of its reports: it "
                    "took them out of the header only. From now on all columns are asked for."
                )


class _NothingLeftOut(Exception):
    """The server took the excluded columns out of the header, but not out of the rows."""


def _table(report: Report, body: bytes, excluded: Collection[str]) -> Table:
    try:
        return read_table(body, report.columns, report.required_columns, len(excluded))
    except UnknownColumns as error:
        # Kaltura's reports begin with this mark; what somebody else answers hardly does.
        if report.from_configuration and body.startswith(BYTE_ORDER_MARK):
            raise Refused(_lacks(report, report.required_columns, error.header)) from None
        raise Refused(no_answer("something other than a report", str(error))) from None
    except NotAReport as error:
        if excluded and isinstance(error, HeaderShorterThanRows):
            raise _NothingLeftOut from None
        raise Refused(no_answer("something other than a report", str(error))) from None
    except MissingColumns as error:
        raise Refused(_lacks(report, error.columns, error.header)) from None


def _lacks(report: Report, columns: Collection[str], header: str) -> Refusal:
    """The refusal of a report without columns that are needed."""
    shown = header.strip()[:_LONGEST_HEADER]
    code = f"a report without {', '.join(columns)}"
    happened = f"Kaltura answered {code}; its first line is {shown}"
    if report.from_configuration:
        remedy = (
            f"Correct columns and primary_key of {report.stream} in custom_reports: give the names "
            "as they stand in that line."
        )
        return Refusal(code, ErrorAction.CONFIG_ERROR, remedy, happened=happened)
    return Refusal(
        code,
        ErrorAction.GIVE_UP,
        "The connector cannot do without; please report it to the connector's maintainers.",
        happened=happened,
    )


def _always_invalid(refused: Refusal) -> Refusal:
    reason = refused.remedy.replace(GIVE_ANOTHER_KS, "").strip()
    return dataclasses.replace(
        refused,
        remedy=f"Kaltura accepts the credentials, but called {NEW_KS_IN_A_CALL} new KS in a row "
        f"invalid. {reason} Check that the app token or user is not restricted to other actions, "
        "and that a KS may live longer than a few seconds.",
    )


def _readable_by_others(api_url: str) -> bool:
    parts = urlsplit(api_url)
    host = parts.hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost" or host.endswith(".localhost")
    return parts.scheme == "http" and not loopback
