"""What the connector is meant to reach, and what was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.cases import (
    BUILDER,
    CONNECTOR,
    FLOOR,
    LARGE,
    LATENCY,
    LONG,
    SHORT,
    SINGER,
    START_UP,
)
from benchmarks.race import Result

WORKERS = 4
"""The connector's default of windows that are read at the same time."""

Results = Mapping[str, Result]


@dataclass(frozen=True)
class Goal:
    """A goal in words, what was seen, and whether it was met; None if its case did not run."""

    words: str
    seen: str
    met: bool | None


def judge(results: Results) -> list[Goal]:
    """All goals, judged by results by the case's name."""
    return [_judged(words, judged, results) for words, judged in _GOALS.items()]


def _judged(words: str, judged: Callable[[Results], tuple[str, bool]], results: Results) -> Goal:
    try:
        return Goal(words, *judged(results))
    except KeyError:
        return Goal(words, "not measured", None)


def _beside_floor(results: Results) -> tuple[str, bool]:
    ratio = _wall(results, LARGE.name, CONNECTOR) / _wall(results, LARGE.name, FLOOR)
    return f"{ratio:.1f} ×", ratio <= 3


def _beside_builder(results: Results) -> tuple[str, bool]:
    ratio = _wall(results, LARGE.name, BUILDER) / _wall(results, LARGE.name, CONNECTOR)
    return f"{ratio:.1f} ×", ratio >= 20


def _beside_singer(results: Results) -> tuple[str, bool]:
    ratio = _wall(results, LARGE.name, CONNECTOR) / _wall(results, LARGE.name, SINGER)
    return f"{ratio:.2f} ×", ratio <= 0.6


def _peak(results: Results) -> tuple[str, bool]:
    peak = results[LARGE.name].of(CONNECTOR).cost.peak
    return f"{peak:.0f} MB", peak <= 200


def _flat(results: Results) -> tuple[str, bool]:
    peaks = [results[case.name].of(CONNECTOR).cost.peak for case in (SHORT, LONG)]
    growth = peaks[1] / peaks[0] - 1
    return f"{peaks[0]:.0f} → {peaks[1]:.0f} MB ({growth:+.0%})", growth <= 0.2


def _latency(results: Results) -> tuple[str, bool]:
    seen = _wall(results, LATENCY.name, CONNECTOR)
    start_up = _wall(results, START_UP, CONNECTOR)
    allowed = 1.15 * LATENCY.latency * LATENCY.history.windows / WORKERS + start_up
    return f"{seen:.1f} s, {allowed:.1f} s allowed", seen <= allowed


def _start_up(results: Results) -> tuple[str, bool]:
    extra = _wall(results, START_UP, CONNECTOR) - _wall(results, START_UP, "import")
    return f"{extra:+.2f} s", extra <= 0.15


def _wall(results: Results, case: str, entrant: str) -> float:
    return results[case].of(entrant).cost.wall


_GOALS: dict[str, Callable[[Results], tuple[str, bool]]] = {
    "200,000 attendees in at most 3 × the floor": _beside_floor,
    "at least 20 × as fast as the Connector Builder's manifest": _beside_builder,
    "at most 0.6 × the time of the singer-sdk tap": _beside_singer,
    "at most 200 MB of memory": _peak,
    "at most 20 % more memory for ten times the history": _flat,
    f"12 windows of 1 s in at most 1.15 × 12 s ÷ {WORKERS} workers, and start-up": _latency,
    "`spec` within 0.15 s of `import airbyte_cdk`": _start_up,
}
