"""A reader that knows how much one request may ask for. Its configuration's path is its argument.

It asks for each day by itself, from an hour before the day to 25 hours after it. The connector asks
so too: a session may last 24 hours, and people may come or leave an hour early or late. Two days
would take 74 hours, more than the server answers. Four threads read, as many as the connector has.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import requests

HOUR = 3_600
DAY = 24 * HOUR
BEFORE = HOUR
AFTER = 25 * HOUR
THREADS = 4
ATTENDEES = 6001
SESSIONS = 6000


def main() -> None:
    """Reads `api_url`, `ks`, `start` and `end` (Unix seconds), writes rows."""
    config = json.loads(Path(sys.argv[1]).read_text())
    days = range(config["start"], config["end"], DAY)
    with ThreadPoolExecutor(THREADS) as threads:
        shares = [days[number::THREADS] for number in range(THREADS)]
        list(threads.map(partial(_read, config), shares))


def _read(config: dict[str, Any], days: Iterable[int]) -> None:
    """Writes the attendees of the sessions that start on these days, with the sessions' start."""
    connection = requests.Session()
    for day in days:
        sessions = _rows(connection, config, SESSIONS, day)
        starts = {row["cue_point_id"]: float(row["session_start_time"]) for row in sessions}
        lines = [
            orjson.dumps({**row, "session_start_time": starts[row["cue_point_id"]]}) + b"\n"
            for row in _rows(connection, config, ATTENDEES, day)
            if day <= starts[row["cue_point_id"]] < day + DAY
        ]
        sys.stdout.buffer.write(b"".join(lines))


def _rows(
    connection: requests.Session, config: dict[str, Any], report: int, day: int
) -> Iterable[dict[str, str]]:
    params = f"from_date={day - BEFORE};to_date={day + DAY + AFTER}"
    form: dict[str, Any] = {"id": report, "ks": config["ks"], "format": 1, "params": params}
    url = f"{config['api_url']}/api_v3/service/report/action/getCsvFromStringParams"
    answer = connection.post(url, data=form, timeout=600)
    answer.raise_for_status()
    return csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))


if __name__ == "__main__":
    main()
