"""Figures of speed and memory that documents quote, beside the benchmark's last results."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from unit_tests.test_release_files import VERSION

PROJECT = Path(__file__).parents[1]
RESULTS = PROJECT / "benchmarks" / "results.md"
USER_PAGE = PROJECT / "docs" / "integrations" / "sources" / "kaltura-rooms.md"

CONNECTOR = "**source-kaltura-rooms**"


def rows(heading: str) -> dict[str, dict[str, str]]:
    """The table below a heading of the results: by who runs, then by column."""
    _, found, section = RESULTS.read_text().partition(f"\n## {heading}")
    assert found, heading
    lines = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("| ")]
    columns, _, *entrants = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines
    )
    return {cells[0]: dict(zip(columns, cells, strict=True)) for cells in entrants}


LARGE = rows("4 windows of 50,001 attendees")
WORKERS = rows("10 windows of 99,900 attendees")
SMALL = rows("One small incremental sync")
PEAKS = (
    LARGE[CONNECTOR]["peak MB"],
    WORKERS[f"{CONNECTOR}, 10 workers"]["peak MB"],
    SMALL[CONNECTOR]["peak MB"],
)


def quoted(path: Path, sentence: str) -> tuple[str, ...]:
    """The figures at the `#` of a sentence, which may be spread over several lines."""
    words = (re.escape(word).replace(r"\#", r"([\d.,]+)") for word in sentence.split())
    found = re.findall(r"\s+".join(words), path.read_text())
    assert len(found) == 1, f"{path.name} should have this sentence once: {sentence}"
    return found[0] if isinstance(found[0], tuple) else (found[0],)


def times(entrant: str) -> str:
    """How many times as long as the connector an entrant took, as a whole number."""
    ours, others = float(LARGE[CONNECTOR]["wall s"]), float(LARGE[entrant]["wall s"])
    return f"{others / ours:.0f}"


def test_given_the_readme_when_it_quotes_the_speed_then_the_last_benchmark_measured_it() -> None:
    ours = LARGE[CONNECTOR]

    assert quoted(
        PROJECT / "README.md",
        "200,010 attendees are read in # s, with # MB of memory at most. A loop that only reads "
        "CSV and writes JSON takes # s; a tap of the singer-sdk takes # times as long as the "
        "connector, a manifest of Airbyte's Connector Builder # times.",
    ) == (
        f"{float(ours['wall s']):.1f}",
        ours["peak MB"],
        f"{float(LARGE['floor: `csv` and `orjson` in one loop']['wall s']):.1f}",
        times("singer-sdk tap"),
        times("Connector Builder manifest"),
    )


def test_given_the_page_for_users_when_it_quotes_memory_then_the_last_benchmark_measured_it() -> (
    None
):
    sentence = (
        "With 50,000 attendees in every answer, # MB were measured for four parallel windows; with "
        "99,900 and ten parallel windows, # MB; with few rows, # MB."
    )

    assert quoted(USER_PAGE, sentence) == PEAKS


@pytest.mark.parametrize("path", [PROJECT / "README.md", USER_PAGE], ids=lambda path: path.name)
def test_given_a_document_when_it_has_figures_of_memory_then_they_are_the_compared_ones(
    path: Path,
) -> None:
    of_disk = "800"

    assert set(re.findall(r"\b(\d+) MB\b", path.read_text())) <= {*PEAKS, of_disk}


def test_given_the_results_when_read_then_they_are_of_this_version() -> None:
    assert f"| source-kaltura-rooms | {VERSION} |" in RESULTS.read_text()
