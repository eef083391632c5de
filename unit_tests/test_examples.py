"""The files in `examples/` fit the form, the streams and the states of the connector."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from source_kaltura_rooms import SourceKalturaRooms
from source_kaltura_rooms.airbyte.discover import catalog
from source_kaltura_rooms.airbyte.state import SavedState, saved_state
from source_kaltura_rooms.config import FILTERS, parse_config, unknown_keys
from source_kaltura_rooms.reports import REPORTS

STREAMS = ["rooms", "attendees", "breakouts"]
"""What the examples read."""
EXAMPLES = Path(__file__).parent.parent / "examples"
CONFIGURATIONS = sorted((EXAMPLES / "configurations").glob("*.json"))
FORM = yaml.safe_load(
    (EXAMPLES.parent / "source_kaltura_rooms" / "spec.yaml").read_text(encoding="utf-8")
)["connectionSpecification"]


def content(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", CONFIGURATIONS, ids=lambda file: file.stem)
def test_given_a_configuration_then_form_and_connector_accept_it(file: Path) -> None:
    config = content(file)

    jsonschema.validate(config, FORM)
    assert parse_config(config).warnings == []
    assert unknown_keys(config) == []


def test_given_the_configurations_then_there_is_one_for_each_way_to_sign_in() -> None:
    ways = {content(file)["credentials"]["auth_type"] for file in CONFIGURATIONS}

    assert ways == {
        one["properties"]["auth_type"]["const"]
        for one in FORM["properties"]["credentials"]["oneOf"]
    }


def test_given_the_configurations_then_one_has_filters() -> None:
    filters = content(EXAMPLES / "configurations" / "filters.json")

    assert len(filters.keys() & {*FILTERS}) >= 2


def test_given_the_configurations_then_one_asks_for_pseudonyms() -> None:
    config = parse_config(content(EXAMPLES / "configurations" / "pseudonyms.json"))

    assert config.pseudonyms is not None


def test_given_the_catalog_then_it_reads_streams_with_every_column_that_is_declared() -> None:
    configured = SourceKalturaRooms.read_catalog(str(EXAMPLES / "configured_catalog.json"))

    declared = {one.name: one for one in catalog(REPORTS, {}).streams}
    assert [one.stream.name for one in configured.streams] == STREAMS
    assert [one.stream for one in configured.streams] == [declared[name] for name in STREAMS]
    assert {str(one.sync_mode) for one in configured.streams} == {"SyncMode.incremental"}


def test_given_the_state_then_the_streams_of_the_catalog_go_on_from_it() -> None:
    states = SourceKalturaRooms.read_state(str(EXAMPLES / "state.json"))

    read = {
        one.stream.stream_descriptor.name: saved_state(
            one.stream.stream_descriptor.name, vars(one.stream.stream_state)
        )
        for one in states
        if one.stream
    }
    reached, start = 1_770_249_599, 1_767_225_600  # 2026-02-04T23:59:59Z, 2026-01-01T00:00:00Z
    assert read == dict.fromkeys(STREAMS, SavedState(reached, start))
