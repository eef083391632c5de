"""How much work a record takes, counted: calls and instructions do not vary as seconds do.

The bounds are generous. One more call for every value would be nine more a record, and one more
pass over the values in Python about ten thousand instructions.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from unit_tests.work import answer, process

ROWS = 10_000
MOST_CALLS = 10
"""Function calls a record; 6.2 were counted on Python 3.11."""

FEW_ROWS = 2_000
MOST_INSTRUCTIONS = 50_000
"""Instructions a record; 36,000 were counted on Python 3.11."""

PROJECT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _small_batches() -> None:
    """Batches are of their real size here."""


def test_given_an_answer_when_it_becomes_lines_then_a_record_takes_few_calls() -> None:
    """The least of three counts: from Python 3.12 on, calls of other threads are counted too."""
    body = answer(ROWS)

    assert min(calls_of(body) for _ in range(3)) / ROWS < MOST_CALLS


def calls_of(body: bytes) -> int:
    """How many calls turning the answer into lines takes."""
    profile = cProfile.Profile()
    assert profile.runcall(process, body) == ROWS
    calls: int = pstats.Stats(profile).total_calls  # type: ignore[attr-defined]  # not in stubs
    return calls


def instructions(body: Path) -> int:
    """How many instructions a process takes that turns the answer into lines."""
    done = subprocess.run(
        [
            *("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"),
            *(sys.executable, "-m", "unit_tests.work", str(body)),
        ],
        cwd=PROJECT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    assert collected, done.stderr
    return int(collected[1])


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_given_an_answer_when_it_becomes_lines_then_a_record_takes_few_instructions(
    tmp_path: Path,
) -> None:
    """What the larger answer takes more than the smaller one: the start of Python is in both."""
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_bytes(answer(FEW_ROWS))
    large.write_bytes(answer(ROWS))

    with ThreadPoolExecutor(2) as processes:
        few, many = processes.map(instructions, [small, large])

    assert (many - few) / (ROWS - FEW_ROWS) < MOST_INSTRUCTIONS
