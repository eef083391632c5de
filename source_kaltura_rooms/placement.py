"""Which rows of an answer belong to the portion that was asked for, and which to no time at all."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from source_kaltura_rooms.report_csv import Table
from source_kaltura_rooms.reports import CURSOR
from source_kaltura_rooms.values import parse_seconds
from source_kaltura_rooms.windows import Interval, Window

Row = list[str]

SESSION_END = "session_end_time"

Belongs = Callable[[str, int], bool]
"""Whether a session, by cue point id and start in Unix seconds, is one of those asked for."""


@dataclass(frozen=True)
class PlacedRows:
    """Rows of one answer, each with a text for every column.

    `placed` are those of sessions that belong to what was asked for, `unplaced` those of sessions
    whose start is not known. Rows of other sessions are left out; another portion has them.
    """

    columns: tuple[str, ...]
    placed: list[Row]
    unplaced: list[Row]

    def __len__(self) -> int:
        return len(self.placed) + len(self.unplaced)


def place_by_start(table: Table, window: Window) -> PlacedRows:
    """Rows that tell the start of their session themselves."""
    if not table.rows:
        return PlacedRows(table.columns, [], [])
    position = table.columns.index(CURSOR)
    placed, unplaced = [], []
    for row in table.rows:
        start = _seconds(row[position])
        if start is None:
            unplaced.append(row)
        elif start in window:
            placed.append(row)
    return PlacedRows(table.columns, placed, unplaced)


def place_attendees(table: Table, starts: Mapping[str, int], belongs: Belongs) -> PlacedRows:
    """Rows of attendees, to which the start of their session is added.

    `starts` has the start of each known session by cue point id.
    """
    columns = (*table.columns, CURSOR)
    if not table.rows:
        return PlacedRows(columns, [], [])
    position = table.columns.index("cue_point_id")
    wanted = {id: str(start) for id, start in starts.items() if belongs(id, start)}
    placed, unplaced = [], []
    for row in table.rows:
        id = row[position]
        if id in wanted:
            placed.append([*row, wanted[id]])
        elif id not in starts:
            unplaced.append([*row, ""])
    return PlacedRows(columns, placed, unplaced)


def session_times(tables: Iterable[Table], longest_session: int) -> dict[str, Interval]:
    """When each session of report 6000 took place, by cue point id.

    A session that has no end yet may last as long as `longest_session` seconds. Where rooms share
    a cue point, it took place from its first start to its last end.
    """
    times: dict[str, Interval] = {}
    for table in tables:
        if not table.rows:
            continue
        id_at = table.columns.index("cue_point_id")
        start_at = table.columns.index(CURSOR)
        has_end = SESSION_END in table.columns
        end_at = table.columns.index(SESSION_END) if has_end else None
        for row in table.rows:
            start = _seconds(row[start_at])
            if start is None:
                continue
            end = _seconds(row[end_at]) if end_at is not None else None
            if end is None or end <= start:
                end = start + longest_session
            known = times.get(row[id_at], Interval(start, end))
            times[row[id_at]] = Interval(min(start, known.start), max(end, known.end))
    return times


@functools.lru_cache(maxsize=4_096)
def _seconds(text: str) -> int | None:
    try:
        return parse_seconds(text)
    except ValueError:
        return None
