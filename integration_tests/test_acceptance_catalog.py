"""What Airbyte's older acceptance tests ask of `discover` beyond the standard tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import run
from integration_tests.sandbox import Sandbox
from integration_tests.tiny_world import NEXT_DAY, TINY

Stream = dict[str, Any]

KEYS = {
    "rooms": [["entry_id"], ["cue_point_id"]],
    "attendees": [["entry_id"], ["cue_point_id"], ["user_id"]],
    "breakouts": [["breakout_entry_id"], ["cue_point_id"]],
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Stream]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        folder = Path(tmp_path_factory.mktemp("discover"))
        outcome = run("discover", folder, config=sandbox.config())
    (message,) = outcome.of_type("CATALOG")
    return {stream["name"]: stream for stream in message["catalog"]["streams"]}


@pytest.fixture(params=["rooms", "attendees", "breakouts"])
def stream(catalog: dict[str, Stream], request: pytest.FixtureRequest) -> Stream:
    return catalog[request.param]


def keywords(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from keywords(value)


def test_given_a_configuration_when_discovered_then_there_are_three_streams(
    catalog: dict[str, Stream],
) -> None:
    assert list(catalog) == ["rooms", "attendees", "breakouts"]


def test_given_a_stream_then_it_can_be_read_both_ways_and_brings_its_own_cursor(
    stream: Stream,
) -> None:
    assert stream["supported_sync_modes"] == ["full_refresh", "incremental"]
    assert stream["source_defined_cursor"] is True
    assert stream["default_cursor_field"] == ["session_start_time"]
    assert stream["is_resumable"] is True


def test_given_a_stream_then_its_keys_are_in_the_schema_scalar_and_never_null(
    stream: Stream,
) -> None:
    properties = stream["json_schema"]["properties"]

    assert stream["source_defined_primary_key"] == KEYS[stream["name"]]
    for (key,) in stream["source_defined_primary_key"]:
        assert properties[key]["type"] == "string"


def test_given_a_stream_then_its_cursor_is_a_time_in_the_schema(stream: Stream) -> None:
    cursor = stream["json_schema"]["properties"]["session_start_time"]

    assert cursor["type"] == ["null", "string"]
    assert cursor["format"] == "date-time"
    assert cursor["airbyte_type"] == "timestamp_with_timezone"


def test_given_a_stream_then_its_schema_stays_open_and_plain(stream: Stream) -> None:
    schema = stream["json_schema"]

    assert schema["type"] == "object"
    assert schema["additionalProperties"] is True
    assert {"$ref", "allOf", "not"}.isdisjoint(keywords(schema))


def test_given_a_field_then_it_has_a_type_and_a_description(stream: Stream) -> None:
    for name, field in stream["json_schema"]["properties"].items():
        types = field["type"] if isinstance(field["type"], list) else [field["type"]]
        assert set(types) <= {"null", "string", "integer", "number"}, name
        assert field["description"].endswith("."), name
