"""Two syncs from Kaltura into DuckDB, and what can then be asked: `make demo`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console

from demo.accounts import Config, Unusable, a_day_apart, configuration, into, keys_of, stand_in
from demo.database import DATABASE, STREAMS, CannotWrite, refuse_unwritable, replacing
from demo.show import console_on
from demo.story import show_answers, show_how_to_go_on, show_syncs
from demo.sync import SyncFailed

REAL_DATABASE = Path("kaltura_rooms_real.duckdb")

INTRODUCTION = """\
A stand-in for Kaltura, with the sessions of a made-up university, is synced through
PyAirbyte to DuckDB. For your own account: make demo CONFIG=secrets/config.json"""


def main() -> int:
    """Return 0, or 1 if a sync failed or was stopped."""
    options = _options()
    # Told where to print, since PyAirbyte runs with sys.stdout turned away from the terminal.
    console = console_on(sys.stdout)
    database = options.database or (REAL_DATABASE if options.config else DATABASE)
    try:
        if options.config:
            config = configuration(options.config)
            streams = chosen(options.streams, keys_of(config))
            sync_account(config, database, streams, console)
        else:
            console.print(INTRODUCTION)
            sync_stand_in(database, chosen(options.streams, STREAMS), console)
    except (SyncFailed, Unusable, CannotWrite) as failed:
        console.print(f"\n{failed}", style="bold red", markup=False)
        if "REPORT_NOT_FOUND" in str(failed):
            console.print("To leave a stream out: make demo CONFIG=… STREAMS=rooms,attendees")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped. What earlier runs loaded is as it was.")
        return 1
    show_answers(database, console)
    show_how_to_go_on(database, console)
    return 0


def sync_account(config: Config, database: Path, streams: Sequence[str], console: Console) -> None:
    """Sync a real account into the database, which is kept if it is there.

    Raises SyncFailed and CannotWrite.
    """
    refuse_unwritable(database)
    show_syncs(into(database, config), database, streams, console, keys_of(config))


def sync_stand_in(
    database: Path, streams: Sequence[str], console: Console, until: int | None = None
) -> None:
    """Sync a stand-in twice; the result takes the place of `database` when it is whole.

    `until` is the end of the stand-in's month in Unix seconds, now unless given. Raises SyncFailed
    and CannotWrite; `database` is then as it was.
    """
    with replacing(database) as successor, stand_in(until) as sandbox:
        show_syncs(a_day_apart(sandbox), successor, streams, console)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--config", type=Path, help="a connector's configuration, for a real sync")
    parser.add_argument(
        "--database", type=Path, help=f"for a real sync, the file (default {REAL_DATABASE})"
    )
    parser.add_argument("--streams", help=f"some of {','.join(STREAMS)} and reports of your own")
    options = parser.parse_args()
    if options.database and not options.config:
        parser.error(f"--database goes with --config; the stand-in's sessions go to {DATABASE}")
    return options


def chosen(given: str | None, there: Iterable[str]) -> list[str]:
    """Return the streams that were named, with commas, or all of them. Raises Unusable."""
    names = [*there]
    streams = given.split(",") if given else names
    if not {*names} >= {*streams}:
        raise Unusable(f"--streams: the streams are {','.join(names)}")
    return streams


if __name__ == "__main__":
    sys.exit(main())
