"""What happened in a university's rooms: the truth that every report is computed from.

Rooms hold sessions (Kaltura: cue points), sessions hold presences. All times are whole Unix
seconds in UTC, all intervals half-open. A world is plain data: build one by hand for a test, or
take a generated one from `university`. To let a world grow, make a bigger one with
`dataclasses.replace` and hand it to the sandbox.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Span:
    """The half-open interval `[start, end)`, Unix seconds."""

    start: int
    end: int

    def overlap(self, other: Span) -> int:
        """Return the seconds that both spans share, 0 if none."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Room:
    """A room; a breakout room if it names its main room as `parent_entry_id`."""

    entry_id: str
    name: str
    parent_entry_id: str = ""
    virtual_event_id: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """One meeting in a room, from `start` to `end`. `end` may lie in the clock's future.

    A session is known by its room and its cue point: a main room and its breakout room may share
    a cue point.
    """

    cue_point_id: str
    entry_id: str
    start: int
    end: int
    host_user_id: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """One stay of one user in a room, from `enter` to `leave`.

    `enter` may lie before the session's start and `leave` after its end: people come early and
    stay on. With a blank `cue_point_id` the stay belongs to the room `entry_id` and to no session.
    Beside a cue point `entry_id` is needed only where two rooms share that cue point.

    `user_id` and `record_id` name a `User`; an id that no user has is an unknown guest's, a blank
    one is nobody's. `engaged` are the spans in which the user paid attention; `None` if that was
    never measured (a caller by telephone), which leaves the ratio undefined. `delay` is how many
    seconds after an event analytics knows of it: usually minutes, sometimes hours.
    """

    cue_point_id: str
    user_id: str
    enter: int
    leave: int
    engaged: tuple[Span, ...] | None = ()
    delay: int = 0
    entry_id: str = ""
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A user record of the account. Guests may be present without having one.

    `is_guest_until` is when a guest signs up, Unix seconds; `None` for who always was a user. A
    removed record's presences have no id, name, e-mail and type any more. Several records may have
    the same `user_id`; then `record_id` tells them apart.
    """

    user_id: str
    name: str = ""
    email: str = ""
    is_guest_until: int | None = None
    is_removed: bool = False
    record_id: str = ""


@dataclass(frozen=True)
class World:
    """Rooms, sessions, presences and users, with look-ups by time.

    Sessions refer to rooms and presences to sessions by id; both must exist (`KeyError` on use).
    """

    rooms: Sequence[Room] = ()
    sessions: Sequence[Session] = ()
    presences: Sequence[Presence] = ()
    users: Sequence[User] = ()

    def room(self, entry_id: str) -> Room:
        """Return the room, or raise `KeyError`."""
        return self._rooms[entry_id]

    def user(self, user_id: str, record_id: str = "") -> User | None:
        """Return the user, or `None` for a guest the account does not know."""
        return self._users.get((user_id, record_id))

    def presences_of(self, session: Session) -> Sequence[Presence]:
        """Return who was in that session, in the order given; empty if nobody was."""
        return self._presences.get((session.entry_id, session.cue_point_id), ())

    def sessions_starting(self, span: Span) -> Sequence[Session]:
        """Return the sessions that start within the span, earliest first."""
        starts, sessions = self._by_start
        return sessions[bisect_left(starts, span.start) : bisect_left(starts, span.end)]

    def sessions_attended(self, span: Span) -> Sequence[Session]:
        """Return the sessions in which somebody was present within the span, earliest first.

        Among them are `rooms_without_session` in which somebody was present within the span.
        """
        starts, stays = self._by_first_arrival
        first = bisect_left(starts, span.start - self._longest_stay)
        return [
            session
            for stay, session in stays[first : bisect_left(starts, span.end)]
            if stay.overlap(span)
        ]

    @cached_property
    def rooms_without_session(self) -> Sequence[Session]:
        """The rooms with presences that belong to no session, as sessions without a cue point.

        Their `start` and `end` mean nothing.
        """
        return [
            Session("", entry_id, 0, 0)
            for entry_id, cue_point_id in self._presences
            if not cue_point_id
        ]

    @property
    def start(self) -> int:
        """The start of the first session, Unix seconds; 0 in an empty world."""
        return min((session.start for session in self.sessions), default=0)

    @cached_property
    def _rooms(self) -> dict[str, Room]:
        return {room.entry_id: room for room in self.rooms}

    @cached_property
    def _users(self) -> dict[tuple[str, str], User]:
        return {(user.user_id, user.record_id): user for user in self.users}

    @cached_property
    def _presences(self) -> dict[tuple[str, str], list[Presence]]:
        rooms_of: dict[str, list[str]] = defaultdict(list)
        for session in self.sessions:
            rooms_of[session.cue_point_id].append(session.entry_id)
        grouped: dict[tuple[str, str], list[Presence]] = defaultdict(list)
        for presence in self.presences:
            entry_id = presence.entry_id
            if not entry_id:
                rooms = rooms_of.get(presence.cue_point_id, [])
                if len(rooms) != 1:
                    raise KeyError(
                        f"{presence} needs an entry_id: its session may be any of {rooms}"
                    )
                (entry_id,) = rooms
            grouped[entry_id, presence.cue_point_id].append(presence)
        return dict(grouped)

    @cached_property
    def _by_start(self) -> tuple[list[int], list[Session]]:
        ordered = sorted(self.sessions, key=lambda s: (s.start, s.cue_point_id, s.entry_id))
        return [session.start for session in ordered], ordered

    @cached_property
    def _by_first_arrival(self) -> tuple[list[int], list[tuple[Span, Session]]]:
        stays = [
            (
                Span(min(stay.enter for stay in present), max(stay.leave for stay in present)),
                session,
            )
            for session in (*self.sessions, *self.rooms_without_session)
            if (present := self.presences_of(session))
        ]
        stays.sort(key=lambda stay: (stay[0].start, stay[1].cue_point_id, stay[1].entry_id))
        return [stay.start for stay, _ in stays], stays

    @cached_property
    def _longest_stay(self) -> int:
        return max((stay.end - stay.start for stay, _ in self._by_first_arrival[1]), default=0)
