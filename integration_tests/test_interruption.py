"""A sync that is killed: it ends at once, and the next one makes the tables right."""

from __future__ import annotations

import itertools
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from integration_tests.connector import (
    COMMAND,
    STREAMS,
    Message,
    Warehouse,
    arguments,
    configured_catalog,
    in_order,
    messages,
    run,
    state_input,
)
from integration_tests.in_process import sync
from integration_tests.sandbox import (
    Presence,
    Room,
    Sandbox,
    Session,
    World,
    faults,
    rfc3339,
    university,
)
from integration_tests.sandbox.answers import Answer
from integration_tests.sandbox.calls import Call
from integration_tests.waiting import SECONDS_AT_MOST, wait_until

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 14 * DAY
ONE_HOUR = 3_600
"""Seconds that an answer is held back, far longer than a test waits for anything."""


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=4, until=END, days=15, without_session=False)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


def config_of(sandbox: Sandbox) -> dict[str, object]:
    return sandbox.config(
        start_date=rfc3339(START), end_date=rfc3339(END), window_in_days=1, num_workers=2
    )


def reports_asked_for(sandbox: Sandbox) -> int:
    return len([seen for seen in sandbox.requests if seen.report_id])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("answers", [4, 18, 33], ids="after {} reports".format)
def test_given_a_sync_that_is_killed_when_synced_again_then_the_tables_are_the_truth(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals, answers: int
) -> None:
    sandbox.faults.script(faults.slow(ONE_HOUR), after=answers, times=None)
    warehouse = Warehouse()
    config, catalog = config_of(sandbox), configured_catalog()

    with (tmp_path / "printed").open("w") as printed:
        process = subprocess.Popen(
            [*COMMAND, *arguments("read", tmp_path, config=config, catalog=catalog)],
            stdout=printed,
        )
        wait_until(lambda: reports_asked_for(sandbox) > answers)
        process.send_signal(number)
        process.wait(timeout=SECONDS_AT_MOST)
    sandbox.faults.clear_script()
    assert process.returncode == -number
    warehouse.take(messages((tmp_path / "printed").read_text()))

    second = run(
        "read", tmp_path, config=config, catalog=catalog, state=state_input(warehouse.states)
    )
    assert second.exit_code == 0
    warehouse.take(second.messages)
    for stream in STREAMS:
        assert warehouse.rows(stream) == in_order(stream, sandbox.truth(stream, START, END))


def test_given_an_answer_that_takes_an_hour_when_terminated_then_it_ends_without_the_answer(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.script(faults.slow(ONE_HOUR), times=None)
    config, catalog = config_of(sandbox), configured_catalog()
    process = subprocess.Popen(
        [*COMMAND, *arguments("read", tmp_path, config=config, catalog=catalog)],
        stdout=subprocess.DEVNULL,
    )
    wait_until(lambda: reports_asked_for(sandbox) > 0)

    process.terminate()

    assert process.wait(timeout=SECONDS_AT_MOST) == -signal.SIGTERM


def test_given_a_stop_while_the_recent_past_was_read_again_when_synced_then_what_came_late_is_there(
    tmp_path: Path,
) -> None:
    """The state must not move past a lookback of which only later windows have been read."""
    late = Presence("1_s", "late", END - DAY, END - DAY + 3600, delay=DAY)
    world = World(
        rooms=(Room("1_room", "Room"),),
        sessions=(Session("1_s", "1_room", END - DAY, END - DAY + 3600, "host"),),
        presences=(replace(late, user_id="early", delay=0), late),
    )
    warehouse = Warehouse()
    with Sandbox(world, now=END) as sandbox:

        def read(days: int, stop: Callable[[Message], bool] = lambda message: False) -> None:
            sandbox.now = END + days * DAY
            config = sandbox.config(
                start_date=rfc3339(START),
                end_date=rfc3339(int(sandbox.now)),
                window_in_days=2,
                num_workers=3,
            )
            outcome = sync(config, configured_catalog(["attendees"]), warehouse.states, stop=stop)
            assert outcome.errors == []
            warehouse.take(outcome.messages)

        read(days=0)
        assert {row["user_id"] for row in warehouse.rows("attendees")} == {"early"}

        def of_the_first_window(call: Call) -> bool:
            return call.is_report and int(call.params["from_date"]) < END

        stopped = threading.Event()

        def held_back(call: Call, proper: Callable[[], Answer]) -> Answer:
            stopped.wait(SECONDS_AT_MOST)
            return proper()

        states = itertools.count(1)

        def when_all_but_the_first_window_are_done(message: Message) -> bool:
            if message["type"] == "STATE" and next(states) == 5:  # of six windows
                stopped.set()
            return stopped.is_set()

        sandbox.faults.script(held_back, when=of_the_first_window, times=None)
        read(days=10, stop=when_all_but_the_first_window_are_done)
        assert stopped.is_set()
        sandbox.faults.clear_script()
        read(days=10)

        assert {row["user_id"] for row in warehouse.rows("attendees")} == {"early", "late"}
