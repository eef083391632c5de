"""Which rows of an answer belong to what was asked for, and which to no time at all."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.retrieval.placement import (
    place_attendees,
    place_by_start,
    session_times,
)
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import HOUR, Interval
from unit_tests.rows import placed, unplaced

ROOM_COLUMNS = ("entry_id", "cue_point_id", "session_start_time", "session_end_time")


def rooms(*rows: list[str]) -> Table:
    return RowTable(ROOM_COLUMNS, list(rows))


def attendees(*rows: list[str]) -> Table:
    return RowTable(("entry_id", "cue_point_id", "user_id"), list(rows))


def test_given_rooms_when_placed_then_those_that_start_in_the_window_stay() -> None:
    table = rooms(
        ["r", "before", "99", ""],
        ["r", "first", "100", ""],
        ["r", "last", "199", ""],
        ["r", "after", "200", ""],
    )

    parts = list(place_by_start(table, Window(100, 200)))

    assert placed(parts) == [["r", "first", "100", ""], ["r", "last", "199", ""]]
    assert unplaced(parts) == []


@pytest.mark.parametrize("start", ["", "0", "NaN", "soon", "-5", "1770249599000"])
def test_given_a_room_without_a_start_when_placed_then_it_is_unplaced(start: str) -> None:
    parts = list(place_by_start(rooms(["r", "c", start, ""]), Window(100, 200)))

    assert placed(parts) == []
    assert unplaced(parts) == [["r", "c", start, ""]]


def test_given_a_report_without_rows_or_header_when_placed_then_there_is_nothing() -> None:
    assert list(place_by_start(RowTable((), []), Window(100, 200))) == []
    assert list(place_attendees(RowTable((), []), {}, lambda session, start: True)) == []


def test_given_attendees_when_placed_then_each_row_gets_the_start_of_its_session() -> None:
    table = attendees(["r", "c1", "ada"], ["r", "c2", "bob"], ["r", "c1", "eve"])

    parts = list(place_attendees(table, {"c1": 100, "c2": 150}, lambda session, start: True))

    assert parts[0].placed.columns == ("entry_id", "cue_point_id", "user_id", "session_start_time")
    assert placed(parts) == [
        ["r", "c1", "ada", "100"],
        ["r", "c2", "bob", "150"],
        ["r", "c1", "eve", "100"],
    ]
    assert unplaced(parts) == []


def test_given_attendees_with_starts_of_their_own_when_placed_then_those_of_report_6000_count() -> (
    None
):
    """Report 6001 has no such column today."""
    columns = ("session_start_time", "cue_point_id", "user_id")
    table = RowTable(columns, [["150", "c1", "ada"], ["", "c1", "bob"], ["150", "c9", "eve"]])

    parts = list(place_attendees(table, {"c1": 100}, lambda session, start: True))

    assert placed(parts) == [["100", "c1", "ada"], ["100", "c1", "bob"]]
    assert unplaced(parts) == [["", "c9", "eve"]]


def test_given_attendees_of_unknown_sessions_when_placed_then_they_stay_without_a_start() -> None:
    table = attendees(["r", "c1", "ada"], ["r", "c9", "bob"], ["r", "", "eve"])

    parts = list(place_attendees(table, {"c1": 100}, lambda session, start: True))

    assert placed(parts) == [["r", "c1", "ada", "100"]]
    assert unplaced(parts) == [["r", "c9", "bob", ""], ["r", "", "eve", ""]]


def test_given_attendees_of_sessions_not_asked_for_when_placed_then_they_are_left_out() -> None:
    """Their own window has them, with the metrics of the whole session."""
    table = attendees(["r", "c1", "ada"], ["r", "c2", "bob"])

    parts = list(place_attendees(table, {"c1": 100, "c2": 250}, lambda session, start: start < 200))

    assert placed(parts) == [["r", "c1", "ada", "100"]]
    assert unplaced(parts) == []


def test_given_attendees_when_placed_then_whether_they_belong_is_asked_by_id_and_start() -> None:
    table = attendees(["r", "c1", "ada"], ["r", "c2", "bob"])

    parts = list(
        place_attendees(table, {"c1": 100, "c2": 100}, lambda session, start: session == "c2")
    )

    assert placed(parts) == [["r", "c2", "bob", "100"]]


@pytest.mark.parametrize(
    ("start", "end", "times"),
    [
        pytest.param("100", "200", Interval(100, 200), id="both_ends"),
        pytest.param("100", "", Interval(100, 3_700), id="still_running"),
        pytest.param("100", "0", Interval(100, 3_700), id="an_end_of_0"),
        pytest.param("100", "soon", Interval(100, 3_700), id="an_end_that_is_no_time"),
        pytest.param("100", "100", Interval(100, 3_700), id="an_end_at_the_start"),
        pytest.param("100", "99", Interval(100, 3_700), id="an_end_before_the_start"),
    ],
)
def test_given_a_session_when_its_times_are_wanted_then_an_unknown_end_is_as_late_as_can_be(
    start: str, end: str, times: Interval
) -> None:
    assert session_times([rooms(["r", "c", start, end])], HOUR) == {"c": times}


def test_given_sessions_in_many_answers_when_their_times_are_wanted_then_all_are_there() -> None:
    tables = [
        rooms(["r", "c1", "100", "200"], ["r", "none", "", "200"]),
        RowTable((), []),
        RowTable(("session_start_time", "cue_point_id"), [["300", "c2"]]),
    ]

    assert session_times(tables, HOUR) == {"c1": Interval(100, 200), "c2": Interval(300, 3_900)}
