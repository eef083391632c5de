"""How many days one request may be about, as this sync has found out."""

from __future__ import annotations

import threading

QUICK = 150
"""Seconds. Kaltura gives itself 600, so a request twice as large should be answered as well."""


class QuerySizes:
    """The size of a report's next request in days; shared by all workers of a stream.

    After a request that was too much the next one is the smallest, so that something is read at
    all. From then on sizes double while answers are quick, and stay below what was too much.
    """

    def __init__(self, most: int, least: int = 1) -> None:
        self._lock = threading.Lock()
        self._least = min(least, most)
        self._most = most
        self._days = most

    @property
    def days(self) -> int:
        """How many days the next request should be about."""
        with self._lock:
            return self._days

    @property
    def least(self) -> int:
        """How many days the smallest request is about."""
        return self._least

    def note_too_much(self, days: int) -> None:
        """Takes note that a request about so many days was too much."""
        with self._lock:
            if self._least < days <= self._most:
                self._most = max(self._least, days - 1)
                self._days = self._least

    def note_answer(self, days: int, seconds: float) -> None:
        """Takes note that a request about so many days was answered whole in so many seconds."""
        with self._lock:
            if days >= self._days and seconds < QUICK:
                self._days = min(2 * self._days, self._most)
