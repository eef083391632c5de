"""The connector as a process against the sandbox: every row compared with what happened."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import (
    STREAMS,
    Outcome,
    Warehouse,
    configured_catalog,
    in_order,
    key_of,
    run,
    state_input,
)
from integration_tests.sandbox import Sandbox, World, rfc3339, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 20 * DAY


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=1, until=END, without_session=False)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


def read(sandbox: Sandbox, folder: Path, **more: Any) -> Outcome:
    config = sandbox.config(start_date=rfc3339(START), end_date=rfc3339(int(sandbox.now)), **more)
    return run("read", folder, config=config, catalog=configured_catalog())


@pytest.mark.parametrize("days", [1, 2, 7])
def test_given_a_month_when_read_in_windows_of_any_size_then_every_row_is_the_truth(
    sandbox: Sandbox, tmp_path: Path, days: int
) -> None:
    outcome = read(sandbox, tmp_path, window_in_days=days)

    assert outcome.exit_code == 0
    for stream in STREAMS:
        truth = in_order(stream, sandbox.truth(stream, START, END))
        assert len(truth) > 100
        assert in_order(stream, outcome.records(stream)) == truth


@pytest.mark.parametrize("auth_type", ["app_token", "admin_secret", "ks"])
def test_given_any_way_to_authenticate_when_synced_then_one_session_serves_all_workers(
    sandbox: Sandbox, tmp_path: Path, auth_type: str
) -> None:
    config = sandbox.config(auth_type, start_date=rfc3339(START), end_date=rfc3339(END))
    minted_before = len(sandbox.sessions.minted)

    outcome = run("read", tmp_path, config=config, catalog=configured_catalog())

    assert outcome.exit_code == 0
    assert outcome.statuses("attendees") == ["STARTED", "RUNNING", "COMPLETE"]
    minted = len(sandbox.sessions.minted) - minted_before
    assert minted == {"app_token": 2, "admin_secret": 1, "ks": 0}[auth_type]  # 2: widget and token
    assert {request.method for request in sandbox.requests} == {"POST"}


def test_given_a_first_sync_when_a_day_has_passed_then_only_lookback_and_new_are_read(
    world: World, tmp_path: Path
) -> None:
    first_end = END - DAY
    warehouse = Warehouse()
    with Sandbox(world, now=first_end) as sandbox:
        first = read(sandbox, tmp_path, lookback_window_days=2)
        warehouse.take(first.messages)
        assert warehouse.states == {
            stream: {
                "session_start_time": "2026-02-27T23:59:59Z",
                "start_date": "2026-02-09T00:00:00Z",
            }
            for stream in STREAMS
        }

        sandbox.now = END
        config = sandbox.config(start_date=rfc3339(START), end_date=rfc3339(END))
        second = run(
            "read",
            tmp_path,
            config=config,
            catalog=configured_catalog(),
            state=state_input(warehouse.states),
        )
        warehouse.take(second.messages)

        for stream in STREAMS:
            recent = in_order(stream, sandbox.truth(stream, first_end - 2 * DAY, END))
            assert in_order(stream, second.records(stream)) == recent
            assert warehouse.rows(stream) == in_order(stream, sandbox.truth(stream, START, END))
    assert warehouse.states == {
        stream: {"session_start_time": "2026-02-28T23:59:59Z", "start_date": "2026-02-09T00:00:00Z"}
        for stream in STREAMS
    }


def test_given_any_cut_of_the_output_when_loaded_then_no_state_is_ahead_of_its_records(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path, window_in_days=1)
    loaded: dict[str, set[tuple[str, ...]]] = {stream: set() for stream in STREAMS}
    expected = {
        stream: {
            key_of(stream, row): row["session_start_time"]
            for row in sandbox.truth(stream, START, END)
        }
        for stream in STREAMS
    }

    checked = 0
    for message in outcome.messages:
        if message["type"] == "RECORD":
            stream = message["record"]["stream"]
            loaded[stream].add(key_of(stream, message["record"]["data"]))
        elif message["type"] == "STATE":
            stream = message["state"]["stream"]["stream_descriptor"]["name"]
            reached = message["state"]["stream"]["stream_state"]["session_start_time"]
            due = {key for key, start in expected[stream].items() if str(start) <= reached}
            assert due <= loaded[stream]
            checked += 1

    assert checked >= 60


def test_given_no_sessions_at_all_when_synced_then_the_state_moves_to_the_end_all_the_same(
    tmp_path: Path,
) -> None:
    with Sandbox(World(), now=END) as sandbox:
        for header in (True, False):
            sandbox.dialect = dataclasses.replace(sandbox.dialect, header_when_empty=header)
            outcome = read(sandbox, tmp_path)

            assert outcome.exit_code == 0
            assert outcome.of_type("RECORD") == []
            assert outcome.states == {
                stream: {
                    "session_start_time": "2026-02-28T23:59:59Z",
                    "start_date": "2026-02-09T00:00:00Z",
                }
                for stream in STREAMS
            }


def test_given_a_server_that_writes_rfc_4180_when_read_then_every_row_is_the_truth(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.dialect = dataclasses.replace(sandbox.dialect, rfc4180=True)

    outcome = read(sandbox, tmp_path)

    for stream in STREAMS:
        truth = in_order(stream, sandbox.truth(stream, START, END))
        assert in_order(stream, outcome.records(stream)) == truth


def test_given_filters_when_read_then_each_stream_gets_those_that_apply_to_it(
    sandbox: Sandbox, world: World, tmp_path: Path
) -> None:
    main_room = next(room.parent_entry_id for room in world.rooms if room.parent_entry_id)
    outcome = read(sandbox, tmp_path, entry_ids=[main_room], parent_entry_ids=[main_room])

    assert {row["entry_id"] for row in outcome.records("rooms")} == {main_room}
    assert {row["entry_id"] for row in outcome.records("attendees")} == {main_room}
    assert {row["parent_entry_id"] for row in outcome.records("breakouts")} == {main_room}


def test_given_sessions_without_known_times_when_read_then_their_attendees_come_once(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    attendees = sandbox.truth("attendees", START, END)
    unlisted = str(attendees[0]["cue_point_id"])
    theirs = [row for row in attendees if row["cue_point_id"] == unlisted]
    sandbox.faults.unlisted_sessions = {unlisted}

    outcome = read(sandbox, tmp_path, window_in_days=1)

    got = [row for row in outcome.records("attendees") if row["cue_point_id"] == unlisted]
    assert len(got) == len(theirs) > 0
    assert all("session_start_time" not in row for row in got)
    assert len(outcome.records("attendees")) == len(attendees)
    assert (
        f"attendees: emitted once, with null as session_start_time: {len(theirs)} rows. "
        in outcome.logs
    )


def test_given_a_sync_when_it_runs_then_the_log_tells_of_each_window_and_of_the_whole(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path, window_in_days=10)

    truth = sandbox.truth("rooms", START, START + 10 * DAY)
    line = f"rooms: 2026-02-09T00:00:00Z to 2026-02-19T00:00:00Z: {len(truth)} rows, 1 request,"
    assert line in outcome.logs
    assert "attendees: 2026-02-19T00:00:00Z to 2026-03-01T00:00:00Z:" in outcome.logs
    total = len(sandbox.truth("rooms", START, END))
    assert f"rooms: {total} rows in 2 requests. Kaltura took " in outcome.logs
    names = {str(row["user_name"]) for row in sandbox.truth("attendees", START, END)} - {"None"}
    assert not [name for name in names if name in outcome.logs]
