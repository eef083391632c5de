"""Runs `kaltura-rooms-facts` against a sandbox: two meetings in one hour of a winter's day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from integration_tests.sandbox import Presence, Room, Sandbox, Session, User, World
from source_kaltura_rooms.facts.command import run

MINUTE = 60
HOUR = 3_600
DAY = 86_400
MIDNIGHT = 1_772_323_200  # 2026-03-01T00:00:00Z
NOON = MIDNIGHT - 36 * HOUR  # 2026-02-27T12:00:00Z

LECTURE = Session("1_lecture", "1_hall", NOON + 10 * MINUTE, NOON + 100 * MINUTE)
SEMINAR = Session("1_seminar", "1_room", NOON + 10 * MINUTE, NOON + 100 * MINUTE)
WORLD = World(
    rooms=(Room("1_hall", "Hall"), Room("1_room", "Seminar room")),
    sessions=(LECTURE, SEMINAR),
    presences=(
        Presence("1_lecture", "ada", LECTURE.start, LECTURE.end),
        Presence("1_lecture", "bob", LECTURE.start, LECTURE.end),
        Presence("1_seminar", "cy", SEMINAR.start, SEMINAR.end),
    ),
    users=(User("ada", "Ada Lovelace", "ada@uni.example"),),
)

Facts = dict[str, Any]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A Kaltura in which the two meetings took place; its clock stands at the end of February."""
    with Sandbox(WORLD, now=MIDNIGHT) as sandbox:
        yield sandbox


def arguments(sandbox: Sandbox, folder: Path, *flags: str, **config: Any) -> list[str]:
    """The command's arguments, with a configuration that is written to the folder."""
    dates = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"}
    path = folder / "config.json"
    path.write_text(json.dumps(sandbox.config(**dates) | config))
    return ["--config", str(path), *flags]


def facts_of(sandbox: Sandbox, *flags: str) -> tuple[Facts, str]:
    """The facts that the command prints as JSON, and what else it says."""
    printed, said = StringIO(), StringIO()
    with TemporaryDirectory() as folder, redirect_stdout(printed), redirect_stderr(said):
        assert run(arguments(sandbox, Path(folder), *flags)) == 0
    facts: Facts = json.loads(printed.getvalue())
    return facts, said.getvalue()
