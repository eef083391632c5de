"""A warehouse as the tests see it, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

Stored: TypeAlias = str | int | Decimal | datetime | None
Row: TypeAlias = dict[str, Stored]

Ask: TypeAlias = Callable[[str], Iterable[Mapping[str, Any]]]

SCALE = Decimal("0.000000001")
"""PyAirbyte makes numbers DECIMAL(38,9) in every warehouse."""


@dataclass(frozen=True)
class Destination:
    """A schema of a warehouse, into which PyAirbyte loads.

    `cache` is PyAirbyte's word for it. `types` gives the warehouse's type for each kind of column
    (text, integer, number, time), as its catalogue spells it; `catalogue` is the table that lists
    the columns of all tables. `known_changes` are the edge values, by the name of the case, that
    PyAirbyte stores as something else than was sent; `docs/destinations.md` says why.
    `ask_unqualified` runs a query that names tables without their schema, where connections do not
    begin in it.
    """

    name: str
    cache: Any
    types: Mapping[str, str]
    known_changes: Mapping[str, Stored] = field(default_factory=dict)
    catalogue: str = "information_schema.columns"
    ask_unqualified: Ask | None = None

    def load(self, source: Any) -> None:
        """Sync all streams of a source of PyAirbyte's, from the state that is kept here."""
        source.select_all_streams()
        source.read(cache=self.cache)

    def query(self, sql: str) -> list[Row]:
        """Return the rows. Names of columns are in lower case, times in UTC without saying so."""
        with self.cache.get_sql_engine().begin() as connection:
            result = connection.exec_driver_sql(sql)
            return _plain(result.mappings()) if result.returns_rows else []

    def query_unqualified(self, sql: str) -> list[Row]:
        """Return the rows of a query that names tables without their schema."""
        return _plain(self.ask_unqualified(sql)) if self.ask_unqualified else self.query(sql)

    def table(self, stream: str) -> list[Row]:
        """Return the stream's table, without the columns that PyAirbyte adds to it."""
        return [
            {name: value for name, value in row.items() if not name.startswith("_airbyte_")}
            for row in self.query(f"SELECT * FROM {self.cache.schema_name}.{stream}")
        ]

    def column_types(self, stream: str) -> dict[str, str]:
        """Return the type of each column of `table`, as the catalogue spells it."""
        return {
            str(column["column_name"]).lower(): _type(column)
            for column in self.query(f"SELECT * FROM {self.catalogue}")
            if str(column["table_schema"]).lower() == self.cache.schema_name
            and str(column["table_name"]).lower() == stream
            and not str(column["column_name"]).lower().startswith("_airbyte_")
        }


OpenSchema: TypeAlias = Callable[[str], Destination]
"""Makes a schema of that name in a running warehouse."""


def as_stored(rows: Iterable[Mapping[str, str | int | float | None]]) -> list[Row]:
    """Return rows that a connector must emit as a warehouse must hold them."""
    return [{name: _stored(name, value) for name, value in row.items()} for row in rows]


def _stored(name: str, value: str | int | float | None) -> Stored:
    if isinstance(value, float):
        return Decimal(repr(value)).quantize(SCALE)
    if isinstance(value, str) and name in {"session_start_time", "session_end_time"}:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ")
    return value


def _type(column: Row) -> str:
    """Return the column's type; some catalogues keep precision and scale apart from it."""
    name = str(column["data_type"])
    if name.lower() in {"number", "numeric"} and column.get("numeric_precision"):
        return f"{name}({column['numeric_precision']},{column['numeric_scale']})"
    return name


def _plain(rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    return [{name.lower(): _in_utc(value) for name, value in row.items()} for row in rows]


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
