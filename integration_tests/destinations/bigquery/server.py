"""Serves bqemulator on the port that is given, with what is needed here and it lacks.

PyAirbyte's loader needs most of it, the queries of docs/pseudonyms.md XOR of bytes.
It runs in an environment of its own. Written for bqemulator 1.4.0.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import Any

from bqemulator.api.routes import jobs
from bqemulator.config import Settings
from bqemulator.jobs import executor
from bqemulator.server import run_forever
from bqemulator.storage.engine import DuckDBEngine
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

GZIP = b"\x1f\x8b"

execute = DuckDBEngine.execute
cast_of = DuckDB.Generator.cast_sql
load_json = executor._LOAD_FORMAT_HANDLERS["NEWLINE_DELIMITED_JSON"]


def load_compressed_json(path: str, target: str, context: Any) -> None:
    """Load a file, compressed or not: BigQuery sees which for itself."""
    file = Path(path)
    content = file.read_bytes()
    if content.startswith(GZIP):
        file.write_bytes(gzip.decompress(content))
    load_json(path, target, context)


def execute_with_iso_weeks(self: DuckDBEngine, sql: str, parameters: Any = None) -> Any:
    """Execute with DuckDB's word for weeks that begin on Monday; bqemulator hands BigQuery's on."""
    return execute(self, sql.replace("'ISOWEEK'", "'WEEK'"), parameters)


def without_geography(self: DuckDBEngine) -> None:
    """Do without the extension for GEOGRAPHY, which would be downloaded; no column is one."""


def xor_of_bytes(self: DuckDB.Generator, xor: exp.BitwiseXor) -> str:
    """Write XOR of bytes, which DuckDB has for bits only; no test uses that of numbers."""
    if xor.left.is_type("bit"):  # bqemulator parses what it has written, and writes it again
        return str(self.func("XOR", xor.left, xor.right))
    bits = [exp.cast(one.copy(), "bit", dialect="duckdb") for one in (xor.left, xor.right)]
    return f"CAST({self.func('XOR', *bits)} AS BLOB)"


def bytes_of_text(self: DuckDB.Generator, cast: exp.Cast, safe_prefix: str | None = None) -> str:
    """Cast text to bytes as UTF-8; DuckDB takes ASCII only."""
    if cast.is_type("varbinary") and not isinstance(cast.this, exp.BitwiseXor):
        return str(self.func("ENCODE", cast.this))
    return str(cast_of(self, cast, safe_prefix))


def main() -> None:
    DuckDB.Generator.bitwisexor_sql = xor_of_bytes
    DuckDB.Generator.cast_sql = bytes_of_text
    # INTEGER has 64 bits in BigQuery. bqemulator hands it on to DuckDB, where it has 32.
    DuckDB.Generator.TYPE_MAPPING[exp.DType.INT] = "BIGINT"
    # A query that fails is an error for whoever asked; bqemulator answers that it has no rows.
    jobs._SQL_EXECUTION_DOMAIN_ERRORS = ()
    DuckDBEngine.execute = execute_with_iso_weeks
    DuckDBEngine._load_spatial = without_geography
    executor._LOAD_FORMAT_HANDLERS["NEWLINE_DELIMITED_JSON"] = load_compressed_json
    run_forever(Settings(rest_port=int(sys.argv[1]), grpc_port=0, enable_format_extensions=False))


if __name__ == "__main__":
    main()
