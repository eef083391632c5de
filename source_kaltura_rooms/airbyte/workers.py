"""The threads that read windows, the earliest window of all streams first.

The CDK hands all windows of one stream to its thread pool before those of the next. Read in that
order, what two streams need of one window would have to be kept until the second comes to it,
however long the history.
"""

from __future__ import annotations

import itertools
import queue
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Prioritised(Protocol):
    """Something to be done in the order of `priority`, smallest first."""

    @property
    def priority(self) -> tuple[int, ...]:
        """Compared with those of all others that wait."""


class EarliestFirst(ThreadPoolExecutor):
    """A thread pool that takes the waiting task with the smallest priority.

    A task's priority is that of the first of its arguments that has one; tasks without come first.
    """

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers, thread_name_prefix="window")
        self._waiting: queue.PriorityQueue[tuple[tuple[int, ...], int, Callable[[], Any]]] = (
            queue.PriorityQueue()
        )
        self._arrival = itertools.count()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Lets a worker do the best of the waiting tasks, which may be another than this.

        So the future's end means that one more task is done, not which one.
        """
        priority = next((one.priority for one in args if isinstance(one, Prioritised)), ())
        self._waiting.put((priority, next(self._arrival), lambda: fn(*args, **kwargs)))
        return super().submit(self._do_best)

    def _do_best(self) -> Any:
        _, _, task = self._waiting.get_nowait()
        return task()
