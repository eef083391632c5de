"""The state of a sync: it moves over what was read without a gap, and behind its records."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.models import SyncMode
from requests_mock import Mocker

from unit_tests.reading import configured, read, report, serve, state_of
from unit_tests.stand_ins import forms_of

ROOMS = "entry_id,cue_point_id,session_start_time"


def nothing(form: Mapping[str, str]) -> bytes:
    return b"\xef\xbb\xbf\n"


@pytest.mark.parametrize("reached", ["2999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_given_a_state_in_the_future_when_read_then_it_counts_as_now_and_there_is_a_warning(
    reached: str,
    requests_mock: Mocker,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = SimpleNamespace(time=lambda: 1_770_900_030.7)  # 2026-02-12T12:40:30Z
    monkeypatch.setattr("source_kaltura_rooms.source.time", now)
    serve(requests_mock, nothing)

    outcome = read("rooms", state=[state_of("rooms", reached)], end_date="", lookback_window_days=0)

    assert requests_mock.call_count == 0
    assert set(outcome.states("rooms")) == {"2026-02-12T12:40:29Z"}
    assert outcome.statuses("rooms")[-1] == "COMPLETE"
    assert (
        f"rooms: the saved state ({reached}) is later than now. It is taken for now."
    ) in caplog.messages


def test_given_a_completed_full_refresh_when_handed_its_own_state_then_it_begins_anew(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, lambda form: report(ROOMS, "1_r,1_c,1770109200"))
    rooms = configured("rooms", SyncMode.full_refresh)
    first = read(rooms)
    state = [one.state for one in first.messages if one.state][-1]

    second = read(rooms, state=[state])

    assert len(first.records("rooms")) == len(second.records("rooms")) == 1


def test_given_a_full_refresh_that_failed_when_handed_its_own_state_then_it_goes_on(
    requests_mock: Mocker,
) -> None:
    """Three days; the last one is refused at first."""
    days = [1_769_904_000, 1_769_990_400, 1_770_076_800]
    rows = report(ROOMS, *(f"1_r,1_c{day},{day}" for day in days))
    serve(
        requests_mock,
        lambda form: "SERVICE_FORBIDDEN" if "from_date=1770073200" in form["params"] else rows,
    )
    rooms = configured("rooms", SyncMode.full_refresh)
    changes: dict[str, Any] = {"window_in_days": 1, "end_date": "2026-02-04T00:00:00Z"}
    first = read(rooms, num_workers=1, **changes)
    state = [one.state for one in first.messages if one.state][-1]
    serve(requests_mock, lambda form: rows)

    second = read(rooms, state=[state], **changes)

    assert len(first.records("rooms")) == 2
    assert [one["session_start_time"] for one in second.records("rooms")] == [
        "2026-02-03T00:00:00Z"
    ]


def test_given_streams_when_read_then_the_last_state_of_each_comes_before_its_last_status(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    outcome = read("rooms", "breakouts", window_in_days=1)

    for stream in ("rooms", "breakouts"):
        about = [
            "state" if one.state else str(one.trace and one.trace.stream_status)
            for one in outcome.messages
            if stream in str(one)
        ]
        assert "STARTED" in about[0]
        assert about[-2] == "state"
        assert "COMPLETE" in about[-1]


def test_given_a_window_that_fails_when_read_then_the_state_stops_before_it(
    requests_mock: Mocker,
) -> None:
    """Three windows of a day each; the second one is refused."""

    def answer(form: Mapping[str, str]) -> bytes | str:
        second = "from_date=1769986800" in form["params"]
        return "SERVICE_FORBIDDEN" if second else nothing(form)

    serve(requests_mock, answer)

    outcome = read("rooms", window_in_days=1, end_date="2026-02-04T00:00:00Z", num_workers=1)

    assert outcome.states("rooms")[-1] == "2026-02-01T23:59:59Z"
    assert outcome.statuses("rooms")[-1] == "INCOMPLETE"


def test_given_a_sync_that_fails_at_once_when_repeated_then_it_begins_where_it_would_have(
    requests_mock: Mocker,
) -> None:
    """Its state must not claim even a second, as that would never be read."""
    serve(requests_mock, lambda form: "SERVICE_FORBIDDEN")
    failed = read("rooms", lookback_window_days=0)
    requests_mock.reset_mock()
    serve(requests_mock, nothing)

    read("rooms", state=[state_of("rooms", failed.states("rooms")[-1])], lookback_window_days=0)

    assert forms_of(requests_mock)[0]["params"].startswith("from_date=1769900400;")


@pytest.mark.parametrize("num_workers", [1, 4, 10])
def test_given_many_windows_when_read_then_no_state_leaves_before_the_records_it_covers(
    num_workers: int, requests_mock: Mocker
) -> None:
    """Cut the output anywhere: what a state says is done has been put out before it."""
    days = [1_769_904_000 + day * 86_400 for day in range(7)]
    serve(
        requests_mock,
        lambda form: report(ROOMS, *(f"r{one},c{day},{day}" for day in days for one in range(5))),
    )

    outcome = read("rooms", window_in_days=1, num_workers=num_workers)

    put_out: set[str] = set()
    states = 0
    for message in outcome.messages:
        if message.record:
            put_out.add(str(message.record.data["session_start_time"]))
        if message.state and message.state.stream and message.state.stream.stream_state:
            reached = vars(message.state.stream.stream_state)["session_start_time"]
            covered = {f"2026-02-0{day}T00:00:00Z" for day in range(1, 8)}
            assert {one for one in covered if one <= reached} <= put_out
            states += 1
    assert states >= 7
    assert len(put_out) == 7


# The CDK lets 10,000 windows wait for a worker; here it is 10, so that 20 are enough.
MANY_WINDOWS = """
import requests_mock
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from unit_tests.reading import read

*others, limit = ThreadPoolManager.__init__.__defaults__
assert limit == 10_000
ThreadPoolManager.__init__.__defaults__ = (*others, 10)
with requests_mock.Mocker() as mocker:
    content = b"\\xef\\xbb\\xbf\\n"
    mocker.post(requests_mock.ANY, content=content, headers={"Content-Length": "4"})
    outcome = read("rooms", end_date="2026-02-21T00:00:00Z", window_in_days=1, num_workers=1)
print("reached", outcome.states("rooms")[-1])
"""


def test_given_one_worker_when_there_are_more_windows_than_may_wait_then_they_are_read() -> None:
    """The worker that lists windows must not wait for some to be read, which only it could do.

    10,000 windows of a day are nine years of three streams.
    """
    ended = subprocess.run(
        [sys.executable, "-c", MANY_WINDOWS],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parent.parent,
        timeout=120,
    )

    assert ended.stdout.splitlines()[-1] == b"reached 2026-02-20T23:59:59Z"
