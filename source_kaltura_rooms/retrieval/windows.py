"""WindowPartitions: the ranges of session starts that a sync is cut into."""

from __future__ import annotations

from dataclasses import dataclass

from source_kaltura_rooms.times import MINUTE, Interval, format_time


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

    def interval(self, longest_session: int) -> Interval:
        """What to ask for so that all sessions of this window are whole.

        A report counts only what happened inside the interval. A session that starts in the last
        second of the window and lasts `longest_session` seconds ends that much after the window.
        """
        return Interval.around(self.start, self.end + longest_session)

    def halves(self) -> list[Window]:
        """Two windows that meet at a whole minute near the middle; none if there is none inside."""
        first = self.start - self.start % MINUTE + MINUTE
        last = (self.end - 1) - (self.end - 1) % MINUTE
        if first > last:
            return []
        middle = (self.start + self.end) // 2
        split = max(first, middle - middle % MINUTE)
        return [Window(self.start, split), Window(split, self.end)]

    def pieces(self, longest: int) -> list[Window]:
        """The window cut into windows of at most `longest` seconds, in order, without gaps."""
        starts = range(self.start, self.end, longest)
        return [Window(start, min(start + longest, self.end)) for start in starts]
