"""Snowflake, as the emulator fakesnow plays it, spoken to with Snowflake's own client.

PyAirbyte's loader runs as it is. What the emulator lacks is made up for in `server`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..destination import Destination, OpenSchema
from ..pyairbyte import caches
from ..server_process import HOST, free_port, listening, serving

SERVER = Path(__file__).with_name("server.py")
PYTHON = Path(__file__).parents[3] / ".venv-snowflake/bin/python"

TYPES = {
    "text": "TEXT",
    "integer": "NUMBER(38,0)",
    "number": "NUMBER(38,9)",
    "time": "TIMESTAMP_NTZ",
}


@contextmanager
def running(folder: Path) -> Iterator[OpenSchema]:
    """Run the emulator; it keeps everything in memory."""
    port = free_port()
    command = [str(PYTHON), str(SERVER), str(port)]
    with serving(command, lambda: listening(port), folder / "log"):
        yield lambda schema: _destination(schema, port)


def _destination(schema: str, port: int) -> Destination:
    cache = _EmulatedCache(
        account="emulator",
        username="anybody",
        password="not asked for",
        warehouse="warehouse",
        database="university",
        role="loader",
        schema_name=schema,
        server_port=port,
    )
    return Destination("snowflake", cache, TYPES)


class _EmulatedCache(caches.SnowflakeCache):  # type: ignore[misc]  # PyAirbyte is not installed where types are checked
    """PyAirbyte's cache, pointed at loopback: it knows of accounts only, not of hosts."""

    server_port: int

    def get_sql_alchemy_connect_args(self) -> dict[str, Any]:
        return {
            "host": HOST,
            "port": self.server_port,
            "protocol": "http",
            "network_timeout": 60,  # else the client repeats what failed for good
            "session_parameters": {
                "CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED": False,
                # The emulator behaves as these settings ask for: see `server`.
                "nop_regexes": [r"\s*ALTER SESSION SET\s+QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE"],
            },
        }
