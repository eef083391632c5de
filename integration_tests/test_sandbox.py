"""The sandbox's reports: intervals, running sessions, late analytics, filters, ways to ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
import requests

from integration_tests.sandbox import Room, Sandbox
from integration_tests.tiny_world import (
    ADA,
    DAY,
    END,
    EVENING,
    MIDNIGHT,
    MINUTE,
    NEXT_DAY,
    TINY,
    ask,
    rows_of,
)

DAY_BEFORE = (MIDNIGHT - DAY, MIDNIGHT)
DAY_AFTER = (MIDNIGHT, NEXT_DAY)
BOTH_DAYS = (MIDNIGHT - DAY, NEXT_DAY)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


def test_given_a_session_over_midnight_when_cut_there_then_each_day_has_its_part(
    sandbox: Sandbox,
) -> None:
    """Minutes of the parts add up; users and ratios do not."""
    lecture = "entry_ids=1_mainroom"
    before = rows_of(ask(sandbox, 6001, *DAY_BEFORE, also=lecture))
    after = rows_of(ask(sandbox, 6001, *DAY_AFTER, also=lecture))
    assert [(r["user_id"], r["user_type"], r["meeting_view_time"]) for r in before] == [
        ("ada", "User", "30"),
        ("bob", "Guest", "10"),
    ]
    assert [(r["user_id"], r["user_type"], r["meeting_view_time"]) for r in after] == [
        ("ada", "User", "30"),
        ("bob", "Guest", "30"),
    ]
    metrics = ("meeting_view_period_unique_users", "meeting_engaged_play_time_ratio")
    times = ("session_start_time", "session_end_time")
    parts = [rows_of(ask(sandbox, 6000, *d, also=lecture))[0] for d in (DAY_BEFORE, DAY_AFTER)]
    assert [[part[m] for m in metrics] for part in parts] == [["2", "0.875"], ["2", "0"]]
    assert [[part[t] for t in times] for part in parts] == [[str(EVENING), str(END)]] * 2


@pytest.mark.parametrize(
    ("start", "end", "sessions"),
    [
        (EVENING - 10, EVENING, []),
        (EVENING - 10, EVENING + 1, ["1_lecture1"]),
        (END - 1, END + 10, ["1_lecture1"]),
        (END, END + 10, []),
    ],
)
def test_given_an_edge_when_asked_then_the_end_is_exclusive(
    sandbox: Sandbox, start: int, end: int, sessions: list[str]
) -> None:
    sandbox.faults.aggregation_seconds = 1
    assert [row["cue_point_id"] for row in rows_of(ask(sandbox, 6000, start, end))] == sessions


def test_given_whole_minutes_when_asked_then_dates_are_rounded_down(sandbox: Sandbox) -> None:
    sandbox.faults.aggregation_seconds = 1
    sandbox.faults.whole_minutes = True
    assert rows_of(ask(sandbox, 6000, EVENING - 1, EVENING + 59)) == []
    assert len(rows_of(ask(sandbox, 6000, EVENING - 1, EVENING + 60))) == 1


def test_given_a_running_session_when_asked_then_what_is_known_so_far(sandbox: Sandbox) -> None:
    sandbox.now = EVENING + 6 * MINUTE
    assert [
        (r["session_end_time"], r["meeting_view_period_unique_users"])
        for r in rows_of(ask(sandbox, 6000, *BOTH_DAYS))
    ] == [(str(EVENING), "1")]
    assert [r["meeting_view_time"] for r in rows_of(ask(sandbox, 6001, *BOTH_DAYS))] == ["6"]


def test_given_late_analytics_when_asked_then_events_show_after_the_delay(
    sandbox: Sandbox,
) -> None:
    late = replace(ADA, delay=3 * 60 * MINUTE)
    sandbox.world = replace(TINY, presences=(late,))
    sandbox.now = EVENING + 3 * 60 * MINUTE
    assert rows_of(ask(sandbox, 6001, *BOTH_DAYS)) == []
    sandbox.now += 12 * MINUTE
    assert [r["meeting_view_time"] for r in rows_of(ask(sandbox, 6001, *BOTH_DAYS))] == ["12"]


@pytest.mark.parametrize(
    ("report_id", "filters", "count"),
    [
        (6000, "entry_ids=1_breakout,1_elsewhere", 1),
        (6000, "virtual_event_ids=77", 1),
        (6000, "entry_ids=", 2),
        (6000, "cue_point_ids=1_group001;colour=red", 2),
        (6001, "user_ids=bob", 2),
        (6001, "user_ids=;cue_point_ids=;limit=", 3),
        (6001, "cue_point_ids=1_group001", 1),
        (6001, "user_ids=bob;entry_ids=1_mainroom", 1),
        (6002, "parent_entry_ids=1_mainroom", 1),
        (6002, "parentEntryIds=1_elsewhere", 0),
        (6002, "virtual_event_ids=77", 0),
    ],
)
def test_given_filters_when_asked_then_the_report_knows_its_own_and_ignores_others(
    sandbox: Sandbox, report_id: int, filters: str, count: int
) -> None:
    sandbox.world = replace(
        TINY, rooms=(TINY.rooms[0], Room("1_breakout", "Group 1", parent_entry_id="1_mainroom"))
    )
    assert len(rows_of(ask(sandbox, report_id, *BOTH_DAYS, also=filters))) == count


def test_given_breakout_dates_in_either_spelling_when_asked_then_answered(
    sandbox: Sandbox,
) -> None:
    snake = ask(sandbox, 6002, *BOTH_DAYS)
    start, end = BOTH_DAYS
    camel = ask(sandbox, 6002, 0, 0, params=f"fromDate={start};toDate={end}")
    assert camel.content == snake.content


@pytest.mark.parametrize(
    ("report_id", "params"),
    [
        (6000, "fromDate=1;toDate=2"),
        (6001, "from_date=1"),
        (6001, "from_date=1;to_date="),
        (6002, ""),
    ],
)
def test_given_no_dates_when_asked_then_the_server_fails(
    sandbox: Sandbox, report_id: int, params: str
) -> None:
    assert ask(sandbox, report_id, 0, 0, params=params).json() == {
        "code": "INTERNAL_SERVERL_ERROR",
        "message": "Internal server error occurred",
        "objectType": "KalturaAPIException",
        "args": [],
    }


def test_given_excluded_fields_when_asked_then_left_out(sandbox: Sandbox) -> None:
    excluded = "entry_name,user_name,user_email,user_id, meeting_view_time,nonsense"
    answer = ask(sandbox, 6001, *DAY_BEFORE, excludedFields=excluded)
    assert answer.text.splitlines()[1:] == [
        "1_mainroom,1_lecture1,User,1",
        "1_mainroom,1_lecture1,Guest,0.5",
    ]
    assert sandbox.requests[-1].columns_sent == (
        "entry_id",
        "cue_point_id",
        "user_type",
        "meeting_engaged_play_time_ratio",
    )
    sandbox.faults.ignores_excluded_fields = True
    assert len(rows_of(ask(sandbox, 6001, *DAY_BEFORE, excludedFields=excluded))[0]) == 8


def test_given_compression_when_accepted_then_gzip(sandbox: Sandbox) -> None:
    assert ask(sandbox, 6000, *BOTH_DAYS).headers["Content-Encoding"] == "gzip"
    sandbox.faults.gzip = False
    assert "Content-Encoding" not in ask(sandbox, 6000, *BOTH_DAYS).headers


def test_given_get_requests_when_asked_then_path_and_query_work_too(sandbox: Sandbox) -> None:
    start, end = BOTH_DAYS
    ks = quote(sandbox.ks(), safe="")
    params = f"from_date={start};to_date={end}"
    api = f"{sandbox.url}/api_v3"
    action = "getCsvFromStringParams"
    expected = ask(sandbox, 6000, start, end).content
    for url in (
        f"{api}/service/report/action/{action}/id/6000/ks/{ks}/params/{params}",
        f"{api}/?service=report&action={action}&id=6000&ks={ks}&params={params}",
        f"{api}/index.php?service=report&action={action}&id=6000&ks={ks}&params={params}",
    ):
        assert requests.get(url, timeout=60).content == expected
