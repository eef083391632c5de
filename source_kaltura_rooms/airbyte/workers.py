"""Threads that do the waiting task with the smallest priority first.

The CDK hands all windows of one stream to its thread pool before those of the next. Read in that
order, what two streams need of one window would have to be kept until the second comes to it,
however long the history.
"""

from __future__ import annotations

import itertools
import math
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class HasPriority(Protocol):
    """Something to be done in the order of `priority`, the smallest first."""

    @property
    def priority(self) -> tuple[float, ...]:
        """Compared with those of all others that wait."""


class PriorityThreadPool(Executor):
    """A thread pool that takes the waiting task with the smallest priority.

    A task's priority is that of the first of its arguments that has one; tasks without come first,
    tasks of one priority in the order of their arrival.

    Its threads are daemons, which Python does not wait for when the process ends. It waits for
    those of its own thread pool, and one of them may be waiting minutes for an answer that nobody
    needs any more.
    """

    def __init__(self, max_workers: int, name: str) -> None:
        self._waiting: queue.PriorityQueue[
            tuple[tuple[float, ...], int, Callable[[], None] | None]
        ] = queue.PriorityQueue()
        self._arrival = itertools.count()
        self._cancelled = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True)
            for number in range(max_workers)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Lets a thread call `fn` when its turn comes."""
        future: Future[Any] = Future()
        priority = next((one.priority for one in args if isinstance(one, HasPriority)), ())

        def task() -> None:
            if self._cancelled.is_set():
                future.cancel()
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # whoever waits for the future is told
                future.set_exception(error)

        self._waiting.put((priority, next(self._arrival), task))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Lets the threads end after the tasks that wait, or before them with `cancel_futures`."""
        if cancel_futures:
            self._cancelled.set()
        for _ in self._threads:
            self._waiting.put(((math.inf,), next(self._arrival), None))
        if wait:
            for thread in self._threads:
                thread.join()

    def _work(self) -> None:
        while True:
            _, _, task = self._waiting.get()
            if task is None:
                return
            task()
