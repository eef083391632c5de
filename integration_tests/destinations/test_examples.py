"""Every example query, on the synced tables of the warehouse that it is written for."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from . import answers
from .scenario import TwoSyncs

DESTINATIONS = ("duckdb", "snowflake", "bigquery")
EXAMPLES = Path(__file__).parents[2] / "examples/sql"

ANSWERS = {
    "attendance_per_course_and_week": answers.attendance_per_course_and_week,
    "breakouts_per_main_room": answers.breakouts_per_main_room,
    "breakouts_under_main_sessions": answers.breakouts_under_main_sessions,
    "busiest_rooms": answers.busiest_rooms,
    "engagement_by_session_length": answers.engagement_by_session_length,
    "engagement_per_course": answers.engagement_per_course,
    "hours_per_attendee": answers.hours_per_attendee,
    "no_shows": answers.no_shows,
    "top_attendees": answers.top_attendees,
}
TOP = {"busiest_rooms": 10, "top_attendees": 10}
"""How many rows a query is limited to, the ones with most hours, which are its last column."""


@pytest.fixture(scope="module")
def asked(synced: TwoSyncs) -> TwoSyncs:
    """The university, with a table of who is expected where."""
    synced.destination.query(answers.ROSTER.format(schema=synced.destination.cache.schema_name))
    return synced


@pytest.mark.parametrize("question", sorted(ANSWERS))
def test_given_synced_tables_when_asked_then_the_answer_is_what_the_truth_says(
    asked: TwoSyncs, question: str
) -> None:
    sql = (EXAMPLES / asked.destination.name / f"{question}.sql").read_text()

    rows = [
        tuple(map(comparable, row.values())) for row in asked.destination.query_unqualified(sql)
    ]

    expected = ANSWERS[question](asked.true_at_second)
    if question in TOP:
        expected = sorted(expected, key=lambda row: -row[-1].expected)[: TOP[question]]
    assert len(rows) == len(expected) > 1
    for expected_row in expected:
        assert expected_row in rows


def test_given_the_examples_when_listed_then_every_one_is_asked_here() -> None:
    names = {path.stem for path in EXAMPLES.glob("*/*.sql")}

    assert names == set(ANSWERS)


def comparable(value: Any) -> Any:
    """Numbers as floats; dates as the moments they begin at, which bqemulator makes of them."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value
