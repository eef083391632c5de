"""Waiting in a test for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS_AT_MOST = 120
"""After that a test hangs, however busy the machine is."""


def wait_until(condition: Callable[[], bool]) -> None:
    """Returns once the condition holds; raises TimeoutError if it does not for two minutes."""
    deadline = time.monotonic() + SECONDS_AT_MOST
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing happened in {SECONDS_AT_MOST} seconds")
        time.sleep(0.005)
