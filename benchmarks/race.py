"""One case: everybody runs in turn, again and again, against one server."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cases import START_UP, Case
from benchmarks.entrants import Entrant, at_start_up, entrant
from benchmarks.measure import Cost, Failed, cost_of, count_rows, median
from benchmarks.server import serving


@dataclass(frozen=True)
class Standing:
    """What an entrant's runs cost in the median, and how many report requests each made."""

    entrant: Entrant
    runs: int
    cost: Cost
    lowest: float
    highest: float
    requests: int | None = None


@dataclass(frozen=True)
class Result:
    """A case and how everybody did; the first is the one that the others are compared with."""

    name: str
    title: str
    standings: tuple[Standing, ...]
    rows: int | None = None

    def of(self, name: str) -> Standing:
        """The standing of the entrant of this name; raises KeyError if it did not run."""
        for standing in self.standings:
            if standing.entrant.name == name:
                return standing
        raise KeyError(name)


def run_case(case: Case, runs: int) -> Result:
    """Measures the case, at most `most_runs` times.

    Before it counts, everybody runs once, so that the server has its answers ready and files are in
    the cache. Raises Failed if somebody fails or does not write all rows.
    """
    with serving(case) as kaltura, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        everybody = [entrant(name, case, kaltura, folder) for name in case.entrants]
        for one in everybody:
            _run(one, folder, case.expected_rows)
        kaltura.requests()
        costs: dict[str, list[Cost]] = {one.name: [] for one in everybody}
        requests: dict[str, int] = {}
        for _ in range(min(runs, case.most_runs or runs)):
            for one in everybody:
                costs[one.name].append(_run(one, folder, case.expected_rows))
                requests[one.name] = kaltura.requests()
                _tell(case.name, one, costs[one.name][-1])
    standings = [_standing(one, costs[one.name], requests[one.name]) for one in everybody]
    return Result(case.name, case.title, tuple(standings), case.expected_rows)


def run_start_up(runs: int) -> Result:
    """Measures how long it takes to begin, without a server."""
    everybody = at_start_up()
    costs: dict[str, list[Cost]] = {one.name: [] for one in everybody}
    with tempfile.TemporaryDirectory() as name:
        for number in range(runs + 1):
            for one in everybody:
                cost = _run(one, Path(name), None)
                if number:
                    costs[one.name].append(cost)
                    _tell(START_UP, one, cost)
    standings = [_standing(one, costs[one.name], None) for one in everybody]
    return Result(START_UP, "start-up: nothing is read", tuple(standings))


def _run(one: Entrant, folder: Path, expected_rows: int | None) -> Cost:
    output, errors = folder / "output", folder / "errors"
    cost = cost_of(one.command, output, errors)
    if one.row is not None and (rows := count_rows(output, one.row)) != expected_rows:
        raise Failed(f"{one.name} wrote {rows:,} rows instead of {expected_rows:,}")
    return cost


def _standing(one: Entrant, costs: list[Cost], requests: int | None) -> Standing:
    walls = [cost.wall for cost in costs]
    return Standing(one, len(costs), median(costs), min(walls), max(walls), requests)


def _tell(case: str, one: Entrant, cost: Cost) -> None:
    said = f"{case:10} {one.name:10} {cost.wall:6.2f} s {cost.peak:5.0f} MB"
    print(said, file=sys.stderr, flush=True)
