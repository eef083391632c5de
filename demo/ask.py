"""One question to the DuckDB file: `python -m demo.ask examples/sql/duckdb/busiest_rooms.sql`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from demo.database import DATABASE, CannotAnswer, ask
from demo.show import console_on, table

ROWS_SHOWN = 50


def main() -> int:
    """Print the answer; return 0, or 1 if there is none."""
    options = _options()
    sql = Path(options.question)
    console = console_on(sys.stdout)
    try:
        answer = ask(
            options.database,
            sql.read_text(encoding="utf-8") if sql.suffix == ".sql" else options.question,
        )
    except (OSError, CannotAnswer) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    console.print(table(answer, at_most=ROWS_SHOWN))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo.ask", description=__doc__)
    parser.add_argument("question", help="a query, or a file with one that ends in .sql")
    parser.add_argument("--database", type=Path, default=DATABASE, help="default %(default)s")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
