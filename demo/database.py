"""The DuckDB file: what is in its tables, and answers to questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

DATABASE = Path("kaltura_rooms.duckdb")
NO_SPACE = "No space left on device"  # what every system calls ENOSPC

STREAMS = {
    "rooms": ("entry_id", "cue_point_id"),
    "attendees": ("entry_id", "cue_point_id", "user_id"),
    "breakouts": ("breakout_entry_id", "cue_point_id"),
}
"""The streams, which are also the tables, with their primary keys."""


class CannotAnswer(Exception):
    """A query that the database refused; the text says why."""


class CannotWrite(Exception):
    """A database file that nothing can be written to; the text says why."""


@dataclass(frozen=True)
class Answer:
    """The columns and rows that a query gave."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(database: Path, sql: str) -> Answer:
    """Return what the query gives. Raises CannotAnswer."""
    if not database.exists():
        raise CannotAnswer(f"There is no {database}. Run make demo first.")
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            result = connection.execute(sql)
            return Answer([column[0] for column in result.description], result.fetchall())
    except duckdb.Error as error:
        raise CannotAnswer(str(error)) from error


def tables(database: Path) -> set[str]:
    """Return the names of the tables. Raises CannotAnswer if it is no database."""
    return {name for (name,) in ask(database, "show tables").rows}


def rows_and_keys(
    database: Path, stream: str, keys: Mapping[str, Sequence[str]] = STREAMS
) -> tuple[int, int]:
    """Return how many rows the stream's table has, and how many different primary keys.

    `keys` has the columns of the key of each stream. Both are 0 if there is no file or no such
    table yet. Raises CannotAnswer if the file is no database.
    """
    if not database.exists() or stream not in tables(database):
        return 0, 0
    key = ", ".join(keys[stream])
    [(rows, different)] = ask(
        database, f"select count(*), count(distinct ({key})) from {stream}"
    ).rows
    return rows, different


def refuse_unwritable(database: Path) -> None:
    """Raise CannotWrite if the file, new or not, cannot be written to as a DuckDB file."""
    is_new = not database.exists()
    try:
        duckdb.connect(str(database)).close()
    except duckdb.Error as error:
        raise CannotWrite(_why_not(database, str(error))) from error
    if is_new:
        database.unlink()  # an empty one would pass for the database of an earlier run


@contextmanager
def replacing(database: Path) -> Iterator[Path]:
    """Yield where to write a new database, which takes the place of `database` at the end.

    If the block raises, the new one is removed and `database` is as it was. Raises CannotWrite.
    """
    successor = database.with_name(f"{database.stem}.new{database.suffix}")
    _remove(successor)  # of a run that was killed
    refuse_unwritable(successor)
    try:
        yield successor
        # Closing it writes what is in DuckDB's log into the file itself.
        duckdb.connect(str(successor)).close()
        successor.replace(database)
    finally:
        _remove(successor)


def _remove(database: Path) -> None:
    for file in (database, database.with_name(f"{database.name}.wal")):
        file.unlink(missing_ok=True)


def _why_not(database: Path, words: str) -> str:
    if "Could not set lock" in words:
        holder = re.search(r"PID (\d+)", words)
        whose = f" (process {holder[1]})" if holder else ""
        return f"{database} is open in another program{whose}. Close it there and start again."
    if "Permission denied" in words or "Read-only file system" in words:
        return f"{database.absolute()} cannot be written: you have no right to write there."
    if NO_SPACE in words:
        return f"{database.absolute()} cannot be written: the disk is full."
    if not database.absolute().parent.is_dir():
        return f"{database.absolute()} cannot be written: there is no such folder."
    if "not a valid DuckDB" in words:
        return f"{database} is not a DuckDB file. Move it away, or name another file."
    return f"{database.absolute()} cannot be written: {words.splitlines()[0]}"
