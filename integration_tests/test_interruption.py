"""A sync that is killed: it ends at once, and the next one makes the tables right."""

from __future__ import annotations

import itertools
import signal
import subprocess
import time
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
from integration_tests.sandbox.calls import Call

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 14 * DAY


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=4, until=END, days=15)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


def config_of(sandbox: Sandbox) -> dict[str, object]:
    return sandbox.config(
        start_date=rfc3339(START), end_date=rfc3339(END), window_in_days=1, num_workers=2
    )


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("requests", [6, 20, 35], ids="after {} requests".format)
def test_given_a_sync_that_is_killed_when_synced_again_then_the_tables_are_the_truth(
    sandbox: Sandbox, tmp_path: Path, number: signal.Signals, requests: int
) -> None:
    sandbox.faults.latency = 0.05
    warehouse = Warehouse()
    config, catalog = config_of(sandbox), configured_catalog()

    with (tmp_path / "printed").open("w") as printed:
        process = subprocess.Popen(
            [*COMMAND, *arguments("read", tmp_path, config=config, catalog=catalog)],
            stdout=printed,
        )
        wait_until(lambda: len(sandbox.requests) >= requests)
        process.send_signal(number)
        process.wait(timeout=10)
    assert process.returncode == -number
    warehouse.take(messages((tmp_path / "printed").read_text()))

    second = run(
        "read", tmp_path, config=config, catalog=catalog, state=state_input(warehouse.states)
    )
    assert second.exit_code == 0
    warehouse.take(second.messages)
    for stream in STREAMS:
        assert warehouse.rows(stream) == in_order(stream, sandbox.truth(stream, START, END))


def test_given_an_answer_that_takes_minutes_when_terminated_then_it_ends_within_five_seconds(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.script(faults.slow(60), times=None)
    config, catalog = config_of(sandbox), configured_catalog()
    process = subprocess.Popen(
        [*COMMAND, *arguments("read", tmp_path, config=config, catalog=catalog)],
        stdout=subprocess.DEVNULL,
    )
    wait_until(lambda: len(sandbox.sessions.minted) >= 2)
    time.sleep(0.5)  # now its workers wait for reports

    process.terminate()
    terminated = time.monotonic()
    process.wait(timeout=30)

    assert process.returncode == -signal.SIGTERM
    assert time.monotonic() - terminated < 5


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

        sandbox.faults.script(faults.slow(2), when=of_the_first_window, times=None)
        states = itertools.count(1)  # of six windows five are done, but not the first
        read(days=10, stop=lambda message: message["type"] == "STATE" and next(states) == 5)
        sandbox.faults.clear_script()
        read(days=10)

        assert {row["user_id"] for row in warehouse.rows("attendees")} == {"early", "late"}
