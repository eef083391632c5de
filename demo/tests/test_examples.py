"""The example queries, each on the same few sessions."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from demo.database import ask
from demo.story import ANSWERED, QUESTIONS
from demo.tests.tiny import make_tables

EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    "attendance_per_course_and_week": [
        ("Algebra", date(2026, 3, 9), 1, 1, 1.0, 0.7),
        ("Biology", date(2026, 3, 9), 1, 0, 0.0, 0.0),
        ("Algebra", date(2026, 3, 2), 1, 2, 3.0, 2.2),
        ("Biology", date(2026, 3, 2), 1, 2, 2.0, 3.0),
    ],
    "breakouts_per_main_room": [("Algebra", 1, 2, 2.5, 25, 30)],
    "breakouts_under_main_sessions": [
        ("Algebra", None, "Group 1", datetime(2026, 3, 4, 12, 0), 20, 3, None),
        ("Algebra", datetime(2026, 3, 2, 10), "Group 1", datetime(2026, 3, 2, 10, 30), 30, 2, 30),
    ],
    "busiest_rooms": [("Biology", 2, 2, 3.0), ("Algebra", 2, 2, 2.9)],
    "engagement_by_session_length": [
        ("under 30 minutes", 1, 0.0, None),
        ("30 to 60 minutes", 1, 1.0, None),
        ("90 to 120 minutes", 1, 3.0, 50),
        ("2 hours and longer", 1, 2.0, 25),
    ],
    "engagement_per_course": [("Algebra", 2, 2.0, 43, 50), ("Biology", 2, 1.0, 90, 42)],
    "hours_per_attendee": [
        ("Algebra", "Ann", "ann@example.com", "ann", 2, 1.7, 0.5),
        ("Algebra", "Ben", None, "ben", 1, 1.0, 0.5),
        ("Biology", "Ann", "ann@example.com", "ann", 1, 2.0, 0.0),
        ("Biology", None, None, "cem", 1, 1.0, 0.0),
        (None, "Dan", None, "dan", 1, 0.3, 0.0),
    ],
    "no_shows": [
        ("Algebra", datetime(2026, 3, 2, 10, 0), "cem"),
        ("Biology", datetime(2026, 3, 8, 23, 50), "ben"),
        ("Algebra", datetime(2026, 3, 10, 10, 0), "cem"),
        ("Biology", datetime(2026, 3, 11, 9, 0), "ann"),
        ("Biology", datetime(2026, 3, 11, 9, 0), "ben"),
    ],
    "top_attendees": [
        ("Ann", "ann", 2, 3, 3.7),
        ("Ben", "ben", 1, 1, 1.0),
        (None, "cem", 1, 1, 1.0),
        ("Dan", "dan", 1, 1, 0.3),
    ],
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A DuckDB file with a few sessions."""
    file = tmp_path / "tiny.duckdb"
    make_tables(file)
    return file


@pytest.mark.parametrize("name", EXPECTED)
def test_query_gives_the_expected_rows(name: str, database: Path) -> None:
    """Literally."""
    assert ask(database, _sql(name)).rows == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_header_explains_every_column(name: str, database: Path) -> None:
    """The comment begins with the question and goes on with each column in turn."""
    question, _, rest = _sql(name).partition("\n")
    assert question.startswith("-- ")
    assert "?" in question
    header = [line for line in rest.splitlines() if line.startswith("-- ")]
    explained = [word.strip(",") for line in header for word in line.split()]
    columns = ask(database, _sql(name)).columns
    assert [column for column in columns if column not in explained] == []


def test_breakout_with_two_main_sessions_running_goes_to_the_later(database: Path) -> None:
    """And has one row still."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into rooms (entry_id, cue_point_id, session_start_time, session_end_time)"
            "values ('1_alg', 's7', '2026-03-02 10:20', '2026-03-02 11:30')"
        )
    rows = ask(database, _sql("breakouts_under_main_sessions")).rows
    assert [row[1] for row in rows] == [None, datetime(2026, 3, 2, 10, 20)]


def test_every_example_is_tested() -> None:
    """And those that the demo shows exist."""
    assert {file.stem for file in QUESTIONS.iterdir()} == EXPECTED.keys()
    assert {*ANSWERED} <= EXPECTED.keys()


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake"])
def test_other_dialects_ask_the_same_questions(dialect: str) -> None:
    """File by file, with the same question on top."""
    others = {
        file.stem: file.read_text(encoding="utf-8").splitlines()[0]
        for file in (QUESTIONS.parent / dialect).iterdir()
    }
    assert others == {name: _sql(name).splitlines()[0] for name in EXPECTED}


def _sql(name: str) -> str:
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")
