"""Which rows of an answer are of sessions that start in its window, or without a known start."""

from __future__ import annotations

import dataclasses

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS
from source_kaltura_rooms.retrieval.placement import (
    has_value,
    place_by_session,
    place_by_start,
    rows_of_other_sessions,
    rows_of_sessions,
    sessions_of,
)
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.rows import placed, rows_of, unplaced

WINDOW = Window(100, 200)


def rooms(*rows: list[str]) -> Table:
    return RowTable(("entry_id", "cue_point_id", "session_start_time"), list(rows))


def attendees(*rows: list[str]) -> Table:
    return RowTable(("entry_id", "cue_point_id", "user_id"), list(rows))


def test_given_rooms_when_placed_then_those_that_start_in_the_window_stay() -> None:
    table = rooms(
        ["r", "before", "99"], ["r", "first", "100"], ["r", "last", "199"], ["r", "after", "200"]
    )

    parts = list(place_by_start(ROOMS, [table], WINDOW))

    assert placed(parts) == [["r", "first", "100"], ["r", "last", "199"]]
    assert unplaced(parts) == []


@pytest.mark.parametrize(
    "start", ["", "0", "NaN", "Unknown", "Error", "soon", "-5", "1770249599000"]
)
def test_given_a_room_without_a_start_when_placed_then_it_is_unplaced(start: str) -> None:
    parts = list(place_by_start(ROOMS, [rooms(["r", "c", start])], WINDOW))

    assert placed(parts) == []
    assert unplaced(parts) == [["r", "c", start]]


def test_given_no_rows_when_placed_then_there_is_nothing() -> None:
    nothing = RowTable((), [])

    assert list(place_by_start(ROOMS, [nothing], WINDOW)) == []
    assert list(place_by_session(ATTENDEES, [nothing], WINDOW, lambda session: 1)) == []


def test_given_attendees_when_placed_then_each_row_gets_the_start_of_its_room_and_cue_point() -> (
    None
):
    starts = {("r", "c"): 100, ("s", "c"): 150}
    table = attendees(["r", "c", "ada"], ["s", "c", "bob"], ["r", "c", "eve"])

    parts = list(place_by_session(ATTENDEES, [table], WINDOW, starts.get))

    assert parts[0].placed.columns[-1] == "session_start_time"
    assert placed(parts) == [
        ["r", "c", "ada", "100"],
        ["s", "c", "bob", "150"],
        ["r", "c", "eve", "100"],
    ]


def test_given_attendees_of_another_window_when_placed_then_they_are_left_out() -> None:
    starts = {("r", "c1"): 99, ("r", "c2"): 200}
    table = attendees(["r", "c1", "ada"], ["r", "c2", "bob"])

    parts = list(place_by_session(ATTENDEES, [table], WINDOW, starts.get))

    assert placed(parts) == unplaced(parts) == []


def test_given_attendees_of_an_unknown_session_when_placed_then_they_are_unplaced() -> None:
    parts = list(
        place_by_session(ATTENDEES, [attendees(["r", "c", "ada"])], WINDOW, lambda session: None)
    )

    assert placed(parts) == []
    assert unplaced(parts) == [["r", "c", "ada", ""]]


def test_given_a_report_with_another_column_for_starts_when_placed_then_that_one_counts() -> None:
    report = dataclasses.replace(ROOMS, start_column="began")
    table = RowTable(
        ("entry_id", "cue_point_id", "session_start_time", "began"), [["r", "c", "0", "100"]]
    )

    assert placed(place_by_start(report, [table], WINDOW)) == [["r", "c", "0", "100"]]


def test_given_rows_when_their_sessions_are_asked_for_then_each_row_has_its_own() -> None:
    table = attendees(["r", "c", "ada"], ["s", "c", "bob"], ["r", "c", "eve"])

    assert list(sessions_of(ATTENDEES, table)) == [("r", "c"), ("s", "c"), ("r", "c")]
    assert list(sessions_of(ATTENDEES, RowTable((), []))) == []


def test_given_sessions_when_rows_are_chosen_then_each_is_among_theirs_or_the_others() -> None:
    table = attendees(["r", "c", "ada"], ["s", "c", "bob"], ["r", "d", "eve"])
    sessions = {("r", "c"), ("x", "y")}

    assert rows_of(rows_of_sessions(ATTENDEES, table, sessions)) == [["r", "c", "ada"]]
    assert rows_of(rows_of_other_sessions(ATTENDEES, table, sessions)) == [
        ["s", "c", "bob"],
        ["r", "d", "eve"],
    ]


@pytest.mark.parametrize("text", ["", "0", "Unknown", "Error"])
def test_given_what_stands_for_no_id_when_tested_then_it_is_no_value(text: str) -> None:
    assert has_value(text) is False
    assert has_value("1_c") is True
