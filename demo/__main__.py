"""Two syncs from Kaltura into DuckDB, and what can then be asked: `make demo`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo.accounts import Unusable, a_day_apart, stand_in, twice
from demo.database import DATABASE, STREAMS
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
    database = REAL_DATABASE if options.config else DATABASE
    # Told where to print, since PyAirbyte runs with sys.stdout turned away from the terminal.
    console = console_on(sys.stdout)
    try:
        if options.config:
            show_syncs(twice(options.config), database, options.streams, console)
        else:
            console.print(INTRODUCTION)
            with stand_in() as sandbox:
                show_syncs(a_day_apart(sandbox), database, options.streams, console)
    except (SyncFailed, Unusable) as failed:
        console.print(f"\n{failed}", style="bold red", markup=False)
        if "REPORT_NOT_FOUND" in str(failed):
            console.print("To leave a stream out: make demo CONFIG=… STREAMS=rooms,attendees")
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 1
    show_answers(database, console)
    show_how_to_go_on(database, console)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--config", type=Path, help="a connector's configuration, for a real sync")
    parser.add_argument(
        "--streams", type=_streams, default=[*STREAMS], help=f"some of {','.join(STREAMS)}"
    )
    return parser.parse_args()


def _streams(given: str) -> list[str]:
    streams = given.split(",")
    if not STREAMS.keys() >= {*streams}:
        raise argparse.ArgumentTypeError(f"the streams are {','.join(STREAMS)}")
    return streams


if __name__ == "__main__":
    sys.exit(main())
