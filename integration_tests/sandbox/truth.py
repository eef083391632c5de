"""The rows a connector must emit: the sandbox's ground truth."""

from __future__ import annotations

from datetime import UTC, datetime

from .analytics import ALL_TIME, Filters, Row, Value, report_rows
from .dialect import Dialect, php_number
from .reports import ATTENDEES, BY_STREAM, TIMES, Report
from .world import Span, World


def truth(
    world: World,
    stream: str,
    start: int,
    end: int,
    now: int,
    *,
    filters: Filters | None = None,
    dialect: Dialect | None = None,
) -> list[Row]:
    """Return the rows of the sessions that start in `[start, end)`, as known by the clock `now`.

    `stream` is `rooms`, `attendees` or `breakouts`. Metrics are those of the **whole** session.
    Times are RFC 3339 ending in `Z`; counts and `duration` are `int`; ratios and
    `meeting_view_time` (minutes) are `float`, as precise as the CSV prints them; blanks are `None`,
    in key columns `""`. Texts are as the dialect conveys them. Attendees also carry their session's
    `session_start_time`. Raises `KeyError` for another stream.
    """
    report = BY_STREAM[stream]
    dialect = dialect or Dialect()
    rows: list[Row] = []
    for session in world.sessions_starting(Span(start, end)):
        for row in report_rows(report, world, [session], ALL_TIME, now, filters or {}):
            if report is ATTENDEES:
                row["session_start_time"] = session.start
            rows.append(
                {column: _typed(report, column, value, dialect) for column, value in row.items()}
            )
    return rows


def rfc3339(seconds: int) -> str:
    """Return Unix seconds as `YYYY-MM-DDTHH:MM:SSZ`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _typed(report: Report, column: str, value: Value, dialect: Dialect) -> Value:
    if isinstance(value, float):
        return float(php_number(value))
    if isinstance(value, int):
        return rfc3339(value) if column in TIMES else value
    text = dialect.conveyed(report, column, value or "")
    return text if text or column in report.keys else None
