"""The state of a sync: it moves over what was read without a gap, and behind its records."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from requests_mock import Mocker

from unit_tests.reading import read, report, serve, state_of
from unit_tests.stand_ins import forms_of

ROOMS = "entry_id,cue_point_id,session_start_time"


def nothing(form: Mapping[str, str]) -> bytes:
    return b"\xef\xbb\xbf\n"


def test_given_a_state_in_the_future_when_read_then_there_is_a_warning_and_it_stays(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, nothing)

    outcome = read("rooms", state=[state_of("rooms", "2999-01-01T00:00:00Z")], end_date="")

    assert requests_mock.call_count == 0
    assert set(outcome.states("rooms")) == {"2999-01-01T00:00:00Z"}
    assert (
        "rooms: the saved state (2999-01-01T00:00:00Z) lies in the future; nothing after it can be "
        "read yet."
    ) in caplog.messages


def test_given_a_window_that_fails_when_read_then_the_state_stops_before_it(
    requests_mock: Mocker,
) -> None:
    """Three windows of a day each; the second one is refused."""

    def answer(form: Mapping[str, str]) -> bytes | str:
        second = "from_date=1769990400" in form["params"]
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

    assert forms_of(requests_mock)[0]["params"].startswith("from_date=1769904000;")


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
    mocker.post(requests_mock.ANY, content=b"\\xef\\xbb\\xbf\\n")
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
