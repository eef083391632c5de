"""Sessions whose start is not known are asked for again over more time, so that they are whole.

If such a session began long before a window, a request about the window shows a part of it only,
and nothing in the answer says so. So the session is asked for again, over an interval that is
longer by a longest session and two hours on both sides. The rows of that answer replace the first
ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import SessionReport
from source_kaltura_rooms.retrieval.complete import ReportReader, WholeAnswer
from source_kaltura_rooms.retrieval.placement import (
    SessionKey,
    has_value,
    rows_of_other_sessions,
    rows_of_sessions,
    sessions_of,
)
from source_kaltura_rooms.retrieval.report_queries import Effort
from source_kaltura_rooms.retrieval.windows import MARGIN


def look_up(
    reader: ReportReader,
    effort: Effort,
    report: SessionReport,
    whole: WholeAnswer,
    sessions: Collection[SessionKey],
    longest_session: int,
) -> tuple[Table, ...]:
    """The rows of an answer, where those of `sessions` are whole. Raises ReportError."""
    column = report.filter_columns[report.session_filter]
    ids: set[str] = set()
    for table in whole.tables:
        if len(table):
            ids.update(rows_of_sessions(report, table, sessions).distinct(column))
    named = sorted(id for id in ids if has_value(id))
    if not named:
        return whole.tables
    # Who is seen at the edge may have stayed late, and others of the session may have come early.
    query = whole.query.over_more_time(longest_session + 2 * MARGIN)
    found = reader.by_ids.answers_if_not_too_much(effort, query, named)
    if found and not any(map(len, found)):
        # These sessions had rows just now, so an answer without any is wrong.
        found = reader.by_ids.answers_if_not_too_much(effort, query, named)
    rows, found_rows = _rows(report, whole.tables), _rows(report, found)
    better = {one for one in sessions if found_rows[one] >= rows[one]}
    if len(better) < len(sessions):
        reader.queries.say_once(
            effort.stream,
            f"{effort.window}: some sessions have no start in report 6000, and a request over the "
            f"{query.hours} hours in which all of them must lie "
            + ("does not bring all of their rows" if found else "is too much for Kaltura")
            + ". If such a session began before this window, its figures are those of a part of "
            "it.",
            about="sessions that cannot be looked up",
        )
    return (
        *(rows_of_other_sessions(report, table, better) for table in whole.tables),
        *(rows_of_sessions(report, table, better) for table in found),
    )


def _rows(report: SessionReport, tables: Iterable[Table]) -> Counter[SessionKey]:
    """How many rows each session has."""
    rows: Counter[SessionKey] = Counter()
    for table in tables:
        rows.update(sessions_of(report, table))
    return rows
