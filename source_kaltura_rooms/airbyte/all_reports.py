"""Asking all reports at the same time, for as long as somebody is ready to wait."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TypeVar

from source_kaltura_rooms.reports import Report

Value = TypeVar("Value")


def ask_all(
    reports: Collection[Report], ask: Callable[[Report], Value], budget: float
) -> dict[str, Future[Value]]:
    """What `ask` returned or raised for each of the reports, by stream.

    Streams are missing whose request did not end within `budget` seconds, which are for all of
    them together. The requests run in daemon threads: nothing ends a thread that waits for a name
    look-up, but the process can end without it.
    """
    ended: queue.SimpleQueue[tuple[str, Future[Value]]] = queue.SimpleQueue()

    def ask_and_tell(report: Report) -> None:
        future: Future[Value] = Future()
        try:
            future.set_result(ask(report))
        except Exception as error:  # whoever looks at the result is told
            future.set_exception(error)
        ended.put((report.stream, future))

    for report in reports:
        threading.Thread(
            target=ask_and_tell, args=(report,), name=f"asking for {report.stream}", daemon=True
        ).start()
    outcomes: dict[str, Future[Value]] = {}
    ends_at = time.monotonic() + budget
    while len(outcomes) < len(reports):
        try:
            stream, outcome = ended.get(timeout=max(0.0, ends_at - time.monotonic()))
        except queue.Empty:
            break
        outcomes[stream] = outcome
    return outcomes
