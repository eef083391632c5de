"""The report call: a report's `params` → its rows, with a session that is good."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.authentication import REPORT_ACTION, Sessions
from source_kaltura_rooms.kaltura.calls import Caller, RetryPolicy
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, no_answer
from source_kaltura_rooms.kaltura.report_csv import MissingColumns, NotAReport, read_table
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import Report, column_types

_REFUSED_ANEW = (
    "Kaltura accepted the credentials but not the session they gave: the app token or the user may "
    "be restricted to other actions."
)


class Kaltura:
    """One Kaltura account as the connector sees it. May be used by several threads at once.

    `computing` is held by the one thread that turns answers into rows or rows into records: Python
    computes on one core, so more at a time would only hold more in memory and switch more often.
    """

    def __init__(
        self,
        config: Config,
        logger: logging.Logger,
        patience: RetryPolicy | None = None,
        *,
        on_wait: Callable[[str, float, str], None] | None = None,
        computing: AbstractContextManager[object] | None = None,
    ) -> None:
        self.computing = computing or threading.Lock()
        self._caller = Caller(config.api_url, logger, patience)
        self._sessions = Sessions(config, self._caller, logger)

    def report(
        self, stream: str, report: Report, params: str, excluded: Collection[str] = ()
    ) -> Table:
        """The rows that Kaltura answers with; they may have been cut off at a cap without a sign.

        `stream` is the one that is being read, `excluded` the columns that Kaltura is to leave out.
        The session goes into the body of a POST: in a URL it would stay behind in access logs.
        Raises Refused.
        """
        ks = self._sessions.current(stream)
        try:
            return self._ask(stream, report, params, excluded, ks)
        except Refused as refused:
            if refused.refusal.action is not ErrorAction.RENEW_KS or not self._sessions.renewable:
                raise
        ks = self._sessions.current(stream, rejected=ks)
        try:
            return self._ask(stream, report, params, excluded, ks)
        except Refused as refused:
            if refused.refusal.action is not ErrorAction.RENEW_KS:
                raise
            raise Refused(dataclasses.replace(refused.refusal, remedy=_REFUSED_ANEW)) from None

    def _ask(
        self, stream: str, report: Report, params: str, excluded: Collection[str], ks: str
    ) -> Table:
        form = {"id": str(report.id), "ks": ks, "params": params}
        if excluded:
            form["excludedFields"] = ",".join(excluded)

        def read(body: bytes) -> Table:
            with self.computing:
                return _table(report, body)

        return self._caller.call(stream, REPORT_ACTION, form, read)


def _table(report: Report, body: bytes) -> Table:
    try:
        return read_table(body, column_types(report.stream), report.required_columns)
    except NotAReport as error:
        raise Refused(no_answer("something other than a report", str(error))) from error
    except MissingColumns as error:
        raise Refused(
            Refusal(
                "a report without " + ", ".join(error.columns),
                ErrorAction.GIVE_UP,
                "The connector cannot do without; please report it to the connector's maintainers.",
            )
        ) from error
