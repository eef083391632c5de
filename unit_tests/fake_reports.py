"""Reports 6000, 6001 and 6002 over some meetings, as Kaltura counts and as it can misbehave."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor, Future
from typing import Any

from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import Answer, KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS, ROOMS, Report
from source_kaltura_rooms.retrieval.attendees import AttendeesReader
from source_kaltura_rooms.retrieval.complete import ReportReader
from source_kaltura_rooms.retrieval.placement import PlacedRows
from source_kaltura_rooms.retrieval.readers import Part, SessionsReader
from source_kaltura_rooms.retrieval.session_lists import SessionLists
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.stand_ins import FEBRUARY_1, config_of

MINUTE, HOUR, DAY = 60, 3_600, 86_400
DAY_1 = FEBRUARY_1

TOO_MUCH = Refusal("DRUID_QUERY_TIMED_OUT", ErrorAction.SPLIT, "Ask for less.")

COLUMNS = {
    6000: (
        "entry_id",
        "parent_entry_id",
        "cue_point_id",
        "session_start_time",
        "session_end_time",
        "meeting_view_period_unique_users",
    ),
    6001: ("entry_id", "cue_point_id", "user_id", "user_name", "meeting_view_time"),
    6002: (
        "parent_entry_id",
        "breakout_entry_id",
        "cue_point_id",
        "session_start_time",
        "session_end_time",
        "participant_count",
    ),
}


@dataclasses.dataclass(frozen=True)
class Stay:
    """One person in a meeting, from one second after the first of February to another."""

    person: str
    enter: int
    leave: int


@dataclasses.dataclass(frozen=True)
class Meeting:
    """A session of a room, in seconds after the first of February. A blank id: no session."""

    id: str
    start: int
    end: int
    stays: tuple[Stay, ...]
    room: str = "1_room"
    parent: str = ""


def meeting(
    id: str, start: int, minutes: int = 60, people: int | Sequence[str] = 1, **more: Any
) -> Meeting:
    """A meeting in which each of the people stays from its start to its end."""
    names = [f"p{n}" for n in range(people)] if isinstance(people, int) else people
    end = start + minutes * MINUTE
    return Meeting(id, start, end, tuple(Stay(name, start, end) for name in names), **more)


@dataclasses.dataclass
class FakeReports:
    """Answers report calls about meetings.

    Events are kept by the hour. `cap` is the number of rows at which answers of a report are cut
    off, those with the least time or people first. `ignored` are parameters without effect,
    `longest_list` how many ids of a list count. A request over more than `most_hours` is refused
    by `too_much`. `unlisted` and `untimed` are cue points that report 6000 does not list, or lists
    without start. The requests (by report) in `lies` are answered without rows.
    """

    meetings: Collection[Meeting]
    cap: dict[int, int] = dataclasses.field(default_factory=dict)
    ignored: Collection[str] = ()
    longest_list: int | None = None
    most_hours: int | None = None
    too_much: Refusal = TOO_MUCH
    unlisted: Collection[str] = ()
    untimed: Collection[str] = ()
    lies: dict[int, Collection[int]] = dataclasses.field(default_factory=dict)
    people_factor: float = 1.0
    seconds: float = 1.0
    asked: list[tuple[int, dict[str, str]]] = dataclasses.field(default_factory=list)

    def requests(self, report: int) -> list[dict[str, str]]:
        """The parameters of the requests for one report, in order."""
        return [params for asked, params in self.asked if asked == report]

    def answer(self, report: Report, params: dict[str, str]) -> Table:
        """What Kaltura answers; raises Refused for what is too much."""
        self.asked.append((report.id, params))
        first, last = int(params["from_date"]) - DAY_1, int(params["to_date"]) - DAY_1
        if self.most_hours is not None and last - first > self.most_hours * HOUR:
            raise Refused(self.too_much)
        columns = COLUMNS[report.id]
        if len(self.requests(report.id)) in self.lies.get(report.id, ()):
            return RowTable(columns, [])
        if "from_date" in self.ignored:
            first, last = -(10**9), 10**9
        rows = [
            row
            for one in self.meetings
            if self._is_asked_for(one, params)
            for row in self._rows(report, one, first, last)
        ]
        by_size = sorted(rows, key=lambda row: -float(row[-1]))
        most = self.cap.get(report.id, 100_000)
        return RowTable(columns, rows if len(rows) <= most else by_size[:most])

    def _is_asked_for(self, one: Meeting, params: dict[str, str]) -> bool:
        columns = {
            "entry_ids": one.room,
            "cue_point_ids": one.id,
            "parent_entry_ids": one.parent,
        }
        return all(
            value in params[name].split(",")[: self.longest_list]
            for name, value in columns.items()
            if name in params and name not in self.ignored
        )

    def _rows(self, report: Report, one: Meeting, first: int, last: int) -> Iterator[list[str]]:
        seen = {
            stay.person: minutes
            for stay in one.stays
            if (minutes := _minutes_by_the_hour(stay, first, last))
        }
        if not seen or (report is BREAKOUTS and not one.parent):
            return
        if report is ATTENDEES:
            for person, minutes in seen.items():
                yield [one.room, one.id or "0", person, person.upper(), f"{minutes:g}"]
            return
        if one.id in self.unlisted:
            return
        known = one.id and one.id not in self.untimed
        times = [str(one.start + DAY_1), str(one.end + DAY_1)] if known else ["Unknown", "0"]
        people = str(int(len(seen) * self.people_factor))
        rooms = [one.room, one.parent] if report is ROOMS else [one.parent, one.room]
        yield [*rooms, one.id or "0", *times, people]


def _minutes_by_the_hour(stay: Stay, first: int, last: int) -> float:
    """The minutes in the hours that begin inside the interval."""
    seconds = 0
    hour = stay.enter - stay.enter % HOUR
    while hour < stay.leave:
        if first <= hour < last:
            seconds += min(stay.leave, hour + HOUR) - max(stay.enter, hour)
        hour += HOUR
    return seconds / MINUTE


class FakeClient(KalturaClient):
    """A client whose answers are those of `reports`."""

    def __init__(self, reports: FakeReports, config: Config) -> None:
        super().__init__(config, logging.getLogger("airbyte"))
        self._reports = reports
        self._asking = threading.Lock()

    def report(
        self, stream: str, report: Report, params: str, excluded: Collection[str] = ()
    ) -> Answer:
        given = dict(pair.split("=", 1) for pair in params.split(";"))
        with self._asking:
            table = self._reports.answer(report, given)
        self.has_answered = True
        return Answer(table, self._reports.seconds)


class AtOnce(Executor):
    """Does at once, in the same thread, what it is given."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Reading:
    """The readers of one sync of a configuration, over fake reports.

    `shares_sessions` tells that rooms and attendees are both read, so that they share report 6000.
    """

    def __init__(
        self, reports: FakeReports, *, shares_sessions: bool = True, **config: Any
    ) -> None:
        self.reports = reports
        self.config = config_of(**config)
        logger = logging.getLogger("airbyte")
        client = FakeClient(reports, self.config)
        sessions = ReportReader(client, self.config, ROOMS, logger)
        self._lists = SessionLists(sessions, most=8 if shares_sessions else 0)
        attendees = ReportReader(client, self.config, ATTENDEES, logger)
        breakouts = ReportReader(client, self.config, BREAKOUTS, logger)
        self.readers: dict[str, SessionsReader | AttendeesReader] = {
            "rooms": SessionsReader(self._lists.reader, self.config, ROOMS, logger, self._lists),
            "attendees": AttendeesReader(
                attendees, self.config, ATTENDEES, logger, self._lists, AtOnce()
            ),
            "breakouts": SessionsReader(breakouts, self.config, BREAKOUTS, logger),
        }

    def parts(self, stream: str, first_day: float = 0, days: float = 7) -> list[Part]:
        """The parts of a window that begins so many days after the first of February."""
        start = DAY_1 + int(first_day * DAY)
        return list(self.readers[stream].read(Window(start, start + int(days * DAY))))

    def count(self, stream: str, first_day: float = 0, days: float = 7) -> int:
        """How many rows a window has, of which no part is kept, just as in a sync."""
        start = DAY_1 + int(first_day * DAY)

        def rows_of(part: Part) -> int:
            return sum(len(rows.placed) for rows in part.rows())

        return sum(map(rows_of, self.readers[stream].read(Window(start, start + int(days * DAY)))))

    def placed(self, stream: str, first_day: float = 0, days: float = 7) -> list[list[str]]:
        """The rows of sessions that start in the window, with their key and their last column."""
        return self._listed(stream, first_day, days, lambda rows: rows.placed)

    def unplaced(self, stream: str, first_day: float = 0, days: float = 7) -> list[list[str]]:
        """The same of rows whose session has no known start."""
        return self._listed(stream, first_day, days, lambda rows: rows.unplaced)

    def _listed(
        self, stream: str, first_day: float, days: float, which: Callable[[PlacedRows], Any]
    ) -> list[list[str]]:
        report = {"rooms": ROOMS, "attendees": ATTENDEES, "breakouts": BREAKOUTS}[stream]
        names = [*report.primary_key[1:], COLUMNS[report.id][-1]]
        return sorted(
            list(row)
            for part in self.parts(stream, first_day, days)
            for rows in part.rows()
            for batch in [which(rows)]
            if len(batch)
            for row in zip(*map(batch.column, names), strict=True)
        )
