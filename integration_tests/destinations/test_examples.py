"""Every example query, in the warehouse that it is written for.

All of them on a few sessions made by hand, and most of them on the university's synced tables too.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.tests import tiny, tiny_answers

from . import answers
from .destination import Destination, OpenSchema
from .scenario import TwoSyncs

DESTINATIONS = ("duckdb", "snowflake", "bigquery")
EXAMPLES = Path(__file__).parents[2] / "examples/sql"

ANSWERS = {
    "attendance_certificates": answers.attendance_certificates,
    "attendance_per_course_and_week": answers.attendance_per_course_and_week,
    "breakouts_per_main_room": answers.breakouts_per_main_room,
    "breakouts_under_main_sessions": answers.breakouts_under_main_sessions,
    "busiest_rooms": answers.busiest_rooms,
    "engagement_by_session_length": answers.engagement_by_session_length,
    "engagement_per_course": answers.engagement_per_course,
    "hours_per_attendee": answers.hours_per_attendee,
    "hours_per_term": answers.hours_per_term,
    "no_shows": answers.no_shows,
    "top_attendees": answers.top_attendees,
}
TOP = {"busiest_rooms": 10, "top_attendees": 10}
"""How many rows a query is limited to, the ones with most hours, which are its last column."""


@pytest.fixture(scope="module")
def by_hand(warehouse: OpenSchema) -> Destination:
    """A schema with a few sessions by hand."""
    destination = warehouse("by_hand")
    destination.query("CREATE SCHEMA IF NOT EXISTS by_hand")
    for statement in tiny.statements("by_hand", destination.types):
        destination.query(statement)
    return destination


@pytest.mark.parametrize("question", sorted(tiny_answers.ANSWERS))
def test_given_sessions_by_hand_when_asked_then_the_answer_is_the_one_worked_out(
    by_hand: Destination, question: str
) -> None:
    rows = asked(by_hand, question)

    expected = tiny_answers.ANSWERS[question]
    assert rows == [tuple(map(comparable, row)) for row in expected]


@pytest.mark.parametrize("question", sorted(ANSWERS))
def test_given_synced_tables_when_asked_then_the_answer_is_what_the_truth_says(
    synced: TwoSyncs, question: str
) -> None:
    rows = asked(synced.destination, question)

    expected = ANSWERS[question](synced.true_at_second)
    if question in TOP:
        expected = sorted(expected, key=lambda row: -row[-1].expected)[: TOP[question]]
    assert len(rows) == len(expected) > 1
    for expected_row in expected:
        assert expected_row in rows


def test_given_the_examples_when_listed_then_every_one_is_asked_here() -> None:
    names = {path.stem for path in EXAMPLES.glob("*/*.sql")}

    assert names == set(tiny_answers.ANSWERS)


def asked(destination: Destination, question: str) -> list[tuple[Any, ...]]:
    sql = (EXAMPLES / destination.name / f"{question}.sql").read_text()
    return [tuple(map(comparable, row.values())) for row in destination.query_unqualified(sql)]


def comparable(value: Any) -> Any:
    """Numbers as floats; dates as the moments they begin at."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value
