"""Airbyte's standard tests, run from here; `test_acceptance_command` runs them Airbyte's way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airbyte_cdk.test.models import ConnectorTestScenario
from airbyte_cdk.test.standard_tests import SourceTestSuiteBase

from integration_tests.acceptance import ROOT, sandbox_for
from source_kaltura_rooms import SourceKalturaRooms

pytest_plugins = ["airbyte_cdk.test.standard_tests.pytest_hooks"]


@pytest.fixture(scope="module", autouse=True)
def configurations() -> Iterator[None]:
    with sandbox_for(ROOT):
        yield


@pytest.mark.filterwarnings("error::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning")
class TestSourceKalturaRooms(SourceTestSuiteBase):
    # Otherwise guessed from the name of the folder, which a checkout may have any.
    connector = SourceKalturaRooms

    @classmethod
    def create_connector(cls, scenario: ConnectorTestScenario | None) -> SourceKalturaRooms:
        return SourceKalturaRooms()
