"""What Airbyte's older acceptance tests ask of incremental reads: two reads, resuming, the future.

The world is a lecture a day at ten for eight days, with a teacher, a student and a breakout room.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration_tests.connector import (
    STREAMS,
    Message,
    Outcome,
    Warehouse,
    configured_catalog,
    in_order,
    run,
    state_input,
)
from integration_tests.sandbox import Presence, Room, Sandbox, Session, World, rfc3339

HOUR = 3_600
DAY = 24 * HOUR
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 8 * DAY
LECTURES = [START + day * DAY + 10 * HOUR for day in range(8)]
LAST_STATE = {
    "session_start_time": "2026-02-28T23:59:59Z",
    "start_date": "2026-02-21T00:00:00Z",
}


def eight_lectures() -> World:
    sessions, presences = [], []
    for day, start in enumerate(LECTURES):
        end = start + 2 * HOUR
        lecture, group = f"1_lecture{day}", f"1_group00{day}"
        sessions += [
            Session(lecture, "1_mainroom", start, end, host_user_id="ada"),
            Session(group, "1_breakout", start + HOUR, end, host_user_id="ada"),
        ]
        presences += [
            Presence(lecture, "ada", start, end),
            Presence(lecture, "bob", start, start + HOUR),
            Presence(group, "bob", start + HOUR, end),
        ]
    rooms = [Room("1_mainroom", "Lecture"), Room("1_breakout", "Group", "1_mainroom")]
    return World(rooms=rooms, sessions=sessions, presences=presences)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(eight_lectures(), now=END) as sandbox:
        yield sandbox


def read(sandbox: Sandbox, folder: Path, states: dict[str, dict[str, str]]) -> Outcome:
    """Reads windows of two days, and two days again that lie before the state."""
    config = sandbox.config(
        start_date="2026-02-21T00:00:00Z",
        end_date="2026-03-01T00:00:00Z",
        window_in_days=2,
        lookback_window_days=2,
    )
    state = state_input(states) if states else None
    return run("read", folder, config=config, catalog=configured_catalog(), state=state)


def test_given_a_first_read_when_read_again_then_only_the_lookback_is_repeated(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    first = read(sandbox, tmp_path, {})
    second = read(sandbox, tmp_path, first.states)

    assert [len(first.records(stream)) for stream in STREAMS] == [16, 24, 8]
    assert [len(second.records(stream)) for stream in STREAMS] == [4, 6, 2]
    for outcome in (first, second):
        assert [outcome.states[stream] for stream in STREAMS] == [LAST_STATE] * 3
    for stream in STREAMS:
        repeated = second.records(stream)
        assert all(record["session_start_time"] >= "2026-02-27T" for record in repeated)


def test_given_a_read_cut_off_after_any_state_when_resumed_then_nothing_is_lost(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    messages = read(sandbox, tmp_path, {}).messages
    cuts = [place + 1 for place, message in enumerate(messages) if message["type"] == "STATE"]

    assert len(cuts) == 15  # a state for each of 4 windows and a last one, of 3 streams
    for cut in cuts:
        warehouse = warehouse_after(messages[:cut])
        resumed = read(sandbox, tmp_path, warehouse.states)
        assert resumed.exit_code == 0, resumed.output
        warehouse.take(resumed.messages)
        for stream in STREAMS:
            assert warehouse.rows(stream) == in_order(stream, sandbox.truth(stream, START, END))


def test_given_a_read_then_the_states_of_each_stream_never_go_back(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    states = read(sandbox, tmp_path, {}).of_type("STATE")
    for stream in STREAMS:
        times = [
            message["state"]["stream"]["stream_state"]["session_start_time"]
            for message in states
            if message["state"]["stream"]["stream_descriptor"]["name"] == stream
        ]
        assert len(times) == 5
        assert times == sorted(times)
        assert times[-1] == "2026-02-28T23:59:59Z"


def test_given_a_state_in_the_far_future_when_read_then_it_counts_as_now_with_a_warning(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    future = {"session_start_time": "9999-01-01T00:00:00Z"}
    before = int(time.time())

    outcome = read(sandbox, tmp_path, dict.fromkeys(STREAMS, future))

    assert outcome.exit_code == 0
    assert outcome.of_type("RECORD") == []
    after = rfc3339(int(time.time()))
    for stream in STREAMS:
        reached = outcome.states[stream]["session_start_time"]
        assert rfc3339(before - 1) <= reached <= after  # the last second that was over then
        assert (
            f"{stream}: the saved state (9999-01-01T00:00:00Z) is later than now. It is taken "
            "for now."
        ) in outcome.logs


def warehouse_after(messages: list[Message]) -> Warehouse:
    warehouse = Warehouse()
    warehouse.take(messages)
    return warehouse
