"""What one request asks for, and how to ask for less.

The first request is about all sessions of a window. A smaller one is about fewer days. The
smallest ones, for attendees, are about some of a day's sessions, by their ids; they keep the
interval of the day, since people come before a session starts and stay after it has ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import HOUR, Interval

MOST_IDS = 500
"""Ids in one request. With a few thousand a request would be larger than servers accept."""


@dataclass(frozen=True)
class Query:
    """What one request asks a report for: the sessions that start in `window`.

    `interval` is when the events happened that are asked for. `ids` are values of the report's
    `session_filter`; without any, all sessions are asked for.
    """

    window: Window
    interval: Interval
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        if not self.ids:
            return str(self.window)
        sessions = f"session {self.ids[0]}" if len(self.ids) == 1 else f"{len(self.ids)} sessions"
        return f"{sessions} of {self.window}"

    @property
    def days(self) -> int:
        """How many calendar days (UTC) of session starts it is about."""
        return self.window.days

    @property
    def hours(self) -> int:
        """How many hours of events are asked for."""
        return (self.interval.end - self.interval.start) // HOUR

    def for_ids(self, ids: Iterable[str]) -> Query:
        """The same query about these ids alone."""
        return replace(self, ids=tuple(ids))

    def over_more_time(self, seconds: int) -> Query:
        """The same query over an interval that reaches further on both sides."""
        start = max(0, self.interval.start - seconds)
        return replace(self, interval=Interval(start, self.interval.end + seconds))

    def over_twice_the_time(self) -> Query:
        """The same query over an interval that begins earlier by its own length."""
        length = self.interval.end - self.interval.start
        return replace(
            self, interval=Interval(max(0, self.interval.start - length), self.interval.end)
        )

    def halves(self) -> list[Query]:
        """The earlier and the later half of its ids; none if it has fewer than two."""
        middle = (len(self.ids) + 1) // 2
        return by_ids(self, self.ids, middle) if len(self.ids) > 1 else []


def all_sessions(window: Window, longest_session: int) -> Query:
    """The query for all sessions that start in the window, each of them whole."""
    return Query(window, window.interval(longest_session))


def by_ids(query: Query, ids: Sequence[str], most: int = MOST_IDS) -> list[Query]:
    """The query about these ids, in order, with at most `most` of them in one request."""
    size = max(1, min(most, MOST_IDS))
    return [query.for_ids(ids[first : first + size]) for first in range(0, len(ids), size)]
