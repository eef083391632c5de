"""A room that is as busy as a test needs, and whole syncs of it without waiting."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from integration_tests.connector import STREAMS, Outcome, configured_catalog, in_order, key_of
from integration_tests.in_process import sync
from integration_tests.sandbox import Presence, Room, Sandbox, Session, World, rfc3339

MINUTE, HOUR, DAY = 60, 3_600, 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 28 * DAY  # 2026-02-01T00:00:00Z


def sessions_from(first: int, count: int, *, apart: int) -> list[int]:
    """When so many sessions start, the first at `first`, with `apart` seconds between starts."""
    return [first + number * apart for number in range(count)]


def busy_world(starts: Sequence[int], *, attendees: int = 1) -> World:
    """A breakout room with sessions of half an hour, each with as many attendees.

    It is a breakout room so that all three reports have the sessions.
    """
    held = [
        Session(f"1_s{number:06}", "1_room", start, start + HOUR // 2, host_user_id="host")
        for number, start in enumerate(starts)
    ]
    return World(
        rooms=(Room("1_main", "Main"), Room("1_room", "Busy", parent_entry_id="1_main")),
        sessions=held,
        presences=[
            Presence(session.cue_point_id, f"user{number}", session.start, session.end)
            for session in held
            for number in range(attendees)
        ],
    )


def read(sandbox: Sandbox, *streams: str, **more: Any) -> Outcome:
    """A sync of these streams, or of all, from `START` to `END`, with one worker."""
    config = sandbox.config(
        **{"start_date": rfc3339(START), "end_date": rfc3339(END), "num_workers": 1, **more}
    )
    return sync(config, configured_catalog(streams or STREAMS))


def assert_truth(outcome: Outcome, sandbox: Sandbox, *streams: str) -> None:
    """Holds that the streams, or all, succeeded, with every row whole and once."""
    assert outcome.errors == []
    for stream in streams or STREAMS:
        rows = outcome.records(stream)
        assert len({key_of(stream, row) for row in rows}) == len(rows)
        assert in_order(stream, rows) == in_order(stream, sandbox.truth(stream, START, END))


def requests_of(sandbox: Sandbox, report: int) -> list[tuple[float, int]]:
    """What was asked of a report, in order: days of events, and how many ids were named."""
    return [
        (
            (int(one.params["to_date"]) - int(one.params["from_date"])) / DAY,
            len([id for id in one.params.get("cue_point_ids", "").split(",") if id]),
        )
        for one in sandbox.requests
        if one.report_id == report
    ]


def warnings_in(records: Sequence[logging.LogRecord]) -> list[str]:
    """The warnings among the log records, in order."""
    return [one.getMessage() for one in records if one.levelname == "WARNING"]
