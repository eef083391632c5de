"""The sandbox's people: what their user records say when a report runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.sandbox import (
    Dialect,
    Presence,
    Room,
    Sandbox,
    Session,
    Span,
    User,
    World,
)
from integration_tests.tiny_world import ask, rows_of

MINUTE = 60
DAY = 86_400
NOON = 1_772_366_400  # 2026-03-01T12:00:00Z


def stay(user_id: str, minutes: int, engaged: int | None = 0, record_id: str = "") -> Presence:
    """Somebody who is there for so many minutes from noon on, the first `engaged` attentively."""
    attentive = None if engaged is None else (Span(NOON, NOON + engaged * MINUTE),)
    return Presence(
        "1_session", user_id, NOON, NOON + minutes * MINUTE, attentive, record_id=record_id
    )


USERS = (
    User("user", "A user", "user@uni.example"),
    User("signs up", "A guest", "guest@uni.example", is_guest_until=NOON + DAY),
    User("gone 1", "Removed", "1@uni.example", is_removed=True),
    User("gone 2", "Removed as well", "2@uni.example", is_removed=True),
    User("two", "First record", "first@uni.example"),
    User("two", "Second record", "second@uni.example", record_id="2"),
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    world = World((Room("1_room", "Room"),), (Session("1_session", "1_room", NOON, NOON + 3600),))
    with Sandbox(world, now=NOON + DAY - 1) as sandbox:
        yield sandbox


def present(sandbox: Sandbox, *presences: Presence) -> None:
    world = sandbox.world
    sandbox.world = World(world.rooms, world.sessions, presences, USERS)


def shown(sandbox: Sandbox, *columns: str, also: str = "") -> list[tuple[str, ...]]:
    rows = rows_of(ask(sandbox, 6001, NOON, NOON + 2 * DAY, also=also))
    return [tuple(row[column] for column in columns) for row in rows]


def told(sandbox: Sandbox, *columns: str) -> list[tuple[object, ...]]:
    rows = sandbox.truth("attendees", NOON, NOON + DAY)
    return [tuple(row[column] for column in columns) for row in rows]


def test_given_a_guest_when_signed_up_then_a_user_in_old_sessions_too(sandbox: Sandbox) -> None:
    present(sandbox, stay("user", 1), stay("signs up", 1), stay("unknown", 1))
    assert shown(sandbox, "user_id", "user_type") == [
        ("user", "User"),
        ("signs up", "Guest"),
        ("unknown", "Guest"),
    ]
    sandbox.now = NOON + DAY
    assert shown(sandbox, "user_id", "user_type") == [
        ("user", "User"),
        ("signs up", "User"),
        ("unknown", "Guest"),
    ]


def test_given_removed_people_when_asked_then_a_blank_row_for_each(sandbox: Sandbox) -> None:
    present(sandbox, stay("gone 1", 10), stay("user", 5), stay("gone 2", 20), stay("", 30))
    columns = ("user_id", "user_name", "user_email", "user_type", "meeting_view_time")
    assert shown(sandbox, *columns) == [
        ("", "", "", "", "10"),
        ("user", "A user", "user@uni.example", "User", "5"),
        ("", "", "", "", "20"),
        ("", "", "", "", "30"),
    ]
    assert shown(sandbox, "user_id", also="user_ids=gone 1,user,,") == [("user",)]
    assert told(sandbox, *columns) == [
        ("", None, None, None, 60.0),
        ("user", "A user", "user@uni.example", "User", 5.0),
    ]


def test_given_a_removed_host_when_asked_then_nobody_held_the_session(sandbox: Sandbox) -> None:
    room = Room("1_breakout", "Breakout", parent_entry_id="1_room")
    session = Session("1_session", "1_breakout", NOON, NOON + 3600, host_user_id="gone 1")
    sandbox.world = World(
        (Room("1_room", "Room"), room), (session,), (stay("user", 10),), users=USERS
    )
    (row,) = rows_of(ask(sandbox, 6000, NOON, NOON + DAY))
    (group,) = rows_of(ask(sandbox, 6002, NOON, NOON + DAY))
    assert (row["session_host_user_id"], group["session_initiator"]) == ("", "")
    (truth,) = sandbox.truth("breakouts", NOON, NOON + DAY)
    assert truth["session_initiator"] is None


def test_given_two_records_of_one_id_when_asked_then_two_rows_and_one_in_truth(
    sandbox: Sandbox,
) -> None:
    """Minutes are summed, the ratio is weighted by them, the rest is from the longer row."""
    present(sandbox, stay("two", 10, 10), stay("two", 30, 6, record_id="2"))
    columns = ("user_id", "user_name", "meeting_view_time", "meeting_engaged_play_time_ratio")
    assert shown(sandbox, *columns) == [
        ("two", "First record", "10", "1"),
        ("two", "Second record", "30", "0.2"),
    ]
    assert told(sandbox, *columns) == [("two", "Second record", 40.0, 0.4)]
    (room,) = rows_of(ask(sandbox, 6000, NOON, NOON + DAY))
    assert room["meeting_view_period_unique_users"] == "2"


def test_given_rows_of_equal_length_when_told_then_the_first_has_the_word(
    sandbox: Sandbox,
) -> None:
    present(sandbox, stay("two", 10, record_id="2"), stay("two", 10))
    assert told(sandbox, "user_name", "meeting_view_time") == [("Second record", 20.0)]


@pytest.mark.parametrize(
    ("first", "second", "ratio"), [(None, 10, 0.25), (None, None, None), (0, 0, 0.0)]
)
def test_given_an_unmeasured_row_when_told_then_it_counts_as_zero_unless_all_are(
    sandbox: Sandbox, first: int | None, second: int | None, ratio: float | None
) -> None:
    present(sandbox, stay("two", 30, first), stay("two", 10, second, record_id="2"))
    assert told(sandbox, "meeting_engaged_play_time_ratio") == [(ratio,)]


@pytest.mark.parametrize(
    ("undefined", "printed", "truth"), [("NaN", "NaN", None), ("", "", None), ("0", "0", 0.0)]
)
def test_given_no_measured_minute_when_asked_then_the_dialect_says_how_it_is_printed(
    sandbox: Sandbox, undefined: str, printed: str, truth: float | None
) -> None:
    present(sandbox, stay("user", 30, None))
    sandbox.dialect = Dialect(undefined_ratio=undefined)
    assert shown(sandbox, "meeting_engaged_play_time_ratio") == [(printed,)]
    assert told(sandbox, "meeting_engaged_play_time_ratio") == [(truth,)]
