"""Which warehouses to load, and what has been loaded into them.

These tests need PyAirbyte, which has an environment of its own: `make test-destinations` and
`make test-emulators` run them, `pytest integration_tests` in the connector's environment does not
see them.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .destination import OpenSchema
    from .scenario import TwoSyncs

if importlib.util.find_spec("airbyte") is None:
    collect_ignore_glob = ["test_*.py"]

MODULES = {
    "duckdb": "duckdb_file",
    "postgresql": "postgresql",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--destination",
        action="append",
        default=[],
        choices=list(MODULES),
        help="a warehouse to load; may be given several times",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "warehouse" in metafunc.fixturenames:
        written_for = getattr(metafunc.module, "DESTINATIONS", MODULES)
        names = [name for name in metafunc.config.getoption("destination") if name in written_for]
        metafunc.parametrize("warehouse", names, indirect=True, scope="session")


@pytest.fixture(scope="session")
def warehouse(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OpenSchema]:
    """A running warehouse."""
    module = importlib.import_module(f"{__package__}.{MODULES[request.param]}")
    with module.running(tmp_path_factory.mktemp(request.param)) as open_schema:
        yield open_schema


@pytest.fixture(scope="session")
def synced(warehouse: OpenSchema) -> TwoSyncs:
    """The university, synced twice with a day in between."""
    from .scenario import sync_twice

    return sync_twice(warehouse("kaltura"))
