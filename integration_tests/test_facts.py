"""What `kaltura-rooms-facts` finds out about sessions and people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from integration_tests.facts import HOUR, LECTURE, MIDNIGHT, MINUTE, NOON, WORLD, facts_of
from integration_tests.facts import sandbox as sandbox
from integration_tests.sandbox import Presence, Room, Sandbox, Session, User, World


def test_given_two_sessions_when_asked_then_these_are_the_facts(sandbox: Sandbox) -> None:
    facts, _ = facts_of(sandbox, "--days", "4")

    for report in facts["reports"].values():
        for answer in report["answers"]:
            assert 0 <= answer.pop("seconds") < 60
    assert facts == {
        "days": 4,
        "reports": {
            "rooms": {
                "report": 6000,
                "answers": [
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 2},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                ],
                "header": [
                    "entry_id",
                    "entry_name",
                    "parent_entry_id",
                    "cue_point_id",
                    "session_start_time",
                    "session_end_time",
                    "session_host_user_id",
                    "meeting_view_period_unique_users",
                    "meeting_engaged_play_time_ratio",
                ],
                "unknown_columns": [],
                "most_rows": 2,
                "possible_cap": None,
                "rows_with_the_key_of_another": 0,
                "rows_without_cue_point": 0,
                "excluded_columns_are_left_out": True,
                "limit_has_effect": True,
                "dates_have_effect": True,
                "empty_answer": "header",
            },
            "attendees": {
                "report": 6001,
                "answers": [
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 3},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                ],
                "header": [
                    "entry_id",
                    "cue_point_id",
                    "user_id",
                    "user_name",
                    "user_email",
                    "user_type",
                    "meeting_view_time",
                    "meeting_engaged_play_time_ratio",
                ],
                "unknown_columns": [],
                "most_rows": 3,
                "possible_cap": None,
                "rows_with_the_key_of_another": 0,
                "rows_without_cue_point": 0,
                "excluded_columns_are_left_out": True,
                "limit_has_effect": True,
                "dates_have_effect": True,
                "empty_answer": "header",
            },
            "breakouts": {
                "report": 6002,
                "answers": [
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                ],
                "header": [
                    "parent_entry_id",
                    "parent_entry_name",
                    "breakout_entry_id",
                    "breakout_entry_name",
                    "cue_point_id",
                    "session_initiator",
                    "session_start_time",
                    "session_end_time",
                    "duration",
                    "participant_count",
                    "engagement_rate",
                ],
                "unknown_columns": [],
                "most_rows": 0,
                "possible_cap": None,
                "rows_with_the_key_of_another": 0,
                "rows_without_cue_point": 0,
                "excluded_columns_are_left_out": None,
                "limit_has_effect": None,
                "dates_have_effect": None,
                "empty_answer": "header",
            },
        },
        "user_types": ["Guest", "User"],
        "sessions": {
            "listed": 2,
            "without_start": 0,
            "with_the_cue_point_of_another_room": 0,
            "share_whose_end_is_their_start": 0.0,
            "share_whose_end_is_their_start_after_a_day": 0.0,
            "hours_since_the_newest_began": 35.8,
        },
        "analytics_unit": {
            "unit": "hour",
            "minutes": [
                {"from_the_minute": 0.0, "from_the_hour": 100.0},
                {"from_the_minute": 0.0, "from_the_hour": 50.0},
            ],
        },
        "events_outside_sessions": {
            "hours_asked_for_before": 1,
            "sessions_with_events_before_their_start": 0,
            "hours_asked_for_after": 1,
            "sessions_with_events_after_their_end": 0,
        },
        "cue_point_ids_have_effect": True,
        "requests": 25,
    }


@pytest.mark.parametrize(
    ("seconds", "unit", "from_the_minute"),
    [(3_600, "hour", 0.0), (60, "minute", 100.0), (1, "minute", 100.0)],
)
def test_given_a_unit_of_analytics_when_asked_then_the_hour_is_told_from_a_finer_one(
    sandbox: Sandbox, seconds: int, unit: str, from_the_minute: float
) -> None:
    sandbox.faults.aggregation_seconds = seconds

    facts, said = facts_of(sandbox)

    assert facts["analytics_unit"]["unit"] == unit
    assert facts["analytics_unit"]["minutes"][0] == {
        "from_the_minute": from_the_minute,
        "from_the_hour": 100.0,
    }
    assert f"analytics are kept by the hour or the minute: {unit}" in said


def test_given_who_waits_and_lingers_when_asked_then_they_are_seen_outside_their_session(
    sandbox: Sandbox,
) -> None:
    early_and_late = Presence(
        "1_lecture", "dan", LECTURE.start - 40 * MINUTE, LECTURE.end + 50 * MINUTE
    )
    sandbox.world = replace(WORLD, presences=(*WORLD.presences, early_and_late))

    facts, _ = facts_of(sandbox)

    assert facts["events_outside_sessions"] == {
        "hours_asked_for_before": 1,
        "sessions_with_events_before_their_start": 1,
        "hours_asked_for_after": 1,
        "sessions_with_events_after_their_end": 1,
    }


def test_given_removed_people_when_asked_then_blank_types_and_equal_keys_are_counted(
    sandbox: Sandbox,
) -> None:
    sandbox.world = replace(
        WORLD,
        users=(*WORLD.users, User("bob", is_removed=True), User("dan", is_removed=True)),
        presences=(*WORLD.presences, Presence("1_lecture", "dan", LECTURE.start, LECTURE.end)),
    )

    facts, _ = facts_of(sandbox)

    assert facts["user_types"] == ["", "Guest", "User"]
    assert facts["reports"]["attendees"]["rows_with_the_key_of_another"] == 2


def test_given_rooms_that_share_a_cue_point_when_asked_then_they_are_counted(
    sandbox: Sandbox,
) -> None:
    breakout = Session("1_lecture", "1_group", LECTURE.start, LECTURE.end)
    sandbox.world = World(
        rooms=(*WORLD.rooms, Room("1_group", "Group", parent_entry_id="1_hall")),
        sessions=(LECTURE, breakout),
        presences=(
            Presence("1_lecture", "ada", LECTURE.start, LECTURE.end, entry_id="1_hall"),
            Presence("1_lecture", "bob", LECTURE.start, LECTURE.end, entry_id="1_group"),
        ),
    )

    facts, _ = facts_of(sandbox)

    assert facts["sessions"]["listed"] == 2
    assert facts["sessions"]["with_the_cue_point_of_another_room"] == 2


def test_given_people_without_a_session_when_asked_then_their_rows_are_counted(
    sandbox: Sandbox,
) -> None:
    stray = Presence("", "dan", NOON, NOON + HOUR, entry_id="1_hall")
    sandbox.world = replace(WORLD, presences=(*WORLD.presences, stray))

    facts, _ = facts_of(sandbox)

    assert facts["reports"]["rooms"]["rows_without_cue_point"] == 1
    assert facts["reports"]["attendees"]["rows_without_cue_point"] == 1
    assert facts["sessions"]["listed"] == 2


def test_given_sessions_that_run_when_asked_then_their_end_is_their_start(sandbox: Sandbox) -> None:
    running = Session("1_night", "1_hall", MIDNIGHT - HOUR, MIDNIGHT + HOUR)
    stay = Presence("1_night", "ada", running.start, running.end)
    sandbox.world = World(
        WORLD.rooms, (*WORLD.sessions, running), (*WORLD.presences, stay), WORLD.users
    )

    facts, _ = facts_of(sandbox)

    assert facts["sessions"] == {
        "listed": 3,
        "without_start": 0,
        "with_the_cue_point_of_another_room": 0,
        "share_whose_end_is_their_start": 0.333,
        "share_whose_end_is_their_start_after_a_day": 0.0,
        "hours_since_the_newest_began": 1.0,
    }
