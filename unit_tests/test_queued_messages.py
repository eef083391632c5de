"""Messages go through the queue, but those of the thread that empties it."""

from __future__ import annotations

import threading
from queue import Queue

from airbyte_cdk.models import AirbyteMessage, Type
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem

from source_kaltura_rooms.airbyte.messages import QueuedMessages


def test_given_a_full_queue_when_the_printing_thread_emits_then_it_does_not_wait() -> None:
    queue: Queue[QueueItem] = Queue(1)
    messages = QueuedMessages(queue, threading.get_ident())
    waiting, first, second = (AirbyteMessage(type=Type.STATE) for _ in range(3))
    queue.put(waiting)

    messages.emit_message(first)
    messages.emit_message(second)

    assert list(messages.consume_queue()) == [first, second]
    assert list(messages.consume_queue()) == []
    assert queue.get_nowait() is waiting


def test_given_a_full_queue_when_another_thread_emits_then_it_waits_for_room() -> None:
    queue: Queue[QueueItem] = Queue(1)
    messages = QueuedMessages(queue, threading.get_ident())
    first, second = (AirbyteMessage(type=Type.STATE) for _ in range(2))
    queue.put(first)

    worker = threading.Thread(target=messages.emit_message, args=[second], daemon=True)
    worker.start()

    assert queue.get(timeout=60) is first
    assert queue.get(timeout=60) is second
    assert list(messages.consume_queue()) == []


def test_given_a_message_when_offered_then_it_is_taken_if_there_is_room() -> None:
    queue: Queue[QueueItem] = Queue(1)
    messages = QueuedMessages(queue, threading.get_ident())

    assert messages.offer(AirbyteMessage(type=Type.STATE))
    assert not messages.offer(AirbyteMessage(type=Type.STATE))
    assert queue.qsize() == 1
