"""Asking for a report, in portions of the size that worked, and not twice for the same."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import Kaltura
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.complete import Reading, read_whole
from source_kaltura_rooms.retrieval.queries import Query, TimeQuery
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY


class ByTime(Protocol):
    """Something that reads a report by time."""

    def by_time(self, stream: str, window: Window) -> Reading:
        """The report over the window's interval, on behalf of a stream."""


class ReportReader:
    """Asks for one report, in portions of the size that worked before in this sync."""

    def __init__(
        self,
        kaltura: Kaltura,
        config: Config,
        report: Report,
        logger: logging.Logger,
        excluded: Collection[str] = (),
    ) -> None:
        self._kaltura = kaltura
        self._config = config
        self._report = report
        self._logger = logger
        self._excluded = excluded
        self._length_that_worked = config.window_length
        self._said: set[str] = set()

    def pieces(self, window: Window) -> list[Window]:
        """The window in pieces of that size."""
        return window.pieces(max(1, self._length_that_worked // DAY))

    def by_time(self, stream: str, window: Window) -> Reading:
        """The report over the window's interval, rows of sessions outside the window included."""
        longest = self._config.longest_session
        return self.ask(stream, (TimeQuery(piece, longest) for piece in self.pieces(window)))

    def ask(self, stream: str, portions: Iterable[Query], *, least: int = 1) -> Reading:
        """Whole answers for the portions, on behalf of `stream`.

        What had to be split sets the size of later windows' pieces, to `least` seconds or more.
        """
        together = Reading([], requests=0)
        for portion in portions:
            reading = read_whole(
                stream, portion, lambda one: self._ask_once(stream, one), self._logger
            )
            if reading.largest_part is not None:
                learned = max(least, reading.largest_part)
                self._length_that_worked = min(self._length_that_worked, learned)
            together.add(reading)
        for caveat in set(together.caveats) - self._said:
            self._said.add(caveat)
            self._logger.warning(f"{stream}: {caveat}")
        return together

    def _ask_once(self, stream: str, portion: Query) -> Table:
        filters = {**self._config.filters, **portion.filters}
        params = self._report.params(portion.interval, filters)
        return self._kaltura.report(stream, self._report, params, self._excluded)


class SharedReadings:
    """Readings that two streams need, asked for by whichever comes first.

    At most `most` are kept for the other one; a window that it never asks for, because its state
    differs or it has failed, drops out.
    """

    def __init__(self, asker: ByTime, most: int) -> None:
        self._asker = asker
        self._most = most
        self._lock = threading.Lock()
        self._kept: OrderedDict[Window, _Kept] = OrderedDict()

    def by_time(self, stream: str, window: Window) -> Reading:
        """The window's reading; its number of requests is 0 if the other stream asked for it."""
        with self._lock:
            kept = self._kept.setdefault(window, _Kept())
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        with kept.lock:
            if kept.reading is None:
                kept.reading = self._asker.by_time(stream, window)
                return kept.reading
            with self._lock:
                self._kept.pop(window, None)
            return replace(kept.reading, requests=0)


@dataclass
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    reading: Reading | None = None
