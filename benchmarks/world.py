"""A synthetic world for a history, in which no attendee is near a window's edge.

Sessions take place in the middle of a window's second half. So it makes no difference whether an
interval reaches a day past its window, as the connector's do, or two days before the last state, as
everyone's do in a sync that resumes: the answer always holds the same rows.
"""

from __future__ import annotations

from dataclasses import replace

from benchmarks.cases import START, History
from integration_tests.sandbox import Presence, Room, Session, Span, World
from integration_tests.sandbox.names import COURSES, people

ROOMS = 400
USERS = 20_000
SESSION_LENGTH = 50 * 60
FIRST_START = 9 / 14
"""Which part of a window is over when its first session starts: four and a half days of a week."""
STARTS = 1 / 7
"""In which part of a window all its sessions start: a day of a week."""


def synthetic(history: History) -> World:
    """The world that has this history, always the same one."""
    sessions: list[Session] = []
    presences: list[Presence] = []
    # Persons' names come unquoted, and a line break would split their row for some entrants.
    users = [replace(user, name=user.name.replace("\n", " ")) for user in people(USERS)]
    first_start, starts = int(history.window * FIRST_START), int(history.window * STARTS)
    places = [
        (window, place)
        for window in range(history.windows)
        for place in range(history.sessions_of(window))
    ]
    for number, (window, place) in enumerate(places):
        start = START + window * history.window + first_start
        start += place * starts // history.sessions_of(window)
        session = Session(
            cue_point_id=f"1_c{number:07d}",
            entry_id=f"1_room{number % ROOMS:04d}",
            start=start,
            end=start + SESSION_LENGTH,
            host_user_id=users[number % USERS].user_id,
        )
        sessions.append(session)
        attendees, further = divmod(history.rows_of(window), history.sessions_of(window))
        for seat in range(attendees + (place < further)):
            user = users[(number * 7 + seat) % USERS]
            presences.append(_presence(session, user.user_id, seat, number))
    rooms = [Room(f"1_room{n:04d}", COURSES[n % len(COURSES)]) for n in range(ROOMS)]
    return World(rooms, sessions, presences, users)


def _presence(session: Session, user_id: str, seat: int, number: int) -> Presence:
    """Somebody who comes a bit late, leaves a bit early and attends to a part of it."""
    enter = session.start + (seat * 37 + number) % 600
    leave = session.end - (seat * 53 + number) % 900
    attentive = Span(enter, enter + (leave - enter) * (seat % 10) // 10)
    return Presence(session.cue_point_id, user_id, enter, leave, (attentive,))
