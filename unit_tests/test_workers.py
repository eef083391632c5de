"""A thread pool that does the waiting task with the smallest priority first."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from source_kaltura_rooms.airbyte.workers import PriorityThreadPool


class Task:
    """Something to do of some priority."""

    def __init__(self, *priority: int) -> None:
        self.priority = priority


def test_given_tasks_that_wait_when_a_worker_is_free_then_the_smallest_priority_is_next() -> None:
    done: list[object] = []
    free = threading.Event()

    with PriorityThreadPool(1, "worker") as workers:
        workers.submit(free.wait)  # until all tasks wait
        for task in [Task(2, 0), Task(1, 1), Task(3, 0), Task(1, 0)]:
            workers.submit(lambda one: done.append(one.priority), task)
        workers.submit(done.append, "without a priority")
        free.set()

    assert done == ["without a priority", (1, 0), (1, 1), (2, 0), (3, 0)]


def test_given_tasks_of_one_priority_when_done_then_in_the_order_of_their_arrival() -> None:
    done: list[int] = []
    free = threading.Event()

    with PriorityThreadPool(1, "worker") as workers:
        workers.submit(free.wait)
        for number in range(50):
            workers.submit(lambda _, one: done.append(one), Task(1), number)
        free.set()

    assert done == list(range(50))


def test_given_many_workers_when_tasks_are_submitted_then_each_is_done_once() -> None:
    done: list[int] = []

    with PriorityThreadPool(8, "worker") as workers:
        for number in range(500):
            workers.submit(lambda _, one: done.append(one), Task(-number), number)

    assert sorted(done) == list(range(500))


def test_given_arguments_by_name_when_done_then_they_arrive() -> None:
    with PriorityThreadPool(1, "worker") as workers:
        assert workers.submit(dict, [("a", 1)], b=2).result() == {"a": 1, "b": 2}


def test_given_a_task_that_fails_when_done_then_its_error_is_kept_and_others_go_on() -> None:
    with PriorityThreadPool(1, "worker") as workers:
        failed = workers.submit(int, "x")
        fine = workers.submit(int, "5")

    with pytest.raises(ValueError, match="invalid literal"):
        failed.result()
    assert fine.result() == 5


def test_given_tasks_when_done_then_each_has_its_own_result() -> None:
    with PriorityThreadPool(2, "worker") as workers:
        futures = [workers.submit(pow, number, 2) for number in range(20)]

    assert [one.result() for one in futures][:5] == [0, 1, 4, 9, 16]


def test_given_tasks_that_wait_when_cancelled_then_they_are_not_done() -> None:
    done: list[str] = []
    is_running, free = threading.Event(), threading.Event()

    def first() -> None:
        is_running.set()
        free.wait()
        done.append("first")

    workers = PriorityThreadPool(1, "worker")
    workers.submit(first)
    is_running.wait()
    waiting = workers.submit(done.append, "second")
    workers.shutdown(wait=False, cancel_futures=True)
    free.set()
    workers.shutdown(wait=True)

    assert done == ["first"]
    assert waiting.cancelled()


STILL_BUSY = """
import threading
from source_kaltura_rooms.airbyte.workers import PriorityThreadPool

PriorityThreadPool(2, "worker").submit(threading.Event().wait)
print("the last message")
"""


def test_given_a_task_that_never_ends_when_the_process_has_nothing_else_to_do_then_it_ends() -> (
    None
):
    ended = subprocess.run(
        [sys.executable, "-c", STILL_BUSY], capture_output=True, check=True, timeout=60
    )

    assert ended.stdout.split() == [b"the", b"last", b"message"]
