"""The requests behind the facts: the report call and nothing else, and not often.

No request asks for a column that the facts do not need. A header without any row shows which other
columns there are; only where this Kaltura sends none, one row is asked for as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.authentication import REPORT_ACTION
from source_kaltura_rooms.kaltura.client import Answer, KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy
from source_kaltura_rooms.reports import CURSOR, REPORTS, SessionReport
from source_kaltura_rooms.times import Interval

MOST_REQUESTS = 40
"""Requests of the report action in all, tries that failed included."""

POLICY = RetryPolicy(
    retries=1, reconnects=1, retries_then_split=0, retries_of_too_much=0, rate_limit_waits=2
)
"""Facts are asked for once and by hand, so a request that fails is soon given up."""

NO_REQUEST_LEFT = Refusal(
    "no request left", ErrorAction.GIVE_UP, "Ask again later, for fewer days."
)


@dataclass(frozen=True)
class Asked:
    """A request and what it was answered with: a report, or a refusal."""

    interval: Interval
    outcome: Answer | Refused

    @property
    def answer(self) -> Answer | None:
        """The report, if that was the answer."""
        return self.outcome if isinstance(self.outcome, Answer) else None


class Asking:
    """Asks one Kaltura account at most MOST_REQUESTS times; `progress` is told of each request."""

    def __init__(
        self, config: Config, logger: logging.Logger, progress: Callable[[str], None]
    ) -> None:
        self._client = KalturaClient(config, logger, POLICY, on_request=self._count)
        self._progress = progress
        self.requests = 0
        self.first_refusal: Refused | None = None

    @property
    def has_answered(self) -> bool:
        """Whether any request was answered with a report."""
        return self._client.has_answered

    def ask(
        self,
        report: SessionReport,
        interval: Interval,
        filters: Mapping[str, tuple[str, ...]] | None = None,
        *,
        limit: int | None = None,
        all_columns: bool = False,
    ) -> Asked:
        """What the report answers for the interval; the configuration's filters are not applied."""
        hours = (interval.end - interval.start) / 3_600
        self._progress(
            f"Request {self.requests + 1} of at most {MOST_REQUESTS}: report {report.id} "
            f"({report.stream}), {hours:,.1f} hours of events."
        )
        params = report.params(interval, filters or {}, limit=limit)
        excluded = () if all_columns else needless(report)
        try:
            return Asked(interval, self._client.report(report.stream, report, params, excluded))
        except Refused as refused:
            self.first_refusal = self.first_refusal or refused
            self._progress(f"  No report: {refused.refusal.happened}.")
            return Asked(interval, refused)

    def _count(self, action: str) -> None:
        if action != REPORT_ACTION:
            return
        if self.requests >= MOST_REQUESTS:
            raise Refused(NO_REQUEST_LEFT)
        self.requests += 1


def needless(report: SessionReport) -> tuple[str, ...]:
    """The columns that no fact is about: names, addresses, and what else is not counted."""
    needed = {*REPORTS[report.stream].needed_columns, "user_type", CURSOR}
    return tuple(name for name in report.columns if name not in needed)
