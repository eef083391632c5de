"""Saved states as Airbyte hands them over, in any form of the protocol → one per stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from airbyte_cdk.models import (
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    StreamDescriptor,
)

from source_kaltura_rooms.airbyte.failures import configuration_failure


def states_per_stream(states: Sequence[AirbyteStateMessage]) -> list[AirbyteStateMessage]:
    """The same states, each as a message of type STREAM, which is the type this connector writes.

    A GLOBAL state holds those of several streams; so does a LEGACY one, as an object with a member
    for each. Raises AirbyteTracedException for a GLOBAL state with something in `shared_state` and
    for a LEGACY one of another shape.
    """
    return [
        AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=one)
        for message in states
        for one in _stream_states(message)
    ]


def _stream_states(message: AirbyteStateMessage) -> Iterator[AirbyteStreamState]:
    if message.stream:
        yield message.stream
    elif message.global_:
        if message.global_.shared_state and vars(message.global_.shared_state):
            raise configuration_failure(
                "The saved state has a shared_state, which this connector never writes; it is the "
                "state of another connector. Clear the state of the connection."
            )
        yield from message.global_.stream_states
    else:
        for name, state in (message.data or {}).items():
            if not isinstance(state, Mapping):
                raise configuration_failure(
                    "The saved state has the type LEGACY, but is not an object with a state for "
                    "each stream. Clear the state of the connection."
                )
            yield AirbyteStreamState(
                stream_descriptor=StreamDescriptor(name=name), stream_state=AirbyteStateBlob(state)
            )
