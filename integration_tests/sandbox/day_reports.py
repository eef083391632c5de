"""Two of Kaltura's further reports, which a connector asks for a day at a time.

- 3009, attendance at events: one row for each user, room and session, with minutes. Its dates are
  Unix seconds.
- 1109, playback by category and country, with the columns that a public script of Kaltura's lists
  (the first eight of them). Its dates are days in the time zone of `timezone_offset`, in minutes
  that are below zero in the east. A stay of a user in a room stands for a play here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from .analytics import Row
from .dialect import php_number
from .errors import kaltura_error
from .world import Presence, Session, Span, World

MINUTE, DAY = 60, 86_400
COUNTRIES = ("Germany", "Israel", "United States")

Stay = tuple[Session, Presence, Span]
"""A session, a stay in it, and what of the stay an interval shows."""


@dataclass(frozen=True)
class DayReport:
    """One report; `order` is the metric of which a cut-off row has the least."""

    report_id: int
    columns: tuple[str, ...]
    order: str
    rows: Callable[[World, list[Stay]], list[Row]]
    has_days: bool


def day_report_rows(
    report: DayReport, world: World, span: Span, now: int, params: Mapping[str, str]
) -> list[Row]:
    """Return the report's rows on what happened in `span` and was known by `now`."""
    rooms = set(filter(None, params.get("entry_ids", "").split(",")))
    events = set(filter(None, params.get("virtual_event_ids", "").split(",")))
    stays = []
    for session in world.sessions_attended(span):
        room = world.room(session.entry_id)
        if (rooms and room.entry_id not in rooms) or (
            events and room.virtual_event_id not in events
        ):
            continue
        for presence in world.presences_of(session):
            start = max(presence.enter, span.start)
            end = min(presence.leave, span.end, now - presence.delay)
            if start < end:
                stays.append((session, presence, Span(start, end)))
    return report.rows(world, stays)


def days_asked_for(params: Mapping[str, str]) -> Span:
    """Return the days from `from_date_id` to `to_date_id`, both included.

    Raises INTERNAL_SERVERL_ERROR if one is missing or no day.
    """
    try:
        first, last = (
            int(datetime.strptime(params[name], "%Y%m%d").replace(tzinfo=UTC).timestamp())
            for name in ("from_date_id", "to_date_id")
        )
        offset = int(params.get("timezone_offset") or 0) * MINUTE
    except (KeyError, ValueError):
        raise kaltura_error("INTERNAL_SERVERL_ERROR") from None
    return Span(first + offset, last + DAY + offset)


def _attendance(world: World, stays: list[Stay]) -> list[Row]:
    minutes: dict[tuple[str, str, str], float] = defaultdict(float)
    for session, presence, seen in stays:
        user = world.user(presence.user_id, presence.record_id)
        is_known = user is None or not user.is_removed
        key = (presence.user_id if is_known else "", session.entry_id, session.cue_point_id)
        minutes[key] += (seen.end - seen.start) / MINUTE
    return [
        {"user": user, "entry_id": room, "session_id": session, "view_time": viewed}
        for (user, room, session), viewed in minutes.items()
    ]


def _playback(world: World, stays: list[Stay]) -> list[Row]:
    stays_by_key: dict[tuple[str, str, str], list[Span]] = defaultdict(list)
    for session, presence, seen in stays:
        context = world.room(session.entry_id).virtual_event_id
        country = COUNTRIES[sum(presence.user_id.encode()) % len(COUNTRIES)]
        stays_by_key[session.entry_id, context, country].append(seen)
    return [
        {
            "entry_id": entry_id,
            "playback_context": context,
            "country": country,
            "count_plays": len(seen),
            "count_loads": 2 * len(seen),
            "sum_view_period": sum(one.end - one.start for one in seen) / MINUTE,
            "avg_view_drop_off": 0.5,
            "avg_completion_rate": len(seen) / (1 + len(seen)),
        }
        for (entry_id, context, country), seen in stays_by_key.items()
    ]


ATTENDANCE = DayReport(
    report_id=3009,
    columns=("user", "entry_id", "session_id", "view_time"),
    order="view_time",
    rows=_attendance,
    has_days=False,
)
PLAYBACK = DayReport(
    report_id=1109,
    columns=(
        "entry_id",
        "playback_context",
        "country",
        "count_plays",
        "count_loads",
        "sum_view_period",
        "avg_view_drop_off",
        "avg_completion_rate",
    ),
    order="sum_view_period",
    rows=_playback,
    has_days=True,
)
DAY_REPORTS = {report.report_id: report for report in (ATTENDANCE, PLAYBACK)}


def truth_by_day(report_id: int, world: World, start: int, end: int, now: int) -> list[Row]:
    """Return the rows a connector must emit: those of each day (UTC), with it as `date`.

    The days run from that of `start` to the last that begins before `end`, each whole, as known by
    the clock `now`. Numbers are as precise as the CSV prints them.
    """
    report = DAY_REPORTS[report_id]
    rows = []
    for day in range(start - start % DAY, end, DAY):
        date = datetime.fromtimestamp(day, UTC).strftime("%Y-%m-%d")
        for row in day_report_rows(report, world, Span(day, day + DAY), now, {}):
            printed = {
                name: float(php_number(value)) if isinstance(value, float) else value
                for name, value in row.items()
            }
            rows.append({**printed, "date": date})
    return rows
