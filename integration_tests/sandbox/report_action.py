"""The action `report.getCsvFromStringParams`: from a call's parameters to a CSV."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from . import answers
from .analytics import ALL_TIME, Filters, Row, report_rows
from .answers import Answer
from .calls import Call
from .day_reports import DAY_REPORTS, DayReport, day_report_rows, days_asked_for
from .dialect import Dialect
from .errors import kaltura_error
from .reports import ATTENDEES, BY_ID, Report
from .switches import Faults
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

    Raises, for the dispatcher to answer, MISSING_MANDATORY_PARAMETER without an id and
    INTERNAL_SERVERL_ERROR without dates.
    """
    if "id" not in call.given:
        raise kaltura_error("MISSING_MANDATORY_PARAMETER", PARAM_NAME="id")
    number = call.report_id or 0
    report: Report | DayReport | None = BY_ID.get(number) or DAY_REPORTS.get(number)
    if report is None or report.report_id in faults.missing_reports:
        return answers.error_of_action(
            kaltura_error("REPORT_NOT_FOUND", ID=call.given.get("id", ""))
        )
    span = _interval(report, call.params, faults)
    if faults.longest_interval is not None and span.end - span.start > faults.longest_interval:
        return faults.too_much(call, lambda: answers.page(504, "Gateway Time-out"))
    selected = ALL_TIME if faults.ignores_dates else _kept(span, faults.aggregation_seconds)
    if isinstance(report, DayReport):
        rows = day_report_rows(report, analytics.world, selected, analytics.now, call.params)
    else:
        rows = _rows(report, selected, _filters(call.params, faults), analytics, faults)
    if faults.most_rows is not None and len(rows) > faults.most_rows:
        return faults.too_much(call, lambda: answers.page(504, "Gateway Time-out"))
    rows = _capped(report, rows, faults.cap_for(report.report_id, call.params.get("limit")))
    excluded = () if faults.ignores_excluded_fields else call.excluded_fields
    header = tuple(column for column in report.columns if column not in excluded)
    columns = report.columns if faults.without_druid else header
    return Answer(
        analytics.dialect.write(columns, rows, header),
        "text/csv",
        headers={
            "Content-Disposition": (
                f'attachment; filename="Report_{report.report_id}_{partner_id}.csv"'
            )
        },
        rows=len(rows),
        columns=header,
        body_without_rows=analytics.dialect.write(columns, [], header),
    )


def _interval(report: Report | DayReport, params: dict[str, str], faults: Faults) -> Span:
    if isinstance(report, DayReport) and report.has_days:
        return days_asked_for(params)
    spellings = report.dates if isinstance(report, Report) else (("from_date", "to_date"),)
    for from_key, to_key in spellings:
        if params.get(from_key) and params.get(to_key):
            try:
                start, end = int(params[from_key]), int(params[to_key])
            except ValueError:
                break
            if faults.whole_minutes:
                start, end = start - start % _MINUTE, end - end % _MINUTE
            return Span(start, end)
    raise kaltura_error("INTERNAL_SERVERL_ERROR")


def _kept(span: Span, unit: int) -> Span:
    """Return which events the interval selects if each is filed under the start of its unit.

    With hours, 14:30 to 15:30 selects the events from 15:00 to 16:00: an event of 14:40 is filed
    under 14:00, before the interval, and one of 15:40 under 15:00, within it. Kaltura's own
    dashboard rounds every start down to the full hour for that reason.
    """
    return Span(-(-span.start // unit) * unit, -(-span.end // unit) * unit)


def _filters(params: dict[str, str], faults: Faults) -> Filters:
    """Return the ids that each parameter lists; a blank parameter is as if it were not there."""
    lists = {
        key: filter(None, value.split(","))
        for key, value in params.items()
        if value and key not in faults.ignored_filters
    }
    return {key: frozenset(islice(ids, faults.longest_id_list)) for key, ids in lists.items()}


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


def _capped(report: Report | DayReport, rows: list[Row], cap: int) -> list[Row]:
    """Return at most `cap` of the rows, in order: those with the most of the report's metric.

    Of rows with equal metrics the earlier ones stay.
    """
    if len(rows) <= cap:
        return rows

    def metric(index: int) -> float:
        value = rows[index][report.order]
        return value if isinstance(value, (int, float)) else 0

    ranked = sorted(range(len(rows)), key=metric, reverse=True)
    return [rows[index] for index in sorted(ranked[:cap])]
