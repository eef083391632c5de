"""Tables, queries and requests for tests of what is asked of Kaltura."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, SessionReport
from source_kaltura_rooms.retrieval.complete import ReportReader, WholeAnswer
from source_kaltura_rooms.retrieval.queries import Query, all_sessions
from source_kaltura_rooms.retrieval.report_queries import Effort
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.stand_ins import FEBRUARY_1, Asked, FakeKaltura, config_of

HOUR, DAY = 3_600, 86_400
LOGGER = logging.getLogger("airbyte")
WINDOW = Window(FEBRUARY_1, FEBRUARY_1 + DAY)
QUERY = all_sessions(WINDOW, DAY)
"""A day of sessions; the events from an hour before it until 25 hours after it."""

TOO_MUCH = Refusal("DRUID_QUERY_TIMED_OUT", ErrorAction.SPLIT, "Ask for less.")


def attendees(*rows: str) -> Table:
    """Rows of report 6001, each written as `room cue_point user`."""
    return RowTable(("entry_id", "cue_point_id", "user_id"), [row.split() for row in rows])


def numbered(count: int, cue_point: str = "1_c", first: int = 0) -> list[str]:
    """So many rows of different attendees."""
    return [f"1_a {cue_point} p{number}" for number in range(first, first + count)]


def whole(*tables: Table, query: Query = QUERY) -> WholeAnswer:
    """An answer that was read whole, with one request in one second."""
    return WholeAnswer(query, tables, 1, 1.0)


class Asking:
    """A reader of one report over answers that are made from the request."""

    def __init__(
        self,
        answer: Callable[[Asked], Table],
        report: SessionReport = ATTENDEES,
        excluded: Sequence[str] = (),
        **config: Any,
    ) -> None:
        self.kaltura = FakeKaltura(answer)
        self.config = config_of(**config)
        self.reader = ReportReader(self.kaltura, self.config, report, LOGGER, excluded)
        self.queries = self.reader.queries
        self.effort = Effort(report.stream, WINDOW)

    @property
    def asked(self) -> list[Asked]:
        """The requests so far."""
        return self.kaltura.asked

    @property
    def ids(self) -> list[list[str]]:
        """The cue points that each request asked for."""
        return [one.ids for one in self.asked]


def refuse(refusal: Refusal = TOO_MUCH) -> Table:
    """Refuses, where an answer is wanted."""
    raise Refused(refusal)
