"""How messages other than records reach the output: through the queue that records go through."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from queue import Full, Queue

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStreamStatus,
    AirbyteStreamStatusReason,
    AirbyteStreamStatusReasonType,
    Level,
    StreamDescriptor,
)
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.message.repository import LogMessage
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message as status_message

# The CDK passes on the other models of this dependency of its own, but not this one.
from airbyte_protocol_dataclasses.models import (  # type: ignore[import-untyped]  # it has no py.typed
    AirbyteStreamStatusRateLimitedReason,
)


class QueuedMessages(MessageRepository):
    """Messages of other threads wait in the queue; those of the thread that prints do not.

    The queue is the one that records go through, so a state stays behind the records it covers.
    The thread that empties the queue must never wait for room in it, so its own messages are kept
    beside the queue. The CDK prints them before it goes on. The CDK's own repository does so only
    while the queue is full, else the last state of a stream comes after the stream's last status.
    """

    def __init__(self, queue: Queue[QueueItem], printing_thread: int) -> None:
        self._queue = queue
        self._printing_thread = printing_thread
        self._own: deque[AirbyteMessage] = deque()

    def emit_message(self, message: AirbyteMessage) -> None:
        """Waits while the queue is full, unless called by the thread that prints."""
        if threading.get_ident() == self._printing_thread:
            self._own.append(message)
        else:
            self._queue.put(message)

    def offer(self, message: AirbyteMessage) -> bool:
        """Puts the message into the queue if there is room; returns whether there was. No wait."""
        try:
            self._queue.put_nowait(message)
        except Full:
            return False
        return True

    def log_message(self, level: Level, message_provider: Callable[[], LogMessage]) -> None:
        """Does nothing: only the CDK's HTTP client calls it, which this connector does not use."""

    def consume_queue(self) -> Iterable[AirbyteMessage]:
        """The messages of the thread that prints, each once, in order."""
        while self._own:
            yield self._own.popleft()


def rate_limited_status(stream: str, until: float) -> AirbyteMessage:
    """The status that a stream waits for a rate limit until this Unix second."""
    rate_limited = AirbyteStreamStatusReason(
        type=AirbyteStreamStatusReasonType.RATE_LIMITED,
        rate_limited=AirbyteStreamStatusRateLimitedReason(quota_reset=int(until * 1_000)),
    )
    return status_message(
        StreamDescriptor(name=stream), AirbyteStreamStatus.RUNNING, [rate_limited]
    )
