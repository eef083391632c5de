"""Results as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.cases import CONNECTOR, START_UP
from benchmarks.goals import Goal
from benchmarks.race import Result

_MET = {True: "**met**", False: "not met", None: "–"}

_COMPARED_WITH = {CONNECTOR: "defaults"}
"""How a table's heading calls the entrant that the others are compared with, if not by its name."""

_HOW = """\
Everybody runs as a process and writes to a file, in turn, round after round; the numbers are
medians. Cases that take long run three times at most. Kaltura is the sandbox in a process of its
own, with answers made beforehand and without compression. CPU time counts all threads; MB are
10⁶ bytes. Absolute seconds depend on the machine and on what else it does; the ratios are what
counts.

- **Floor**: one loop that requests the windows, reads `csv`, turns two columns into floats, adds
  the window's start and writes `orjson`; nothing else.
- **source-kaltura-rooms**: reads attendees with its cursor, types and checks, and joins them with
  the sessions of report 6000, which takes a second request for each window. Its configuration has
  the defaults, apart from what stands behind the name: windows of 28 days or of one,
  10 workers, or pseudonyms in place of people's IDs and e-mail addresses.
- **Connector Builder manifest**: what a user builds without custom components: `SimpleRetriever`,
  `CsvDecoder`, `AddFields`, schema normalisation. No join.
- **singer-sdk tap**: one window after the other, as the SDK does. No join.
- **Reader that knows the size**: runs against the slow Kaltura alone. It knows beforehand that a
  day is the most that one request may ask for, and reads reports 6001 and 6000 day by day with four
  threads. The connector has to find that out.
"""


def report(results: Sequence[Result], goals: Sequence[Goal], machine: Mapping[str, str]) -> str:
    """The whole report: goals, a table for each case, machine and versions."""
    parts = [
        "# Benchmark\n\nWritten by `make bench`.\n\n![Wall time and memory](results.svg)\n",
        "## Goals\n\n" + goals_table(goals),
        "## What is measured\n\n" + _HOW,
        *(f"## {_sentence(result.title)}\n\n{_case(result)}" for result in results),
        "## Machine and versions\n\n" + _table(["", ""], [list(pair) for pair in machine.items()]),
    ]
    return "\n".join(parts)


def goals_table(goals: Sequence[Goal]) -> str:
    """The goals and what was seen."""
    rows = [[goal.words, goal.seen, _MET[goal.met]] for goal in goals]
    return _table(["goal", "seen", ""], rows)


def _case(result: Result) -> str:
    first = result.standings[0].cost
    compared_with = result.standings[0].entrant.name
    ratio = f"÷ {_COMPARED_WITH.get(compared_with, compared_with)}"
    columns = ["", "wall s", ratio, "least–most s", "CPU s", ratio, "peak MB", "runs"]
    rows = [
        [
            one.entrant.label,
            f"{one.cost.wall:.2f}",
            f"{one.cost.wall / first.wall:.2f}",
            f"{one.lowest:.2f}–{one.highest:.2f}",
            f"{one.cost.cpu:.2f}",
            f"{one.cost.cpu / first.cpu:.2f}",
            f"{one.cost.peak:.0f}",
            str(one.runs),
        ]
        for one in result.standings
    ]
    if result.name == START_UP:
        return _table(columns, rows)
    columns.append("requests")
    for row, one in zip(rows, result.standings, strict=True):
        row.append(str(one.requests))
    return f"{result.rows:,} rows each.\n\n" + _table(columns, rows)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
