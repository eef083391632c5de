"""The sandbox in a process of its own, so that its work is not counted as anybody's.

As a program it serves the history in its arguments, prints where, and answers each line of its
standard input with the number of report requests since the one before; it ends with its input.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from benchmarks.cases import Case, History


@dataclass(frozen=True)
class Kaltura:
    """A running sandbox: its URL, and a session for it that is good for a day."""

    url: str
    ks: str
    _ask: IO[str]
    _answer: IO[str]

    def requests(self) -> int:
        """How many reports were requested since this was asked last."""
        self._ask.write("\n")
        self._ask.flush()
        return int(self._answer.readline())


@contextmanager
def serving(case: Case) -> Iterator[Kaltura]:
    """A sandbox with the case's history and latency, for as long as the context lasts."""
    command = [sys.executable, "-m", "benchmarks.server"]
    command += [str(case.history.windows), str(case.history.rows), str(case.latency)]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    if server.stdin is None or server.stdout is None:
        raise RuntimeError("the server has no pipes")
    try:
        line = server.stdout.readline()
        if not line:
            raise RuntimeError("the server did not start")
        yield Kaltura(**json.loads(line), _ask=server.stdin, _answer=server.stdout)
    finally:
        server.stdin.close()
        server.wait(timeout=30)


def main() -> None:
    """Serves until the standard input ends."""
    # Imported by the server alone. What the bench process holds counts as memory of its children.
    from benchmarks.world import synthetic
    from integration_tests.sandbox import Sandbox

    parser = argparse.ArgumentParser(prog="python -m benchmarks.server")
    parser.add_argument("windows", type=int)
    parser.add_argument("rows", type=int)
    parser.add_argument("latency", type=float)
    options = parser.parse_args()
    history = History(options.windows, options.rows)
    with Sandbox(synthetic(history), now=history.end) as sandbox:
        sandbox.prerendered = True
        sandbox.faults.gzip = False
        sandbox.faults.latency = options.latency
        print(json.dumps({"url": sandbox.url, "ks": sandbox.ks()}), flush=True)
        for _ in sys.stdin:
            print(sum(seen.report_id is not None for seen in sandbox.requests), flush=True)
            sandbox.clear_requests()


if __name__ == "__main__":
    main()
