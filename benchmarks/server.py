"""The sandbox in a process of its own, so that its work is not counted as anybody's.

As a program it serves the case that its argument names, prints where, and answers each line of its
standard input with the number of report requests since the one before; it ends with its input.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

from benchmarks.cases import CASES, DAY, Case

if TYPE_CHECKING:
    from integration_tests.sandbox.answers import Answer
    from integration_tests.sandbox.calls import Call
    from integration_tests.sandbox.faults import Fault


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
    command = [sys.executable, "-m", "benchmarks.server", case.name]
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
    from integration_tests.sandbox import Sandbox, faults

    case = next(case for case in CASES if case.name == sys.argv[1])
    with Sandbox(synthetic(case.history), now=case.history.end) as sandbox:
        sandbox.prerendered = True
        sandbox.faults.gzip = False
        sandbox.faults.latency = case.latency
        sandbox.faults.longest_interval = case.longest_request
        sandbox.faults.too_much = faults.html(504)
        if case.latency_per_day:
            sandbox.faults.script(_longer_with_each_day(case), times=None)
        print(json.dumps({"url": sandbox.url, "ks": sandbox.ks()}), flush=True)
        for _ in sys.stdin:
            print(sum(seen.report_id is not None for seen in sandbox.requests), flush=True)
            sandbox.clear_requests()


def _longer_with_each_day(case: Case) -> Fault:
    """Answers properly, but later the more days are asked for, up to those of the longest."""

    def fault(call: Call, proper: Callable[[], Answer]) -> Answer:
        seconds = int(call.params["to_date"]) - int(call.params["from_date"])
        if case.longest_request is not None:
            seconds = min(seconds, case.longest_request)
        return replace(proper(), pause=case.latency_per_day * seconds / DAY)

    return fault


if __name__ == "__main__":
    main()
