"""Which rows of an answer belong to the portion that was asked for, and which to no time at all."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from source_kaltura_rooms.kaltura.tables import Batch, Table
from source_kaltura_rooms.kaltura.values import parse_seconds
from source_kaltura_rooms.reports import CURSOR
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import Interval

SESSION_END = "session_end_time"

Belongs = Callable[[str, int], bool]
"""Whether a session, by cue point id and start in Unix seconds, is one of those asked for."""


@dataclass(frozen=True)
class PlacedRows:
    """Some rows of an answer.

    `placed` are those of sessions that belong to what was asked for, `unplaced` those of sessions
    whose start is not known. Rows of other sessions are left out; another portion has them.
    """

    placed: Batch
    unplaced: Batch


def place_by_start(table: Table, window: Window) -> Iterator[PlacedRows]:
    """Rows that tell the start of their session themselves."""
    for batch in table.batches():
        starts = [_seconds(text) for text in batch.column(CURSOR)]
        yield PlacedRows(
            batch.where([start is not None and start in window for start in starts]),
            batch.where([start is None for start in starts]),
        )


def place_attendees(
    table: Table, starts: Mapping[str, int], belongs: Belongs
) -> Iterator[PlacedRows]:
    """Rows of attendees, to which the start of their session is added.

    `starts` has the start of each known session by cue point id.
    """
    wanted = {id: str(start) for id, start in starts.items() if belongs(id, start)}
    for batch in table.batches():
        ids = batch.column("cue_point_id")
        with_starts = batch.having(CURSOR, [wanted.get(id, "") for id in ids])
        yield PlacedRows(
            with_starts.where([id in wanted for id in ids]),
            with_starts.where([id not in starts for id in ids]),
        )


def session_times(tables: Iterable[Table], longest_session: int) -> dict[str, Interval]:
    """When each session of report 6000 took place, by cue point id.

    A session that has no end yet may last as long as `longest_session` seconds. Where rooms share
    a cue point, it took place from its first start to its last end.
    """
    times: dict[str, Interval] = {}
    for batch in itertools.chain.from_iterable(table.batches() for table in tables):
        has_end = SESSION_END in batch.columns
        ends = batch.column(SESSION_END) if has_end else [""] * len(batch)
        for id, start_text, end_text in zip(
            batch.column("cue_point_id"), batch.column(CURSOR), ends, strict=True
        ):
            start = _seconds(start_text)
            if start is None:
                continue
            end = _seconds(end_text)
            if end is None or end <= start:
                end = start + longest_session
            known = times.get(id, Interval(start, end))
            times[id] = Interval(min(start, known.start), max(end, known.end))
    return times


@functools.lru_cache(maxsize=4_096)
def _seconds(text: str) -> int | None:
    try:
        return parse_seconds(text)
    except ValueError:
        return None
