"""A column that only one account has reaches the warehouse, or is left out if deselected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.sandbox import Presence, Room, Sandbox, Session, User, World, rfc3339
from integration_tests.sandbox.answers import Answer
from integration_tests.sandbox.calls import Call

from .destination import Destination, OpenSchema
from .pyairbyte import airbyte
from .scenario import CONNECTOR, DAY, FIRST

DESTINATIONS = ("duckdb",)
START = FIRST - 2 * DAY
WORLD = World(
    rooms=(Room("1_algebra", "Algebra"), Room("1_poetry", "Poetry")),
    sessions=(
        Session("1_monday", "1_algebra", START + 3_600, START + 7_200, "ada"),
        Session("1_tuesday", "1_poetry", START + DAY, START + DAY + 3_600, "bob"),
    ),
    presences=(
        Presence("1_monday", "ada", START + 3_600, START + 7_200),
        Presence("1_tuesday", "bob", START + DAY, START + DAY + 3_600),
    ),
    users=(User("ada", "Ada"), User("bob", "Bob")),
)


def with_building(call: Call, proper: Callable[[], Answer]) -> Answer:
    """The answer with a last column that says in which building a room is."""
    answer = proper()
    if "building" in call.excluded_fields:
        return answer
    header, *rows = answer.body.removesuffix(b"\n").split(b"\n")
    lines = [header + b",building", *(row + b",007" for row in rows)]
    return replace(answer, body=b"\n".join(lines) + b"\n")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WORLD, now=FIRST) as sandbox:
        sandbox.faults.script(with_building, report=6000, times=None)
        yield sandbox


def source_of(sandbox: Sandbox) -> Any:
    config = sandbox.config(start_date=rfc3339(START), end_date=rfc3339(FIRST))
    return airbyte.get_source("source-kaltura-rooms", local_executable=CONNECTOR, config=config)


def rooms_in(destination: Destination, source: Any) -> list[dict[str, Any]]:
    source.select_streams(["rooms"])
    source.read(cache=destination.cache)
    return sorted(destination.table("rooms"), key=lambda row: str(row["entry_id"]))


def test_given_a_column_nobody_declared_when_discovered_and_synced_then_it_is_in_the_warehouse(
    sandbox: Sandbox, warehouse: OpenSchema
) -> None:
    source = source_of(sandbox)
    (rooms,) = [one for one in source.discovered_catalog.streams if one.name == "rooms"]
    assert rooms.json_schema["properties"]["building"]["type"] == ["null", "string"]

    table = rooms_in(warehouse("undeclared"), source)

    # A text that looks like a number stays a text.
    assert [(row["entry_id"], row["building"]) for row in table] == [
        ("1_algebra", "007"),
        ("1_poetry", "007"),
    ]


def test_given_the_column_deselected_when_synced_then_it_is_not_in_the_warehouse(
    sandbox: Sandbox, warehouse: OpenSchema
) -> None:
    source = source_of(sandbox)
    (rooms,) = [one for one in source.discovered_catalog.streams if one.name == "rooms"]
    del rooms.json_schema["properties"]["building"]

    table = rooms_in(warehouse("deselected"), source)

    assert [row["entry_id"] for row in table] == ["1_algebra", "1_poetry"]
    assert all("building" not in row for row in table)
