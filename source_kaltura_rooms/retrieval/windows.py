"""Windows: ranges of session starts, cut at midnight UTC, and what to ask for them.

The day is the unit. A day's request is the same in every sync and however a window was cut, so
what Kaltura counts for a session does not depend on the windows or on the schedule of syncs.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from source_kaltura_rooms.times import DAY, HOUR, Interval, format_time, start_of_day

MARGIN = HOUR
"""Seconds. People who join this long before their session starts are counted with it."""


@dataclass(frozen=True, order=True)
class Window:
    """A half-open range `[start, end)` of session starts, in Unix seconds."""

    start: int
    end: int

    def __contains__(self, session_start: int) -> bool:
        return self.start <= session_start < self.end

    def __str__(self) -> str:
        return f"{format_time(self.start)} to {format_time(self.end)}"

    @property
    def length(self) -> int:
        """Seconds from start to end."""
        return self.end - self.start

    @property
    def days(self) -> int:
        """How many calendar days in UTC the window touches; it must not be empty."""
        return (self.end - 1) // DAY - self.start // DAY + 1

    def interval(self, longest_session: int) -> Interval:
        """What to ask for so that all sessions of this window are whole.

        A report counts only what happened inside the interval it is asked for. This one begins an
        hour before the midnight at or before the window's start. It ends on the first full hour
        that is at least `longest_session` seconds and one hour after the window's end.
        """
        end = self.end + longest_session + MARGIN
        return Interval(start_of_day(self.start) - MARGIN, end + -end % HOUR)

    def pieces(self, days: int) -> list[Window]:
        """The window cut at midnights into windows of at most `days` calendar days, in order."""
        return windows(self.start, self.end, days)


def windows(start: int, end: int, days: int) -> list[Window]:
    """The range `[start, end)` cut into windows of at most `days` calendar days, in order.

    `start` and `end` are Unix seconds. The first window begins at `start`, the last ends at `end`,
    all borders between them are midnights UTC. There is none if `end` is not after `start`.
    """
    if end <= start:
        return []
    first = start_of_day(start)
    borders = [start, *range(first + days * DAY, end, days * DAY), end]
    return [Window(*ends) for ends in itertools.pairwise(borders)]
