"""Rows as a person writes them down, however the connector keeps them."""

from __future__ import annotations

from collections.abc import Iterable

from source_kaltura_rooms.kaltura.tables import Batch, RowTable, Table
from source_kaltura_rooms.retrieval.placement import PlacedRows


def rows_of(table: Table) -> list[list[str]]:
    """All rows of a table, each with a text for every column."""
    return listed(table.batches())


def listed(batches: Iterable[Batch]) -> list[list[str]]:
    """The rows of batches, in order."""
    return [list(row) for batch in batches for row in zip(*batch.texts, strict=True)]


def batch(columns: tuple[str, ...], rows: list[list[str]], key: tuple[str, ...] = ()) -> Batch:
    """A batch with these rows, and with the hashes of their keys if it is said what these are."""
    texts = [[row[position] for row in rows] for position in range(len(columns))]
    return Batch(columns, texts, RowTable(columns, rows).key_hashes(key) if key else ())


def placed(parts: Iterable[PlacedRows]) -> list[list[str]]:
    """The rows that belong to what was asked for."""
    return listed(part.placed for part in parts)


def unplaced(parts: Iterable[PlacedRows]) -> list[list[str]]:
    """The rows of sessions whose start is not known."""
    return listed(part.unplaced for part in parts)
