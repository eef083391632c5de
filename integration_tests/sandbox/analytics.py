"""The reports, computed from a world as Kaltura's analytics compute them from its event store.

An interval selects **events** (who was in the room at that moment), not sessions, so a session
that crosses an edge of the interval is reported with the metrics of its part only: fewer minutes,
fewer users, another ratio. Kaltura's public server source shows this for its interval filters.
A session still running shows what is known of it so far; its end is its start until it has ended.

Names, addresses and types are looked up in the user records when the report runs, one row for each
record. So a guest who signs up becomes a user in old sessions too, and every removed person has a
row with a blank id.
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
Record: TypeAlias = tuple[str, str]
"""A user record: its user id and what tells it from others with that id."""

ALL_TIME = Span(0, 1 << 62)


@dataclass(slots=True)
class Metrics:
    """What adds up over the visible parts of presences; all durations in seconds."""

    records: set[Record] = field(default_factory=set)
    viewed: int = 0
    is_measured: bool = False
    engaged: int = 0

    def add(self, presence: Presence, seen: Span) -> None:
        """Count the part `seen` of a presence."""
        self.records.add((presence.user_id, presence.record_id))
        self.viewed += seen.end - seen.start
        if presence.engaged is not None:
            self.is_measured = True
            self.engaged += sum(seen.overlap(span) for span in presence.engaged)

    @property
    def ratio(self) -> float | None:
        """Engaged time divided by view time, 0 to 1; `None` where it was never measured."""
        return self.engaged / self.viewed if self.is_measured else None


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
    for presence in world.presences_of(session):
        start = max(presence.enter, span.start)
        end = min(presence.leave, span.end, now - presence.delay)
        if start < end:
            yield presence, Span(start, end)


def _metrics(world: World, session: Session, span: Span, now: int) -> Metrics:
    metrics = Metrics()
    for presence, seen in _seen(world, session, span, now):
        metrics.add(presence, seen)
    return metrics


def _room_rows(world: World, session: Session, span: Span, now: int) -> list[Row]:
    metrics = _metrics(world, session, span, now)
    if not metrics.viewed:
        return []
    room = world.room(session.entry_id)
    has_session = bool(session.cue_point_id)
    return [
        {
            "entry_id": room.entry_id,
            "entry_name": room.name,
            "parent_entry_id": room.parent_entry_id,
            "cue_point_id": session.cue_point_id or None,
            "session_start_time": session.start if has_session else None,
            "session_end_time": _end(session, now) if has_session else None,
            "session_host_user_id": _host(world, session)[0] if has_session else None,
            "meeting_view_period_unique_users": len(metrics.records),
            "meeting_engaged_play_time_ratio": metrics.ratio,
        }
    ]


def _attendee_rows(world: World, session: Session, span: Span, now: int) -> list[Row]:
    """One row for each user record: two records with the same user id have a row each."""
    by_record: dict[Record, Metrics] = {}
    for presence, seen in _seen(world, session, span, now):
        record = (presence.user_id, presence.record_id)
        by_record.setdefault(record, Metrics()).add(presence, seen)
    return [
        {
            "entry_id": session.entry_id,
            "cue_point_id": session.cue_point_id or None,
            **_profile(world, record, now),
            "meeting_view_time": metrics.viewed / 60,
            "meeting_engaged_play_time_ratio": metrics.ratio,
        }
        for record, metrics in by_record.items()
    ]


def _breakout_rows(world: World, session: Session, span: Span, now: int) -> list[Row]:
    room = world.room(session.entry_id)
    if not room.parent_entry_id or not session.cue_point_id:
        return []
    metrics = _metrics(world, session, span, now)
    if not metrics.viewed:
        return []
    host_id, host_name = _host(world, session)
    end = _end(session, now)
    return [
        {
            "parent_entry_id": room.parent_entry_id,
            "parent_entry_name": world.room(room.parent_entry_id).name,
            "breakout_entry_id": room.entry_id,
            "breakout_entry_name": room.name,
            "cue_point_id": session.cue_point_id,
            "session_initiator": host_name or host_id,
            "session_start_time": session.start,
            "session_end_time": end,
            "duration": end - session.start,
            "participant_count": len(metrics.records),
            "engagement_rate": metrics.ratio,
        }
    ]


def _end(session: Session, now: int) -> int:
    return session.end if session.end <= now else session.start


def _host(world: World, session: Session) -> tuple[str | None, str | None]:
    """Id and name of who started the session; nothing if that user's record is removed."""
    user = world.user(session.host_user_id)
    if user is None:
        return session.host_user_id, None
    return (None, None) if user.is_removed else (user.user_id, user.name)


def _profile(world: World, record: Record, now: int) -> Row:
    """What the user record says now; nothing at all where there is none any more."""
    user_id, record_id = record
    user = world.user(user_id, record_id)
    if not user_id or (user is not None and user.is_removed):
        return dict.fromkeys(("user_id", "user_name", "user_email", "user_type"))
    is_guest = user is None or (user.is_guest_until is not None and now < user.is_guest_until)
    return {
        "user_id": user_id,
        "user_name": user.name if user else None,
        "user_email": user.email if user else None,
        "user_type": "Guest" if is_guest else "User",
    }


_ROWS: dict[int, Callable[[World, Session, Span, int], list[Row]]] = {
    ROOMS.report_id: _room_rows,
    ATTENDEES.report_id: _attendee_rows,
    BREAKOUTS.report_id: _breakout_rows,
}
