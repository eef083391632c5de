"""The example queries in the dialects of other warehouses, made from those for DuckDB.

`make queries` writes them, with sqlglot, which has an environment of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import sqlglot
from sqlglot import exp

QUERIES = Path(__file__).parents[1] / "examples" / "sql"
SOURCE = "duckdb"
DIALECTS = ("snowflake", "bigquery")


def translate(sql: str, dialect: str) -> str:
    """Return a query of DuckDB's in the dialect, with the comment on its top as it is.

    Raises sqlglot's UnsupportedError if the dialect has no words for it.
    """
    lines = sql.splitlines()
    body = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    query = sqlglot.parse_one("\n".join(lines[body:]), read=SOURCE)
    if dialect == "bigquery":
        query = query.transform(_as_bigquery_means_it)
    translated = query.sql(
        dialect,
        pretty=True,
        normalize_functions="lower",
        unsupported_level=sqlglot.ErrorLevel.RAISE,
    )
    return "\n".join([*lines[:body], "", translated, ""])


def translations() -> Iterator[tuple[Path, str]]:
    """Yield for each query and dialect the file that it belongs in, and its text."""
    for source in sorted((QUERIES / SOURCE).glob("*.sql")):
        note = f"-- Made from ../{SOURCE}/{source.name} by `make queries`: change that file.\n"
        for dialect in DIALECTS:
            translated = translate(source.read_text(encoding="utf-8"), dialect)
            yield QUERIES / dialect / source.name, _with_note(translated, note)


def main() -> None:
    """Write all translations, and remove those of queries that are gone."""
    texts = dict(translations())
    for dialect in DIALECTS:
        for file in (QUERIES / dialect).glob("*.sql"):
            file.unlink()
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")


def _as_bigquery_means_it(node: exp.Expression) -> exp.Expression:
    """Correct two translations of sqlglot's, which cannot know the types of the columns.

    - Times are TIMESTAMP, and BigQuery's DATE_DIFF is for dates.
    - DuckDB's weeks begin on Monday, and BigQuery's WEEK on Sunday.
    """
    if isinstance(node, exp.DateDiff):
        return exp.TimestampDiff(this=node.this, expression=node.expression, unit=node.unit)
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc) and node.unit.name == "WEEK":
        node.set("unit", exp.var("ISOWEEK"))
    return node


def _with_note(sql: str, note: str) -> str:
    """Put a line at the end of the comment on top of a query."""
    comment, blank, body = sql.partition("\n\n")
    return f"{comment}\n--\n{note}{blank[1:]}{body}"


if __name__ == "__main__":
    main()
