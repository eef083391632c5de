"""Run the benchmark: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import sys

from benchmarks.cases import CASES, NAMES, START_UP
from benchmarks.entrants import HERE
from benchmarks.goals import judge
from benchmarks.machine import description
from benchmarks.measure import Failed
from benchmarks.race import run_case, run_start_up
from benchmarks.report import report


def main() -> None:
    """Measures the chosen cases; the results are kept only if none was left out."""
    options = _options()
    chosen = options.cases or list(NAMES)
    machine = description()
    try:
        results = [run_case(case, options.runs) for case in CASES if case.name in chosen]
        if START_UP in chosen:
            results.append(run_start_up(options.runs))
    except Failed as failed:
        sys.exit(str(failed))
    goals = judge({result.name: result for result in results})
    text = report(results, goals, machine)
    print(text)
    if set(chosen) == set(NAMES):
        # matplotlib is large, and what this process holds counts as memory of those it measures.
        from benchmarks.chart import chart

        (HERE / "results.md").write_text(text)
        (HERE / "results.svg").write_text(chart(results))
    else:
        print("Not all cases ran, so results.md and results.svg stay as they were.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure the connector beside a floor and two rivals, and write results.md "
        "and results.svg.",
    )
    parser.add_argument("cases", nargs="*", metavar="case", help=f"of {', '.join(NAMES)}; or all")
    parser.add_argument("--runs", type=int, default=5, help="default %(default)s")
    options = parser.parse_args()
    if unknown := set(options.cases) - set(NAMES):
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


if __name__ == "__main__":
    main()
