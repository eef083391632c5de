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
    """One meeting in a room, from `start` to `end`. `end` may lie in the clock's future."""

    cue_point_id: str
    entry_id: str
    start: int
    end: int
    host_user_id: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """One stay of one user in one session, in one role, from `enter` to `leave`.

    `engaged` are the spans in which the user paid attention; `None` if that was never measured
    (a caller by telephone), which leaves the ratio undefined. `delay` is how many seconds after an
    event analytics knows of it: usually minutes, sometimes hours.
    """

    cue_point_id: str
    user_id: str
    user_type: str
    enter: int
    leave: int
    engaged: tuple[Span, ...] | None = ()
    delay: int = 0


@dataclass(frozen=True, slots=True)
class User:
    """A user the account knows. Guests may be present without being known."""

    user_id: str
    name: str = ""
    email: str = ""


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

    def user(self, user_id: str) -> User | None:
        """Return the user, or `None` for a guest the account does not know."""
        return self._users.get(user_id)

    def presences_of(self, cue_point_id: str) -> Sequence[Presence]:
        """Return who was in that session, in the order given; empty if nobody was."""
        return self._presences.get(cue_point_id, ())

    def sessions_starting(self, span: Span) -> Sequence[Session]:
        """Return the sessions that start within the span, earliest first."""
        starts, sessions = self._by_start
        return sessions[bisect_left(starts, span.start) : bisect_left(starts, span.end)]

    def sessions_attended(self, span: Span) -> Sequence[Session]:
        """Return the sessions in which somebody was present within the span, earliest first."""
        starts, stays = self._by_first_arrival
        first = bisect_left(starts, span.start - self._longest_stay)
        return [
            session
            for stay, session in stays[first : bisect_left(starts, span.end)]
            if stay.overlap(span)
        ]

    @property
    def start(self) -> int:
        """The start of the first session, Unix seconds; 0 in an empty world."""
        return min((session.start for session in self.sessions), default=0)

    @cached_property
    def _rooms(self) -> dict[str, Room]:
        return {room.entry_id: room for room in self.rooms}

    @cached_property
    def _users(self) -> dict[str, User]:
        return {user.user_id: user for user in self.users}

    @cached_property
    def _presences(self) -> dict[str, list[Presence]]:
        grouped: dict[str, list[Presence]] = defaultdict(list)
        for presence in self.presences:
            grouped[presence.cue_point_id].append(presence)
        return dict(grouped)

    @cached_property
    def _by_start(self) -> tuple[list[int], list[Session]]:
        ordered = sorted(self.sessions, key=lambda session: (session.start, session.cue_point_id))
        return [session.start for session in ordered], ordered

    @cached_property
    def _by_first_arrival(self) -> tuple[list[int], list[tuple[Span, Session]]]:
        stays = [
            (
                Span(min(stay.enter for stay in present), max(stay.leave for stay in present)),
                session,
            )
            for session in self.sessions
            if (present := self.presences_of(session.cue_point_id))
        ]
        stays.sort(key=lambda stay: (stay[0].start, stay[1].cue_point_id))
        return [stay.start for stay, _ in stays], stays

    @cached_property
    def _longest_stay(self) -> int:
        return max((stay.end - stay.start for stay, _ in self._by_first_arrival[1]), default=0)
