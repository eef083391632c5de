"""DuckDB: a file, written by the real database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .destination import Destination, OpenSchema
from .pyairbyte import caches

TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DECIMAL(38,9)",
    "time": "TIMESTAMP",
}


@contextmanager
def running(folder: Path) -> Iterator[OpenSchema]:
    """Keep all schemas in one file in the folder."""

    def open_schema(schema: str) -> Destination:
        cache = caches.DuckDBCache(db_path=folder / "warehouse.duckdb", schema_name=schema)
        return Destination("duckdb", cache, TYPES, ask_unqualified=lambda sql: _ask(cache, sql))

    yield open_schema


def _ask(cache: Any, sql: str) -> Sequence[Mapping[str, Any]]:
    with cache.get_sql_engine().begin() as connection:
        connection.exec_driver_sql(f"USE {cache.schema_name}")
        rows: Sequence[Mapping[str, Any]] = connection.exec_driver_sql(sql).mappings().all()
        return rows
