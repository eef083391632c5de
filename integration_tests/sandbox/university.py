"""A small university, generated: the same seed gives the same rooms, courses and people.

Every day is drawn from its own source of chance, so worlds of one seed agree wherever their days
overlap: a later `until` only adds sessions. About every seventh session runs across midnight UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .names import BREAKOUTS, COURSES, VIRTUAL_EVENTS, people
from .world import Presence, Room, Session, Span, User, World

DAY = 86_400
HOUR = 3_600
MINUTE = 60

_PEOPLE = 260
_COURSES_ON_A_WEEKDAY = 20
_COURSES_ON_A_WEEKEND_DAY = 5
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class _Campus:
    courses: tuple[Room, ...]
    breakout_rooms: dict[str, tuple[Room, ...]]
    users: list[User]


def university(*, until: int, seed: int = 1, days: int = 31, scale: int = 1) -> World:
    """Return the world of the sessions that start in the `days` days before `until` (Unix seconds).

    `scale` multiplies the people and how many of them attend; 1 gives about 7,000 rows of
    attendees in a month. Sessions last from 30 minutes to 11 hours and may end after `until`.
    """
    campus = _campus(seed, scale)
    since = until - days * DAY
    days_drawn = range(since // DAY, -(-until // DAY))
    held = [
        (session, present)
        for day in days_drawn
        for session, present in _sessions_of(day, Random(f"{seed} day {day}"), campus, scale)
        if since <= session.start < until
    ]
    held.sort(key=lambda pair: pair[0].start)
    rooms = [*campus.courses, *(r for rooms in campus.breakout_rooms.values() for r in rooms)]
    return World(
        rooms=rooms,
        sessions=[session for session, _ in held],
        presences=[presence for _, present in held for presence in present],
        users=campus.users,
    )


def _campus(seed: int, scale: int) -> _Campus:
    chance = Random(f"{seed} campus")
    courses = tuple(
        Room(_kaltura_id(chance), name, virtual_event_id=chance.choice(VIRTUAL_EVENTS))
        for name in COURSES
    )
    breakout_rooms = {
        course.entry_id: tuple(
            Room(_kaltura_id(chance), name, course.entry_id, course.virtual_event_id)
            for name in chance.sample(BREAKOUTS, 3)
        )
        for course in courses[::2]
    }
    return _Campus(courses, breakout_rooms, people(_PEOPLE * scale))


def _sessions_of(
    day: int, chance: Random, campus: _Campus, scale: int
) -> Iterator[tuple[Session, list[Presence]]]:
    """Yield the sessions that start on this day (days since 1970-01-01, a Thursday)."""
    weekday = (day + 3) % 7
    # The timetable repeats by the week, so it has a source of chance of its own.
    timetable = Random(f"{campus.courses[0].entry_id} weekday {weekday}")
    size = _COURSES_ON_A_WEEKDAY if weekday < 5 else _COURSES_ON_A_WEEKEND_DAY
    for number, course in enumerate(timetable.sample(campus.courses, size)):
        span = _lesson(day, number, timetable)
        roster = Random(f"{course.entry_id} roster").sample(
            campus.users, k=(6 + len(course.name) % 18) * scale
        )
        host = roster[0]
        session = Session(_kaltura_id(chance), course.entry_id, span.start, span.end, host.user_id)
        yield session, _attendance(session, roster, chance)
        rooms = campus.breakout_rooms.get(course.entry_id, ())
        if rooms and chance.random() < 0.35:
            yield from _breakouts(session, rooms, roster, chance)


def _lesson(day: int, number: int, timetable: Random) -> Span:
    """Return when the day's lesson of this number takes place."""
    if number % 7 == 3:  # a cohort far to the west: across midnight UTC
        start = day * DAY + timetable.randrange(22 * 60 + 30, 23 * 60 + 50, 5) * MINUTE
        return Span(start, start + timetable.randrange(95, 170, 5) * MINUTE)
    if number == 0 and day % 7 == 1:  # Friday night at the observatory
        start = day * DAY + 17 * HOUR
        return Span(start, start + 11 * HOUR)
    start = day * DAY + timetable.randrange(7 * 60, 19 * 60, 15) * MINUTE
    return Span(start, start + timetable.randrange(30, 125, 5) * MINUTE)


def _breakouts(
    main: Session, rooms: tuple[Room, ...], roster: list[User], chance: Random
) -> Iterator[tuple[Session, list[Presence]]]:
    """Yield one session for each breakout room, within the middle half of the main session."""
    quarter = (main.end - main.start) // 4
    for number, room in enumerate(rooms):
        session = Session(
            _kaltura_id(chance),
            room.entry_id,
            main.start + quarter + chance.randrange(MINUTE),
            main.end - quarter,
            main.host_user_id,
        )
        group = [roster[0], *roster[1 + number :: len(rooms)]]
        yield session, _attendance(session, group, chance)


def _attendance(session: Session, roster: list[User], chance: Random) -> list[Presence]:
    """Return who came: the host, most of the roster, at times a caller or guests."""
    whole = Span(session.start, session.end)
    present = [_stay(session, roster[0].user_id, "moderator", whole, chance)]
    for user in roster[1:]:
        if chance.random() < 0.2:
            continue
        span = _part(whole, chance)
        middle = (span.start + span.end) // 2
        fate = chance.random()
        if fate < 0.04:  # promoted half way: the same user in two roles
            parts = [("attendee", Span(span.start, middle)), ("moderator", Span(middle, span.end))]
        elif fate < 0.12:  # dropped out and came back
            parts = [
                ("attendee", Span(span.start, middle)),
                ("attendee", Span(middle + MINUTE, span.end)),
            ]
        else:
            parts = [("attendee", span)]
        present += [_stay(session, user.user_id, role, part, chance) for role, part in parts]
    if chance.random() < 0.1:
        present.append(_stay(session, "", "guest", _part(whole, chance), chance))
    if chance.random() < 0.1:
        present.append(_stay(session, f"guest-{chance.randrange(10**6)}", "guest", whole, chance))
    return present


def _part(whole: Span, chance: Random) -> Span:
    slack = (whole.end - whole.start) // 5
    return Span(whole.start + chance.randrange(slack), whole.end - chance.randrange(slack))


def _stay(session: Session, user_id: str, role: str, span: Span, chance: Random) -> Presence:
    by_telephone = chance.random() < 0.01
    late = chance.random() < 0.03
    return Presence(
        cue_point_id=session.cue_point_id,
        user_id=user_id,
        user_type=role,
        enter=span.start,
        leave=span.end,
        engaged=None if by_telephone else _attention(span, chance),
        delay=chance.randrange(HOUR, 12 * HOUR) if late else chance.randrange(2, 15) * MINUTE,
    )


def _attention(span: Span, chance: Random) -> tuple[Span, ...]:
    """Return none to two spans of attention within the span."""
    marks = sorted(chance.randrange(span.start, span.end) for _ in range(chance.choice((0, 2, 4))))
    return tuple(Span(start, end) for start, end in zip(marks[::2], marks[1::2], strict=True))


def _kaltura_id(chance: Random) -> str:
    return "1_" + "".join(chance.choices(_ID_LETTERS, k=8))
