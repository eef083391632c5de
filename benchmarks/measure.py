"""The cost of one process: wall time, CPU time and peak memory, as the kernel counts them."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024
"""`ru_maxrss` counts KiB on Linux, bytes on macOS."""


class Failed(RuntimeError):
    """A command failed, or did not write what it should; its output tells why."""


@dataclass(frozen=True)
class Cost:
    """`wall` and `cpu` (user and system, all threads) in seconds, `peak` memory in MB (10^6)."""

    wall: float
    cpu: float
    peak: float


def cost_of(command: Sequence[str | Path], output: Path, errors: Path) -> Cost:
    """Runs the command to its end, its output and error output into files.

    Linux counts what this process holds when it starts the child as the child's, so nothing large
    must be imported or kept here. Raises Failed if the command exits with an error.
    """
    words = [str(word) for word in command]
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    redirections = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, str(errors), flags, 0o600),
    ]
    started = time.monotonic()
    pid = os.posix_spawn(words[0], words, os.environ, file_actions=redirections)
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - started
    if os.waitstatus_to_exitcode(status) != 0:
        raise Failed(f"{' '.join(words)}\n{_end_of(output)}\n{_end_of(errors)}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _BYTES_PER_UNIT / 1e6)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each measure by itself."""
    return Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.peak for cost in costs),
    )


def count_rows(output: Path, beginning: bytes) -> int:
    """How many lines of the output begin so."""
    with output.open("rb") as lines:
        return sum(line.startswith(beginning) for line in lines)


def _end_of(path: Path) -> str:
    return path.read_text(errors="replace")[-2_000:]
