"""Serves fakesnow on the port that is given, with what is needed here and it lacks.

PyAirbyte's loader needs most of it, the queries of docs/pseudonyms.md XOR of bytes.
It runs in an environment of its own. Written for fakesnow 0.12.1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import fakesnow.arrow as arrow
import fakesnow.copy_into as copying
import fakesnow.cursor as cursor
import fakesnow.server as server
import pyarrow
import uvicorn
from fakesnow import dialect
from fakesnow.variables import Variables
from sqlglot import Expr, exp
from sqlglot.dialects.duckdb import DuckDB

times_of = arrow.timestamp_to_sf_struct


def parse(command: str) -> Expr:
    """Parse as Snowflake does where PyAirbyte needs it and fakesnow does otherwise.

    - Commas between the options of a file format mean nothing.
    - Names in quotes are in upper case: PyAirbyte sets QUOTED_IDENTIFIERS_IGNORE_CASE.
    """
    statement = dialect.parse_one(command)
    if isinstance(statement, exp.Copy):
        for comma in list(statement.find_all(exp.SequenceProperties)):
            comma.pop()
    for identifier in statement.find_all(exp.Identifier):
        if identifier.quoted:
            identifier.set("this", identifier.name.upper())
    return statement


def times_with_nulls(times: pyarrow.ChunkedArray) -> pyarrow.StructArray:
    """Give a time that is null as null; fakesnow gives it as the beginning of 1970."""
    column = times.combine_chunks()
    filled = times_of(column.fill_null(0))
    return pyarrow.StructArray.from_arrays(
        filled.flatten(), fields=list(filled.type), mask=column.is_null()
    )


def keep_dollars(self: Variables, sql: str) -> str:
    """Leave `$schema` in a text alone; fakesnow takes it for a variable of the session."""
    return sql


def files_of_stage(stage: str, files: Sequence[str]) -> list[str]:
    """Find the files that COPY names in a table's own stage; fakesnow wants a URL there."""
    return [stage + file for file in files]


def columns_of_json(select: exp.Select) -> exp.Select:
    """Take `$1:"name"` out of a line of JSON, so that COPY casts it to its column's type.

    fakesnow reads such a line as one VARIANT and then looks for a column called name.
    """
    for found in list(select.find_all(exp.JSONExtract)):
        found.replace(exp.func("json_extract_string", exp.column("json"), path_of(found)))
    return select


def path_of(found: exp.JSONExtract) -> Expr:
    key = found.expression.find(exp.JSONPathKey)
    return exp.Literal.string(f'$."{key.this}"')


def xor_of_bytes(self: DuckDB.Generator, xor: exp.BitwiseXor) -> str:
    """Write XOR of bytes, which DuckDB has for bits only; no test uses that of numbers."""
    bits = [exp.cast(one.copy(), "bit", dialect="duckdb") for one in (xor.left, xor.right)]
    return f"CAST({self.func('XOR', *bits)} AS BLOB)"


def main() -> None:
    DuckDB.Generator.bitwisexor_sql = xor_of_bytes
    cursor.parse_one = server.parse_one = parse
    arrow.timestamp_to_sf_struct = times_with_nulls
    copying._source_urls = files_of_stage
    copying._strip_json_extract = columns_of_json
    Variables.inline_variables = keep_dollars
    uvicorn.run(server.app, host="127.0.0.1", port=int(sys.argv[1]))


if __name__ == "__main__":
    main()
