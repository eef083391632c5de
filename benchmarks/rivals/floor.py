"""The floor: what the work costs at least in Python. Its configuration's path is its argument.

One request for each window, one loop over its rows: two columns to floats, the window's start
added, a line of JSON out. No types, states, checks, retries, parallel requests or sessions.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import orjson
import requests


def main() -> None:
    """Reads `api_url`, `ks`, `start`, `end` and `window` (Unix seconds, seconds), writes rows."""
    config = json.loads(Path(sys.argv[1]).read_text())
    url = f"{config['api_url']}/api_v3/service/report/action/getCsvFromStringParams"
    write = sys.stdout.buffer.write
    connection = requests.Session()
    for start in range(config["start"], config["end"], config["window"]):
        end = min(start + config["window"], config["end"])
        params = f"from_date={start};to_date={end}"
        form = {"id": 6001, "ks": config["ks"], "format": 1, "params": params}
        answer = connection.post(url, data=form, timeout=600)
        rows = csv.reader(io.TextIOWrapper(io.BytesIO(answer.content), "utf-8-sig", newline=""))
        columns = next(rows)
        for values in rows:
            row: dict[str, str | float] = dict(zip(columns, values, strict=True))
            row["meeting_view_time"] = float(row["meeting_view_time"])
            row["meeting_engaged_play_time_ratio"] = float(row["meeting_engaged_play_time_ratio"])
            row["window_start"] = start
            write(orjson.dumps(row) + b"\n")


if __name__ == "__main__":
    main()
