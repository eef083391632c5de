"""A window of session starts → the rows of its sessions, whole.

A report counts what happened inside the interval it is asked for, so a session that crosses its
edge is cut in two, each part with metrics of its own that cannot be put together again. Hence every
interval reaches past its window by the longest session to expect, and only the rows of sessions
that start inside the window are kept.
"""

from __future__ import annotations

import functools
import itertools
import logging
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import Kaltura
from source_kaltura_rooms.reports import ATTENDEES, ROOMS, Report, column_types
from source_kaltura_rooms.retrieval.asking import ByTime, ReportReader
from source_kaltura_rooms.retrieval.complete import Reading
from source_kaltura_rooms.retrieval.placement import (
    SESSION_END,
    Belongs,
    PlacedRows,
    place_attendees,
    place_by_start,
    session_times,
)
from source_kaltura_rooms.retrieval.queries import AttendeesQuery, Query, SessionsQuery, TimeQuery
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import Interval


@dataclass(frozen=True)
class Part:
    """Some days of a window, read whole.

    `seconds` is how long Kaltura took for its answers, `requests` how many reports were asked for.
    `rows` gives the rows that belong to the part, some at a time, each time it is called.
    """

    window: Window
    requests: int
    seconds: float
    rows: Callable[[], Iterator[PlacedRows]]


class Reader(Protocol):
    """Something that reads a window's rows, whole."""

    def read(self, window: Window) -> Iterator[Part]:
        """The parts of the window, in order; they adjoin, and together they cover it.

        Raises ReportError if one of them cannot be read.
        """


@dataclass(frozen=True)
class InOnePart:
    """Hands out a window as one part, until the readers hand out parts themselves."""

    reader: WindowReader | AttendeesReader

    def read(self, window: Window) -> Iterator[Part]:
        started = time.monotonic()
        rows = self.reader.read(window)
        yield Part(window, rows.requests, time.monotonic() - started, rows.placed)


class WindowRows:
    """All rows of a window, and the number of report requests they took.

    Everything has been read and checked; which rows belong to the window is worked out when they
    are looked at, so that windows that wait their turn take little memory.
    """

    def __init__(self, requests: int, place: Callable[[], Iterator[PlacedRows]]) -> None:
        self.requests = requests
        self._place = place

    def placed(self) -> Iterator[PlacedRows]:
        """The rows that belong to the window, some at a time."""
        return self._place()


class WindowReader:
    """Reads the windows of a stream whose rows tell when their session started."""

    def __init__(
        self,
        kaltura: Kaltura,
        config: Config,
        report: Report,
        logger: logging.Logger,
        excluded: Collection[str] = (),
        asker: ByTime | None = None,
    ) -> None:
        self._stream = report.stream
        self._asker = asker or ReportReader(kaltura, config, report, logger, excluded)

    def read(self, window: Window) -> WindowRows:
        """The rows of sessions that start in the window, and those that have no start."""
        reading = self._asker.by_time(self._stream, window)
        return WindowRows(
            reading.requests,
            lambda: itertools.chain.from_iterable(
                place_by_start(table, portion.window)
                for portion, table in reading.answers
                if isinstance(portion, TimeQuery)
            ),
        )


class AttendeesReader:
    """Reads attendees, whose report has no times: report 6000 tells when their sessions started."""

    def __init__(
        self,
        kaltura: Kaltura,
        config: Config,
        logger: logging.Logger,
        excluded: Collection[str] = (),
        sessions: ByTime | None = None,
        threads: Executor | None = None,
    ) -> None:
        self._config = config
        self._attendees = ReportReader(kaltura, config, ATTENDEES, logger, excluded)
        needless = set(column_types(ROOMS.stream)) - {*ROOMS.required_columns, SESSION_END}
        self._own_sessions = ReportReader(kaltura, config, ROOMS, logger, sorted(needless))
        self._sessions = sessions or self._own_sessions
        self._unlisted: set[str] = set()
        self._threads = threads or ThreadPoolExecutor(config.num_workers)

    def read(self, window: Window) -> WindowRows:
        """The rows of sessions that start in the window, and those of unknown sessions.

        Sessions and attendees are asked for at the same time. Kaltura may learn of a session in
        between, so if some are missing from the list, it is asked for again; not a second time for
        the sake of those that this did not help.
        """
        longest = self._config.longest_session
        chosen = frozenset(self._config.filters.get("cue_point_ids", ()))
        sessions = self._ask_for_sessions(self._sessions, window)
        reading = self._attendees.ask(
            ATTENDEES.stream,
            (
                AttendeesQuery(piece, longest, lambda: sessions.times, chosen)
                for piece in self._attendees.pieces(window)
            ),
            # Every interval is longer than its window by the longest session. Where windows of that
            # size are still too much, smaller ones would be too, and sessions are asked for.
            least=longest,
        )
        requests = reading.requests + sessions.reading.requests
        unknown = _sessions_in(reading) - sessions.times.keys()
        if unknown - self._unlisted:
            sessions = self._ask_for_sessions(self._own_sessions, window)
            requests += sessions.reading.requests
            self._unlisted |= unknown - sessions.times.keys()
        starts = {id: times.start for id, times in sessions.times.items()}
        return WindowRows(
            requests,
            lambda: itertools.chain.from_iterable(
                place_attendees(table, starts, _belongs_to(portion))
                for portion, table in reading.answers
            ),
        )

    def _ask_for_sessions(self, asker: ByTime, window: Window) -> _WindowSessions:
        asked = self._threads.submit(asker.by_time, ATTENDEES.stream, window)
        return _WindowSessions(asked, self._config.longest_session)


class _WindowSessions:
    """The sessions with events in a window's interval, as soon as they have been read."""

    def __init__(self, asked: Future[Reading], longest_session: int) -> None:
        self._asked = asked
        self._longest_session = longest_session

    @property
    def reading(self) -> Reading:
        """Raises what asking for them raised."""
        return self._asked.result()

    @functools.cached_property
    def times(self) -> dict[str, Interval]:
        """When each session took place, by cue point id."""
        tables = [table for _, table in self.reading.answers]
        return session_times(tables, self._longest_session)


def _sessions_in(reading: Reading) -> set[str]:
    return set().union(*(table.distinct("cue_point_id") for _, table in reading.answers))


def _belongs_to(portion: Query) -> Belongs:
    if isinstance(portion, SessionsQuery):
        ids = frozenset(portion.ids)
        return lambda cue_point_id, start: cue_point_id in ids
    if isinstance(portion, TimeQuery):
        window = portion.window
        return lambda cue_point_id, start: start in window
    raise TypeError(f"{portion} is no portion of attendees")
