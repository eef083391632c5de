"""Golden pairs, found by their names: `NAME.csv`, the bytes of an answer, and `NAME.json`.

The second has the stream, and either `rows`, the texts by column, or `refused`, the error that the
answer is refused with; and where values are converted in an interesting way, `records`. A pair that
is called as its stream has the records that a whole sync emits.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from source_kaltura_rooms.reports import REPORTS

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Pair:
    """What an answer holds."""

    name: str
    stream: str
    rows: list[dict[str, str]] | None = None
    refused: str | None = None
    records: list[dict[str, Any]] | None = None

    @property
    def body(self) -> bytes:
        """The answer's bytes."""
        return (GOLDEN / f"{self.name}.csv").read_bytes()


def pair(name: str) -> Pair:
    """The pair of this name."""
    return Pair(name, **json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")))


ANSWERS = {str(report.id): pair(stream).body for stream, report in REPORTS.items()}
"""A golden answer of every report, by the report's number as a request has it."""

PAIRS = [pair(path.stem) for path in sorted(GOLDEN.glob("*.csv"))]
