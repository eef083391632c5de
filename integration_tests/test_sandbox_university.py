"""The sandbox's ground truth and its generated university."""

from __future__ import annotations

import csv
import io
from collections import Counter

from integration_tests.sandbox import Dialect, Sandbox, university
from integration_tests.sandbox.truth import truth
from integration_tests.tiny_world import DAY, EVENING, MIDNIGHT, NEXT_DAY, TINY, ask, rows_of


def test_given_the_tiny_world_when_rooms_are_told_then_whole_sessions_by_their_start() -> None:
    lecture = {
        "entry_id": "1_mainroom",
        "entry_name": '"Intro" to X  part 1',
        "parent_entry_id": None,
        "cue_point_id": "1_lecture1",
        "session_start_time": "2026-02-28T23:30:00Z",
        "session_end_time": "2026-03-01T00:30:00Z",
        "session_host_user_id": "ada",
        "meeting_view_period_unique_users": 2,
        "meeting_engaged_play_time_ratio": 0.35,
    }
    group = {
        "entry_id": "1_breakout",
        "entry_name": "Group 1",
        "parent_entry_id": "1_mainroom",
        "cue_point_id": "1_group001",
        "session_start_time": "2026-03-01T00:00:00Z",
        "session_end_time": "2026-03-01T00:15:00Z",
        "session_host_user_id": "ada",
        "meeting_view_period_unique_users": 1,
        "meeting_engaged_play_time_ratio": 0.33333333333333,
    }
    assert truth(TINY, "rooms", EVENING, MIDNIGHT, NEXT_DAY) == [lecture]
    assert truth(TINY, "rooms", EVENING + 1, MIDNIGHT + 1, NEXT_DAY) == [group]


def test_given_the_tiny_world_when_attendees_are_told_then_with_their_sessions_start() -> None:
    bob = {
        "entry_id": "1_mainroom",
        "cue_point_id": "1_lecture1",
        "user_id": "bob",
        "user_name": None,
        "user_email": None,
        "user_type": "Guest",
        "meeting_view_time": 40.0,
        "meeting_engaged_play_time_ratio": 0.125,
        "session_start_time": "2026-02-28T23:30:00Z",
    }
    rows = truth(TINY, "attendees", EVENING, MIDNIGHT, NEXT_DAY)
    assert [row["user_name"] for row in rows] == ['Ada "A." Lovelace \nCountess', None]
    assert rows[1] == bob
    assert list(rows[1]) == list(bob)


def test_given_the_tiny_world_when_breakouts_are_told_then_typed() -> None:
    group = {
        "parent_entry_id": "1_mainroom",
        "parent_entry_name": '"Intro" to X  part 1',
        "breakout_entry_id": "1_breakout",
        "breakout_entry_name": "Group 1",
        "cue_point_id": "1_group001",
        "session_initiator": 'Ada "A." Lovelace \nCountess',
        "session_start_time": "2026-03-01T00:00:00Z",
        "session_end_time": "2026-03-01T00:15:00Z",
        "duration": 900,
        "participant_count": 1,
        "engagement_rate": 0.33333333333333,
    }
    assert truth(TINY, "breakouts", 0, NEXT_DAY, NEXT_DAY) == [group]


def test_given_another_dialect_or_filters_when_told_then_accordingly() -> None:
    with Sandbox(TINY, now=NEXT_DAY, dialect=Dialect(rfc4180=True)) as sandbox:
        names = [row["user_name"] for row in sandbox.truth("attendees", EVENING, MIDNIGHT)]
        bobs = sandbox.truth("attendees", EVENING, NEXT_DAY, {"user_ids": ["bob"]})
    assert names == ['Ada "A." Lovelace,\nCountess', None]
    assert [row["user_id"] for row in bobs] == ["bob"] * 2


def test_given_a_padded_interval_when_cut_by_start_then_it_tells_the_truth() -> None:
    """Asking from an hour before to a day after is how a client gets whole sessions."""
    start, end = MIDNIGHT - 2 * DAY, MIDNIGHT - DAY
    with Sandbox(
        university(until=MIDNIGHT), now=NEXT_DAY, dialect=Dialect(rfc4180=True)
    ) as sandbox:
        body = ask(sandbox, 6000, start - 3_600, end + DAY).content.decode("utf-8-sig")
        naive = ask(sandbox, 6000, start, end).content.decode("utf-8-sig")
        expected = {
            (row["cue_point_id"], row["meeting_engaged_play_time_ratio"])
            for row in sandbox.truth("rooms", start, end)
        }

    def started(text: str) -> set[tuple[str, float]]:
        return {
            (row["cue_point_id"], float(row["meeting_engaged_play_time_ratio"]))
            for row in csv.DictReader(io.StringIO(text))
            if row["cue_point_id"] != "0" and start <= int(row["session_start_time"]) < end
        }

    assert started(body) == expected
    assert started(naive) != expected


def test_given_the_same_seed_when_generated_then_the_same_world() -> None:
    world = university(until=MIDNIGHT)
    assert world == university(until=MIDNIGHT)
    assert world != university(until=MIDNIGHT, seed=2)


