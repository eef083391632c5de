"""What the demo shows: the syncs as they run, what they left in the tables, some answers."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.console import Console

from demo.accounts import Config
from demo.database import DATABASE, STREAMS, Answer, CannotAnswer, ask, rows_and_keys, tables
from demo.show import table
from demo.sync import sync

QUESTIONS = Path("examples", "sql", "duckdb")
ANSWERED = ("busiest_rooms", "engagement_per_course", "top_attendees", "breakouts_per_main_room")
ROWS_SHOWN = 10


def show_syncs(
    syncs: Iterable[tuple[str, Config]],
    database: Path,
    streams: Sequence[str],
    console: Console,
    keys: Mapping[str, Sequence[str]] = STREAMS,
) -> None:
    """Run the syncs into the database, and print what they read and what is in the tables.

    `keys` has the columns of the primary key of each stream that there is. Raises SyncFailed, and
    whatever `syncs` raises.
    """
    read: list[dict[str, int]] = []
    rows_before: dict[str, int] = {}
    for title, config in syncs:
        rows_before = {stream: rows_and_keys(database, stream, keys)[0] for stream in streams}
        _print_heading(title, console)
        started = time.monotonic()
        read.append(sync(config, database, streams, lambda line: _print_progress(line, console)))
        console.print(f"  {time.monotonic() - started:.0f} seconds")
    _print_heading("What was read, and what is in the tables now", console)
    rows = []
    for stream in streams:
        in_table, different = rows_and_keys(database, stream, keys)
        new = in_table - rows_before[stream]
        counts = (new, read[-1][stream] - new, in_table, in_table - different)
        rows.append((stream, *(one[stream] for one in read), *counts))
    syncs_run = ["first sync", "second sync"] if len(read) > 1 else ["this sync"]
    columns = ["stream", *syncs_run, "of these new", "renewed", "in table", "duplicates"]
    console.print(table(Answer(columns, rows), at_most=ROWS_SHOWN))
    console.print(
        f"The {syncs_run[-1]} added its new rows; each renewed row replaced the one with its key."
    )


def show_answers(database: Path, console: Console) -> None:
    """Print the beginnings of the answers to some of the example queries.

    Those that need a stream that was never synced are named, not asked.
    """
    there = tables(database)
    for name in ANSWERED:
        sql = (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")
        _print_heading(sql.splitlines()[0].removeprefix("-- "), console)
        missing = [stream for stream in STREAMS if stream in _tables_of(sql) - there]
        if missing:
            console.print(f"  Not asked, since {' and '.join(missing)} was not synced.")
            continue
        try:
            answer = ask(database, sql)
        except CannotAnswer as error:
            console.print(f"  {error}", markup=False)
        else:
            console.print(table(answer, at_most=ROWS_SHOWN))


def _tables_of(sql: str) -> set[str]:
    """Return the streams whose tables the query reads."""
    code = re.sub("--.*", "", sql)
    return {stream for stream in STREAMS if re.search(rf"\b(from|join)\s+{stream}\b", code)}


def show_how_to_go_on(database: Path, console: Console) -> None:
    """Print where the file is and how to ask more of it."""
    which = "" if database == DATABASE else f" --database {database}"
    _print_heading(f"Everything is in {database.absolute()}", console)
    console.print(
        f"Ask more, in SQL or with the files in {QUESTIONS}:\n"
        f"  .venv-airbyte/bin/python -m demo.ask{which} {QUESTIONS}/hours_per_attendee.sql\n"
        f"  .venv-airbyte/bin/python -m demo.ask{which} "
        "'select user_type, count(*) as number_of_rows from attendees group by 1'\n"
        f"Or open it in DuckDB's own shell, if you have that:\n"
        f"  duckdb {database}",
    )


def _print_heading(text: str, console: Console) -> None:
    console.print(f"\n{text}", style="bold", markup=False)


def _print_progress(line: str, console: Console) -> None:
    days_only = re.sub(r"T[0-9:]+Z", "", line)
    console.print(f"  {days_only}", style="dim", markup=False)
