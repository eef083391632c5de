"""What report 6000 tells of sessions: when they started and how many people were in them."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable
from source_kaltura_rooms.retrieval.sessions import SessionList
from source_kaltura_rooms.retrieval.windows import Window

COLUMNS = (
    "entry_id",
    "cue_point_id",
    "session_start_time",
    "meeting_view_period_unique_users",
)


def sessions(*answers: list[list[str]]) -> SessionList:
    held = SessionList()
    for rows in answers:
        held.add(RowTable(COLUMNS, rows))
    return held


def test_given_a_listed_session_when_asked_then_its_start_is_known() -> None:
    held = sessions([["1_a", "1_c", "100", "3"]])

    assert held.start_of(("1_a", "1_c")) == 100
    assert held.knows("1_c") is True


@pytest.mark.parametrize("start", ["", "0", "Unknown", "soon"])
def test_given_a_session_listed_without_a_start_when_asked_then_none_is_known(start: str) -> None:
    held = sessions([["1_a", "1_c", start, "3"]])

    assert held.start_of(("1_a", "1_c")) is None
    assert held.knows("1_c") is False


def test_given_two_rooms_that_share_a_cue_point_when_asked_then_each_has_its_own_start() -> None:
    held = sessions([["1_a", "1_c", "200", "3"], ["1_b", "1_c", "100", "3"]])

    assert held.start_of(("1_a", "1_c")) == 200
    assert held.start_of(("1_b", "1_c")) == 100


@pytest.mark.parametrize("starts", [["100", "200"], ["200", "100"]])
def test_given_a_cue_point_listed_with_other_rooms_alone_when_asked_then_the_earliest_counts(
    starts: list[str],
) -> None:
    held = sessions([["1_a", "1_c", starts[0], "3"], ["1_b", "1_c", starts[1], "3"]])

    assert held.start_of(("1_x", "1_c")) == 100


def test_given_a_room_without_a_start_when_another_has_its_cue_point_then_that_counts() -> None:
    held = sessions([["1_a", "1_c", "Unknown", "3"], ["1_b", "1_c", "100", "3"]])

    assert held.start_of(("1_a", "1_c")) == 100


@pytest.mark.parametrize("cue_point", ["", "0", "Unknown"])
def test_given_rows_without_a_cue_point_when_asked_then_they_have_no_start(cue_point: str) -> None:
    held = sessions([["1_a", cue_point, "100", "3"]])

    assert held.start_of(("1_a", cue_point)) is None
    assert held.knows(cue_point) is False
    assert held.ids_starting_in(Window(0, 1_000)) == []
    assert held.people_in(Window(0, 1_000)) == {}


def test_given_sessions_when_those_of_a_window_are_asked_for_then_they_come_by_start_and_once() -> (
    None
):
    held = sessions(
        [
            ["1_a", "1_late", "199", "1"],
            ["1_a", "1_before", "99", "1"],
            ["1_a", "1_after", "200", "1"],
            ["1_b", "1_late", "150", "1"],
        ],
        [["1_a", "1_first", "100", "1"]],
    )

    assert held.ids_starting_in(Window(100, 200)) == ["1_first", "1_late"]


def test_given_sessions_when_people_of_a_window_are_asked_for_then_each_room_has_its_own() -> None:
    held = sessions(
        [
            ["1_a", "1_c", "100", "3"],
            ["1_b", "1_c", "199", "4"],
            ["1_a", "1_before", "99", "5"],
            ["1_a", "1_after", "200", "6"],
        ]
    )

    assert held.people_in(Window(100, 200)) == {("1_a", "1_c"): 3, ("1_b", "1_c"): 4}


@pytest.mark.parametrize("count", ["0", "", "NaN", "Unknown", "-1"])
def test_given_no_number_of_people_when_asked_then_the_session_is_left_out(count: str) -> None:
    assert sessions([["1_a", "1_c", "100", count]]).people_in(Window(0, 1_000)) == {}


@pytest.mark.parametrize("counts", [["3", "8"], ["8", "3"]])
def test_given_a_session_in_two_answers_when_one_only_touches_it_then_the_larger_number_counts(
    counts: list[str],
) -> None:
    held = sessions([["1_a", "1_c", "100", counts[0]]], [["1_a", "1_c", "100", counts[1]]])

    assert held.people_in(Window(0, 1_000)) == {("1_a", "1_c"): 8}


def test_given_an_answer_without_the_number_of_people_when_added_then_starts_are_known() -> None:
    held = SessionList()
    held.add(RowTable(COLUMNS[:3], [["1_a", "1_c", "100"]]))

    assert held.start_of(("1_a", "1_c")) == 100
    assert held.people_in(Window(0, 1_000)) == {}


def test_given_an_answer_without_rows_or_columns_when_added_then_nothing_is_known() -> None:
    held = SessionList()
    held.add(RowTable((), []))

    assert held.knows("1_c") is False


def test_given_sessions_with_and_without_start_when_asked_then_all_of_them_are_listed() -> None:
    held = sessions([["1_a", "1_c", "Unknown", "1"], ["1_a", "1_d", "100", "1"]])

    assert held.lists(("1_a", "1_c")) is True
    assert held.lists(("1_a", "1_d")) is True
    assert held.lists(("1_a", "1_e")) is False


def test_given_a_cue_point_of_another_room_when_asked_then_it_is_listed_unless_it_is_none() -> None:
    held = sessions([["1_a", "1_c", "Unknown", "1"], ["1_a", "0", "Unknown", "1"]])

    assert held.lists(("1_b", "1_c")) is True
    assert held.lists(("1_b", "0")) is False
    assert held.lists(("1_a", "0")) is True
