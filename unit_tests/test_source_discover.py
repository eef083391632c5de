"""`discover` and `spec`: the same for every account, without a request."""

from __future__ import annotations

import logging

from airbyte_cdk.models import SyncMode
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from unit_tests.stand_ins import FORM


def test_given_any_configuration_when_discovered_then_the_three_streams_are_these(
    requests_mock: Mocker,
) -> None:
    catalog = SourceKalturaRooms().discover(logging.getLogger("airbyte"), FORM)

    assert {
        stream.name: (stream.source_defined_primary_key, stream.default_cursor_field)
        for stream in catalog.streams
    } == {
        "rooms": ([["entry_id"], ["cue_point_id"]], ["session_start_time"]),
        "attendees": (
            [["entry_id"], ["cue_point_id"], ["user_id"], ["user_type"]],
            ["session_start_time"],
        ),
        "breakouts": ([["breakout_entry_id"], ["cue_point_id"]], ["session_start_time"]),
    }
    assert [stream.name for stream in catalog.streams] == ["rooms", "attendees", "breakouts"]
    for stream in catalog.streams:
        assert stream.supported_sync_modes == [SyncMode.full_refresh, SyncMode.incremental]
        assert stream.source_defined_cursor is True
        assert stream.is_resumable is True
        assert stream.namespace is None
        assert stream.json_schema["additionalProperties"] is True
        assert set(stream.json_schema["properties"]) >= {
            "session_start_time",
            *(key for (key,) in stream.source_defined_primary_key or []),
        }
    assert requests_mock.call_count == 0


def test_given_no_configuration_when_discovered_then_the_streams_are_there_all_the_same() -> None:
    catalog = SourceKalturaRooms().discover(logging.getLogger("airbyte"), {})

    assert len(catalog.streams) == 3


def test_given_the_source_when_asked_for_its_spec_then_it_points_to_its_documentation() -> None:
    spec = SourceKalturaRooms().spec(logging.getLogger("airbyte"))

    assert spec.documentationUrl == "https://docs.airbyte.com/integrations/sources/kaltura-rooms"
    assert spec.connectionSpecification["title"] == "Kaltura Rooms"
