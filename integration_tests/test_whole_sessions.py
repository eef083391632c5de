"""Sessions stay whole, and people one, whenever syncs happen: figures worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.busy_world import DAY, HOUR, MINUTE, START
from integration_tests.connector import Warehouse, configured_catalog, in_order
from integration_tests.in_process import Waits, sync, without_waiting
from integration_tests.sandbox import Presence, Room, Sandbox, Session, User, World, rfc3339

DAY_2 = START + DAY  # 2026-02-02T00:00:00Z
LESSON = Session("1_lesson", "1_room", DAY_2 + 10 * HOUR, DAY_2 + 11 * HOUR, host_user_id="ada")


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with without_waiting() as waits:
        yield waits


def world_of(*presences: Presence, users: tuple[User, ...] = ()) -> World:
    return World(
        rooms=(Room("1_room", "Room"),), sessions=(LESSON,), presences=presences, users=users
    )


def stay(user_id: str, *, early: int = 0, late: int = 0, session: str = "1_lesson") -> Presence:
    """Somebody who comes so many minutes before the lesson and stays so many after it."""
    return Presence(session, user_id, LESSON.start - early * MINUTE, LESSON.end + late * MINUTE)


def read(sandbox: Sandbox, warehouse: Warehouse, now: int, **more: Any) -> None:
    sandbox.now = now
    config = sandbox.config(**{"start_date": rfc3339(START), "end_date": rfc3339(now), **more})
    outcome = sync(config, configured_catalog(), warehouse.states)
    assert outcome.errors == []
    warehouse.take(outcome.messages)


@pytest.mark.parametrize("lookback_days", [0, 2])
def test_given_syncs_at_23_past_every_hour_when_a_day_is_over_then_every_session_is_whole(
    lookback_days: int,
) -> None:
    """Analytics are kept by the hour; a request from 10:23 on would miss what came before 11."""
    world = world_of(
        stay("early", early=40), stay("late", late=20), stay("both", early=40, late=20)
    )
    warehouse = Warehouse()
    with Sandbox(world, now=START) as sandbox:
        hours = range(1, 4 * 24) if lookback_days else [1, 33, 36, 60]  # none while somebody is in
        for hour in hours:
            now = START + hour * HOUR + 23 * MINUTE
            read(sandbox, warehouse, now, lookback_window_days=lookback_days)

        assert {
            row["user_id"]: row["meeting_view_time"] for row in warehouse.rows("attendees")
        } == {
            "early": 100.0,
            "late": 80.0,
            "both": 120.0,
        }
        (room,) = warehouse.rows("rooms")
        assert room["meeting_view_period_unique_users"] == 3


def test_given_people_who_stay_on_when_read_by_session_then_all_their_minutes_count() -> None:
    begin = START + 10 * HOUR
    sessions = [Session(f"1_s{n}", "1_room", begin, begin + HOUR, "ada") for n in range(2)]
    world = World(
        rooms=(Room("1_room", "Room"),),
        sessions=sessions,
        presences=[
            Presence(one.cue_point_id, f"user{n}", one.start, one.end + 20 * MINUTE)
            for one in sessions
            for n in range(200)
        ],
    )
    warehouse = Warehouse()
    with Sandbox(world, now=START) as sandbox:
        sandbox.faults.most_rows = 299

        read(sandbox, warehouse, START + 4 * DAY)

        rows = warehouse.rows("attendees")
        assert len(rows) == 400
        assert [row["meeting_view_time"] for row in rows] == [80.0] * 400
        assert any("cue_point_ids" in one.params for one in sandbox.requests)


def test_given_a_guest_who_signs_up_between_two_syncs_when_read_again_then_there_is_one_row() -> (
    None
):
    user = User("eve", "Eve", "eve@uni.example", is_guest_until=DAY_2 + 18 * HOUR)
    warehouse = Warehouse()
    with Sandbox(world_of(stay("eve"), users=(user,)), now=START) as sandbox:
        read(sandbox, warehouse, DAY_2 + 12 * HOUR)
        assert [row["user_type"] for row in warehouse.rows("attendees")] == ["Guest"]

        read(sandbox, warehouse, DAY_2 + 20 * HOUR)

        assert [row["user_type"] for row in warehouse.rows("attendees")] == ["User"]


def test_given_people_whose_record_is_gone_when_read_then_their_minutes_are_added_up() -> None:
    users = tuple(User(name, name, is_removed=True) for name in ("fay", "gus", "hal"))
    world = world_of(stay("fay"), stay("gus", late=20), stay("hal", early=15), users=users)
    warehouse = Warehouse()
    with Sandbox(world, now=START) as sandbox:
        read(sandbox, warehouse, START + 4 * DAY)

        (row,) = warehouse.rows("attendees")
        assert row["user_id"] == ""
        assert row["meeting_view_time"] == 60 + 80 + 75


def test_given_people_without_a_session_when_an_answer_is_split_then_their_rows_are_there() -> None:
    """Their cue point is 0, which is no value, and an empty text since it is part of the key."""
    alone = Presence("", "ivy", LESSON.start, LESSON.start + 30 * MINUTE, entry_id="1_room")
    world = world_of(*(stay(f"user{n:03}") for n in range(499)), alone)
    warehouse = Warehouse()
    with Sandbox(world, now=START) as sandbox:
        read(sandbox, warehouse, START + 4 * DAY)

        rows = warehouse.rows("attendees")
        assert len(rows) == 500
        assert any("cue_point_ids" in one.params for one in sandbox.requests)
        (row,) = (one for one in rows if one["user_id"] == "ivy")
        assert row["cue_point_id"] == ""
        assert "session_start_time" not in row
        assert row["meeting_view_time"] == 30.0


def test_given_a_session_that_6000_does_not_list_when_read_from_within_then_it_is_whole() -> None:
    night = Session("1_night", "1_room", DAY_2 + 18 * HOUR, DAY_2 + 26 * HOUR, host_user_id="ada")
    guest = Presence("1_night", "joe", night.start, night.end)
    world = World(rooms=(Room("1_room", "Room"),), sessions=(night,), presences=(guest,))
    warehouse = Warehouse()
    with Sandbox(world, now=START) as sandbox:
        sandbox.faults.unlisted_sessions = {"1_night"}
        for now in (DAY_2 + 30 * HOUR, DAY_2 + 3 * DAY, DAY_2 + 4 * DAY + 23 * MINUTE):
            read(sandbox, warehouse, now)
            rows = in_order("attendees", warehouse.rows("attendees"))
            assert [row["meeting_view_time"] for row in rows] == [480.0]


def test_given_two_rooms_with_one_cue_point_when_read_then_attendees_have_their_own_start() -> None:
    group = Session("1_lesson", "1_group", LESSON.start + 20 * MINUTE, LESSON.end, "ada")
    world = World(
        rooms=(Room("1_room", "Room"), Room("1_group", "Group", "1_room")),
        sessions=(LESSON, group),
        presences=(
            Presence("1_lesson", "kim", LESSON.start, LESSON.end, entry_id="1_room"),
            Presence("1_lesson", "kim", group.start, group.end, entry_id="1_group"),
        ),
    )
    warehouse = Warehouse()
    with Sandbox(world, now=START) as sandbox:
        # A start_date between the two starts: the room's session is not read, the group's is whole.
        read(sandbox, warehouse, START + 4 * DAY, start_date="2026-02-02T10:10:00Z")

        assert [
            (row["entry_id"], row["session_start_time"], row["meeting_view_time"])
            for row in warehouse.rows("attendees")
        ] == [("1_group", "2026-02-02T10:20:00Z", 40.0)]
