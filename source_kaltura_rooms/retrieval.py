"""A window of session starts → the rows of its sessions, whole.

A report counts what happened inside the interval it is asked for, so a session that crosses its
edge is cut in two, each part with metrics of its own that cannot be put together again. Hence every
interval reaches past its window by the longest session to expect, and only the rows of sessions
that start inside the window are kept.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from source_kaltura_rooms.caps import Reading, read_whole
from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura import Kaltura
from source_kaltura_rooms.placement import (
    Belongs,
    PlacedRows,
    place_attendees,
    place_by_start,
    session_times,
)
from source_kaltura_rooms.portions import AttendeesPortion, Portion, SessionsPortion, TimePortion
from source_kaltura_rooms.report_csv import Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS, Report, column_types
from source_kaltura_rooms.windows import Interval, Window


@dataclass(frozen=True)
class WindowRows:
    """All rows of a window, per answer, and the number of report requests they took."""

    answers: list[PlacedRows]
    requests: int


class Asker:
    """Asks for one report, in portions of the size that worked before in this sync."""

    def __init__(
        self,
        kaltura: Kaltura,
        config: Config,
        report: Report,
        logger: logging.Logger,
        *,
        stream: str,
        excluded: Collection[str],
    ) -> None:
        self._kaltura = kaltura
        self._config = config
        self._report = report
        self._logger = logger
        self._stream = stream
        self._excluded = excluded
        self._length_that_worked = config.window_length

    def pieces(self, window: Window) -> list[Window]:
        """The window in pieces of that size."""
        return window.pieces(self._length_that_worked)

    def ask_by_time(self, window: Window) -> Reading:
        """The report over the window's interval, rows of sessions outside the window included."""
        longest = self._config.longest_session
        return self.ask(TimePortion(piece, longest) for piece in self.pieces(window))

    def ask(self, portions: Iterable[Portion], *, least: int = 1) -> Reading:
        """Whole answers for the portions.

        What had to be split sets the size of later windows' pieces, to `least` seconds or more.
        """
        together = Reading([], requests=0)
        for portion in portions:
            reading = read_whole(self._stream, portion, self._ask_once, self._logger)
            if reading.largest_part is not None:
                learned = max(least, reading.largest_part)
                self._length_that_worked = min(self._length_that_worked, learned)
            together.answers += reading.answers
            together.requests += reading.requests
        return together

    def _ask_once(self, portion: Portion) -> Table:
        filters = {**self._config.filters, **portion.filters}
        params = self._report.params(portion.interval, filters)
        return self._kaltura.report(self._stream, self._report, params, self._excluded)


class WindowReader:
    """Reads the windows of a stream whose rows tell when their session started."""

    def __init__(
        self,
        kaltura: Kaltura,
        config: Config,
        report: Report,
        logger: logging.Logger,
        excluded: Collection[str] = (),
    ) -> None:
        self._asker = Asker(
            kaltura, config, report, logger, stream=report.stream, excluded=excluded
        )

    def read(self, window: Window) -> WindowRows:
        """The rows of sessions that start in the window, and those that have no start."""
        reading = self._asker.ask_by_time(window)
        answers = [
            place_by_start(table, portion.window)
            for portion, table in reading.answers
            if isinstance(portion, TimePortion)
        ]
        return WindowRows(answers, reading.requests)


class AttendeesReader:
    """Reads attendees, whose report has no times: report 6000 tells when their sessions started."""

    def __init__(
        self,
        kaltura: Kaltura,
        config: Config,
        logger: logging.Logger,
        excluded: Collection[str] = (),
    ) -> None:
        self._config = config
        self._attendees = Asker(
            kaltura, config, ATTENDEES, logger, stream=ATTENDEES.stream, excluded=excluded
        )
        needed = {*ROOMS.required_columns, "session_end_time"}
        self._sessions = Asker(
            kaltura,
            config,
            ROOMS,
            logger,
            stream=ATTENDEES.stream,
            excluded=[name for name in column_types(ROOMS.stream) if name not in needed],
        )

    def read(self, window: Window) -> WindowRows:
        """The rows of sessions that start in the window, and those of unknown sessions.

        The sessions are asked for after the attendees, so that one that Kaltura learns of in
        between is not unknown.
        """
        sessions = _WindowSessions(self._sessions, window, self._config.longest_session)
        chosen = frozenset(self._config.filters.get("cue_point_ids", ()))
        longest = self._config.longest_session
        reading = self._attendees.ask(
            (
                AttendeesPortion(piece, longest, lambda: sessions.times, chosen)
                for piece in self._attendees.pieces(window)
            ),
            # Every interval is longer than its window by the longest session. Where windows of that
            # size are still too much, smaller ones would be too, and sessions are asked for.
            least=longest,
        )
        starts = {id: times.start for id, times in sessions.times.items()}
        answers = [
            place_attendees(table, starts, _belongs_to(portion))
            for portion, table in reading.answers
        ]
        return WindowRows(answers, reading.requests + sessions.reading.requests)


class _WindowSessions:
    """The sessions with events in a window's interval, asked for when they are first needed."""

    def __init__(self, asker: Asker, window: Window, longest_session: int) -> None:
        self._asker = asker
        self._window = window
        self._longest_session = longest_session

    @functools.cached_property
    def reading(self) -> Reading:
        return self._asker.ask_by_time(self._window)

    @functools.cached_property
    def times(self) -> dict[str, Interval]:
        tables = [table for _, table in self.reading.answers]
        return session_times(tables, self._longest_session)


def _belongs_to(portion: Portion) -> Belongs:
    if isinstance(portion, SessionsPortion):
        ids = frozenset(portion.ids)
        return lambda cue_point_id, start: cue_point_id in ids
    if isinstance(portion, TimePortion):
        window = portion.window
        return lambda cue_point_id, start: start in window
    raise TypeError(f"{portion} is no portion of attendees")
