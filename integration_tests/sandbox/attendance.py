"""Who comes to a session of the generated university, for how long, and how attentive they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from random import Random

from .world import Presence, Session, Span, User

MINUTE = 60
HOUR = 3_600

LONGEST_WAIT = 50 * MINUTE
"""How early the earliest come and how late the last leave, besides the session, in seconds."""

_SHARE_OF_EARLY = 0.08
_SHARE_OF_LATE = 0.08


@dataclass(frozen=True)
class Roster:
    """Who may come to a session, the host first.

    `second_records` are the user ids with two records; `newcomers` are guests who sign up later.
    """

    users: tuple[User, ...]
    second_records: Collection[str]
    newcomers: tuple[User, ...]


def attendance(session: Session, roster: Roster, chance: Random) -> list[Presence]:
    """Return who came: the host, most of the roster, at times a caller, guests or a newcomer."""
    whole = Span(session.start, session.end)
    host, *others = roster.users
    present = [stay(session, host.user_id, whole, chance)]
    for user in others:
        if chance.random() < 0.2:
            continue
        span = _at_the_edges(_part(whole, chance), whole, chance)
        middle = (span.start + span.end) // 2
        if chance.random() < 0.12:  # dropped out and came back
            parts = [Span(span.start, middle), Span(middle + MINUTE, span.end)]
        else:
            parts = [span]
        present += [stay(session, user.user_id, part, chance) for part in parts]
        if user.user_id in roster.second_records and chance.random() < 0.5:
            present.append(stay(session, user.user_id, _part(whole, chance), chance, "2"))
    if chance.random() < 0.1:
        present.append(stay(session, "", _part(whole, chance), chance))
    if chance.random() < 0.1:
        present.append(stay(session, f"guest-{chance.randrange(10**6)}", whole, chance))
    if roster.newcomers and chance.random() < 0.4:
        newcomer = chance.choice(roster.newcomers)
        present.append(stay(session, newcomer.user_id, _part(whole, chance), chance))
    return present


def stay(
    session: Session, user_id: str, span: Span, chance: Random, record_id: str = ""
) -> Presence:
    """Return one stay; one in a hundred was by telephone, one in thirty is known hours late."""
    by_telephone = chance.random() < 0.01
    is_known_late = chance.random() < 0.03
    return Presence(
        cue_point_id=session.cue_point_id,
        user_id=user_id,
        enter=span.start,
        leave=span.end,
        engaged=None if by_telephone else _attention(span, chance),
        delay=chance.randrange(HOUR, 12 * HOUR) if is_known_late else _minutes(2, 15, chance),
        entry_id=session.entry_id,
        record_id=record_id,
    )


def _part(whole: Span, chance: Random) -> Span:
    slack = (whole.end - whole.start) // 5
    return Span(whole.start + chance.randrange(slack), whole.end - chance.randrange(slack))


def _at_the_edges(span: Span, whole: Span, chance: Random) -> Span:
    """Return the span, for a few from before the session's start, for a few to after its end."""
    start, end = span.start, span.end
    if chance.random() < _SHARE_OF_EARLY:
        start = whole.start - chance.randrange(1, LONGEST_WAIT + 1)
    if chance.random() < _SHARE_OF_LATE:
        end = whole.end + chance.randrange(1, LONGEST_WAIT + 1)
    return Span(start, end)


def _attention(span: Span, chance: Random) -> tuple[Span, ...]:
    """Return none to two spans of attention within the span."""
    marks = sorted(chance.randrange(span.start, span.end) for _ in range(chance.choice((0, 2, 4))))
    return tuple(Span(start, end) for start, end in zip(marks[::2], marks[1::2], strict=True))


def _minutes(least: int, most: int, chance: Random) -> int:
    return chance.randrange(least, most) * MINUTE
