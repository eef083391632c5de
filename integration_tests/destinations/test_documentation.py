"""The data type map that is written down is the one that the tables have."""

from __future__ import annotations

from pathlib import Path

from .destination import OpenSchema

PAGE = Path(__file__).parents[2] / "docs/destinations.md"
KINDS = {
    "string": "text",
    "integer": "integer",
    "number": "number",
    "timestamp_with_timezone": "time",
}


def documented_types(name: str) -> dict[str, str]:
    """The page's data type map for one warehouse, by kind of column."""
    lines = PAGE.read_text().partition("## Data type map")[2].strip().splitlines()
    table = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines[:6]]
    column = [cell.lower() for cell in table[0]].index(name)
    return {KINDS[row[0]]: row[column] for row in table[2:]}


def test_given_the_data_type_map_when_compared_then_it_names_the_types_that_tables_have(
    warehouse: OpenSchema,
) -> None:
    destination = warehouse("kaltura")

    assert documented_types(destination.name) == destination.types
