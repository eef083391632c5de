"""One answer of each report as raw bytes, made by hand after what the server sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from source_kaltura_rooms.kaltura.report_csv import read_table
from source_kaltura_rooms.reports import REPORTS, column_types
from unit_tests.rows import rows_of

GOLDEN = Path(__file__).parent / "golden"

ROOMS = [
    [
        "1_room0001",
        '"Intro" to X',
        "",
        "1_cue00001",
        "1770109200",
        "1770114600",
        "ada@example.com",
        "12",
        "0.33333333333333",
    ],
    [
        "1_room0002",
        '"Algebra  part 2',
        "",
        "1_cue00002",
        "1770247800",
        "1770252300",
        "bob",
        "100000",
        "1.0E-5",
    ],
    ["1_room0003", "Zoë's room 数学 🎓", "", "1_cue00003", "1770300000", "0", "", "0", "NaN"],
    [
        "1_room0004",
        "Week one\nand two",
        "1_room0001",
        "1_cue00004",
        "1770300000",
        "1770303600",
        "eve",
        "1",
        "",
    ],
    ["1_room0005", "", "", "", "0", "", "", "", "1"],
]

ATTENDEES = [
    [
        "1_room0001",
        "1_cue00001",
        "ada@example.com",
        'Ada "the first" Lovelace',
        "ada@example.com",
        "moderator",
        "90",
        "1",
    ],
    ["1_room0001", "1_cue00001", "bob", "Bob", "", "attendee", "44.816666666667", "0.25"],
    ["1_room0001", "1_cue00001", "bob", "Bob", "", "moderator", "0.5", "NaN"],
    ["1_room0002", "1_cue00002", "", "", "", "guest", "1.0E-5", ""],
    [
        "1_room0003",
        "1_cue00003",
        "zoë",
        "Zoë 数学  PhD",
        "zoe@example.com",
        "attendee",
        "60",
        "0.33333333333333",
    ],
    ["1_room0009", "1_cue00009", "eve", "Eve", "eve@example.com", "attendee", "3", "0"],
]

BREAKOUTS = [
    [
        "1_room0001",
        '"Intro" to X',
        "1_break001",
        'Group "A"',
        "1_cue00101",
        "Ada Lovelace",
        "1770110100",
        "1770111610",
        "1510",
        "4",
        "0.87",
    ],
    [
        "1_room0001",
        '"Intro" to X',
        "1_break002",
        "Group\nB",
        "1_cue00102",
        "Ada Lovelace",
        "1770110100",
        "1770111610",
        "1510",
        "0",
        "",
    ],
    [
        "1_room0003",
        "Zoë's room 数学 🎓",
        "1_break003",
        '"Unpaired',
        "1_cue00103",
        "zoë",
        "1770300000",
        "",
        "",
        "1",
        "NaN",
    ],
]

COLUMNS = {
    "rooms": (
        "entry_id",
        "entry_name",
        "parent_entry_id",
        "cue_point_id",
        "session_start_time",
        "session_end_time",
        "session_host_user_id",
        "meeting_view_period_unique_users",
        "meeting_engaged_play_time_ratio",
    ),
    "attendees": (
        "entry_id",
        "cue_point_id",
        "user_id",
        "user_name",
        "user_email",
        "user_type",
        "meeting_view_time",
        "meeting_engaged_play_time_ratio",
    ),
    "breakouts": (
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
    ),
}


@pytest.mark.parametrize(
    ("stream", "rows"),
    [
        pytest.param("rooms", ROOMS, id="rooms"),
        pytest.param("attendees", ATTENDEES, id="attendees"),
        pytest.param("breakouts", BREAKOUTS, id="breakouts"),
    ],
)
def test_given_an_answer_as_the_server_sends_it_when_read_then_its_rows_are_these(
    stream: str, rows: list[list[str]]
) -> None:
    body = (GOLDEN / f"{stream}.csv").read_bytes()

    table = read_table(body, column_types(stream), REPORTS[stream].required_columns)

    assert table.columns == COLUMNS[stream]
    assert rows_of(table) == rows


def test_given_a_report_when_listed_then_it_has_a_golden_answer() -> None:
    assert {path.stem for path in GOLDEN.glob("*.csv")} == {"rooms", "attendees", "breakouts"}
    assert set(REPORTS) == {"rooms", "attendees", "breakouts"}
