"""Rows of one answer with the same primary key become one row."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS, ROOMS, SessionReport
from source_kaltura_rooms.retrieval.merging import merge_equal_keys
from unit_tests.rows import rows_of

ATTENDEE = (
    "entry_id",
    "cue_point_id",
    "user_id",
    "user_name",
    "meeting_view_time",
    "meeting_engaged_play_time_ratio",
)
ROOM = ("entry_id", "cue_point_id", "meeting_view_period_unique_users")


def merged(report: SessionReport, *tables: Table) -> list[list[str]]:
    return [row for table in merge_equal_keys(report, tables).tables for row in rows_of(table)]


def people(*rows: tuple[str, str, str]) -> Table:
    """Rows of one person: the name, the minutes and the ratio."""
    return RowTable(ATTENDEE, [["1_a", "1_c", "ada", *row] for row in rows])


def test_given_different_keys_when_merged_then_the_tables_stay_as_they_are() -> None:
    table = RowTable(ROOM, [["1_a", "1_c", "1"], ["1_b", "1_c", "2"]])

    result = merge_equal_keys(ROOMS, [RowTable((), []), table])

    assert result.tables == (table,)
    assert result.tables[0] is table
    assert result.rows == 0


def test_given_no_rows_when_merged_then_there_is_nothing() -> None:
    result = merge_equal_keys(ROOMS, [RowTable((), []), RowTable(ROOM, [])])

    assert (result.tables, result.rows) == ((), 0)


def test_given_two_sessions_with_one_key_when_merged_then_the_one_with_most_people_stays() -> None:
    table = RowTable(
        ROOM,
        [["1_a", "1_c", "9"], ["1_b", "1_c", "4"], ["1_a", "1_c", "10"], ["1_a", "1_c", "10.0"]],
    )

    result = merge_equal_keys(ROOMS, [table])

    assert merged(ROOMS, table) == [["1_b", "1_c", "4"], ["1_a", "1_c", "10"]]
    assert result.rows == 2


def test_given_one_cue_point_in_two_rooms_when_merged_then_both_stay() -> None:
    table = RowTable(ROOM, [["1_a", "1_c", "9"], ["1_b", "1_c", "4"]])

    assert merged(ROOMS, table) == [["1_a", "1_c", "9"], ["1_b", "1_c", "4"]]


def test_given_breakouts_with_one_key_when_merged_then_their_own_number_of_people_decides() -> None:
    columns = ("breakout_entry_id", "cue_point_id", "participant_count")
    table = RowTable(columns, [["1_a", "1_c", "2"], ["1_a", "1_c", "3"]])

    assert merged(BREAKOUTS, table) == [["1_a", "1_c", "3"]]


def test_given_one_key_in_two_answers_when_merged_then_its_rows_are_added_up() -> None:
    result = merge_equal_keys(
        ATTENDEES, [people(("Ada", "10", "1")), people(("ADA", "30", "0.5")), people()]
    )

    assert [rows_of(table) for table in result.tables] == [
        [["1_a", "1_c", "ada", "ADA", "40", "0.625"]]
    ]
    assert result.rows == 1


def test_given_answers_with_columns_in_another_order_when_merged_then_values_stay_in_theirs() -> (
    None
):
    first = RowTable(ROOM, [["1_a", "1_c", "1"]])
    second = RowTable((ROOM[2], ROOM[1], ROOM[0]), [["2", "1_c", "1_a"]])

    assert merged(ROOMS, first, second) == [["1_a", "1_c", "2"]]


def test_given_a_column_that_one_answer_lacks_when_merged_then_it_is_blank_there() -> None:
    first = RowTable(ROOM[:2], [["1_a", "1_c"], ["1_b", "1_c"]])
    second = RowTable(ROOM, [["1_b", "1_c", "2"], ["1_d", "1_c", "3"], ["1_d", "1_c", "1"]])
    third = RowTable(ROOM[:2], [["1_a", "1_c"]])

    assert merged(ROOMS, first, second, third) == [
        ["1_a", "1_c", ""],
        ["1_b", "1_c", "2"],
        ["1_d", "1_c", "3"],
    ]


def test_given_minutes_with_fractions_when_added_up_then_the_sum_is_exact() -> None:
    assert merged(ATTENDEES, people(("Ada", "0.1", ""), ("Ada", "0.2", "")))[0][4] == "0.3"
    assert merged(ATTENDEES, people(("Ada", "60", ""), ("Ada", "40", "")))[0][4] == "100"


def test_given_equal_minutes_when_merged_then_the_other_columns_are_those_of_the_first() -> None:
    assert merged(ATTENDEES, people(("First", "5", ""), ("Second", "5.0", "")))[0][3] == "First"


def test_given_the_most_minutes_in_a_later_row_when_merged_then_its_other_columns_stay() -> None:
    rows = merged(ATTENDEES, people(("First", "9", ""), ("Second", "10", ""), ("Third", "1", "")))

    assert rows[0][3:5] == ["Second", "20"]


@pytest.mark.parametrize(
    ("rows", "ratio"),
    [
        pytest.param([("A", "30", "1"), ("B", "10", "0")], "0.75", id="weighted_by_minutes"),
        pytest.param([("A", "30", "1"), ("B", "10", "")], "0.75", id="none_counts_as_0"),
        pytest.param([("A", "30", "NaN"), ("B", "10", "1")], "0.25", id="of_the_largest_row"),
        pytest.param([("A", "30", ""), ("B", "10", "NaN")], "", id="none_at_all"),
        pytest.param([("A", "0", "0.5"), ("B", "0", "1")], "0.5", id="no_minutes"),
    ],
)
def test_given_ratios_when_merged_then_they_are_weighted_by_minutes(
    rows: list[tuple[str, str, str]], ratio: str
) -> None:
    assert merged(ATTENDEES, people(*rows))[0][5] == ratio


@pytest.mark.parametrize("text", ["", "NaN", "Unknown", "Error", "soon"])
def test_given_minutes_that_are_no_number_when_merged_then_they_count_as_0(text: str) -> None:
    assert merged(ATTENDEES, people(("A", text, "1"), ("B", "4", "0.5")))[0][4:] == ["4", "0.5"]


def test_given_an_answer_without_minutes_when_merged_then_the_first_row_stays() -> None:
    columns = ("entry_id", "cue_point_id", "user_id", "user_name")
    table = RowTable(columns, [["1_a", "1_c", "", "First"], ["1_a", "1_c", "", "Second"]])

    assert merged(ATTENDEES, table) == [["1_a", "1_c", "", "First"]]


def test_given_an_answer_without_ratios_when_merged_then_minutes_are_added_up() -> None:
    columns = ("entry_id", "cue_point_id", "user_id", "meeting_view_time")
    table = RowTable(columns, [["1_a", "1_c", "", "1"], ["1_a", "1_c", "", "2"]])

    assert merged(ATTENDEES, table) == [["1_a", "1_c", "", "3"]]


def test_given_3_000_rows_of_which_some_repeat_when_merged_then_all_that_went_in_are_counted() -> (
    None
):
    """More than one batch of rows: repetitions count wherever they stand."""
    rows = [["1_a", f"1_{number % 2_500}", "1"] for number in range(3_000)]

    result = merge_equal_keys(ROOMS, [RowTable(ROOM, rows)])

    assert result.rows == 500
    assert sum(map(len, result.tables)) == 2_500
