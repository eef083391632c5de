"""Syncs inside the test's own process, without waiting between retries: for faults and schedules.

The messages are those that the CDK's entry point would print.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import (
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalogSerializer,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from integration_tests.connector import Message, Outcome, state_input
from source_kaltura_rooms import SourceKalturaRooms
from source_kaltura_rooms.kaltura.calls import Clock

LOGGER = logging.getLogger("airbyte")


@dataclass
class Waits:
    """The seconds that retries would have waited."""

    seconds: list[float] = field(default_factory=list)


@contextmanager
def without_waiting() -> Iterator[Waits]:
    """Lets the client retry at once, and notes how long it would have waited."""
    waits = Waits()
    with patch(
        "source_kaltura_rooms.kaltura.calls.SYSTEM_CLOCK", Clock(sleep=waits.seconds.append)
    ):
        yield waits


@contextmanager
def at_time(now: int) -> Iterator[None]:
    """Lets syncs begin at this time (Unix seconds)."""
    with patch("source_kaltura_rooms.source.time", SimpleNamespace(time=lambda: float(now))):
        yield


def sync(
    config: Mapping[str, Any],
    catalog: Mapping[str, Any],
    states: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    stop: Callable[[Message], bool] = lambda message: False,
) -> Outcome:
    """What a sync prints; it is interrupted after the first message for which `stop` is true.

    The exit code is 1 if the sync ended with an error, whose trace is then among the messages.
    """
    source = SourceKalturaRooms()
    printed = _messages(source, config, catalog, state_input(states or {}))
    messages: list[Message] = []
    exit_code = 0
    try:
        for message in printed:
            messages.append(message)
            if stop(message):
                break
    except AirbyteTracedException as error:
        exit_code = 1
        trace = AirbyteEntrypoint.airbyte_message_to_string(error.as_sanitized_airbyte_message())
        messages.append(json.loads(trace))
    return Outcome(messages, exit_code, "")


def _messages(
    source: SourceKalturaRooms,
    config: Mapping[str, Any],
    catalog: Mapping[str, Any],
    state: Sequence[Mapping[str, Any]],
) -> Iterator[Message]:
    entrypoint = AirbyteEntrypoint(source)
    loaded: list[AirbyteStateMessage] = [AirbyteStateMessageSerializer.load(one) for one in state]
    for message in entrypoint.read(
        source.spec(LOGGER), config, ConfiguredAirbyteCatalogSerializer.load(catalog), loaded
    ):
        yield json.loads(AirbyteEntrypoint.airbyte_message_to_string(message))
