"""The connection check: whether a KS can be had, and which reports this server has."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_kaltura_rooms.airbyte.all_reports import ask_all
from source_kaltura_rooms.airbyte.failures import stream_failure
from source_kaltura_rooms.config import Config
from source_kaltura_rooms.custom_reports import CustomReport
from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, ReportError
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy
from source_kaltura_rooms.reports import ATTENDEES, ROOMS, Report
from source_kaltura_rooms.retrieval.days import refusal_of_day
from source_kaltura_rooms.times import DAY, Interval, format_day

CHECK_POLICY = RetryPolicy(retries=2, reconnects=2, retries_then_split=1, rate_limit_waits=3)
"""A user waits for the check, so it retries less than a sync."""

BUDGET = 100.0
"""Seconds for all answers together, so that check, with its start, ends within two minutes."""

NOT_THERE = "REPORT_NOT_FOUND"


def check_reports(
    client: KalturaClient, config: Config, end: int, budget: float = BUDGET
) -> AirbyteConnectionStatus:
    """Asks for one row of the day before `end` (Unix seconds) of each report, all at once.

    Succeeds, with a message, when only some of the reports are there, and when some take longer
    than `budget` seconds or are too much for one request: a sync asks for less.
    """
    outcomes = _ask_all(client, config, end, budget)
    if len(outcomes) < len(config.reports) and not client.has_ks:
        return AirbyteConnectionStatus(
            status=Status.FAILED,
            message=f"Kaltura did not open a KS (Kaltura's session) within {budget:.0f} seconds. "
            "Check api_url and the network, or try again later.",
        )
    slow = [stream for stream in config.reports if stream not in outcomes]
    missing: dict[str, Refused] = {}
    internal: dict[str, Refused] = {}
    own: dict[str, Refused] = {}
    for stream in config.reports:
        refused = outcomes.get(stream)
        if refused is None:
            continue
        report = config.reports[stream]
        if isinstance(report, CustomReport):
            own[stream] = refusal_of_day(report, format_day(end - DAY), refused)
        elif refused.refusal.code == NOT_THERE:
            missing[stream] = refused
        elif refused.action is ErrorAction.SPLIT:
            slow.append(stream)
        elif refused.action is ErrorAction.RETRY_THEN_SPLIT:
            internal[stream] = refused
        else:
            return _failed(stream, refused)
    if len(internal) + len(missing) + len(own) == len(config.reports) and internal:
        # Nothing shows that it was too much, rather than that nothing works.
        return _failed(*next(iter(internal.items())))
    if own:  # No sync asks for less there, and only the configuration can be wrong about them.
        return _failed(*next(iter(own.items())))
    return _status(
        config, missing, [stream for stream in config.reports if stream in {*slow, *internal}]
    )


def _ask_all(
    client: KalturaClient, config: Config, end: int, budget: float
) -> Mapping[str, Refused | None]:
    """What became of the requests that ended in time: None where a report was answered.

    Raises what else went wrong.
    """
    interval = Interval.around(end - DAY, end)

    def ask(report: Report) -> None:
        client.report(report.stream, report, report.params(interval, config.filters, limit=1))

    outcomes: dict[str, Refused | None] = {}
    for stream, outcome in ask_all(config.reports.values(), ask, budget).items():
        error = outcome.exception()
        if error is not None and not isinstance(error, Refused):
            raise error
        outcomes[stream] = error
    return outcomes


def _status(
    config: Config, missing: Mapping[str, ReportError], slow: Collection[str]
) -> AirbyteConnectionStatus:
    """Success, with a sentence on what is missing and one on what is slow; or a failure."""
    # Attendees take the start of their sessions from the report of rooms.
    unusable = {stream: config.reports[stream].id for stream in missing}
    if ROOMS.stream in missing:
        unusable.setdefault(ATTENDEES.stream, ROOMS.id)
    if len(unusable) == len(config.reports):
        return _failed(*next(iter(missing.items())))
    sentences = []
    if unusable:
        sentences.append(
            f"This server does not have the reports of {_names(unusable)}. Deselect these "
            "streams, check that api_url is the server of your account's region, or ask Kaltura "
            "for the reports; the other streams work."
        )
    own = {report.stream for report in config.custom_reports}
    by_day = {one: config.reports[one].id for one in slow if one in own}
    if ids := {one: config.reports[one].id for one in slow if one not in {*own, *unusable}}:
        sentences.append(
            f"One day was too much for one answer of {_names(ids)}, "
            "or Kaltura is slow now. A sync asks for shorter intervals there and takes longer."
        )
    if by_day:
        sentences.append(
            f"There was no answer in time of {_names(by_day)}. Kaltura is slow now, or a day of it "
            "is too much for one answer, which a sync cannot ask for in parts."
        )
    if not sentences:
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)
    return AirbyteConnectionStatus(status=Status.SUCCEEDED, message=" ".join(sentences))


def _names(ids: Mapping[str, int]) -> str:
    return " and ".join(f"{stream} (report {id})" for stream, id in ids.items())


def _failed(stream: str, error: ReportError) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(
        status=Status.FAILED, message=stream_failure(stream, error).message
    )
