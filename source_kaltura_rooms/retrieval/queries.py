"""What one request may ask for, and what to ask for instead when that is too much.

Rooms and breakouts are asked for by time alone. Attendees are asked for by time first, which also
shows those of sessions that report 6000 does not list, then by session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from source_kaltura_rooms.kaltura.tables import RowTable, Table, rows_of
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import Interval

IDS_PER_REQUEST = 500

UNLISTED = (
    "Where one answer cannot hold all attendees, they are asked for by session, which leaves out "
    "those of sessions that report 6000 does not list, should there be any."
)


@dataclass(frozen=True)
class Parts:
    """What to ask for instead of a portion, together the same.

    `kept` are rows of its answer that nothing else can ask for. `caveat` is a sentence about what
    the parts may leave out.
    """

    portions: Sequence[Query]
    kept: Table | None = None
    caveat: str = ""


class Query(Protocol):
    """What one request asks for."""

    @property
    def length(self) -> int:
        """Seconds of session starts that it stands for."""

    @property
    def interval(self) -> Interval:
        """When the events happened that are asked for."""

    @property
    def filters(self) -> Mapping[str, Sequence[str]]:
        """Filters that replace those of the configuration."""

    def parts(self, cut_off: Table | None) -> Parts | None:
        """What to ask for instead; None if it cannot be less.

        `cut_off` is the answer that may be incomplete, None if there was none.
        """


@dataclass(frozen=True)
class TimeQuery:
    """Everything about the sessions that start in a window, and whatever else happened then."""

    window: Window
    longest_session: int

    def __str__(self) -> str:
        return str(self.window)

    @property
    def length(self) -> int:
        return self.window.length

    @property
    def interval(self) -> Interval:
        return self.window.question(self.longest_session)

    @property
    def filters(self) -> Mapping[str, Sequence[str]]:
        return {}

    def parts(self, cut_off: Table | None) -> Parts | None:
        days = self.window.days
        if days == 1:
            return None
        halves = self.window.pieces((days + 1) // 2)
        return Parts([replace(self, window=half) for half in halves])


@dataclass(frozen=True)
class AttendeesQuery(TimeQuery):
    """The attendees of a window, whose parts are named by session.

    `sessions` tells when each session that may have rows here began and ended; `chosen` are the
    cue point ids of the configuration, empty for all.
    """

    sessions: Callable[[], Mapping[str, Interval]]
    chosen: frozenset[str]

    def parts(self, cut_off: Table | None) -> Parts | None:
        """Two halves of the window's sessions, in no more than 500 ids a request.

        Sessions that report 6000 does not list cannot all be named. Where some are seen, halves of
        the window are asked for, as long as that makes the interval much shorter; then those that
        were seen are named too. The rows of sessions without an id are kept as they are.
        """
        sessions = self.sessions()
        named = {
            id: times
            for id, times in sessions.items()
            if id and times.start in self.window and (not self.chosen or id in self.chosen)
        }
        seen = cut_off.distinct("cue_point_id") if cut_off else set()
        unlisted = seen - sessions.keys()
        is_unseen = cut_off is None and not named
        if is_unseen or (unlisted and self.length > self.longest_session):
            return super().parts(cut_off)
        named |= {id: self.interval for id in unlisted if id}
        kept = _rows_without(cut_off, "cue_point_id") if cut_off else None
        if not named:
            return Parts([], kept)
        in_order = tuple(sorted(named.items(), key=_by_time))
        everything = SessionsQuery(in_order, self.length // len(in_order))
        halves = everything.halves() or [everything]
        return Parts(
            [part for half in halves for part in half.at_most(IDS_PER_REQUEST)], kept, UNLISTED
        )


@dataclass(frozen=True)
class SessionsQuery:
    """The attendees of some sessions, over no more time than these need.

    `share` is what one of them stands for in seconds of session starts.
    """

    sessions: tuple[tuple[str, Interval], ...]
    share: int

    def __str__(self) -> str:
        first = self.sessions[0][0]
        others = f" and {len(self.sessions) - 1} more" if len(self.sessions) > 1 else ""
        return f"session {first}{others}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The cue point ids of the sessions."""
        return tuple(id for id, _ in self.sessions)

    @property
    def length(self) -> int:
        return self.share * len(self.sessions)

    @property
    def interval(self) -> Interval:
        starts = [times.start for _, times in self.sessions]
        ends = [times.end for _, times in self.sessions]
        return Interval.around(min(starts), max(ends))

    @property
    def filters(self) -> Mapping[str, Sequence[str]]:
        return {"cue_point_ids": self.ids}

    def parts(self, cut_off: Table | None) -> Parts | None:
        halves = self.halves()
        return Parts(halves) if halves else None

    def halves(self) -> list[SessionsQuery]:
        """The earlier and the later half of the sessions, none if there is only one."""
        return self.at_most((len(self.sessions) + 1) // 2) if len(self.sessions) > 1 else []

    def at_most(self, count: int) -> list[SessionsQuery]:
        """The same in portions of at most `count` sessions."""
        return [
            SessionsQuery(self.sessions[first : first + count], self.share)
            for first in range(0, len(self.sessions), count)
        ]


def _by_time(session: tuple[str, Interval]) -> tuple[Interval, str]:
    id, times = session
    return times, id


def _rows_without(table: Table, name: str) -> Table:
    chosen = (batch.where([not text for text in batch.column(name)]) for batch in table.batches())
    return RowTable(table.columns, rows_of(chosen))
