"""BigQuery, as the emulator bqemulator plays it, spoken to with Google's own client.

PyAirbyte's loader runs as it is. What the emulator lacks is made up for in `server`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from ..destination import Destination, OpenSchema
from ..pyairbyte import caches
from ..server_process import HOST, free_port, listening, serving

SERVER = Path(__file__).with_name("server.py")
PYTHON = Path(__file__).parents[3] / ".venv-bigquery/bin/python"
PROJECT = "university"

TYPES = {
    "text": "STRING",
    "integer": "INT64",
    "number": "NUMERIC",
    "time": "TIMESTAMP",
}


@contextmanager
def running(folder: Path) -> Iterator[OpenSchema]:
    """Run the emulator; it keeps everything in memory."""
    port = free_port()
    command = [str(PYTHON), str(SERVER), str(port)]
    with serving(command, lambda: listening(port), folder / "log"):
        yield lambda schema: _destination(schema, port)


def _destination(schema: str, port: int) -> Destination:
    cache = _EmulatedCache(project_name=PROJECT, dataset_name=schema, server_port=port)
    client = cache.get_vendor_client()
    default = bigquery.QueryJobConfig(default_dataset=f"{PROJECT}.{schema}")
    return Destination(
        "bigquery",
        cache,
        TYPES,
        catalogue=f"{schema}.INFORMATION_SCHEMA.COLUMNS",
        # The emulator knows of default datasets in jobs.insert only, which this one uses; PyAirbyte
        # uses jobs.query. Nothing is tried again: what fails there fails for good.
        ask_unqualified=lambda sql: map(
            dict, client.query(sql, job_config=default, retry=None, job_retry=None).result()
        ),
    )


class _EmulatedCache(caches.BigQueryCache):  # type: ignore[misc]  # PyAirbyte is not installed where types are checked
    """PyAirbyte's cache, with a client for loopback that nobody has to be known to."""

    server_port: int

    def get_vendor_client(self) -> Any:
        return bigquery.Client(
            project=PROJECT,
            credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
            client_options={"api_endpoint": f"http://{HOST}:{self.server_port}"},
        )

    def get_sql_alchemy_url(self) -> str:
        return f"bigquery://{PROJECT}?user_supplied_client=true"

    def get_sql_alchemy_connect_args(self) -> dict[str, Any]:
        return {"client": self.get_vendor_client()}
