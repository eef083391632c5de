"""The state of a stream: the end of what was read without a gap, and where that begins."""

from __future__ import annotations

import heapq
import logging
import threading
import time
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.models import AirbyteMessage
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record

from source_kaltura_rooms.airbyte.failures import configuration_failure
from source_kaltura_rooms.airbyte.messages import QueuedMessages
from source_kaltura_rooms.reports import CURSOR
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import format_time, parse_time

START_DATE, COMPLETE = "start_date", "complete"


@dataclass(frozen=True)
class SavedState:
    """What earlier syncs of a stream read, in Unix seconds of session starts.

    They read everything from `start` to `reached`, both included. `start` is None in a state of
    release 0.1, which did not save it. `is_complete` tells that a full refresh came to its end.
    """

    reached: int
    start: int | None = None
    is_complete: bool = False


def saved_state(stream: str, state: Mapping[str, Any]) -> SavedState | None:
    """What a stream's saved state says, None without a state. Unknown keys are ignored.

    Raises AirbyteTracedException for a state that this connector has not written.
    """
    if CURSOR not in state and all(key.startswith("__ab") for key in state):
        return None
    try:
        reached = parse_time(state[CURSOR])
        start = parse_time(state[START_DATE]) if state.get(START_DATE) else None
    except (KeyError, ValueError, TypeError):  # anything may stand in a state
        raise configuration_failure(
            f"Stream {stream}: its saved state is not one of this connector's, which look like "
            f'{{"{CURSOR}": "2026-02-04T23:59:59Z"}}; clear the stream\'s data to read it anew.'
        ) from None
    return SavedState(reached, start, state.get(COMPLETE) is True)


Describe = Callable[[int, int | None], dict[str, Any]]
"""Makes a state of the last second that was read without a gap, and of the first."""


def session_state(reached: int, start: int | None) -> dict[str, Any]:
    """`{"session_start_time": last second read without a gap, "start_date": from where}`.

    `start` is None where a state of release 0.1 did not save it.
    """
    state: dict[str, Any] = {CURSOR: format_time(reached)}
    if start is not None:
        state[START_DATE] = format_time(start)
    return state


@dataclass(frozen=True)
class Plan:
    """What a sync reads of a stream: session starts in `window`, after `before` was read.

    The window is empty, or ends before it starts, if there is nothing to read.
    """

    window: Window
    before: SavedState | None
    is_full_refresh: bool


def plan(
    stream: str,
    saved: SavedState | None,
    configured: Window,
    *,
    lookback: int,
    is_full_refresh: bool,
    now: int,
    logger: logging.Logger,
) -> Plan:
    """What is left to read of the `configured` range, which ends at `now` or before.

    `lookback` is in seconds. A full refresh has none: with the state of one that was interrupted it
    goes on behind it, since what was delivered would be there twice. With the state of one that was
    completed it begins anew. Warns of a state later than now, which counts as now, and of days
    that a `start_date` which was moved back does not bring.
    """
    if saved is None or (is_full_refresh and saved.is_complete):
        return Plan(configured, None, is_full_refresh)
    if saved.reached >= now:
        logger.warning(
            f"{stream}: the saved state ({format_time(saved.reached)}) is later than now. It is "
            "taken for now."
        )
        saved = SavedState(now - 1, saved.start)
    behind = saved.reached + 1 - (0 if is_full_refresh else lookback)
    window = Window(max(configured.start, behind), configured.end)
    if saved.start is not None and configured.start < min(saved.start, window.start):
        logger.warning(
            f"{stream}: start_date is now {format_time(configured.start)}, but this stream was "
            f"read from {format_time(saved.start)} on. The days before that are not read. To get "
            "them, clear the stream and sync it again, or make a second connection with "
            f"{format_time(saved.start)} as its end_date."
        )
    return Plan(window, saved, is_full_refresh)


class WindowCursor(Cursor):
    """Learns which ranges of session starts were read, and says so in states.

    The state is the end of what was read without a gap, whether there were sessions or not. The
    lookback is part of what has to be read: until it was, the state stays as it was saved, or a
    session that came late would be missed after an interruption.

    Workers, the thread that prints and the state timer call it, each while it holds a lock of the
    cursor's. The one that prints does so only after the workers are done, and the state timer never
    waits while it has the lock, so nobody waits for ever.
    """

    def __init__(
        self,
        stream: str,
        plan: Plan,
        messages: QueuedMessages,
        states: ConnectorStateManager,
        describe: Describe = session_state,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.window = plan.window
        self._stream = stream
        self._before = plan.before
        self._is_full_refresh = plan.is_full_refresh
        self._messages = messages
        self._states = states
        self._clock = clock
        self._describe = describe
        self._lock = threading.Lock()
        self._end = self.window.start  # of what was read without a gap
        self._after_a_gap: list[Window] = []
        self._is_running = False
        self._is_complete = False
        self._emitted_at = clock()

    @property
    def state(self) -> MutableMapping[str, Any]:
        """What was read without a gap, with `"complete": true` at the end of a full refresh."""
        state = self._describe(*self._read_so_far())
        if self._is_complete:
            state[COMPLETE] = True
        return state

    def _read_so_far(self) -> tuple[int, int | None]:
        """The last second that was read without a gap, and the first."""
        first, last, before = self.window.start, self._end - 1, self._before
        if before is None:
            # With a start in the future, nothing up to now was read and nothing after it can be.
            return min(last, self.window.end - 1), first
        if self._end == first or last < before.reached:
            return before.reached, before.start
        if first > before.reached + 1:  # start_date was moved to behind what was read before
            return last, first
        return last, None if before.start is None else min(first, before.start)

    def begin(self) -> None:
        """Tells that the stream has started, so that its state may be repeated."""
        with self._lock:
            self._is_running = True

    def mark_read(self, window: Window) -> None:
        """Counts the window as read, once its records are in the queue, and emits the state."""
        with self._lock:
            heapq.heappush(self._after_a_gap, window)
            while self._after_a_gap and self._after_a_gap[0].start <= self._end:
                self._end = max(self._end, heapq.heappop(self._after_a_gap).end)
            self._emit()

    def repeat_state(self, seconds: float) -> None:
        """Emits the state again if the stream runs and emitted none for so many seconds.

        Does not wait: while the queue is full, other messages are on their way.
        """
        with self._lock:
            is_due = self._is_running and self._clock() - self._emitted_at >= seconds
            if is_due and self._messages.offer(self._message()):
                self._emitted_at = self._clock()

    def ensure_at_least_one_state_emitted(self) -> None:
        """Emits the last state. The CDK calls it when the stream is done or has failed."""
        with self._lock:
            self._is_running = False
            self._is_complete = self._is_full_refresh and self._end >= self.window.end
            self._emit()

    def _emit(self) -> None:
        self._messages.emit_message(self._message())
        self._emitted_at = self._clock()

    def _message(self) -> AirbyteMessage:
        self._states.update_state_for_stream(self._stream, None, self.state)
        return self._states.create_state_message(self._stream, None)

    def observe(self, record: Record) -> None:
        """Does nothing: it counts what was read, not what was in it."""

    def close_partition(self, partition: Partition) -> None:
        """Does nothing: a partition tells by itself what it has read, part by part."""

    def should_be_synced(self, record: Record) -> bool:
        """True: a reader hands out no record that is not wanted."""
        return True
