"""The sandbox's ground truth and its generated university."""

from __future__ import annotations

import csv
import io

from integration_tests.sandbox import Dialect, Sandbox, university
from integration_tests.sandbox.truth import truth
from integration_tests.tiny_world import DAY, EVENING, MIDNIGHT, NEXT_DAY, TINY, ask


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
        "meeting_engaged_play_time_ratio": 0.4375,
    }
    group = {
        "entry_id": "1_breakout",
        "entry_name": "Group\n1",
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
        "user_type": "moderator",
        "meeting_view_time": 20.0,
        "meeting_engaged_play_time_ratio": None,
        "session_start_time": "2026-02-28T23:30:00Z",
    }
    rows = truth(TINY, "attendees", EVENING, MIDNIGHT, NEXT_DAY)
    assert [row["user_name"] for row in rows] == ['Ada "A." Lovelace \nCountess', None, None]
    assert rows[2] == bob
    assert list(rows[2]) == list(bob)


def test_given_the_tiny_world_when_breakouts_are_told_then_typed() -> None:
    group = {
        "parent_entry_id": "1_mainroom",
        "parent_entry_name": '"Intro" to X  part 1',
        "breakout_entry_id": "1_breakout",
        "breakout_entry_name": "Group\n1",
        "cue_point_id": "1_group001",
        "session_initiator": 'Ada "A." Lovelace  Countess',
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
    assert names == ['Ada "A." Lovelace,\nCountess', None, None]
    assert [row["user_id"] for row in bobs] == ["bob"] * 3


def test_given_a_padded_interval_when_cut_by_start_then_it_tells_the_truth() -> None:
    """Asking for a day more than wanted is how a client gets whole sessions."""
    start, end = MIDNIGHT - 2 * DAY, MIDNIGHT - DAY
    with Sandbox(
        university(until=MIDNIGHT), now=NEXT_DAY, dialect=Dialect(rfc4180=True)
    ) as sandbox:
        body = ask(sandbox, 6000, start, end + DAY).content.decode("utf-8-sig")
        naive = ask(sandbox, 6000, start, end).content.decode("utf-8-sig")
        expected = {
            (row["cue_point_id"], row["meeting_engaged_play_time_ratio"])
            for row in sandbox.truth("rooms", start, end)
        }

    def started(text: str) -> set[tuple[str, float]]:
        return {
            (row["cue_point_id"], float(row["meeting_engaged_play_time_ratio"]))
            for row in csv.DictReader(io.StringIO(text))
            if start <= int(row["session_start_time"]) < end
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
    breakouts = truth(world, "breakouts", 0, NEXT_DAY, NEXT_DAY + DAY)
    keys = [
        (row["entry_id"], row["cue_point_id"], row["user_id"], row["user_type"])
        for row in attendees
    ]
    assert len(set(keys)) == len(keys)
    assert len({key[:3] for key in keys}) < len(keys)
    assert any(row["user_id"] == "" for row in attendees)
    assert any(row["user_name"] is None for row in attendees)
    assert any(row["meeting_engaged_play_time_ratio"] is None for row in attendees)
    assert any("\n" in str(row["breakout_entry_name"]) for row in breakouts)
    assert any(room.name.startswith('"') for room in world.rooms)


def test_given_a_scale_when_generated_then_more_people_in_the_same_sessions() -> None:
    small, big = (university(until=MIDNIGHT, days=3, scale=scale) for scale in (1, 5))
    main_rooms = [
        [s.start for s in world.sessions if not world.room(s.entry_id).parent_entry_id]
        for world in (small, big)
    ]
    assert main_rooms[0] == main_rooms[1]
    assert len(big.presences) > 3 * len(small.presences)
