"""The rows a connector must emit: the sandbox's ground truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from .analytics import ALL_TIME, Filters, Row, Value, report_rows
from .dialect import Dialect, php_number
from .reports import ATTENDEES, BY_STREAM, RATIOS, TIMES, Report
from .world import Span, World

_MINUTES = "meeting_view_time"
_RATIO = "meeting_engaged_play_time_ratio"


def truth(
    world: World,
    stream: str,
    start: int,
    end: int,
    now: int,
    *,
    filters: Filters | None = None,
    dialect: Dialect | None = None,
    without_session: bool = False,
) -> list[Row]:
    """Return the rows of the sessions that start in `[start, end)`, as known by the clock `now`.

    `stream` is `rooms`, `attendees` or `breakouts`. Metrics are those of the **whole** session,
    with those who came early and stayed late, whatever an interval would show. There is one row for
    each primary key: room and cue point, for attendees with the user id. Attendees with one key are
    added up: minutes are summed, ratios weighted by minutes, where no ratio counts as 0 unless none
    has one, and the rest is that of the row with most minutes, of equals the first.

    Times are RFC 3339 ending in `Z`; a running session's end is its start. Counts and `duration`
    are `int`; ratios and `meeting_view_time` (minutes) are `float`, as precise as the CSV prints
    them; blanks are `None`, in key columns `""`. Texts are as the dialect conveys them. Attendees
    also carry their session's `session_start_time`. Raises `KeyError` for another stream.

    With `without_session`, the rows are those that belong to no session, with the blank cue point
    id and no times: what happened in `[start, end)` in a room, however it is kept by the hour.
    """
    report = BY_STREAM[stream]
    dialect = dialect or Dialect()
    span = Span(start, end)
    rows: list[Row] = []
    for session in (
        world.rooms_without_session if without_session else world.sessions_starting(span)
    ):
        seen = span if without_session else ALL_TIME
        for row in report_rows(report, world, [session], seen, now, filters or {}):
            if report is ATTENDEES:
                row["session_start_time"] = None if without_session else session.start
            rows.append(
                {column: _typed(report, column, value, dialect) for column, value in row.items()}
            )
    return list(_added_up(rows)) if report is ATTENDEES else rows


def rfc3339(seconds: int) -> str:
    """Return Unix seconds as `YYYY-MM-DDTHH:MM:SSZ`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _typed(report: Report, column: str, value: Value, dialect: Dialect) -> Value:
    if value is None and column in RATIOS and dialect.undefined_ratio == "0":
        return 0.0
    if isinstance(value, float):
        return float(php_number(value))
    if isinstance(value, int):
        return rfc3339(value) if column in TIMES else value
    text = dialect.conveyed(column, value or "")
    return text if text or column in report.keys else None


def _added_up(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one row for each room, cue point and user id."""
    by_key: dict[tuple[Value, ...], list[Row]] = {}
    for row in rows:
        key = (row["entry_id"], row["cue_point_id"], row["user_id"])
        by_key.setdefault(key, []).append(row)
    for same in by_key.values():
        if len(same) == 1:
            yield same[0]
        else:
            minutes = sum(_number(row[_MINUTES]) for row in same)
            engaged = sum(_number(row[_MINUTES]) * _number(row[_RATIO]) for row in same)
            has_ratio = any(row[_RATIO] is not None for row in same)
            longest = max(same, key=lambda row: _number(row[_MINUTES]))
            yield {**longest, _MINUTES: minutes, _RATIO: engaged / minutes if has_ratio else None}


def _number(value: Value) -> float:
    return value if isinstance(value, (int, float)) else 0.0
