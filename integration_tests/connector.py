"""The installed connector, run as Airbyte runs it: a process that prints messages, a line each."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from source_kaltura_rooms.reports import REPORTS, Report

Message = dict[str, Any]
Record = dict[str, Any]

COMMAND = [sys.executable, "-m", "source_kaltura_rooms.run"]
STREAMS = ("rooms", "attendees", "breakouts")


@dataclass(frozen=True)
class Outcome:
    """What a run of the connector printed, and how it ended."""

    messages: list[Message]
    exit_code: int
    output: str

    def of_type(self, kind: str) -> list[Message]:
        """The messages of one type, such as `RECORD`."""
        return [message for message in self.messages if message["type"] == kind]

    @property
    def logs(self) -> str:
        """All log lines."""
        return "\n".join(message["log"]["message"] for message in self.of_type("LOG"))

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors that were traced."""
        traces = [message["trace"] for message in self.of_type("TRACE")]
        return [trace["error"] for trace in traces if trace["type"] == "ERROR"]

    @property
    def states(self) -> dict[str, dict[str, Any]]:
        """The last state of each stream."""
        return states(self.messages)

    def records(self, stream: str) -> list[Record]:
        """The stream's records, in order."""
        return records(self.messages, stream)

    def statuses(self, stream: str) -> list[str]:
        """The stream's statuses, in order."""
        traces = [message["trace"] for message in self.of_type("TRACE")]
        return [
            trace["stream_status"]["status"]
            for trace in traces
            if trace["type"] == "STREAM_STATUS"
            and trace["stream_status"]["stream_descriptor"]["name"] == stream
        ]


def run(
    command: str,
    folder: Path,
    *flags: str,
    config: Mapping[str, Any] | None = None,
    catalog: Mapping[str, Any] | None = None,
    state: Sequence[Mapping[str, Any]] | None = None,
    seconds: float = 120,
) -> Outcome:
    """Runs one command of the connector; files for it are written to `folder`."""
    done = subprocess.run(
        [
            *COMMAND,
            *arguments(command, folder, config=config, catalog=catalog, state=state),
            *flags,
        ],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Outcome(messages(done.stdout), done.returncode, done.stdout + done.stderr)


def arguments(
    command: str,
    folder: Path,
    *,
    config: Mapping[str, Any] | None = None,
    catalog: Mapping[str, Any] | None = None,
    state: Sequence[Mapping[str, Any]] | None = None,
) -> list[str]:
    """The command line, with files that were written for it."""
    given = {"config": config, "catalog": catalog, "state": state}
    line = [command]
    for name, content in given.items():
        if content is not None:
            path = folder / f"{name}.json"
            path.write_text(json.dumps(content))
            line += [f"--{name}", str(path)]
    return line


def messages(output: str) -> list[Message]:
    """The messages in what was printed; a last line that was cut off is left out."""
    lines = output.splitlines()
    if output and not output.endswith("\n"):
        lines.pop()
    return [json.loads(line) for line in lines if line.startswith("{")]


def records(messages: Iterable[Message], stream: str) -> list[Record]:
    """The stream's records among the messages."""
    return [
        message["record"]["data"]
        for message in messages
        if message["type"] == "RECORD" and message["record"]["stream"] == stream
    ]


def states(messages: Iterable[Message]) -> dict[str, dict[str, Any]]:
    """The last state of each stream among the messages."""
    found = {}
    for message in messages:
        if message["type"] == "STATE":
            stream = message["state"]["stream"]
            found[stream["stream_descriptor"]["name"]] = stream["stream_state"]
    return found


def state_input(states: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """States as Airbyte gives them back to the next sync."""
    return [
        {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": stream}, "stream_state": state},
        }
        for stream, state in states.items()
    ]


def configured_catalog(
    streams: Iterable[str] = STREAMS,
    sync_mode: str = "incremental",
    reports: Mapping[str, Report] = REPORTS,
) -> dict[str, Any]:
    """A catalog that asks for all fields of the streams; `reports` are those there are."""
    return {
        "streams": [
            {
                "stream": {
                    "name": stream,
                    "json_schema": reports[stream].json_schema,
                    "supported_sync_modes": ["full_refresh", "incremental"],
                    "source_defined_cursor": True,
                    "default_cursor_field": [reports[stream].cursor],
                    "source_defined_primary_key": [[key] for key in reports[stream].primary_key],
                },
                "sync_mode": sync_mode,
                "destination_sync_mode": "append_dedup",
            }
            for stream in streams
        ]
    }


def key_of(stream: str, record: Record, reports: Mapping[str, Report] = REPORTS) -> tuple[str, ...]:
    """The record's primary key."""
    return tuple(record[name] for name in reports[stream].primary_key)


def in_order(
    stream: str, rows: Iterable[Record], reports: Mapping[str, Report] = REPORTS
) -> list[Record]:
    """Rows by primary key with tolerant numbers, without nulls, which the CDK leaves out."""
    without_nulls = [
        {name: value for name, value in row.items() if value is not None} for row in rows
    ]
    return sorted(map(with_tolerance, without_nulls), key=lambda row: key_of(stream, row, reports))


class About(float):
    """A number that equals others but for what its last digits may differ by.

    Sums of what the CSV prints with 14 digits are not those of the numbers themselves.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float | int) and math.isclose(self, other, rel_tol=1e-11)

    __hash__ = None  # type: ignore[assignment]  # numbers that are almost equal have no common hash


def with_tolerance(row: Record) -> Record:
    """The row with numbers that equal others but for their last digits."""
    return {
        name: About(value) if isinstance(value, float) else value for name, value in row.items()
    }


class Warehouse:
    """Tables that upsert records by primary key, as a destination with deduplication does."""

    def __init__(self, reports: Mapping[str, Report] = REPORTS) -> None:
        self.reports = reports
        self.tables: dict[str, dict[tuple[str, ...], Record]] = {name: {} for name in reports}
        self.states: dict[str, dict[str, Any]] = {}

    def take(self, messages: Iterable[Message]) -> None:
        """Loads a sync's messages, or as many of them as arrived."""
        for message in messages:
            if message["type"] == "RECORD":
                stream, data = message["record"]["stream"], message["record"]["data"]
                self.tables[stream][key_of(stream, data, self.reports)] = data
            elif message["type"] == "STATE":
                self.states |= states([message])

    def rows(self, stream: str) -> list[Record]:
        """The table's rows by primary key."""
        return in_order(stream, self.tables[stream].values(), self.reports)
