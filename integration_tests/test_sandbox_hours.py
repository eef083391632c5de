"""The sandbox keeps analytics by the hour, and people are in a room outside its sessions too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from integration_tests.sandbox import Dialect, Presence, Room, Sandbox, Session, Span, World
from integration_tests.tiny_world import ask, rows_of

MINUTE = 60
DAY = 86_400
NOON = 1_772_366_400  # 2026-03-01T12:00:00Z
START = NOON + 10 * MINUTE
END = NOON + 130 * MINUTE  # 14:10

ROOM = Room("1_room", "Room")
SESSION = Session("1_session", "1_room", START, END)
# Twenty minutes before the session, until twenty after it: 11:50 to 14:30.
WAITED = Presence("1_session", "early and late", START - 20 * MINUTE, END + 20 * MINUTE)
WORLD = World((ROOM,), (SESSION,), (WAITED,))


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WORLD, now=NOON + DAY) as sandbox:
        yield sandbox


def minutes(sandbox: Sandbox, start: int, end: int) -> list[str]:
    return [row["meeting_view_time"] for row in rows_of(ask(sandbox, 6001, start, end))]


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (NOON - 60 * MINUTE, END + 60 * MINUTE, ["160"]),  # all of it
        (START - 60 * MINUTE, END + 60 * MINUTE, ["150"]),  # 11:10 leaves out what is in 11:00
        (START, END, ["90"]),  # 12:10 to 14:10 shows 13:00 to 15:00
        (NOON, NOON + 1, ["60"]),  # the hour from 12:00, whole
        (NOON + 1, NOON + 60 * MINUTE, []),  # 12:00 lies before it
        (NOON + 1, NOON + 60 * MINUTE + 1, ["60"]),  # 13:00 lies within it, 12:00 does not
        (NOON - 60 * MINUTE, NOON, ["10"]),  # the ten minutes before noon
    ],
)
def test_given_analytics_by_the_hour_when_asked_then_hours_that_begin_within(
    sandbox: Sandbox, start: int, end: int, shown: list[str]
) -> None:
    assert minutes(sandbox, start, end) == shown


@pytest.mark.parametrize(("unit", "shown"), [(3600, ["90"]), (60, ["120"]), (1, ["120"])])
def test_given_a_finer_unit_when_a_session_is_asked_for_then_who_waited_is_still_cut_off(
    sandbox: Sandbox, unit: int, shown: list[str]
) -> None:
    sandbox.faults.aggregation_seconds = unit
    assert minutes(sandbox, START, END) == shown


def test_given_half_a_minute_when_kept_by_the_minute_then_left_out_at_the_start_only(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.aggregation_seconds = 60
    assert minutes(sandbox, NOON + 30, NOON + 5 * MINUTE + 30) == ["5"]
    sandbox.faults.aggregation_seconds = 1
    assert minutes(sandbox, NOON + 30, NOON + 5 * MINUTE + 20) == ["4.8333333333333"]


def test_given_who_waited_and_lingered_when_told_then_the_truth_has_it_all(
    sandbox: Sandbox,
) -> None:
    (row,) = sandbox.truth("attendees", START, START + 1)
    assert row["meeting_view_time"] == 160.0
    assert row["session_start_time"] == "2026-03-01T12:10:00Z"


def test_given_a_session_that_runs_when_asked_then_its_end_is_its_start() -> None:
    breakout = Room("1_breakout", "Breakout", parent_entry_id="1_room")
    world = World(
        (ROOM, breakout),
        (SESSION, Session("1_group", "1_breakout", START, END)),
        (WAITED, Presence("1_group", "ada", START, END)),
    )
    times = ("session_start_time", "session_end_time")
    with Sandbox(world, now=END - 1) as sandbox:
        rooms = rows_of(ask(sandbox, 6000, NOON - DAY, NOON + DAY))
        (group,) = rows_of(ask(sandbox, 6002, NOON - DAY, NOON + DAY))
        (told,) = sandbox.truth("breakouts", NOON, NOON + DAY)
        sandbox.now = END
        (ended,) = rows_of(ask(sandbox, 6002, NOON - DAY, NOON + DAY))
    assert [[room[time] for time in times] for room in rooms] == [["1772367000", "1772367000"]] * 2
    assert (group["session_end_time"], group["duration"]) == ("1772367000", "0")
    assert (told["session_end_time"], told["duration"]) == ("2026-03-01T12:10:00Z", 0)
    assert (ended["session_end_time"], ended["duration"]) == ("1772374200", "7200")


STRAYS = replace(
    WORLD,
    presences=(
        Presence("", "ada", NOON, NOON + 30 * MINUTE, (Span(NOON, NOON + 60),), entry_id="1_room"),
        Presence("", "bob", NOON, NOON + 15 * MINUTE, (), entry_id="1_room"),
    ),
)


@pytest.mark.parametrize(
    ("missing", "printed", "host"),
    [("", "", ""), ("0", "0", ""), ("Unknown", "Unknown", "Unknown"), ("Error", "Error", "Error")],
)
def test_given_people_without_a_session_when_asked_then_the_cue_point_is_zero(
    sandbox: Sandbox, missing: str, printed: str, host: str
) -> None:
    sandbox.world = STRAYS
    sandbox.dialect = Dialect(missing_time=missing)
    body = ask(sandbox, 6000, NOON, NOON + DAY).content.decode().partition("\n")[2]
    assert body == f'1_room,"Room",,0,{printed},{printed},{host},2,0.022222222222222\n'
    assert [
        (row["cue_point_id"], row["user_id"], row["meeting_view_time"])
        for row in rows_of(ask(sandbox, 6001, NOON, NOON + DAY))
    ] == [("0", "ada", "30"), ("0", "bob", "15")]


def test_given_people_without_a_session_when_asked_for_by_cue_point_then_none(
    sandbox: Sandbox,
) -> None:
    sandbox.world = STRAYS
    for cue_points in ("0", "1_session", "0,1_session"):
        answer = ask(sandbox, 6001, NOON, NOON + DAY, also=f"cue_point_ids={cue_points}")
        assert rows_of(answer) == []
    by_room = ask(sandbox, 6001, NOON, NOON + DAY, also="entry_ids=1_room;user_ids=bob")
    assert [row["user_id"] for row in rows_of(by_room)] == ["bob"]


def test_given_people_without_a_session_when_told_then_apart_from_sessions(
    sandbox: Sandbox,
) -> None:
    sandbox.world = STRAYS
    assert sandbox.truth("attendees", NOON - DAY, NOON + DAY) == []
    assert sandbox.truth("rooms", NOON, NOON + 10 * MINUTE, without_session=True) == [
        {
            "entry_id": "1_room",
            "entry_name": "Room",
            "parent_entry_id": None,
            "cue_point_id": "",
            "session_start_time": None,
            "session_end_time": None,
            "session_host_user_id": None,
            "meeting_view_period_unique_users": 2,
            "meeting_engaged_play_time_ratio": 0.05,
        }
    ]
    bob = sandbox.truth("attendees", NOON, NOON + DAY, {"user_ids": ["bob"]}, without_session=True)
    assert bob == [
        {
            "entry_id": "1_room",
            "cue_point_id": "",
            "user_id": "bob",
            "user_name": None,
            "user_email": None,
            "user_type": "Guest",
            "meeting_view_time": 15.0,
            "meeting_engaged_play_time_ratio": 0.0,
            "session_start_time": None,
        }
    ]


def test_given_two_rooms_with_one_cue_point_when_asked_then_two_sessions() -> None:
    world = World(
        (ROOM, Room("1_breakout", "Breakout", parent_entry_id="1_room")),
        (SESSION, Session("1_session", "1_breakout", START + 60 * MINUTE, END)),
        (
            Presence("1_session", "ada", START, END, entry_id="1_room"),
            Presence("1_session", "ada", START + 60 * MINUTE, END, entry_id="1_breakout"),
        ),
    )
    with Sandbox(world, now=NOON + DAY) as sandbox:
        shown = rows_of(ask(sandbox, 6001, NOON, NOON + DAY, also="cue_point_ids=1_session"))
        told = sandbox.truth("attendees", NOON, NOON + DAY)
    assert [(row["entry_id"], row["meeting_view_time"]) for row in shown] == [
        ("1_room", "120"),
        ("1_breakout", "60"),
    ]
    assert [(row["entry_id"], row["session_start_time"]) for row in told] == [
        ("1_room", "2026-03-01T12:10:00Z"),
        ("1_breakout", "2026-03-01T13:10:00Z"),
    ]


def test_given_a_shared_cue_point_when_a_stay_names_no_room_then_refused() -> None:
    world = replace(WORLD, sessions=(SESSION, replace(SESSION, entry_id="1_breakout")))
    with pytest.raises(KeyError, match="entry_id"):
        world.presences_of(SESSION)
