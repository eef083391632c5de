"""The end of a sync: nothing about a stream after its last status, and one error at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteMessage,
    AirbyteStreamStatus,
    FailureType,
    Type,
)
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

_LAST_STATUSES = (AirbyteStreamStatus.COMPLETE, AirbyteStreamStatus.INCOMPLETE)


def until_last_status(messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
    """The messages without states and statuses of streams that have had their last status.

    A repeated state or a wait for the rate limit may already be in the queue when a stream ends.
    """
    ended: set[str] = set()
    for message in messages:
        status = message.trace.stream_status if message.trace else None
        name = None
        if status is not None:
            name = status.stream_descriptor.name
        elif message.type is Type.STATE and message.state and message.state.stream:
            name = message.state.stream.stream_descriptor.name
        if name in ended:
            continue
        if status is not None and status.status in _LAST_STATUSES:
            ended.add(status.stream_descriptor.name)
        yield message


def with_type_of_first_error(messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
    """The messages; an error at the end has the type and the words of the streams' errors.

    The CDK raises one more error once streams have failed, as a config_error and with the text of
    Python's exceptions in it. The platform would show that one to the user, and would not try a
    transient error again. Raises AirbyteTracedException.
    """
    errors: list[AirbyteErrorTraceMessage] = []
    try:
        for message in messages:
            if message.trace and message.trace.error:
                errors.append(message.trace.error)
            yield message
    except AirbyteTracedException:
        if not errors:
            raise
        raise AirbyteTracedException(
            message=" ".join(dict.fromkeys(one.message for one in errors)),
            internal_message="The sync has failed: see the errors of its streams.",
            failure_type=errors[0].failure_type or FailureType.system_error,
        ) from None  # what the CDK said is told better by the streams' errors
