"""`metadata.yaml` is what Airbyte's registry accepts."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import pytest
import yaml

from source_kaltura_rooms.airbyte.heartbeat import LONGEST_SILENCE

if sys.version_info >= (3, 13):
    pytest.skip("Airbyte publishes its model for Python below 3.13", allow_module_level=True)

from airbyte_connector_models.metadata.v0.connector_metadata_definition_v0 import (
    ConnectorMetadataDefinitionV0,
)

METADATA = yaml.safe_load((Path(__file__).parent.parent / "metadata.yaml").read_text())


def test_given_the_metadata_then_airbytes_model_accepts_it() -> None:
    assert ConnectorMetadataDefinitionV0(**METADATA).data.name == "Kaltura Rooms"


def test_given_the_metadata_then_its_language_and_kit_are_named_once() -> None:
    assert METADATA["data"]["tags"] == ["language:python", "cdk:python"]


def test_given_the_metadata_then_only_kaltura_may_be_reached() -> None:
    assert METADATA["data"]["allowedHosts"]["hosts"] == [
        "${api_url}",
        "www.kaltura.com",
        "api.eu.kaltura.com",
    ]


def test_given_the_metadata_then_the_platform_waits_longer_than_a_stream_is_ever_silent() -> None:
    assert METADATA["data"]["maxSecondsBetweenMessages"] == 3600
    assert LONGEST_SILENCE == 300


def test_given_a_breaking_change_then_airbytes_model_reads_its_deadline_and_its_streams() -> None:
    releases = ConnectorMetadataDefinitionV0(**METADATA).data.releases
    assert releases
    assert releases.breaking_changes
    change = releases.breaking_changes["0.2.0"]

    assert change.upgrade_deadline == datetime.date(2027, 3, 1)
    assert change.scoped_impact
    assert [scope.root.impacted_scopes for scope in change.scoped_impact] == [
        ["rooms", "attendees", "breakouts"]
    ]
