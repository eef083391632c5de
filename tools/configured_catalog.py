"""What `discover` prints, turned into a configured catalog, which `read` needs.

source-kaltura-rooms discover --config config.json | python3 tools/configured_catalog.py

The names of streams as arguments choose among them. It needs nothing but Python.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable
from typing import Any


def configured_catalog(printed: Iterable[str], chosen: Collection[str] = ()) -> dict[str, Any]:
    """Return a catalog that reads the chosen streams, or all, incrementally and with all columns.

    `printed` are the lines of `discover`. Raises ValueError, with one sentence, if there is no
    catalog in them or it lacks a chosen stream.
    """
    messages = [json.loads(line) for line in printed if line.startswith("{")]
    catalogs = [message["catalog"] for message in messages if message["type"] == "CATALOG"]
    if not catalogs:
        logged = [one["log"]["message"] for one in messages if one["type"] == "LOG"]
        raise ValueError(
            f"discover printed no catalog. It last said: {logged[-1] if logged else 'nothing'}"
        )
    streams = {stream["name"]: stream for stream in catalogs[-1]["streams"]}
    if missing := [name for name in chosen if name not in streams]:
        raise ValueError(f"There is no stream {missing[0]}; there are {', '.join(streams)}.")
    modes = {"sync_mode": "incremental", "destination_sync_mode": "append_dedup"}
    return {"streams": [{"stream": streams[name], **modes} for name in chosen or streams]}


if __name__ == "__main__":
    try:
        print(json.dumps(configured_catalog(sys.stdin, sys.argv[1:]), indent=2))
    except ValueError as error:
        sys.exit(str(error))
