"""Fixtures that every file of tests may need."""

from __future__ import annotations

import io
import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import requests_mock
from airbyte_cdk.utils.airbyte_secrets_utils import update_secrets
from hypothesis import settings

from source_kaltura_rooms.kaltura.calls import Clock

# An example that takes long on a busy machine is not wrong.
settings.register_profile("unit_tests", deadline=None)
settings.load_profile("unit_tests")


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were to be waited; no test waits them, and chance makes none shorter.

    Each thread has a time of its own, which passes only while the thread would wait.
    """
    seconds: list[float] = []
    passed: defaultdict[int, float] = defaultdict(float)

    def sleep(wanted: float) -> None:
        seconds.append(wanted)
        passed[threading.get_ident()] += wanted

    clock = Clock(now=lambda: passed[threading.get_ident()], sleep=sleep)
    monkeypatch.setattr("source_kaltura_rooms.kaltura.calls.SYSTEM_CLOCK", clock)
    longest = SimpleNamespace(uniform=lambda least, most: most)
    monkeypatch.setattr("source_kaltura_rooms.kaltura.retry_policy.random", longest)
    return seconds


@pytest.fixture(autouse=True)
def _lengths(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers have a Content-Length, as those of web servers do; requests-mock gives none.

    An answer with the header `Connection: close` is left without, so that nothing proves its end.
    """
    original = requests_mock.response.create_response

    def create_response(request: Any, **named: Any) -> requests.Response:
        response: requests.Response = original(request, **named)
        if isinstance(response.raw._fp, io.BytesIO) and "Connection" not in response.headers:
            body = response.raw._fp.getvalue()
            response.headers.setdefault("Content-Length", str(len(body)))
        return response

    monkeypatch.setattr("requests_mock.response.create_response", create_response)


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
