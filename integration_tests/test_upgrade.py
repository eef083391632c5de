"""What release 0.1 left behind goes on working: configurations, catalogs and states, as written."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import Outcome, in_order, key_of, run
from integration_tests.sandbox import Sandbox, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 14 * DAY  # 2026-02-15T00:00:00Z
REACHED = END - 5 * DAY  # 2026-02-24T00:00:00Z

CONFIG: dict[str, Any] = {
    "start_date": "2026-02-15T00:00:00Z",
    "end_date": "2026-03-01T00:00:00Z",
    "entry_ids": [],
    "virtual_event_ids": [],
    "user_ids": [],
    "cue_point_ids": [],
    "parent_entry_ids": [],
    "lookback_window_days": 2,
    "window_in_days": 7,
    "max_session_hours": 24,
    "num_workers": 4,
}
"""All keys that release 0.1 had, beside the server and the credentials of the sandbox."""

TEXT = {"type": ["null", "string"]}
NUMBER = {"type": ["null", "number"]}
INTEGER = {"type": ["null", "integer"]}
KEY = {"type": "string"}
TIME = {
    "type": ["null", "string"],
    "format": "date-time",
    "airbyte_type": "timestamp_with_timezone",
}

CATALOG: dict[str, Any] = {
    "streams": [
        {
            "stream": {
                "name": "rooms",
                "json_schema": {
                    "$schema": "http://json-schema.org/draft-07/schema#",
                    "type": "object",
                    "additionalProperties": True,
                    "properties": {
                        "entry_id": KEY,
                        "entry_name": TEXT,
                        "parent_entry_id": TEXT,
                        "cue_point_id": KEY,
                        "session_start_time": TIME,
                        "session_end_time": TIME,
                        "session_host_user_id": TEXT,
                        "meeting_view_period_unique_users": INTEGER,
                        "meeting_engaged_play_time_ratio": NUMBER,
                    },
                },
                "supported_sync_modes": ["full_refresh", "incremental"],
                "source_defined_cursor": True,
                "default_cursor_field": ["session_start_time"],
                "source_defined_primary_key": [["entry_id"], ["cue_point_id"]],
                "is_resumable": True,
            },
            "sync_mode": "incremental",
            "cursor_field": ["session_start_time"],
            "destination_sync_mode": "append_dedup",
            "primary_key": [["entry_id"], ["cue_point_id"]],
        },
        {
            "stream": {
                "name": "attendees",
                "json_schema": {
                    "$schema": "http://json-schema.org/draft-07/schema#",
                    "type": "object",
                    "additionalProperties": True,
                    "properties": {
                        "entry_id": KEY,
                        "cue_point_id": KEY,
                        "user_id": KEY,
                        "user_name": TEXT,
                        "user_email": TEXT,
                        "user_type": KEY,
                        "meeting_view_time": NUMBER,
                        "meeting_engaged_play_time_ratio": NUMBER,
                        "session_start_time": TIME,
                    },
                },
                "supported_sync_modes": ["full_refresh", "incremental"],
                "source_defined_cursor": True,
                "default_cursor_field": ["session_start_time"],
                "source_defined_primary_key": [
                    ["entry_id"],
                    ["cue_point_id"],
                    ["user_id"],
                    ["user_type"],
                ],
                "is_resumable": True,
            },
            "sync_mode": "incremental",
            "cursor_field": ["session_start_time"],
            "destination_sync_mode": "append_dedup",
            "primary_key": [["entry_id"], ["cue_point_id"], ["user_id"], ["user_type"]],
        },
        {
            "stream": {
                "name": "breakouts",
                "json_schema": {
                    "$schema": "http://json-schema.org/draft-07/schema#",
                    "type": "object",
                    "additionalProperties": True,
                    "properties": {
                        "parent_entry_id": TEXT,
                        "parent_entry_name": TEXT,
                        "breakout_entry_id": KEY,
                        "breakout_entry_name": TEXT,
                        "cue_point_id": KEY,
                        "session_initiator": TEXT,
                        "session_start_time": TIME,
                        "session_end_time": TIME,
                        "duration": INTEGER,
                        "participant_count": INTEGER,
                        "engagement_rate": NUMBER,
                    },
                },
                "supported_sync_modes": ["full_refresh", "incremental"],
                "source_defined_cursor": True,
                "default_cursor_field": ["session_start_time"],
                "source_defined_primary_key": [["breakout_entry_id"], ["cue_point_id"]],
                "is_resumable": True,
            },
            "sync_mode": "incremental",
            "cursor_field": ["session_start_time"],
            "destination_sync_mode": "append_dedup",
            "primary_key": [["breakout_entry_id"], ["cue_point_id"]],
        },
    ]
}

STATE = [
    {
        "type": "STREAM",
        "stream": {
            "stream_descriptor": {"name": name},
            "stream_state": {"session_start_time": "2026-02-23T23:59:59Z"},
        },
    }
    for name in ("rooms", "attendees", "breakouts")
]
STREAMS = ("rooms", "attendees", "breakouts")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = university(seed=2, until=END, days=15, without_session=False)
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


def read(
    sandbox: Sandbox,
    folder: Path,
    catalog: dict[str, Any] = CATALOG,
    state: list[dict[str, Any]] | None = None,
) -> Outcome:
    outcome = run("read", folder, config=sandbox.config(**CONFIG), catalog=catalog, state=state)
    assert outcome.exit_code == 0, outcome.output
    return outcome


def test_given_a_configuration_of_the_first_release_when_checked_then_it_succeeds(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = run("check", tmp_path, config=sandbox.config(**CONFIG))

    (message,) = outcome.of_type("CONNECTION_STATUS")
    assert message["connectionStatus"]["status"] == "SUCCEEDED"


def test_given_a_catalog_of_the_first_release_when_read_then_all_rows_come_and_a_warning_tells(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path)

    for stream in STREAMS:
        expected = sandbox.truth(stream, START, END)
        assert in_order(stream, outcome.records(stream)) == in_order(stream, expected)
    warnings = [
        one["log"]["message"]
        for one in outcome.of_type("LOG")
        if one["log"]["level"] == "WARN" and "primary key in the catalog" in one["log"]["message"]
    ]
    assert len(warnings) == 1
    assert warnings[0].startswith(
        "attendees: the primary key in the catalog is entry_id, cue_point_id, user_id, user_type"
    )


def test_given_a_state_of_the_first_release_when_read_then_it_goes_on_less_the_lookback(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path, state=STATE)

    for stream in STREAMS:
        expected = sandbox.truth(stream, REACHED - 2 * DAY, END)
        assert in_order(stream, outcome.records(stream)) == in_order(stream, expected)
        assert outcome.states[stream] == {"session_start_time": "2026-02-28T23:59:59Z"}


def test_given_an_interrupted_full_refresh_of_the_first_release_when_read_then_it_goes_on(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    catalog = copy.deepcopy(CATALOG)
    for one in catalog["streams"]:
        one |= {"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}

    outcome = read(sandbox, tmp_path, catalog, STATE)

    for stream in STREAMS:
        expected = sandbox.truth(stream, REACHED, END)
        keys = sorted(key_of(stream, row) for row in outcome.records(stream))
        assert keys == sorted(key_of(stream, row) for row in expected)
