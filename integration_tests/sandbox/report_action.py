"""The action `report.getCsvFromStringParams`: from a call's parameters to a CSV."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from . import answers
from .analytics import Filters, Row, report_rows
from .answers import Answer
from .calls import Call
from .dialect import Dialect
from .errors import kaltura_error
from .faults import Faults
from .reports import ATTENDEES, BY_ID, Report
from .world import Span, World

_MINUTE = 60
_UNTIMED = {"session_start_time": None, "session_end_time": None, "duration": None}


@dataclass(frozen=True)
class Analytics:
    """What a report is computed from at one moment: a world, a clock (Unix seconds), a dialect."""

    world: World
    now: int
    dialect: Dialect


def get_csv(call: Call, partner_id: int, analytics: Analytics, faults: Faults) -> Answer:
    """Return the report as CSV; errors that the action itself raises show in headers only.

    Raises INTERNAL_SERVERL_ERROR, which the dispatcher answers, if the dates are not there.
    """
    report = BY_ID.get(call.report_id or 0)
    if report is None or report.report_id in faults.missing_reports:
        return answers.error_of_action(
            kaltura_error("REPORT_NOT_FOUND", ID=call.given.get("id", ""))
        )
    span = _interval(report, call.params, faults)
    if faults.longest_interval is not None and span.end - span.start > faults.longest_interval:
        return faults.too_much(call, lambda: answers.page(504, "Gateway Time-out"))
    rows = _rows(report, span, _filters(call.params), analytics, faults)
    if faults.most_rows is not None and len(rows) > faults.most_rows:
        return faults.too_much(call, lambda: answers.page(504, "Gateway Time-out"))
    rows = _capped(rows, faults.cap_for(report.report_id, call.params.get("limit")))
    excluded = () if faults.ignores_excluded_fields else call.excluded_fields
    columns = tuple(column for column in report.columns if column not in excluded)
    return Answer(
        analytics.dialect.write(report, columns, rows),
        "text/csv",
        headers={
            "Content-Disposition": (
                f'attachment; filename="Report_{report.report_id}_{partner_id}.csv"'
            )
        },
        rows=len(rows),
        columns=columns,
    )


def _interval(report: Report, params: dict[str, str], faults: Faults) -> Span:
    for from_key, to_key in report.dates:
        if from_key in params and to_key in params:
            try:
                start, end = int(params[from_key]), int(params[to_key])
            except ValueError:
                break
            if faults.whole_minutes:
                start, end = start - start % _MINUTE, end - end % _MINUTE
            return Span(start, end)
    raise kaltura_error("INTERNAL_SERVERL_ERROR")


def _filters(params: dict[str, str]) -> Filters:
    return {key: frozenset(value.split(",")) for key, value in params.items() if value}


def _rows(
    report: Report, span: Span, filters: Filters, analytics: Analytics, faults: Faults
) -> list[Row]:
    sessions = analytics.world.sessions_attended(span)
    if report is not ATTENDEES:
        sessions = [s for s in sessions if s.cue_point_id not in faults.unlisted_sessions]
    rows = report_rows(report, analytics.world, sessions, span, analytics.now, filters)
    return [
        {**row, **_UNTIMED} if row["cue_point_id"] in faults.untimed_sessions else row
        for row in rows
    ]


def _capped(rows: list[Row], cap: int) -> list[Row]:
    """Return at most `cap` of the rows, in order; nobody may rely on which ones are missing."""
    if len(rows) <= cap:
        return rows
    ranked = sorted(range(len(rows)), key=lambda i: zlib.crc32(repr(rows[i]).encode()))
    return [rows[i] for i in sorted(ranked[:cap])]
