"""Who runs: the commands, and the files that they read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.cases import (
    BUILDER,
    CONNECTOR,
    FLOOR,
    LOOKBACK,
    ONE_DAY,
    ONE_WINDOW,
    PSEUDONYMS,
    READER,
    SINGER,
    START,
    TEN_WORKERS,
    WINDOW,
    Case,
)
from benchmarks.server import Kaltura

HERE = Path(__file__).parent
PROJECT = HERE.parent
BIN = PROJECT / ".venv" / "bin"
PYTHON = BIN / "python"
SINGER_PYTHON = PROJECT / ".venv-singer" / "bin" / "python"

MANIFEST = HERE / "rivals" / "builder" / "manifest.yaml"
FLOOR_PROGRAM = HERE / "rivals" / "floor.py"
READER_PROGRAM = HERE / "rivals" / "reader.py"
TAP = HERE / "rivals" / "singer" / "tap.py"

LABELS = {
    FLOOR: "floor: `csv` and `orjson` in one loop",
    CONNECTOR: "**source-kaltura-rooms**",
    SINGER: "singer-sdk tap",
    BUILDER: "Connector Builder manifest",
    READER: "reader that knows the size",
    ONE_WINDOW: "**source-kaltura-rooms**, window of 28 days",
    ONE_DAY: "**source-kaltura-rooms**, windows of one day",
    TEN_WORKERS: "**source-kaltura-rooms**, 10 workers",
    PSEUDONYMS: "**source-kaltura-rooms**, pseudonyms",
}

OPTIONS: dict[str, dict[str, Any]] = {
    CONNECTOR: {},
    ONE_WINDOW: {"window_in_days": 28},
    ONE_DAY: {"window_in_days": 1},
    TEN_WORKERS: {"num_workers": 10},
    PSEUDONYMS: {"personal_data": {"mode": "pseudonyms", "secret": "a secret for the benchmark"}},
}
"""What the connector's configuration says besides account and dates, by the entrant's name."""


@dataclass(frozen=True)
class Entrant:
    """A command that is measured.

    Lines of its output that begin with `row` are its rows; None if it writes no rows.
    """

    name: str
    label: str
    command: tuple[str | Path, ...]
    row: bytes | None = None


def entrant(name: str, case: Case, kaltura: Kaltura, folder: Path) -> Entrant:
    """The entrant of this name for this case, its files written to `folder`."""
    command, row = _COMMANDS[name]
    return Entrant(name, LABELS[name], command(case, kaltura, folder), row)


def at_start_up() -> list[Entrant]:
    """What is compared without reading anything."""
    return [
        Entrant("import", "`import airbyte_cdk`", (PYTHON, "-c", "import airbyte_cdk")),
        Entrant(
            CONNECTOR, "**source-kaltura-rooms** `spec`", (BIN / "source-kaltura-rooms", "spec")
        ),
        Entrant(
            SINGER, "singer-sdk tap `--about`", (SINGER_PYTHON, TAP, "--about", "--format=json")
        ),
    ]


def _floor(case: Case, kaltura: Kaltura, folder: Path) -> tuple[str | Path, ...]:
    start = case.start - LOOKBACK if case.resumes else case.start
    config = {"start": start, "end": case.history.end, "window": WINDOW}
    return (
        PYTHON,
        FLOOR_PROGRAM,
        _written(folder / "floor.json", {**_account(kaltura), **config}),
    )


def _reader(case: Case, kaltura: Kaltura, folder: Path) -> tuple[str | Path, ...]:
    config = {**_account(kaltura), "start": case.start, "end": case.history.end}
    return (PYTHON, READER_PROGRAM, _written(folder / "reader.json", config))


def _connector(name: str, case: Case, kaltura: Kaltura, folder: Path) -> tuple[str | Path, ...]:
    config = {
        "api_url": kaltura.url,
        "credentials": {"auth_type": "ks", "ks": kaltura.ks},
        "start_date": _rfc3339(START),
        "end_date": _rfc3339(case.history.end),
        **OPTIONS[name],
    }
    reached = {"session_start_time": _rfc3339(case.start - 1)}
    return (
        BIN / "source-kaltura-rooms",
        "read",
        *_airbyte_files(case, folder / name, config, "session_start_time", reached),
    )


def _builder(case: Case, kaltura: Kaltura, folder: Path) -> tuple[str | Path, ...]:
    config = {
        **_account(kaltura),
        "start_date": _rfc3339(START),
        "end_date": _rfc3339(case.history.end),
    }
    reached = {"window_start": str(case.start)}
    return (
        BIN / "source-declarative-manifest",
        "read",
        "--manifest-path",
        MANIFEST,
        *_airbyte_files(case, folder / "builder", config, "window_start", reached),
    )


def _singer(case: Case, kaltura: Kaltura, folder: Path) -> tuple[str | Path, ...]:
    config = {"start": START, "end": case.history.end, "window": WINDOW, "lookback": LOOKBACK}
    command: list[str | Path] = [
        SINGER_PYTHON,
        TAP,
        "--config",
        _written(folder / "singer.json", {**_account(kaltura), **config}),
    ]
    if case.resumes:
        bookmark = {"replication_key": "window_start", "replication_key_value": case.start}
        state = {"bookmarks": {"attendees": bookmark}}
        command += ["--state", _written(folder / "singer-state.json", state)]
    return tuple(command)


def _account(kaltura: Kaltura) -> dict[str, Any]:
    return {"api_url": kaltura.url, "ks": kaltura.ks}


def _airbyte_files(
    case: Case, folder: Path, config: Mapping[str, Any], cursor: str, state: Mapping[str, Any]
) -> list[str | Path]:
    folder.mkdir(exist_ok=True)
    stream = {
        "name": "attendees",
        "json_schema": {},  # all fields
        "supported_sync_modes": ["full_refresh", "incremental"],
        "source_defined_cursor": True,
        "default_cursor_field": [cursor],
    }
    configured = {
        "stream": stream,
        "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup",
    }
    options: list[str | Path] = ["--config", _written(folder / "config.json", config)]
    options += ["--catalog", _written(folder / "catalog.json", {"streams": [configured]})]
    if case.resumes:
        reached = {"stream_descriptor": {"name": "attendees"}, "stream_state": state}
        saved = [{"type": "STREAM", "stream": reached}]
        options += ["--state", _written(folder / "state.json", saved)]
    return options


def _written(path: Path, content: object) -> Path:
    path.write_text(json.dumps(content))
    return path


def _rfc3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_Command = Callable[[Case, Kaltura, Path], tuple[str | Path, ...]]

_COMMANDS: dict[str, tuple[_Command, bytes]] = {
    FLOOR: (_floor, b"{"),
    READER: (_reader, b"{"),
    **{name: (partial(_connector, name), b'{"type":"RECORD"') for name in OPTIONS},
    BUILDER: (_builder, b'{"type":"RECORD"'),
    SINGER: (_singer, b'{"type":"RECORD"'),
}
