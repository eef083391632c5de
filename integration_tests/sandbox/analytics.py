"""The reports, computed from a world as Kaltura's analytics compute them from its event store.

An interval selects **events** (who was in the room at that moment), not sessions, so a session
that crosses an edge of the interval is reported with the metrics of its part only: fewer minutes,
fewer users, another ratio. Kaltura's public server source shows this for its interval filters.
A session still running shows what is known of it so far and an end that is not final.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .reports import ATTENDEES, BREAKOUTS, ROOMS, Report
from .world import Presence, Session, Span, World

Value: TypeAlias = str | int | float | None
Row: TypeAlias = dict[str, Value]
Filters: TypeAlias = Mapping[str, Collection[str]]

ALL_TIME = Span(0, 1 << 62)


@dataclass(slots=True)
class Metrics:
    """What adds up over the visible parts of presences; all durations in seconds."""

    user_ids: set[str] = field(default_factory=set)
    viewed: int = 0
    measured: int = 0
    engaged: int = 0

    def add(self, presence: Presence, seen: Span) -> None:
        """Count the part `seen` of a presence."""
        self.user_ids.add(presence.user_id)
        self.viewed += seen.end - seen.start
        if presence.engaged is not None:
            self.measured += seen.end - seen.start
            self.engaged += sum(seen.overlap(span) for span in presence.engaged)

    @property
    def ratio(self) -> float | None:
        """Engaged time divided by view time, 0 to 1; `None` where it was never measured."""
        return self.engaged / self.measured if self.measured else None


def report_rows(
    report: Report,
    world: World,
    sessions: Iterable[Session],
    span: Span,
    now: int,
    filters: Filters,
) -> list[Row]:
    """Return the report's rows on these sessions, counting the events in `span` known by `now`.

    `filters` maps parameters to the ids they list; those that the report does not know are ignored,
    as Kaltura ignores them.
    """
    wanted = {report.filters[name]: ids for name, ids in filters.items() if name in report.filters}
    user_ids = wanted.pop("user_id", None)
    return [
        row
        for session in sessions
        if all(_subjects(world, session)[subject] in ids for subject, ids in wanted.items())
        for row in _ROWS[report.report_id](world, session, span, now)
        if user_ids is None or row["user_id"] in user_ids
    ]


def _subjects(world: World, session: Session) -> dict[str, str]:
    room = world.room(session.entry_id)
    return {
        "cue_point_id": session.cue_point_id,
        "entry_id": room.entry_id,
        "parent_entry_id": room.parent_entry_id,
        "virtual_event_id": room.virtual_event_id,
    }


def _seen(world: World, session: Session, span: Span, now: int) -> Iterable[tuple[Presence, Span]]:
    for presence in world.presences_of(session.cue_point_id):
        start = max(presence.enter, span.start)
        end = min(presence.leave, span.end, now - presence.delay)
        if start < end:
            yield presence, Span(start, end)


def _room_rows(world: World, session: Session, span: Span, now: int) -> list[Row]:
    metrics = Metrics()
    for presence, seen in _seen(world, session, span, now):
        metrics.add(presence, seen)
    if not metrics.viewed:
        return []
    room = world.room(session.entry_id)
    return [
        {
            "entry_id": room.entry_id,
            "entry_name": room.name,
            "parent_entry_id": room.parent_entry_id,
            "cue_point_id": session.cue_point_id,
            "session_start_time": session.start,
            "session_end_time": min(session.end, now),
            "session_host_user_id": session.host_user_id,
            "meeting_view_period_unique_users": len(metrics.user_ids),
            "meeting_engaged_play_time_ratio": metrics.ratio,
        }
    ]


def _attendee_rows(world: World, session: Session, span: Span, now: int) -> list[Row]:
    """One row for each role a user had: the role is a dimension of Kaltura's event store."""
    by_role: dict[tuple[str, str], Metrics] = {}
    for presence, seen in _seen(world, session, span, now):
        by_role.setdefault((presence.user_id, presence.user_type), Metrics()).add(presence, seen)
    rows: list[Row] = []
    for (user_id, user_type), metrics in by_role.items():
        user = world.user(user_id)
        rows.append(
            {
                "entry_id": session.entry_id,
                "cue_point_id": session.cue_point_id,
                "user_id": user_id,
                "user_name": user.name if user else None,
                "user_email": user.email if user else None,
                "user_type": user_type,
                "meeting_view_time": metrics.viewed / 60,
                "meeting_engaged_play_time_ratio": metrics.ratio,
            }
        )
    return rows


def _breakout_rows(world: World, session: Session, span: Span, now: int) -> list[Row]:
    room = world.room(session.entry_id)
    if not room.parent_entry_id:
        return []
    metrics = Metrics()
    for presence, seen in _seen(world, session, span, now):
        metrics.add(presence, seen)
    if not metrics.viewed:
        return []
    host = world.user(session.host_user_id)
    end = min(session.end, now)
    return [
        {
            "parent_entry_id": room.parent_entry_id,
            "parent_entry_name": world.room(room.parent_entry_id).name,
            "breakout_entry_id": room.entry_id,
            "breakout_entry_name": room.name,
            "cue_point_id": session.cue_point_id,
            "session_initiator": host.name if host and host.name else session.host_user_id,
            "session_start_time": session.start,
            "session_end_time": end,
            "duration": end - session.start,
            "participant_count": len(metrics.user_ids),
            "engagement_rate": metrics.ratio,
        }
    ]


_ROWS: dict[int, Callable[[World, Session, Span, int], list[Row]]] = {
    ROOMS.report_id: _room_rows,
    ATTENDEES.report_id: _attendee_rows,
    BREAKOUTS.report_id: _breakout_rows,
}
