"""The example queries, each on the same few sessions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from demo.database import ask
from demo.story import ANSWERED, QUESTIONS
from demo.tests.tiny import make_tables
from demo.tests.tiny_answers import ANSWERS


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A DuckDB file with a few sessions."""
    file = tmp_path / "tiny.duckdb"
    make_tables(file)
    return file


@pytest.mark.parametrize("name", ANSWERS)
def test_query_gives_the_expected_rows(name: str, database: Path) -> None:
    """Literally."""
    assert ask(database, _sql(name)).rows == ANSWERS[name]


@pytest.mark.parametrize("name", ANSWERS)
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
    _insert_session(database, "'2026-03-02 10:20', '2026-03-02 11:30'")
    rows = ask(database, _sql("breakouts_under_main_sessions")).rows
    assert [row[1] for row in rows] == [
        datetime(2026, 4, 1, 10),
        None,
        datetime(2026, 3, 2, 10, 20),
    ]


@pytest.mark.parametrize("end", ["'2026-03-03 12:00'", "null"])
def test_breakout_goes_to_no_main_session_that_began_a_day_before_and_has_no_end(
    database: Path, end: str
) -> None:
    """It was never ended, and is not running any more."""
    _insert_session(database, f"'2026-03-03 12:00', {end}")
    rows = ask(database, _sql("breakouts_under_main_sessions")).rows
    assert rows == ANSWERS["breakouts_under_main_sessions"]


def test_session_whose_end_is_null_has_no_end(database: Path) -> None:
    """As if its end were its start."""
    _insert_session(database, "'2026-04-02 10:00', null")
    rows = ask(database, _sql("sessions_without_end")).rows
    assert rows == [
        (None, None, datetime(2026, 4, 2, 10), None),
        *ANSWERS["sessions_without_end"],
    ]


def test_every_example_is_tested() -> None:
    """And those that the demo shows exist."""
    assert {file.stem for file in QUESTIONS.iterdir()} == ANSWERS.keys()
    assert {*ANSWERED} <= ANSWERS.keys()


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake"])
def test_other_dialects_ask_the_same_questions(dialect: str) -> None:
    """File by file, with the same question on top."""
    others = {
        file.stem: file.read_text(encoding="utf-8").splitlines()[0]
        for file in (QUESTIONS.parent / dialect).iterdir()
    }
    assert others == {name: _sql(name).splitlines()[0] for name in ANSWERS}


def _insert_session(database: Path, times: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "insert into rooms (entry_id, cue_point_id, session_start_time, session_end_time)"
            f"values ('1_alg', 's9', {times})"
        )


def _sql(name: str) -> str:
    return (QUESTIONS / f"{name}.sql").read_text(encoding="utf-8")
