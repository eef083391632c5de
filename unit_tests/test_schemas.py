"""The schemas: every column is described, and typed as the values that are emitted."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.reports import REPORTS, ColumnType

STREAMS = pytest.mark.parametrize("stream", list(REPORTS))

COLUMNS: dict[str, dict[str, ColumnType]] = {
    "rooms": {
        "entry_id": "string",
        "entry_name": "string",
        "parent_entry_id": "string",
        "cue_point_id": "string",
        "session_start_time": "time",
        "session_end_time": "time",
        "session_host_user_id": "string",
        "meeting_view_period_unique_users": "integer",
        "meeting_engaged_play_time_ratio": "number",
    },
    "attendees": {
        "entry_id": "string",
        "cue_point_id": "string",
        "user_id": "string",
        "user_name": "string",
        "user_email": "string",
        "user_type": "string",
        "meeting_view_time": "number",
        "meeting_engaged_play_time_ratio": "number",
        "session_start_time": "time",
    },
    "breakouts": {
        "parent_entry_id": "string",
        "parent_entry_name": "string",
        "breakout_entry_id": "string",
        "breakout_entry_name": "string",
        "cue_point_id": "string",
        "session_initiator": "string",
        "session_start_time": "time",
        "session_end_time": "time",
        "duration": "duration",
        "participant_count": "integer",
        "engagement_rate": "number",
    },
}


@pytest.mark.parametrize("stream", COLUMNS)
def test_given_a_stream_when_its_columns_are_listed_then_they_are_those_of_kalturas_guide(
    stream: str,
) -> None:
    assert REPORTS[stream].columns == COLUMNS[stream]


@STREAMS
def test_given_a_schema_when_read_then_it_is_an_object_that_allows_more(stream: str) -> None:
    schema = REPORTS[stream].json_schema

    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["type"] == "object"
    assert schema["additionalProperties"] is True


@STREAMS
def test_given_a_schema_when_read_then_every_property_is_described_in_sentences(
    stream: str,
) -> None:
    for name, declared in REPORTS[stream].json_schema["properties"].items():
        assert declared["description"].endswith("."), name
        assert declared["description"][0].isupper(), name


@STREAMS
def test_given_a_schema_when_read_then_keys_are_plain_strings_and_said_to_be_keys(
    stream: str,
) -> None:
    properties = REPORTS[stream].json_schema["properties"]

    keys = {name for name, declared in properties.items() if declared["type"] == "string"}
    said = {
        name
        for name, declared in properties.items()
        if declared["description"].endswith("Part of the primary key.")
    }
    assert keys == said == set(REPORTS[stream].primary_key)


@STREAMS
def test_given_a_schema_when_read_then_all_but_keys_may_be_null(stream: str) -> None:
    for name, declared in REPORTS[stream].json_schema["properties"].items():
        if name not in REPORTS[stream].primary_key:
            assert declared["type"][0] == "null", name
            assert len(declared["type"]) == 2, name


@STREAMS
def test_given_a_stream_when_its_columns_are_listed_then_the_cursor_is_a_time(stream: str) -> None:
    assert REPORTS[stream].columns[REPORTS[stream].cursor] == "time"


@STREAMS
def test_given_a_schema_when_read_then_times_are_timestamps_with_a_time_zone(stream: str) -> None:
    for name, declared in REPORTS[stream].json_schema["properties"].items():
        if REPORTS[stream].columns[name] == "time":
            assert declared["type"] == ["null", "string"], name
            assert declared["format"] == "date-time", name
            assert declared["airbyte_type"] == "timestamp_with_timezone", name
        else:
            assert "format" not in declared, name
            assert "airbyte_type" not in declared, name
