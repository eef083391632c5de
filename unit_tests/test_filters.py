"""Rows that Kaltura sends although a filter of the configuration leaves them out."""

from __future__ import annotations

from source_kaltura_rooms.kaltura.tables import RowTable
from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS
from source_kaltura_rooms.retrieval.filters import rows_that_fit
from unit_tests.rows import rows_of

ATTENDEES_TABLE = RowTable(
    ("entry_id", "cue_point_id", "user_id"),
    [
        ["1_a", "1_c", "Ada"],
        ["1_a", "1_d", "bob"],
        ["1_b", "1_c", "ADA"],
        ["1_b", "1_d", "STRASSE"],
    ],
)


def left(**filters: list[str]) -> list[list[str]]:
    return rows_of(rows_that_fit(ATTENDEES, filters, ATTENDEES_TABLE)[0])


def test_given_no_filter_when_tested_then_all_rows_fit() -> None:
    assert rows_that_fit(ATTENDEES, {}, ATTENDEES_TABLE) == (ATTENDEES_TABLE, ())


def test_given_a_filter_that_all_rows_fit_when_tested_then_it_is_not_named() -> None:
    table, unfit = rows_that_fit(ATTENDEES, {"entry_ids": ["1_b", "1_a"]}, ATTENDEES_TABLE)

    assert (len(table), unfit) == (4, ())


def test_given_two_filters_when_tested_then_rows_have_to_fit_both_and_both_are_named() -> None:
    table, unfit = rows_that_fit(
        ATTENDEES, {"entry_ids": ["1_a"], "cue_point_ids": ["1_d"]}, ATTENDEES_TABLE
    )

    assert rows_of(table) == [["1_a", "1_d", "bob"]]
    assert unfit == ("entry_ids", "cue_point_ids")


def test_given_user_ids_when_tested_then_upper_and_lower_case_are_the_same() -> None:
    assert left(user_ids=["aDA"]) == [["1_a", "1_c", "Ada"], ["1_b", "1_c", "ADA"]]
    assert left(user_ids=["straße"]) == [["1_b", "1_d", "STRASSE"]]


def test_given_ids_that_kaltura_makes_when_tested_then_case_counts() -> None:
    assert left(entry_ids=["1_A"]) == []
    assert left(cue_point_ids=["1_C"]) == []


def test_given_ids_with_capitals_when_the_filter_names_them_then_their_rows_fit() -> None:
    table = RowTable(("entry_id", "cue_point_id", "user_id"), [["1_Xy", "1_c", "ada"]])

    assert rows_that_fit(ATTENDEES, {"entry_ids": ["1_Xy"]}, table) == (table, ())


def test_given_a_filter_that_stands_in_no_column_when_tested_then_all_rows_fit() -> None:
    filters = {"virtual_event_ids": ["1"]}

    assert rows_that_fit(ATTENDEES, filters, ATTENDEES_TABLE) == (ATTENDEES_TABLE, ())


def test_given_a_column_that_did_not_come_when_tested_then_its_filter_is_passed_over() -> None:
    table = RowTable(("breakout_entry_id", "cue_point_id"), [["1_b", "1_c"]])

    assert rows_that_fit(BREAKOUTS, {"parent_entry_ids": ["1_m"]}, table) == (table, ())
