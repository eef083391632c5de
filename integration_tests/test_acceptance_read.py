"""What Airbyte's older acceptance tests ask of `read`: records, states and statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from integration_tests.connector import STREAMS, Outcome, configured_catalog, run
from integration_tests.sandbox import Sandbox
from integration_tests.tiny_world import NEXT_DAY, TINY

EXPECTED_RECORDS = Path(__file__).parent / "expected_records.jsonl"
"""Worked out by hand from the tiny world's story, in the form that Airbyte's tests had."""


READ_FROM = {
    "session_start_time": "2026-03-01T23:59:59Z",
    "start_date": "2026-02-28T23:30:00Z",
}
LAST_STATE = {"incremental": READ_FROM, "full_refresh": {**READ_FROM, "complete": True}}


@pytest.fixture(scope="module", params=["incremental", "full_refresh"])
def sync_mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def outcome(sync_mode: str, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        return run(
            "read",
            Path(tmp_path_factory.mktemp("read")),
            config=sandbox.config(end_date="2026-03-02T00:00:00Z"),
            catalog=configured_catalog(sync_mode=sync_mode),
        )


@pytest.mark.parametrize("stream", STREAMS)
def test_given_the_tiny_world_when_read_then_the_records_are_the_expected_ones(
    outcome: Outcome, stream: str
) -> None:
    lines = [json.loads(line) for line in EXPECTED_RECORDS.read_text().splitlines()]
    assert outcome.records(stream) == [one["data"] for one in lines if one["stream"] == stream]


@pytest.mark.parametrize(("stream", "records"), [("rooms", 2), ("attendees", 3), ("breakouts", 1)])
def test_given_the_tiny_world_when_read_then_states_count_the_records_they_cover(
    outcome: Outcome, sync_mode: str, stream: str, records: int
) -> None:
    states = [
        message["state"]
        for message in outcome.of_type("STATE")
        if message["state"]["stream"]["stream_descriptor"]["name"] == stream
    ]

    assert [state["type"] for state in states] == ["STREAM"] * len(states)
    assert sum(state["sourceStats"]["recordCount"] for state in states) == records
    assert states[-1]["stream"]["stream_state"] == LAST_STATE[sync_mode]


@pytest.mark.parametrize("stream", STREAMS)
def test_given_the_tiny_world_when_read_then_each_stream_starts_runs_and_completes(
    outcome: Outcome, stream: str
) -> None:
    assert outcome.exit_code == 0
    assert outcome.statuses(stream) == ["STARTED", "RUNNING", "COMPLETE"]


@pytest.mark.parametrize("stream", STREAMS)
def test_given_the_tiny_world_when_read_then_no_record_comes_after_the_last_state(
    outcome: Outcome, stream: str
) -> None:
    kinds = [
        message["type"]
        for message in outcome.messages
        if message.get("record", {}).get("stream") == stream
        or message.get("state", {}).get("stream", {}).get("stream_descriptor", {}).get("name")
        == stream
    ]
    assert kinds[-1] == "STATE"
    assert "RECORD" in kinds
