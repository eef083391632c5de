"""Tests that fail on the connector as it is; each moves to its module's file once mended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from requests_mock import Mocker

from unit_tests.reading import read
from unit_tests.stand_ins import url_of

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
    """The worker that lists windows waits for some to be read, which only it could do, for ever.

    10,000 windows of a day are nine years of three streams.
    """
    ended = subprocess.run(
        [sys.executable, "-c", MANY_WINDOWS],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parent.parent,
        timeout=20,
    )

    assert ended.stdout.splitlines()[-1] == b"reached 2026-02-20T23:59:59Z"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"status_code": 504}, id="HTTP_504"),
        pytest.param({"exc": requests.ReadTimeout}, id="no_answer_in_time"),
    ],
)
def test_given_a_session_that_does_not_start_in_time_when_read_then_windows_are_not_halved_for_it(
    answer: dict[str, Any], requests_mock: Mocker
) -> None:
    """It is taken for a report that is too much: halved down to a minute, with two tries each.

    Where Kaltura does not answer at all these are 28 times 11 minutes.
    """
    requests_mock.post(url_of("session/start"), **answer)
    credentials = {"auth_type": "admin_secret", "partner_id": 9, "admin_secret": "s3cret"}

    (trace,) = read("rooms", credentials=credentials).failures

    assert requests_mock.call_count <= 6
    assert "too much for one query" not in trace.message
