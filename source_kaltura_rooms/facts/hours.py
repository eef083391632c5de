"""Whether analytics are kept by the hour, and whether people are in rooms outside sessions.

Both show in what a report answers for a single hour. If events are filed under their full hour, an
hour that is asked for from its tenth minute on has none. People who come before their session
starts are in the report of the hour before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from source_kaltura_rooms.facts.asking import Asking
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS
from source_kaltura_rooms.retrieval.placement import seconds_of
from source_kaltura_rooms.times import HOUR, MINUTE, Interval

MOST_SESSIONS = 5
"""Sessions whose minutes are asked for twice, at most."""
ODD_MINUTES = range(5 * MINUTE, 50 * MINUTE)
"""Seconds after the full hour at which such a session begins, so that its first hour counts."""
MOST_HOURS = 3
"""Hours before sessions and hours after sessions that are asked for, at most."""


@dataclass(frozen=True)
class Session:
    """A session as report 6000 lists it; times are Unix seconds, None if there is none."""

    room: str
    cue_point: str
    start: int | None
    end: int | None


def analytics_unit(asking: Asking, sessions: Sequence[Session], now: int) -> dict[str, Any]:
    """Minutes in the first hour of sessions, from their first minute and from the full hour.

    `unit` is `hour` if there are none from the first minute, though there are from the full hour,
    `minute` if there are (it may be seconds as well), None if no session shows it.
    """
    odd = [one for one in _ended(sessions, now) if one[1] % HOUR in ODD_MINUTES][:MOST_SESSIONS]
    compared = []
    for session, start, _ in odd:
        full_hour = start - start % HOUR
        compared.append(
            {
                "from_the_minute": _minutes(
                    asking, session, Interval(start - start % MINUTE, full_hour + HOUR)
                ),
                "from_the_hour": _minutes(asking, session, Interval(full_hour, full_hour + HOUR)),
            }
        )
    telling = [one for one in compared if one["from_the_hour"]]
    unit = None
    if telling:
        unit = "minute" if any(one["from_the_minute"] for one in telling) else "hour"
    return {"unit": unit, "minutes": compared}


def outside_sessions(asking: Asking, sessions: Sequence[Session], now: int) -> dict[str, Any]:
    """How many sessions report 6000 lists for an hour before they start, or after they end.

    Asked for are full hours just before, and just after, some sessions.
    """
    ended = _ended(sessions, now)
    by_start = sorted(ended, key=lambda one: one[1] % HOUR)
    by_end = sorted(ended, key=lambda one: -one[2] % HOUR)
    before = list(dict.fromkeys(start - start % HOUR for _, start, _ in by_start))[:MOST_HOURS]
    after = list(dict.fromkeys(end + -end % HOUR for _, _, end in by_end))[:MOST_HOURS]
    early = late = 0
    for hour in before:
        rooms = asking.ask(ROOMS, Interval(hour - HOUR, hour)).answer
        early += sum(start >= hour for start, _ in _times(rooms.table if rooms else None))
    for hour in after:
        rooms = asking.ask(ROOMS, Interval(hour, hour + HOUR)).answer
        times = _times(rooms.table if rooms else None)
        late += sum(start < end <= hour for start, end in times)
    return {
        "hours_asked_for_before": len(before),
        "sessions_with_events_before_their_start": early if before else None,
        "hours_asked_for_after": len(after),
        "sessions_with_events_after_their_end": late if after else None,
    }


def _ended(sessions: Iterable[Session], now: int) -> list[tuple[Session, int, int]]:
    """The sessions that have ended, with their start and end."""
    return [
        (one, one.start, one.end)
        for one in sessions
        if one.start is not None and one.end is not None and one.start < one.end < now
    ]


def _minutes(asking: Asking, session: Session, interval: Interval) -> float | None:
    """The minutes of all people in the session within the interval; None if that is not told."""
    answer = asking.ask(ATTENDEES, interval, {"cue_point_ids": (session.cue_point,)}).answer
    if answer is None:
        return None
    if not len(answer.table):
        return 0.0
    names = ("entry_id", "cue_point_id", "meeting_view_time")
    if not set(names) <= set(answer.table.columns):
        return None
    return round(
        sum(
            _number(text)
            for room, cue_point, text in zip(*map(answer.table.column, names), strict=True)
            if (room, cue_point) == (session.room, session.cue_point)
        ),
        1,
    )


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _times(table: Table | None) -> list[tuple[int, int]]:
    """Start and end of the sessions that have both."""
    names = ("session_start_time", "session_end_time")
    if table is None or not len(table) or not set(names) <= set(table.columns):
        return []
    pairs = [
        (seconds_of(start), seconds_of(end))
        for start, end in zip(*map(table.column, names), strict=True)
    ]
    return [(start, end) for start, end in pairs if start is not None and end is not None]
