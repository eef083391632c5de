"""Faults that pass, and those that do not: nothing lost, nothing twice, and clear words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.connector import STREAMS, Outcome, configured_catalog, in_order, key_of
from integration_tests.in_process import Waits, sync, without_waiting
from integration_tests.sandbox import Sandbox, World, faults, rfc3339, university
from integration_tests.sandbox.answers import Answer
from integration_tests.sandbox.faults import Fault
from integration_tests.schedules import every_new_request

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 6 * DAY

PASSING: dict[str, Callable[[], Fault]] = {
    "HTTP 502": lambda: faults.html(502),
    "HTTP 503": lambda: faults.html(503),
    "HTML with HTTP 200": lambda: faults.html(200),
    "dropped connection": faults.dropped,
    "reset connection": faults.reset,
    "body shorter than Content-Length": faults.short_of_length,
    "chunks without an end": faults.without_last_chunk,
    "no final line end": faults.without_last_line_end,
    "cut in the middle": lambda: faults.without_last_line_end(cut=700),
    "no length, no chunks and half of the lines": faults.until_closed_too_early,
    "PHP's error text after half of the rows": faults.php_error_within,
    "empty body without a code": faults.nothing,
    "HTTP 500 without a body": faults.server_error_without_body,
    "INTERNAL_SERVERL_ERROR": lambda: faults.json_error("INTERNAL_SERVERL_ERROR"),
    "INTERNAL_SERVERL_ERROR in headers": lambda: faults.header_error("INTERNAL_SERVERL_ERROR"),
    "LOCK_TIMED_OUT": lambda: faults.json_error("LOCK_TIMED_OUT"),
    "ACTION_BLOCKED": lambda: faults.json_error("ACTION_BLOCKED"),
}


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=2, until=END, days=8, without_session=False)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


@pytest.fixture
def waits() -> Iterator[Waits]:
    with without_waiting() as waits:
        yield waits


def read(sandbox: Sandbox, streams: tuple[str, ...] = STREAMS, **more: Any) -> Outcome:
    config = sandbox.config(
        start_date=rfc3339(START), end_date=rfc3339(END), **{"window_in_days": 2, **more}
    )
    return sync(config, configured_catalog(streams))


def assert_truth(outcome: Outcome, sandbox: Sandbox, streams: tuple[str, ...] = STREAMS) -> None:
    for stream in streams:
        rows = outcome.records(stream)
        assert len({key_of(stream, row) for row in rows}) == len(rows)
        assert in_order(stream, rows) == in_order(stream, sandbox.truth(stream, START, END))


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING.keys())
def test_given_a_passing_fault_on_every_second_request_when_read_then_every_row_is_the_truth(
    sandbox: Sandbox, waits: Waits, fault: Callable[[], Fault]
) -> None:
    # Requests, not their tries, are counted: which worker calls next is chance, and a fault that
    # meets all tries of one request does not pass.
    sandbox.faults.script(fault(), when=every_new_request(2), times=None)

    outcome = read(sandbox)

    assert outcome.exit_code == 0
    assert_truth(outcome, sandbox)
    assert len(waits.seconds) == 4  # three windows of three reports are nine requests


@pytest.mark.parametrize(
    ("fault", "words", "calls"),
    [
        (faults.html(503), "Kaltura answered HTTP 503 (6 tries in", 6),
        (faults.nothing(), "Kaltura's answer was empty (6 tries in", 6),
        (faults.html(200), "This is a web page, not Kaltura's API (6 tries in", 6),
        (
            faults.without_last_line_end(),
            "Kaltura answered something other than a report (6 tries in",
            6,
        ),
        (faults.dropped(), "The connection to 127.0.0.1:", 6),
        (faults.json_error("LOCK_TIMED_OUT"), "Kaltura answered LOCK_TIMED_OUT (6 tries in", 6),
        (faults.json_error("ACTION_BLOCKED"), "Kaltura answered ACTION_BLOCKED (41 tries in", 41),
    ],
    ids=["503", "empty", "HTML", "cut", "dropped", "LOCK_TIMED_OUT", "ACTION_BLOCKED"],
)
def test_given_a_fault_that_does_not_pass_when_read_then_the_stream_fails_as_transient(
    sandbox: Sandbox, waits: Waits, fault: Fault, words: str, calls: int
) -> None:
    sandbox.faults.script(fault, report=6002, times=None)

    outcome = read(sandbox, num_workers=1)

    assert_truth(outcome, sandbox, ("rooms", "attendees"))
    assert outcome.records("breakouts") == []
    # Each wait for the rate limit is told with a status, so that the platform sees that it goes on.
    waits_told = 40 if "ACTION_BLOCKED" in words else 0
    assert outcome.statuses("breakouts") == ["STARTED", *["RUNNING"] * waits_told, "INCOMPLETE"]
    error = outcome.errors[0]
    assert error["message"].startswith(f"Stream breakouts: {words}")
    assert error["failure_type"] == "transient_error"
    assert error["stream_descriptor"] == {"name": "breakouts"}
    assert len([one for one in sandbox.requests if one.report_id == 6002]) == calls
    assert waits.seconds == sorted(waits.seconds) or "ACTION_BLOCKED" in words


def test_given_one_stream_that_fails_when_read_then_it_is_told_once_and_the_others_are_whole(
    sandbox: Sandbox, waits: Waits
) -> None:
    sandbox.faults.missing_reports = {6002}

    outcome = read(sandbox, window_in_days=1)

    assert_truth(outcome, sandbox, ("rooms", "attendees"))
    assert [outcome.statuses(stream)[-1] for stream in STREAMS] == [
        "COMPLETE",
        "COMPLETE",
        "INCOMPLETE",
    ]
    of_stream = [error for error in outcome.errors if error.get("stream_descriptor")]
    assert [error["message"] for error in of_stream] == [
        "Stream breakouts: Kaltura answered REPORT_NOT_FOUND. This server does not have the "
        "report. Check that api_url is the server of your account's region, ask Kaltura for the "
        "report, or deselect the stream."
    ]
    assert of_stream[0]["failure_type"] == "config_error"
    assert outcome.exit_code == 1
    # Only the windows that were in flight when the first one failed have asked.
    assert len([one for one in sandbox.requests if one.report_id == 6002]) <= 4


def test_given_sessions_that_all_end_in_the_middle_when_read_then_they_are_renewed_unseen(
    sandbox: Sandbox, waits: Waits
) -> None:
    ended = []

    def end_sessions(call: object, proper: Callable[[], Answer]) -> Answer:
        ended.append(call)
        sandbox.expire_sessions()
        return proper()

    sandbox.faults.script(end_sessions, report=6001, after=1)

    outcome = read(sandbox, num_workers=1)

    assert ended
    assert_truth(outcome, sandbox)
    assert len(sandbox.sessions.minted) == 4  # a widget's and an admin's, twice
    assert waits.seconds == []


def test_given_a_ready_made_session_that_ended_when_read_then_the_user_is_told_and_it_is_not_shown(
    sandbox: Sandbox, waits: Waits
) -> None:
    config = sandbox.config("ks", start_date=rfc3339(START), end_date=rfc3339(END))
    sandbox.expire_sessions()

    outcome = sync(config, configured_catalog(("rooms",)))

    assert outcome.errors[0]["message"] == (
        "Stream rooms: Kaltura answered INVALID_KS (EXPIRED). The KS (Kaltura's session) has "
        "expired. Give a new KS, or better an app token, with which the connector opens a new KS "
        "by itself."
    )
    assert outcome.errors[0]["failure_type"] == "config_error"
    assert config["credentials"]["ks"] not in str(outcome.messages)


def test_given_a_rate_limit_when_read_then_it_waits_longer_than_its_counters_and_goes_on(
    sandbox: Sandbox, waits: Waits
) -> None:
    sandbox.faults.script(faults.json_error("ACTION_BLOCKED"), report=6000, times=5)

    outcome = read(sandbox, ("rooms",))

    assert_truth(outcome, sandbox, ("rooms",))
    assert len(waits.seconds) == 5
    assert min(waits.seconds) >= 12
