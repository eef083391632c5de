"""Each stream from its golden answer: what is asked of Kaltura, and the records that come out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from requests_mock import Mocker

from unit_tests.reading import read, serve
from unit_tests.stand_ins import forms_of

GOLDEN = Path(__file__).parent / "golden"
STREAMS = {"6000": "rooms", "6001": "attendees", "6002": "breakouts"}
WINDOW = "from_date=1769900400;to_date=1770598800"  # an hour before, a day and an hour after


def golden(form: Mapping[str, str]) -> bytes:
    return (GOLDEN / f"{STREAMS[form['id']]}.csv").read_bytes()


def requests_of(mocker: Mocker) -> list[dict[str, str]]:
    """The forms without what is the same in each."""
    same = {"ks": "djJ8MTIzfO+/kl==", "format": "1"}
    forms = forms_of(mocker)
    assert all(same.items() <= form.items() for form in forms)
    return [{key: one for key, one in form.items() if key not in same} for form in forms]


def test_given_the_golden_rooms_when_read_then_these_records_come_out(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, golden)

    outcome = read("rooms")

    assert requests_of(requests_mock) == [{"id": "6000", "params": WINDOW}]
    assert outcome.records("rooms") == [
        {
            "entry_id": "1_room0001",
            "entry_name": '"Intro" to X',
            "parent_entry_id": None,
            "cue_point_id": "1_cue00001",
            "session_start_time": "2026-02-03T09:00:00Z",
            "session_end_time": "2026-02-03T10:30:00Z",
            "session_host_user_id": "ada@example.com",
            "meeting_view_period_unique_users": 12,
            "meeting_engaged_play_time_ratio": 0.33333333333333,
        },
        {
            "entry_id": "1_room0002",
            "entry_name": '"Algebra  part 2',
            "parent_entry_id": None,
            "cue_point_id": "1_cue00002",
            "session_start_time": "2026-02-04T23:30:00Z",
            "session_end_time": "2026-02-05T00:45:00Z",
            "session_host_user_id": "bob",
            "meeting_view_period_unique_users": 100_000,
            "meeting_engaged_play_time_ratio": 0.00001,
        },
        {
            "entry_id": "1_room0003",
            "entry_name": "Zoë's room 数学 🎓",
            "parent_entry_id": None,
            "cue_point_id": "1_cue00003",
            "session_start_time": "2026-02-05T14:00:00Z",
            "session_end_time": None,
            "session_host_user_id": None,
            "meeting_view_period_unique_users": 0,
            "meeting_engaged_play_time_ratio": None,
        },
        {
            "entry_id": "1_room0004",
            "entry_name": "Week one\nand two",
            "parent_entry_id": "1_room0001",
            "cue_point_id": "1_cue00004",
            "session_start_time": "2026-02-05T14:00:00Z",
            "session_end_time": "2026-02-05T15:00:00Z",
            "session_host_user_id": "eve",
            "meeting_view_period_unique_users": 1,
            "meeting_engaged_play_time_ratio": None,
        },
        {
            "entry_id": "1_room0005",
            "entry_name": None,
            "parent_entry_id": None,
            "cue_point_id": "",
            "session_start_time": None,
            "session_end_time": None,
            "session_host_user_id": None,
            "meeting_view_period_unique_users": None,
            "meeting_engaged_play_time_ratio": 1.0,
        },
    ]
    assert set(outcome.states("rooms")) == {"2026-02-07T23:59:59Z"}
    assert outcome.statuses("rooms") == ["STARTED", "RUNNING", "COMPLETE"]
    assert outcome.failures == []
    assert outcome.error is None


def test_given_the_golden_attendees_when_read_then_these_records_come_out(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, golden)

    outcome = read("attendees")

    # The two are asked for at the same time, and the sessions again, for one was not among them.
    *sessions, attendees = sorted(requests_of(requests_mock), key=lambda form: form["id"])
    assert [(form["id"], form["params"]) for form in sessions] == [("6000", WINDOW)] * 2
    assert (attendees["id"], attendees["params"]) == ("6001", WINDOW)
    assert "excludedFields" not in attendees
    assert set(sessions[0]["excludedFields"].split(",")) == {
        "entry_name",
        "parent_entry_id",
        "session_host_user_id",
        "meeting_view_period_unique_users",
        "meeting_engaged_play_time_ratio",
    }

    def attendee(
        number: int, user: str, role: str, minutes: float, start: str | None, **others: Any
    ) -> dict[str, Any]:
        return {
            "entry_id": f"1_room000{number}",
            "cue_point_id": f"1_cue0000{number}",
            "user_id": user,
            "user_name": None,
            "user_email": None,
            "user_type": role,
            "meeting_view_time": minutes,
            "meeting_engaged_play_time_ratio": None,
            "session_start_time": start,
            **others,
        }

    assert outcome.records("attendees") == [
        attendee(
            1,
            "ada@example.com",
            "moderator",
            90.0,
            "2026-02-03T09:00:00Z",
            user_name='Ada "the first" Lovelace',
            user_email="ada@example.com",
            meeting_engaged_play_time_ratio=1.0,
        ),
        attendee(
            1,
            "bob",
            "attendee",
            44.816666666667,
            "2026-02-03T09:00:00Z",
            user_name="Bob",
            meeting_engaged_play_time_ratio=0.25,
        ),
        attendee(1, "bob", "moderator", 0.5, "2026-02-03T09:00:00Z", user_name="Bob"),
        attendee(2, "", "guest", 0.00001, "2026-02-04T23:30:00Z"),
        attendee(
            3,
            "zoë",
            "attendee",
            60.0,
            "2026-02-05T14:00:00Z",
            user_name="Zoë 数学  PhD",
            user_email="zoe@example.com",
            meeting_engaged_play_time_ratio=0.33333333333333,
        ),
        # Report 6000 does not list this session.
        attendee(
            9,
            "eve",
            "attendee",
            3.0,
            None,
            user_name="Eve",
            user_email="eve@example.com",
            meeting_engaged_play_time_ratio=0.0,
        ),
    ]
    assert set(outcome.states("attendees")) == {"2026-02-07T23:59:59Z"}
    assert outcome.statuses("attendees") == ["STARTED", "RUNNING", "COMPLETE"]


def test_given_the_golden_breakouts_when_read_then_these_records_come_out(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, golden)

    outcome = read("breakouts")

    assert requests_of(requests_mock) == [
        {
            "id": "6002",
            "params": "from_date=1769900400;fromDate=1769900400;"
            "to_date=1770598800;toDate=1770598800",
        }
    ]
    assert outcome.records("breakouts") == [
        {
            "parent_entry_id": "1_room0001",
            "parent_entry_name": '"Intro" to X',
            "breakout_entry_id": "1_break001",
            "breakout_entry_name": 'Group "A"',
            "cue_point_id": "1_cue00101",
            "session_initiator": "Ada Lovelace",
            "session_start_time": "2026-02-03T09:15:00Z",
            "session_end_time": "2026-02-03T09:40:10Z",
            "duration": 1510,
            "participant_count": 4,
            "engagement_rate": 0.87,
        },
        {
            "parent_entry_id": "1_room0001",
            "parent_entry_name": '"Intro" to X',
            "breakout_entry_id": "1_break002",
            "breakout_entry_name": "Group\nB",
            "cue_point_id": "1_cue00102",
            "session_initiator": "Ada Lovelace",
            "session_start_time": "2026-02-03T09:15:00Z",
            "session_end_time": "2026-02-03T09:40:10Z",
            "duration": 1510,
            "participant_count": 0,
            "engagement_rate": None,
        },
        {
            "parent_entry_id": "1_room0003",
            "parent_entry_name": "Zoë's room 数学 🎓",
            "breakout_entry_id": "1_break003",
            "breakout_entry_name": '"Unpaired',
            "cue_point_id": "1_cue00103",
            "session_initiator": "zoë",
            "session_start_time": "2026-02-05T14:00:00Z",
            "session_end_time": None,
            "duration": None,
            "participant_count": 1,
            "engagement_rate": None,
        },
    ]
    assert set(outcome.states("breakouts")) == {"2026-02-07T23:59:59Z"}
    assert outcome.statuses("breakouts") == ["STARTED", "RUNNING", "COMPLETE"]
