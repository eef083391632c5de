"""What a configured catalog leaves out, and what Kaltura need not even send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from source_kaltura_rooms.airbyte.selection import (
    deselected_fields,
    excluded_columns,
    further_fields,
    other_key_warning,
)
from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS, ROOMS, Report
from unit_tests.reading import configured


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
            {"user_name", "user_email", "user_type", "meeting_engaged_play_time_ratio"},
            ("user_name", "user_email", "user_type", "meeting_engaged_play_time_ratio"),
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
            # The number of people shows whether attendees are missing.
            ("parent_entry_id", "session_host_user_id", "meeting_engaged_play_time_ratio"),
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


@pytest.mark.parametrize(
    ("catalog_schema", "further"),
    [
        pytest.param(schema("entry_name", "shoe_size", "hat_size"), ("shoe_size", "hat_size")),
        pytest.param(schema("entry_name"), ()),
        pytest.param({}, ()),
        pytest.param({"properties": None}, ()),
    ],
    ids=["two", "none", "an_empty_schema", "null_properties"],
)
def test_given_columns_beyond_the_declared_ones_when_selected_then_they_are_wanted_too(
    catalog_schema: Mapping[str, Any], further: tuple[str, ...]
) -> None:
    assert further_fields(ROOMS, catalog_schema) == further


@pytest.mark.parametrize(
    ("key", "source_key"),
    [
        pytest.param([["entry_id"], ["cue_point_id"]], None, id="the_same"),
        pytest.param([["cue_point_id"], ["entry_id"]], None, id="in_another_order"),
        pytest.param(None, [["entry_id"], ["cue_point_id"]], id="that_of_the_source_alone"),
        pytest.param(None, None, id="none"),
        pytest.param([], [], id="empty"),
    ],
)
def test_given_the_sources_key_in_the_catalog_when_compared_then_there_is_nothing_to_say(
    key: list[list[str]] | None, source_key: list[list[str]] | None
) -> None:
    stream = configured("rooms")
    stream.primary_key = key
    stream.stream.source_defined_primary_key = source_key

    assert other_key_warning(ROOMS, stream) is None


def test_given_the_key_of_release_0_1_in_the_catalog_when_compared_then_the_remedy_is_said() -> (
    None
):
    stream = configured("attendees")
    stream.primary_key = [["entry_id"], ["cue_point_id"], ["user_id"], ["user_type"]]

    assert other_key_warning(ATTENDEES, stream) == (
        "attendees: the primary key in the catalog is entry_id, cue_point_id, user_id, user_type, "
        "but that of the source is entry_id, cue_point_id, user_id. Refresh the source schema, "
        "then clear the stream and sync it again."
    )
