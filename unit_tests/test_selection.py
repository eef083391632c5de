"""What a configured catalog leaves out, and what Kaltura need not even send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from source_kaltura_rooms.airbyte.selection import deselected_fields, excluded_columns
from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS, ROOMS, Report


def schema(*names: str) -> Mapping[str, Any]:
    return {"type": "object", "properties": {name: {"type": "string"} for name in names}}


@pytest.mark.parametrize(
    "catalog_schema",
    [{}, {"properties": {}}, {"properties": None}, {"type": "object"}],
    ids=["empty", "no_properties", "null_properties", "without_properties"],
)
def test_given_a_catalog_that_names_no_fields_when_selected_then_all_are_wanted(
    catalog_schema: Mapping[str, Any],
) -> None:
    assert deselected_fields(ROOMS, catalog_schema) == frozenset()


@pytest.mark.parametrize(
    ("report", "wanted", "deselected", "excluded"),
    [
        pytest.param(
            ATTENDEES,
            ("meeting_view_time",),
            {"user_name", "user_email", "meeting_engaged_play_time_ratio"},
            ("user_name", "user_email", "meeting_engaged_play_time_ratio"),
            id="keys_and_cursor_of_attendees_stay",
        ),
        pytest.param(
            ROOMS,
            ("entry_name", "session_end_time", "shoe_size"),
            {
                "parent_entry_id",
                "session_host_user_id",
                "meeting_view_period_unique_users",
                "meeting_engaged_play_time_ratio",
            },
            (
                "parent_entry_id",
                "session_host_user_id",
                "meeting_view_period_unique_users",
                "meeting_engaged_play_time_ratio",
            ),
            id="keys_and_cursor_of_rooms_stay",
        ),
        pytest.param(
            BREAKOUTS,
            ("duration", "participant_count", "engagement_rate", "session_end_time"),
            {"parent_entry_id", "parent_entry_name", "breakout_entry_name", "session_initiator"},
            # Every row begins with parent_entry_id, by which rows are told apart.
            ("parent_entry_name", "breakout_entry_name", "session_initiator"),
            id="the_first_column_of_breakouts_is_sent_all_the_same",
        ),
    ],
)
def test_given_fields_that_are_wanted_when_selected_then_the_others_are_left_out(
    report: Report, wanted: tuple[str, ...], deselected: set[str], excluded: tuple[str, ...]
) -> None:
    left_out = deselected_fields(report, schema(*wanted))

    assert left_out == deselected
    assert excluded_columns(report, left_out) == excluded


def test_given_all_fields_wanted_when_selected_then_kaltura_is_asked_for_all() -> None:
    assert excluded_columns(ROOMS, frozenset()) == ()
