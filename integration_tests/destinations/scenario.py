"""The university is synced, a day passes and much arrives late, and it is synced again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from integration_tests.sandbox import Sandbox, rfc3339, university

from .destination import Destination, Row, as_stored
from .pyairbyte import airbyte

CONNECTOR = Path(__file__).parents[2] / ".venv/bin/source-kaltura-rooms"
STREAMS = ("rooms", "attendees", "breakouts")

DAY = 86_400
FIRST = 1_772_215_200  # 2026-02-27T18:00:00Z, a Friday evening with lessons going on
SECOND = FIRST + DAY
START = FIRST - 19 * DAY

Tables: TypeAlias = Mapping[str, list[Row]]


@dataclass(frozen=True)
class TwoSyncs:
    """What a warehouse held after each sync, and what it should have held."""

    destination: Destination
    after_first: Tables
    true_at_first: Tables
    after_second: Tables
    true_at_second: Tables


def sync(sandbox: Sandbox, destination: Destination, start: int, end: int) -> None:
    """Run the installed connector through PyAirbyte."""
    config = sandbox.config(start_date=rfc3339(start), end_date=rfc3339(end))
    source = airbyte.get_source("source-kaltura-rooms", local_executable=CONNECTOR, config=config)
    destination.load(source)


def sync_twice(destination: Destination) -> TwoSyncs:
    """Sync while sessions are running and events are not known yet, and a day later."""
    tables = []
    with Sandbox(university(seed=1, until=FIRST + 2 * DAY, without_session=False)) as sandbox:
        for now in (FIRST, SECOND):
            sandbox.now = now
            sync(sandbox, destination, START, now)
            tables.append({stream: destination.table(stream) for stream in STREAMS})
            tables.append(
                {stream: as_stored(sandbox.truth(stream, START, now)) for stream in STREAMS}
            )
    return TwoSyncs(destination, *tables)
