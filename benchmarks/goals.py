"""What the connector is meant to reach, and what was seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from benchmarks.cases import (
    BUILDER,
    CONNECTOR,
    FLOOR,
    LARGE,
    LATENCY,
    LONG,
    ONE_ANSWER,
    ONE_LARGE_WINDOW,
    ONE_WINDOW,
    PSEUDONYMS,
    READER,
    SHORT,
    SINGER,
    SLOW,
    SMALL,
    START_UP,
    TEN_WORKERS,
    WITH_PSEUDONYMS,
    WORKERS,
    Case,
)
from benchmarks.race import Result

DEFAULT_WORKERS = 4
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
    ratio = _ratio(results, LARGE, CONNECTOR, FLOOR)
    return f"{ratio:.2f} ×", ratio <= 1.65


def _long_beside_floor(results: Results) -> tuple[str, bool]:
    ratio = _ratio(results, LONG, CONNECTOR, FLOOR)
    return f"{ratio:.2f} ×", ratio <= 1.15


def _beside_builder(results: Results) -> tuple[str, bool]:
    ratio = _ratio(results, LARGE, BUILDER, CONNECTOR)
    return f"{ratio:.1f} ×", ratio >= 16


def _beside_singer(results: Results) -> tuple[str, bool]:
    ratio = _ratio(results, LARGE, CONNECTOR, SINGER)
    return f"{ratio:.2f} ×", ratio <= 0.28


def _small(results: Results) -> tuple[str, bool]:
    ratio = _wall(results, SMALL.name, CONNECTOR) / _wall(results, START_UP, "import")
    return f"{ratio:.2f} ×", ratio <= 0.65


def _peak(results: Results) -> tuple[str, bool]:
    peak = _memory(results, LARGE, CONNECTOR)
    return f"{peak:.0f} MB", peak <= 165


def _flat(results: Results) -> tuple[str, bool]:
    peaks = _memory(results, SHORT, CONNECTOR), _memory(results, LONG, CONNECTOR)
    return _growth(*peaks, most=0.1)


def _one_large_window(results: Results, case: Case = ONE_LARGE_WINDOW) -> tuple[str, bool]:
    peaks = [_memory(results, case, name) for name in (CONNECTOR, ONE_WINDOW)]
    return _growth(*peaks, most=0.2)


def _ten_workers(results: Results) -> tuple[str, bool]:
    peak = _memory(results, WORKERS, TEN_WORKERS)
    return f"{peak:.0f} MB", peak <= 400


def _latency(results: Results) -> tuple[str, bool]:
    seen = _wall(results, LATENCY.name, CONNECTOR)
    start_up = _wall(results, START_UP, CONNECTOR)
    allowed = 1.1 * LATENCY.latency * LATENCY.history.windows / DEFAULT_WORKERS + start_up
    return f"{seen:.2f} s, {allowed:.2f} s allowed", seen <= allowed


def _slow(results: Results) -> tuple[str, bool]:
    time = _ratio(results, SLOW, CONNECTOR, READER)
    asked, needed = (results[SLOW.name].of(name).requests for name in (CONNECTOR, READER))
    if asked is None or needed is None:
        raise KeyError(SLOW.name)
    requests = asked / needed
    return f"{time:.2f} × and {requests:.2f} ×", max(time, requests) <= 1.25


def _pseudonyms(results: Results) -> tuple[str, bool]:
    ratio = _ratio(results, WITH_PSEUDONYMS, PSEUDONYMS, CONNECTOR)
    return f"{ratio:.2f} ×", ratio <= 1.05


def _growth(before: float, after: float, *, most: float) -> tuple[str, bool]:
    growth = after / before - 1
    return f"{before:.0f} → {after:.0f} MB ({growth:+.1%})", growth <= most


def _ratio(results: Results, case: Case, entrant: str, other: str) -> float:
    return _wall(results, case.name, entrant) / _wall(results, case.name, other)


def _wall(results: Results, case: str, entrant: str) -> float:
    return results[case].of(entrant).cost.wall


def _memory(results: Results, case: Case, entrant: str) -> float:
    return results[case.name].of(entrant).cost.peak


_GOALS: dict[str, Callable[[Results], tuple[str, bool]]] = {
    "200,000 attendees in at most 1.65 × the floor": _beside_floor,
    "1.6 million attendees in at most 1.15 × the floor": _long_beside_floor,
    "at least 16 × as fast as the Connector Builder's manifest": _beside_builder,
    "at most 0.28 × the time of the singer-sdk tap": _beside_singer,
    "a small incremental sync in at most 0.65 × `import airbyte_cdk`": _small,
    f"at most 165 MB of memory with {DEFAULT_WORKERS} workers and 50,000 rows an answer": _peak,
    "at most 10 % more memory for ten times the history": _flat,
    "at most 20 % more memory for one window of 28 days than for four of 7 days": _one_large_window,
    "the same if all 28 days are in one answer": partial(_one_large_window, case=ONE_ANSWER),
    "at most 400 MB of memory with 10 workers and 99,900 rows an answer": _ten_workers,
    f"12 windows of 1 s in at most 1.1 × 12 s ÷ {DEFAULT_WORKERS} workers, and start-up": _latency,
    "a slow Kaltura: at most 1.25 × the time and the requests of a reader that knows the size": (
        _slow
    ),
    "pseudonyms: at most 1.05 × the time without": _pseudonyms,
}
