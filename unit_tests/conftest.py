"""Fixtures that every file of tests may need."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets
from hypothesis import settings

# An example that takes long on a busy machine is not wrong; where time counts, a test says so.
settings.register_profile("unit_tests", deadline=None)
settings.load_profile("unit_tests")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were to be waited, none of which pass; for every test, lest one sleeps."""
    seconds: list[float] = []

    def wait(wanted: float) -> None:
        if wanted:
            seconds.append(wanted)

    monkeypatch.setattr("airbyte_cdk.sources.streams.http.rate_limiting.time.sleep", wait)
    return seconds


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows are many batches, so that every test is one of what holds across batches too."""
    monkeypatch.setattr("source_kaltura_rooms.kaltura.tables.BATCH", 2)


@pytest.fixture(autouse=True)
def _no_secrets_known() -> Iterator[None]:
    """The CDK keeps the secrets it masks in a global, which would reach into the next test."""
    update_secrets([])
    yield
    update_secrets([])


@pytest.fixture
def logger(caplog: pytest.LogCaptureFixture) -> logging.Logger:
    """The connector's logger; what it says from INFO on is in `caplog`."""
    caplog.set_level(logging.INFO, logger="airbyte")
    return logging.getLogger("airbyte")
