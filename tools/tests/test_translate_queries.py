"""The example queries for Snowflake and BigQuery are what is made from those for DuckDB."""

from __future__ import annotations

import pytest

from tools.translate_queries import DIALECTS, QUERIES, translate, translations


def test_given_the_translations_when_made_anew_then_they_are_the_committed_files() -> None:
    made = {str(file.relative_to(QUERIES)): text for file, text in translations()}

    committed = {
        str(file.relative_to(QUERIES)): file.read_text(encoding="utf-8")
        for dialect in DIALECTS
        for file in (QUERIES / dialect).iterdir()
    }

    assert committed == made, "`make queries` makes them anew"


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("snowflake", "datediff(SECOND, starts, ends) / 60"),
        ("bigquery", "timestamp_diff(ends, starts, SECOND) / 60"),
    ],
)
def test_given_two_times_when_translated_then_they_are_subtracted_as_timestamps(
    dialect: str, expected: str
) -> None:
    sql = "-- How long?\n\nselect date_diff('second', starts, ends) / 60 from rooms\n"

    assert translate(sql, dialect) == f"-- How long?\n\nSELECT\n  {expected}\nFROM rooms\n"


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("snowflake", "date_trunc('WEEK', starts)"),
        ("bigquery", "timestamp_trunc(starts, ISOWEEK)"),
    ],
)
def test_given_a_week_when_translated_then_it_begins_on_monday(dialect: str, expected: str) -> None:
    sql = "-- When?\n\nselect date_trunc('week', starts) from rooms\n"

    assert translate(sql, dialect) == f"-- When?\n\nSELECT\n  {expected}\nFROM rooms\n"


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("snowflake", "ORDER BY\n  hours DESC NULLS LAST,\n  name\n"),
        ("bigquery", "ORDER BY\n  hours DESC,\n  name NULLS LAST\n"),
    ],
)
def test_given_an_order_when_translated_then_nulls_stay_last(dialect: str, expected: str) -> None:
    sql = "-- Who?\n\nselect name, hours from people order by hours desc, name\n"

    assert translate(sql, dialect).endswith(expected)
