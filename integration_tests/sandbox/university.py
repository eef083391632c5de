"""A small university, generated: the same seed gives the same rooms, courses and people.

Every day is drawn from its own source of chance, so worlds of one seed agree wherever their days
overlap: a later `until` only adds sessions. About every seventh session runs across midnight UTC.

A few come up to 50 minutes early or stay on up to 50 minutes. Each day brings a newcomer, a guest
who signs up some days later. Some user records are removed, some user ids have two records, some
breakout rooms share the cue point of their main room, and now and then people are in a room without
a session.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from .attendance import Roster, attendance, stay
from .names import BREAKOUTS, COURSES, VIRTUAL_EVENTS, people
from .world import Presence, Room, Session, Span, User, World

DAY = 86_400
HOUR = 3_600
MINUTE = 60

_PEOPLE = 260
_COURSES_ON_A_WEEKDAY = 20
_COURSES_ON_A_WEEKEND_DAY = 5
_NEWCOMERS_DAYS = 4
"""For how many days somebody new may attend; after two of them the guest signs up."""
_ID_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class _Campus:
    courses: tuple[Room, ...]
    breakout_rooms: dict[str, tuple[Room, ...]]
    users: list[User]
    second_records: list[User]


def university(
    *, until: int, seed: int = 1, days: int = 31, scale: int = 1, without_session: bool = True
) -> World:
    """Return the world of the sessions that start in the `days` days before `until` (Unix seconds).

    `scale` multiplies the people and how many of them attend; 1 gives about 7,000 rows of
    attendees in a month. Sessions last from 30 minutes to 11 hours and may end after `until`.
    Unless `without_session` is false, people are also in rooms without a session now and then.
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
    presences = [presence for _, present in held for presence in present]
    if without_session:
        for day in days_drawn:
            strays = _without_session(day, Random(f"{seed} strays {day}"), campus)
            presences += [stray for stray in strays if since <= stray.enter < until]
    days_of_newcomers = range(days_drawn.start - _NEWCOMERS_DAYS, days_drawn.stop)
    return World(
        rooms=rooms,
        sessions=[session for session, _ in held],
        presences=presences,
        users=[*campus.users, *campus.second_records, *map(_newcomer, days_of_newcomers)],
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
    users = [
        replace(user, is_removed=number % 19 == 7)
        for number, user in enumerate(people(_PEOPLE * scale))
    ]
    second_records = [
        User(user.user_id, f"{user.name} (2)", user.email, record_id="2")
        for user in users[11::40]
        if not user.is_removed
    ]
    return _Campus(courses, breakout_rooms, users, second_records)


def _newcomer(day: int) -> User:
    """Return who is new on this day: a guest who signs up two days later, at nine."""
    return User(
        f"newcomer{day}@uni.example",
        f"Newcomer, no. {day}",
        f"newcomer{day}@uni.example",
        is_guest_until=(day + 2) * DAY + 9 * HOUR,
    )


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
        users = Random(f"{course.entry_id} roster").sample(
            campus.users, k=(6 + len(course.name) % 18) * scale
        )
        roster = Roster(
            tuple(users),
            {user.user_id for user in campus.second_records},
            tuple(_newcomer(day - ago) for ago in range(_NEWCOMERS_DAYS)),
        )
        session = Session(
            _kaltura_id(chance), course.entry_id, span.start, span.end, users[0].user_id
        )
        yield session, attendance(session, roster, chance)
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
    main: Session, rooms: tuple[Room, ...], roster: Roster, chance: Random
) -> Iterator[tuple[Session, list[Presence]]]:
    """Yield one session for each breakout room, within the middle half of the main session."""
    quarter = (main.end - main.start) // 4
    host, *others = roster.users
    for number, room in enumerate(rooms):
        shares_cue_point = number == 0 and chance.random() < 0.2
        session = Session(
            main.cue_point_id if shares_cue_point else _kaltura_id(chance),
            room.entry_id,
            main.start + quarter + chance.randrange(MINUTE),
            main.end - quarter,
            main.host_user_id,
        )
        group = (host, *others[number :: len(rooms)])
        yield session, attendance(session, replace(roster, users=group, newcomers=()), chance)


def _without_session(day: int, chance: Random, campus: _Campus) -> Iterator[Presence]:
    """Yield the stays in a room without a session: on every other day or so, before breakfast."""
    if chance.random() < 0.5:
        room = chance.choice(campus.courses)
        start = day * DAY + 5 * HOUR + chance.randrange(HOUR)
        for user in chance.sample(campus.users, 3):
            span = Span(start, start + chance.randrange(5, 40) * MINUTE)
            yield stay(Session("", room.entry_id, 0, 0), user.user_id, span, chance)


def _kaltura_id(chance: Random) -> str:
    return "1_" + "".join(chance.choices(_ID_LETTERS, k=8))
