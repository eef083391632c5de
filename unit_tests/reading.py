"""A sync of the whole source against a Kaltura of requests-mock, and what came out of it."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStream,
    AirbyteStreamState,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteStream,
    DestinationSyncMode,
    StreamDescriptor,
    SyncMode,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from unit_tests.stand_ins import FORM, REPORT_URL

LOGGER = logging.getLogger("airbyte")


@dataclasses.dataclass
class Outcome:
    """The messages of a sync, and what it ended with."""

    messages: list[AirbyteMessage]
    error: AirbyteTracedException | None = None

    def records(self, stream: str) -> list[dict[str, Any]]:
        """The data of the stream's records, in order."""
        records = [one.record for one in self.messages if one.record]
        return [dict(one.data) for one in records if one.stream == stream]

    def states(self, stream: str) -> list[str]:
        """The stream's states, in order: up to when it was read."""
        states = []
        for message in self.messages:
            if message.state and message.state.stream:
                named = message.state.stream
                if named.stream_descriptor.name == stream and named.stream_state:
                    states.append(str(vars(named.stream_state)["session_start_time"]))
        return states

    def statuses(self, stream: str) -> list[str]:
        """What the platform is told about the stream, in order."""
        traces = [one.trace.stream_status for one in self.messages if one.trace]
        return [one.status.value for one in traces if one and one.stream_descriptor.name == stream]

    @property
    def failures(self) -> list[AirbyteErrorTraceMessage]:
        """The error traces, in order."""
        return [one.trace.error for one in self.messages if one.trace and one.trace.error]


def configured(
    stream: str,
    sync_mode: SyncMode = SyncMode.incremental,
    fields: Sequence[str] = (),
) -> ConfiguredAirbyteStream:
    """A stream of a catalog that asks for `fields`, or for all."""
    return ConfiguredAirbyteStream(
        stream=AirbyteStream(
            name=stream,
            json_schema={"type": "object", "properties": {name: {} for name in fields}},
            supported_sync_modes=[SyncMode.full_refresh, SyncMode.incremental],
        ),
        sync_mode=sync_mode,
        destination_sync_mode=DestinationSyncMode.append,
    )


def state_of(stream: str, reached: str) -> AirbyteStateMessage:
    """A state that an earlier sync wrote."""
    return AirbyteStateMessage(
        type=AirbyteStateType.STREAM,
        stream=AirbyteStreamState(
            stream_descriptor=StreamDescriptor(name=stream),
            stream_state=AirbyteStateBlob({"session_start_time": reached}),
        ),
    )


def read(
    *streams: str | ConfiguredAirbyteStream,
    state: Sequence[AirbyteStateMessage] = (),
    **changes: Any,
) -> Outcome:
    """Reads the streams with the configuration `FORM`, some of whose keys are changed."""
    catalog = ConfiguredAirbyteCatalog(
        streams=[configured(one) if isinstance(one, str) else one for one in streams]
    )
    outcome = Outcome([])
    form = {**FORM, **changes}
    try:
        for message in SourceKalturaRooms().read(LOGGER, form, catalog, list(state)):
            outcome.messages.append(message)
    except AirbyteTracedException as error:
        outcome.error = error
    return outcome


def serve(mocker: Mocker, answer: Callable[[Mapping[str, str]], bytes | str]) -> None:
    """Answers each report call with the report that `answer` makes of its form, or with a code."""

    def respond(request: Any, context: Any) -> bytes:
        said = answer(dict(parse_qsl(request.text, strict_parsing=True)))
        return said if isinstance(said, bytes) else json.dumps({"code": said}).encode()

    mocker.post(REPORT_URL, content=respond)


def report(columns: str, *rows: str) -> bytes:
    """A report as the server sends it."""
    return ("\ufeff" + "\n".join([columns, *rows]) + "\n").encode()
