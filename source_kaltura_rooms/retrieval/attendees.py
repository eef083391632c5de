"""Attendees, whose report has no times: report 6000 tells when their sessions started."""

from __future__ import annotations

import functools
import itertools
import logging
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import replace

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import SessionReport
from source_kaltura_rooms.retrieval.complete import ReportReader, WholeAnswer
from source_kaltura_rooms.retrieval.cross_check import CrossCheck
from source_kaltura_rooms.retrieval.merging import merge_equal_keys
from source_kaltura_rooms.retrieval.placement import (
    SessionKey,
    has_value,
    place_by_session,
    rows_by_session,
    rows_of_other_sessions,
)
from source_kaltura_rooms.retrieval.readers import Part, missing_rows
from source_kaltura_rooms.retrieval.report_queries import Effort
from source_kaltura_rooms.retrieval.session_lists import SessionLists
from source_kaltura_rooms.retrieval.sessions import SessionList
from source_kaltura_rooms.retrieval.sessions_without_start import look_up
from source_kaltura_rooms.retrieval.windows import Window


class AttendeesReader:
    """Reads the windows of a report that has to be joined with report 6000.

    `beside` runs what can be asked for at the same time.
    """

    def __init__(
        self,
        reader: ReportReader,
        config: Config,
        report: SessionReport,
        logger: logging.Logger,
        lists: SessionLists,
        beside: Executor,
    ) -> None:
        self._reader = reader
        self._config = config
        self._report = report
        self._logger = logger
        self._lists = lists
        self._beside = beside
        self._cross_check = CrossCheck(reader, report)
        self._lock = threading.Lock()
        self._unlisted: set[SessionKey] = set()

    def read(self, window: Window) -> Iterator[Part]:
        """The rows of sessions that start in the window, and those of unknown sessions.

        Sessions and attendees are asked for at the same time. The parts of the window come in
        order, each as soon as it was read. Raises ReportError.
        """
        listed = _ListedSessions(self._lists, self._report.stream, window, self._beside)
        answers = self._reader.read(self._report.stream, window, listed.up_to)
        # `map` keeps no answer while Kaltura works on the next one; a loop's variable would.
        yield from map(functools.partial(self._part, listed), answers)
        yield from missing_rows(self._reader, self._report, self.read)

    def _part(self, listed: _ListedSessions, whole: WholeAnswer) -> Part:
        report, window = self._report, whole.query.window
        effort = Effort(report.stream, window)
        sessions = listed.up_to(window.end)
        rows = rows_by_session(report, whole.tables)
        unknown = _without_start(rows, sessions)
        if unknown and self._may_be_new(unknown):
            # Kaltura may learn of a session between the two requests.
            sessions = listed.anew(window)
            unknown = _without_start(rows, sessions)
            self._note_unlisted(unknown)
        tables = whole.tables
        if "virtual_event_ids" in self._config.filters:
            tables = self._of_listed_sessions(tables, rows, sessions)
        if "user_ids" not in self._config.filters:
            people = self._people(sessions, window)
            tables = self._cross_check.checked(effort, whole, tables, rows, people)
        if tables is not whole.tables:
            unknown = _without_start(rows_by_session(report, tables), sessions)
        if unknown:
            longest = self._config.longest_session
            whole = replace(whole, tables=tables)
            tables = look_up(self._reader, effort, report, whole, unknown, longest)
        merged = merge_equal_keys(report, tables)
        requests, seconds = listed.take()
        return Part(
            window,
            whole.requests + effort.requests + requests,
            whole.seconds + effort.seconds + seconds,
            lambda: place_by_session(report, merged.tables, window, sessions.start_of),
            merged.rows,
        )

    def _people(self, sessions: SessionList, window: Window) -> dict[SessionKey, int]:
        """How many people report 6000 counts in the sessions that are read of this window."""
        chosen = self._config.filters.get("cue_point_ids")
        people = sessions.people_in(window)
        return {key: count for key, count in people.items() if not chosen or key[1] in chosen}

    def _may_be_new(self, unknown: set[SessionKey]) -> bool:
        """Whether report 6000 has not been asked again yet about some of these sessions."""
        with self._lock:
            return not unknown <= self._unlisted

    def _note_unlisted(self, unknown: set[SessionKey]) -> None:
        with self._lock:
            self._unlisted |= unknown

    def _of_listed_sessions(
        self,
        tables: tuple[Table, ...],
        rows: Counter[SessionKey],
        sessions: SessionList,
    ) -> tuple[Table, ...]:
        """The rows of sessions that report 6000 lists when asked with the same filter."""
        others = {key for key in rows if not sessions.lists(key)}
        if not others:
            return tables
        self._reader.queries.say_once(
            self._report.stream,
            "Kaltura's answers have attendees of sessions that report 6000 does not list for the "
            "same virtual_event_ids; this Kaltura may not know the filter. They are left out.",
        )
        return tuple(
            rows_of_other_sessions(self._report, table, others) for table in tables if len(table)
        )


def _without_start(keys: Iterable[SessionKey], sessions: SessionList) -> set[SessionKey]:
    """The sessions among these whose start is not known."""
    return {key for key in keys if has_value(key[1]) and sessions.start_of(key) is None}


class _ListedSessions:
    """The sessions of a window as far as report 6000 was read; used by one worker at a time."""

    def __init__(self, lists: SessionLists, stream: str, window: Window, beside: Executor) -> None:
        self._lists = lists
        self._stream = stream
        self._answers = lists.read(stream, window)
        self._sessions = SessionList()
        self._read_up_to = window.start
        self._requests = 0
        self._seconds = 0.0
        self._window = window
        self._first = beside.submit(self._read_next)

    def up_to(self, end: int) -> SessionList:
        """All sessions that start before this second, and others. Raises ReportError."""
        self._first.result()
        while self._read_up_to < end:
            self._read_next()
        return self._sessions

    def anew(self, window: Window) -> SessionList:
        """The sessions, after report 6000 was asked again about this part of the window."""
        self._take_in(self._lists.read_anew(self._stream, window))
        return self._sessions

    def take(self) -> tuple[int, float]:
        """The requests since this was called last, and the seconds that their answers took."""
        taken = (self._requests, self._seconds)
        self._requests, self._seconds = 0, 0.0
        return taken

    def _read_next(self) -> None:
        self._take_in(itertools.islice(self._answers, 1))

    def _take_in(self, answers: Iterable[WholeAnswer]) -> None:
        for answer in answers:
            for table in answer.tables:
                self._sessions.add(table)
            self._requests += answer.requests
            self._seconds += answer.seconds
            self._read_up_to = max(self._read_up_to, answer.query.window.end)
