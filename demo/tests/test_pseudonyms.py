"""With pseudonyms, every example query gives the same answers, person for person."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from demo.accounts import stand_in
from demo.database import STREAMS, Answer, ask
from demo.story import QUESTIONS
from demo.sync import sync
from integration_tests.sandbox import rfc3339

WEDNESDAY = 1_772_654_400  # 2026-03-04T20:00:00Z, three full days after a weekend
SECRET = "correct horse battery staple"
PAGE = (Path(__file__).parents[2] / "docs/pseudonyms.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*)\n```", PAGE)


def pseudonym(text: str) -> str:
    """What an ID becomes; none of a blank one."""
    return hmac.digest(SECRET.encode(), text.encode(), "sha256").hex()[:32] if text else ""


def pseudonym_of_address(email: str) -> str:
    """What an address becomes, by the line of Python in the documentation."""
    [line] = PYTHON
    return str(eval(line, {"hmac": hmac, "secret": SECRET, "email": email}))


MADE: dict[str, Callable[[Any], Any]] = {
    "user_id": lambda user_id: None if user_id is None else pseudonym(user_id),
    "email": lambda email: None if email is None else pseudonym_of_address(email),
    "name": lambda name: None,
}
"""What becomes of the columns of answers that say who somebody is."""


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What a sync loads as it is, and what one with pseudonyms loads from the same account."""
    clear, pseudonymous = (tmp_path_factory.mktemp("as") / f"{one}.duckdb" for one in "cp")
    with stand_in(WEDNESDAY) as sandbox:
        config = sandbox.config(end_date=rfc3339(int(sandbox.now)))
        sync(config, clear, [*STREAMS], lambda line: None)
        config["personal_data"] = {"mode": "pseudonyms", "secret": SECRET}
        sync(config, pseudonymous, [*STREAMS], lambda line: None)
    return clear, pseudonymous


def test_given_the_line_of_python_when_run_then_the_pseudonym_is_this() -> None:
    """The same as the connector's own test has."""
    assert pseudonym_of_address(" Ada@Uni.Example ") == "1d33fc6c4f8965712f6cc22bd3c2c49d"


@pytest.mark.parametrize("question", sorted(file.stem for file in QUESTIONS.iterdir()))
def test_given_pseudonyms_when_asked_then_the_answer_is_the_same_person_for_person(
    databases: tuple[Path, Path], question: str
) -> None:
    """Names are empty; everything else is equal."""
    sql = (QUESTIONS / f"{question}.sql").read_text(encoding="utf-8")
    clear, pseudonymous = (ask(database, sql) for database in databases)

    assert clear.rows or question == "sessions_without_end"  # here all have ended
    assert pseudonymous.columns == clear.columns
    assert in_order(pseudonymous.rows) == in_order(of_pseudonyms(clear))


def test_given_pseudonyms_when_loaded_then_no_table_has_anybodys_id_address_or_name(
    databases: tuple[Path, Path],
) -> None:
    """As a whole value; names of rooms may hold names of people."""
    clear, pseudonymous = databases
    people = {
        text
        for row in ask(clear, "select user_id, user_email, user_name from attendees").rows
        for text in row
        if text
    }
    loaded = {
        value
        for stream in STREAMS
        for row in ask(pseudonymous, f"select * from {stream}").rows
        for value in row
        if isinstance(value, str)
    }

    assert len(people) > 500
    assert not people & loaded


def of_pseudonyms(answer: Answer) -> list[tuple[Any, ...]]:
    """The rows with people as pseudonyms."""
    makers = [MADE.get(column, _as_it_is) for column in answer.columns]
    return [
        tuple(make(value) for make, value in zip(makers, row, strict=True)) for row in answer.rows
    ]


def _as_it_is(value: Any) -> Any:
    return value


def in_order(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Sorted; answers are ordered by names and IDs, which pseudonyms order differently."""
    return sorted(rows, key=repr)
