"""A state at least every five minutes, so that the platform does not take a slow sync for dead.

The platform's heartbeat counts records and states alone. Kaltura may take ten minutes for one
answer, and a window may take several.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from source_kaltura_rooms.airbyte.state import WindowCursor

LONGEST_SILENCE = 300
"""Seconds within which each running stream emits a state, be it the same again."""

TICK = 15
"""Seconds between two looks at the streams."""


class Heartbeat:
    """A thread that lets running streams repeat their state."""

    def __init__(self, cursors: Sequence[WindowCursor]) -> None:
        self._cursors = cursors
        self._ended = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self.run, name="heartbeat", daemon=True).start()

    def stop(self) -> None:
        """Lets the thread end, without waiting for it."""
        self._ended.set()

    def run(self, wait: Callable[[float], bool] | None = None) -> None:
        """Looks at the streams every `TICK` seconds until `wait` returns true."""
        has_ended = wait or self._ended.wait
        while not has_ended(TICK):
            for cursor in self._cursors:
                cursor.repeat_state(LONGEST_SILENCE - 2 * TICK)
