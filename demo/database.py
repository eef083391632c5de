"""The DuckDB file: what is in its tables, and answers to questions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

DATABASE = Path("kaltura_rooms.duckdb")

STREAMS = {
    "rooms": ("entry_id", "cue_point_id"),
    "attendees": ("entry_id", "cue_point_id", "user_id", "user_type"),
    "breakouts": ("breakout_entry_id", "cue_point_id"),
}
"""The streams, which are also the tables, with their primary keys."""


class CannotAnswer(Exception):
    """A query that the database refused; the text says why."""


@dataclass(frozen=True)
class Answer:
    """The columns and rows that a query gave."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(database: Path, sql: str) -> Answer:
    """Return what the query gives. Raises CannotAnswer."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            result = connection.execute(sql)
            return Answer([column[0] for column in result.description], result.fetchall())
    except duckdb.Error as error:
        raise CannotAnswer(str(error)) from error


def rows_and_keys(database: Path, stream: str) -> tuple[int, int]:
    """Return how many rows the stream's table has, and how many different primary keys.

    Raises CannotAnswer if there is no such table.
    """
    key = ", ".join(STREAMS[stream])
    [(rows, keys)] = ask(database, f"select count(*), count(distinct ({key})) from {stream}").rows
    return rows, keys