def test_given_a_later_end_when_generated_then_only_sessions_are_added() -> None:
    world = university(until=MIDNIGHT + 43_210, days=7)
    later = university(until=NEXT_DAY + 43_210, days=8)
    assert list(later.sessions)[: len(world.sessions)] == list(world.sessions)
    assert set(world.presences) < set(later.presences)


def test_given_a_month_when_generated_then_of_a_size_for_a_demo() -> None:
    world = university(until=MIDNIGHT)
    across_midnight = [s for s in world.sessions if s.start // DAY != (s.end - 1) // DAY]
    busiest = max(
        sum(s.start // DAY == day for s in world.sessions)
        for day in range(MIDNIGHT // DAY - 31, MIDNIGHT // DAY)
    )
    attendees = truth(world, "attendees", 0, NEXT_DAY, NEXT_DAY)
    assert 0.12 < len(across_midnight) / len(world.sessions) < 0.18
    assert busiest <= 60
    assert 5_000 < len(attendees) < 15_000
    assert max(s.end - s.start for s in world.sessions) < DAY


def test_given_a_month_when_generated_then_it_has_the_oddities() -> None:
    world = university(until=MIDNIGHT)
    attendees = truth(world, "attendees", 0, NEXT_DAY, NEXT_DAY + DAY)
    keys = [(row["entry_id"], row["cue_point_id"], row["user_id"]) for row in attendees]
    assert len(set(keys)) == len(keys)
    assert any(row["user_id"] == "" for row in attendees)
    assert any(row["user_name"] is None and row["user_id"] for row in attendees)
    assert any("\n" in str(row["user_name"]) for row in attendees)
    assert {row["user_type"] for row in attendees} == {"Guest", "User", None}
    assert any(row["meeting_engaged_play_time_ratio"] is None for row in attendees)
    assert any(room.name.startswith('"') for room in world.rooms)


def test_given_a_month_when_generated_then_some_come_early_or_stay_late() -> None:
    world = university(until=MIDNIGHT)
    stays = [(s, stay) for s in world.sessions for stay in world.presences_of(s)]
    early = [s.start - stay.enter for s, stay in stays if stay.enter < s.start]
    late = [stay.leave - s.end for s, stay in stays if stay.leave > s.end]
    assert 0.03 < len(early) / len(stays) < 0.15
    assert 0.03 < len(late) / len(stays) < 0.15
    assert 40 * 60 < max(early) <= 50 * 60
    assert 40 * 60 < max(late) <= 50 * 60


def test_given_a_month_when_generated_then_rows_of_one_session_may_share_a_key() -> None:
    """Several removed people have no id any more, and one person may have two records."""
    with Sandbox(university(until=MIDNIGHT), now=NEXT_DAY) as sandbox:
        rows = rows_of(ask(sandbox, 6001, MIDNIGHT - 32 * DAY, NEXT_DAY))
    keys = Counter((row["entry_id"], row["cue_point_id"], row["user_id"]) for row in rows)
    shared = {key[2] for key, count in keys.items() if count > 1}
    assert "" in shared
    assert len(shared) > 3


def test_given_a_month_when_generated_then_guests_sign_up_in_the_course_of_it() -> None:
    world = university(until=MIDNIGHT)
    types = [
        {row["user_id"]: row["user_type"] for row in truth(world, "attendees", 0, MIDNIGHT, now)}
        for now in (MIDNIGHT, NEXT_DAY + 2 * DAY)
    ]
    signed_up = {user_id for user_id in types[0] if types[0][user_id] != types[1][user_id]}
    assert signed_up
    assert all(str(user_id).startswith("newcomer") for user_id in signed_up if user_id)


def test_given_a_month_when_generated_then_some_breakouts_share_the_cue_point() -> None:
    world = university(until=MIDNIGHT)
    cue_points = Counter(session.cue_point_id for session in world.sessions)
    sessions = {(session.entry_id, session.cue_point_id) for session in world.sessions}
    assert set(cue_points.values()) == {1, 2}
    assert len(sessions) == len(world.sessions)


def test_given_a_month_when_generated_then_some_are_in_a_room_without_a_session() -> None:
    world = university(until=MIDNIGHT)
    rows = truth(world, "attendees", 0, MIDNIGHT, NEXT_DAY, without_session=True)
    assert len(rows) > 10
    assert {row["cue_point_id"] for row in rows} == {""}
    tidy = university(until=MIDNIGHT, without_session=False)
    assert truth(tidy, "attendees", 0, MIDNIGHT, NEXT_DAY, without_session=True) == []
    assert truth(tidy, "rooms", 0, MIDNIGHT, NEXT_DAY) == truth(
        world, "rooms", 0, MIDNIGHT, NEXT_DAY
    )


def test_given_a_scale_when_generated_then_more_people_in_the_same_sessions() -> None:
    small, big = (university(until=MIDNIGHT, days=3, scale=scale) for scale in (1, 5))
    main_rooms = [
        [s.start for s in world.sessions if not world.room(s.entry_id).parent_entry_id]
        for world in (small, big)
    ]
    assert main_rooms[0] == main_rooms[1]
    assert len(big.presences) > 3 * len(small.presences)
