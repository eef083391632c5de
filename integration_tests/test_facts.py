"""`kaltura-rooms-facts` tells one kind of Kaltura from another, and says nothing of anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from integration_tests.sandbox import (
    Dialect,
    Presence,
    Room,
    Sandbox,
    Session,
    User,
    World,
    faults,
    university,
)
from source_kaltura_rooms.facts.command import run

MINUTE = 60
HOUR = 3_600
DAY = 86_400
MIDNIGHT = 1_772_323_200  # 2026-03-01T00:00:00Z
NOON = MIDNIGHT - 36 * HOUR  # 2026-02-27T12:00:00Z

Facts = dict[str, Any]

LECTURE = Session("1_lecture", "1_hall", NOON + 10 * MINUTE, NOON + 100 * MINUTE)
SEMINAR = Session("1_seminar", "1_room", NOON + 10 * MINUTE, NOON + 100 * MINUTE)
WORLD = World(
    rooms=(Room("1_hall", "Hall"), Room("1_room", "Seminar room")),
    sessions=(LECTURE, SEMINAR),
    presences=(
        Presence("1_lecture", "ada", LECTURE.start, LECTURE.end),
        Presence("1_lecture", "bob", LECTURE.start, LECTURE.end),
        Presence("1_seminar", "cy", SEMINAR.start, SEMINAR.end),
    ),
    users=(User("ada", "Ada Lovelace", "ada@uni.example"),),
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(WORLD, now=MIDNIGHT) as sandbox:
        yield sandbox


@pytest.fixture
def facts_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[Facts, str]]:
    """The facts that the command prints as JSON, and what else it says."""

    def facts_of(sandbox: Sandbox, *flags: str, **config: Any) -> tuple[Facts, str]:
        assert run(arguments(sandbox, tmp_path, *flags, **config)) == 0
        printed = capsys.readouterr()
        facts: Facts = json.loads(printed.out)
        return facts, printed.err

    return facts_of


def arguments(sandbox: Sandbox, folder: Path, *flags: str, **config: Any) -> list[str]:
    path = folder / "config.json"
    path.write_text(
        json.dumps(
            sandbox.config(start_date="2026-01-01T00:00:00Z", end_date="2026-03-01T00:00:00Z")
            | config
        )
    )
    return ["--config", str(path), *flags]


FactsOf = Callable[..., tuple[Facts, str]]


def test_given_two_sessions_when_asked_then_these_are_the_facts(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    facts, _ = facts_of(sandbox, "--days", "4")

    for report in facts["reports"].values():
        for answer in report["answers"]:
            assert 0 <= answer.pop("seconds") < 60
    assert facts == {
        "days": 4,
        "reports": {
            "rooms": {
                "report": 6000,
                "answers": [
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 2},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                ],
                "header": [
                    "entry_id",
                    "entry_name",
                    "parent_entry_id",
                    "cue_point_id",
                    "session_start_time",
                    "session_end_time",
                    "session_host_user_id",
                    "meeting_view_period_unique_users",
                    "meeting_engaged_play_time_ratio",
                ],
                "unknown_columns": [],
                "most_rows": 2,
                "possible_cap": None,
                "rows_with_the_key_of_another": 0,
                "rows_without_cue_point": 0,
                "excluded_columns_are_left_out": True,
                "limit_has_effect": True,
                "dates_have_effect": True,
                "empty_answer": "header",
            },
            "attendees": {
                "report": 6001,
                "answers": [
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 3},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                ],
                "header": [
                    "entry_id",
                    "cue_point_id",
                    "user_id",
                    "user_name",
                    "user_email",
                    "user_type",
                    "meeting_view_time",
                    "meeting_engaged_play_time_ratio",
                ],
                "unknown_columns": [],
                "most_rows": 3,
                "possible_cap": None,
                "rows_with_the_key_of_another": 0,
                "rows_without_cue_point": 0,
                "excluded_columns_are_left_out": True,
                "limit_has_effect": True,
                "dates_have_effect": True,
                "empty_answer": "header",
            },
            "breakouts": {
                "report": 6002,
                "answers": [
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                    {"hours": 24, "rows": 0},
                ],
                "header": [
                    "parent_entry_id",
                    "parent_entry_name",
                    "breakout_entry_id",
                    "breakout_entry_name",
                    "cue_point_id",
                    "session_initiator",
                    "session_start_time",
                    "session_end_time",
                    "duration",
                    "participant_count",
                    "engagement_rate",
                ],
                "unknown_columns": [],
                "most_rows": 0,
                "possible_cap": None,
                "rows_with_the_key_of_another": 0,
                "rows_without_cue_point": 0,
                "excluded_columns_are_left_out": None,
                "limit_has_effect": None,
                "dates_have_effect": None,
                "empty_answer": "header",
            },
        },
        "user_types": ["Guest", "User"],
        "sessions": {
            "listed": 2,
            "without_start": 0,
            "with_the_cue_point_of_another_room": 0,
            "share_whose_end_is_their_start": 0.0,
            "share_whose_end_is_their_start_after_a_day": 0.0,
            "hours_since_the_newest_began": 35.8,
        },
        "analytics_unit": {
            "unit": "hour",
            "minutes": [
                {"from_the_minute": 0.0, "from_the_hour": 100.0},
                {"from_the_minute": 0.0, "from_the_hour": 50.0},
            ],
        },
        "events_outside_sessions": {
            "hours_asked_for_before": 1,
            "sessions_with_events_before_their_start": 0,
            "hours_asked_for_after": 1,
            "sessions_with_events_after_their_end": 0,
        },
        "cue_point_ids_have_effect": True,
        "requests": 25,
    }


@pytest.mark.parametrize(
    ("seconds", "unit", "from_the_minute"),
    [(3_600, "hour", 0.0), (60, "minute", 100.0), (1, "minute", 100.0)],
)
def test_given_a_unit_of_analytics_when_asked_then_the_hour_is_told_from_a_finer_one(
    sandbox: Sandbox, facts_of: FactsOf, seconds: int, unit: str, from_the_minute: float
) -> None:
    sandbox.faults.aggregation_seconds = seconds

    facts, said = facts_of(sandbox)

    assert facts["analytics_unit"]["unit"] == unit
    assert facts["analytics_unit"]["minutes"][0] == {
        "from_the_minute": from_the_minute,
        "from_the_hour": 100.0,
    }
    assert f"analytics are kept by the hour or the minute: {unit}" in said


def test_given_who_waits_and_lingers_when_asked_then_they_are_seen_outside_their_session(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    early_and_late = Presence(
        "1_lecture", "dan", LECTURE.start - 40 * MINUTE, LECTURE.end + 50 * MINUTE
    )
    sandbox.world = replace(WORLD, presences=(*WORLD.presences, early_and_late))

    facts, _ = facts_of(sandbox)

    assert facts["events_outside_sessions"] == {
        "hours_asked_for_before": 1,
        "sessions_with_events_before_their_start": 1,
        "hours_asked_for_after": 1,
        "sessions_with_events_after_their_end": 1,
    }


def test_given_removed_people_when_asked_then_blank_types_and_equal_keys_are_counted(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    sandbox.world = replace(
        WORLD,
        users=(*WORLD.users, User("bob", is_removed=True), User("dan", is_removed=True)),
        presences=(*WORLD.presences, Presence("1_lecture", "dan", LECTURE.start, LECTURE.end)),
    )

    facts, _ = facts_of(sandbox)

    assert facts["user_types"] == ["", "Guest", "User"]
    assert facts["reports"]["attendees"]["rows_with_the_key_of_another"] == 2


def test_given_rooms_that_share_a_cue_point_when_asked_then_they_are_counted(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    breakout = Session("1_lecture", "1_group", LECTURE.start, LECTURE.end)
    sandbox.world = World(
        rooms=(*WORLD.rooms, Room("1_group", "Group", parent_entry_id="1_hall")),
        sessions=(LECTURE, breakout),
        presences=(
            Presence("1_lecture", "ada", LECTURE.start, LECTURE.end, entry_id="1_hall"),
            Presence("1_lecture", "bob", LECTURE.start, LECTURE.end, entry_id="1_group"),
        ),
    )

    facts, _ = facts_of(sandbox)

    assert facts["sessions"]["listed"] == 2
    assert facts["sessions"]["with_the_cue_point_of_another_room"] == 2


def test_given_people_without_a_session_when_asked_then_their_rows_are_counted(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    stray = Presence("", "dan", NOON, NOON + HOUR, entry_id="1_hall")
    sandbox.world = replace(WORLD, presences=(*WORLD.presences, stray))

    facts, _ = facts_of(sandbox)

    assert facts["reports"]["rooms"]["rows_without_cue_point"] == 1
    assert facts["reports"]["attendees"]["rows_without_cue_point"] == 1
    assert facts["sessions"]["listed"] == 2


def test_given_sessions_that_run_when_asked_then_their_end_is_their_start(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    running = Session("1_night", "1_hall", MIDNIGHT - HOUR, MIDNIGHT + HOUR)
    stay = Presence("1_night", "ada", running.start, running.end)
    sandbox.world = World(
        WORLD.rooms, (*WORLD.sessions, running), (*WORLD.presences, stay), WORLD.users
    )

    facts, _ = facts_of(sandbox)

    assert facts["sessions"] == {
        "listed": 3,
        "without_start": 0,
        "with_the_cue_point_of_another_room": 0,
        "share_whose_end_is_their_start": 0.333,
        "share_whose_end_is_their_start_after_a_day": 0.0,
        "hours_since_the_newest_began": 1.0,
    }


def test_given_filters_limits_and_columns_without_effect_when_asked_then_that_is_told(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    sandbox.faults.ignored_filters = {"cue_point_ids"}
    sandbox.faults.limit_is_fixed = True
    sandbox.faults.ignores_excluded_fields = True

    facts, said = facts_of(sandbox)

    attendees = facts["reports"]["attendees"]
    assert facts["cue_point_ids_have_effect"] is False
    assert attendees["limit_has_effect"] is False
    assert attendees["excluded_columns_are_left_out"] is False
    assert attendees["dates_have_effect"] is True
    assert facts["analytics_unit"]["unit"] == "hour"
    assert "- cue_point_ids has an effect: no\n" in said


def test_given_a_server_without_druid_when_asked_then_neither_columns_nor_limit_have_effect(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    sandbox.faults.without_druid = True

    facts, _ = facts_of(sandbox)

    rooms = facts["reports"]["rooms"]
    assert rooms["excluded_columns_are_left_out"] is False
    assert rooms["limit_has_effect"] is False


def test_given_dates_without_effect_when_asked_then_that_is_told(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    sandbox.faults.ignores_dates = True

    facts, _ = facts_of(sandbox)

    assert facts["reports"]["rooms"]["dates_have_effect"] is False
    assert facts["reports"]["rooms"]["empty_answer"] is None


@pytest.mark.parametrize(("header", "form"), [(True, "header"), (False, "blank line")])
def test_given_a_form_of_empty_reports_when_asked_then_it_and_the_header_are_told(
    sandbox: Sandbox, facts_of: FactsOf, header: bool, form: str
) -> None:
    sandbox.dialect = Dialect(header_when_empty=header)

    facts, _ = facts_of(sandbox)

    rooms, breakouts = facts["reports"]["rooms"], facts["reports"]["breakouts"]
    assert rooms["empty_answer"] == form
    assert rooms["header"][0] == "entry_id"
    assert bool(breakouts["header"]) is header  # no breakout ever shows it


@pytest.mark.parametrize(("cap", "shown"), [(100_000, None), (500, 500), (412, 412)])
def test_given_a_cap_when_asked_then_its_number_is_suspected(
    facts_of: FactsOf, cap: int, shown: int | None
) -> None:
    with Sandbox(university(until=MIDNIGHT, seed=5), now=MIDNIGHT) as sandbox:
        sandbox.faults.caps = {6001: cap}

        facts, _ = facts_of(sandbox)

    assert facts["reports"]["attendees"]["possible_cap"] == shown
    assert facts["reports"]["rooms"]["possible_cap"] is None


def test_given_a_column_that_nobody_knows_and_a_key_that_is_missing_when_asked_then_told(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    def renamed(call: Any, proper: Callable[[], Any]) -> Any:
        answer = proper()
        return replace(answer, body=answer.body.replace(b",user_id,", b",kuser_id,"))

    sandbox.faults.script(renamed, report=6001, times=None)

    facts, said = facts_of(sandbox)

    attendees = facts["reports"]["attendees"]
    assert attendees["unknown_columns"] == ["kuser_id"]
    assert attendees["answers"] == [{"hours": 180, "refused": "a report without user_id"}]
    assert "- columns that the connector does not know: kuser_id\n" in said


def test_given_a_report_that_is_not_there_when_asked_then_the_others_are_told(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    sandbox.faults.missing_reports = {6002}

    facts, _ = facts_of(sandbox)

    assert facts["reports"]["breakouts"] == {
        "report": 6002,
        "answers": [{"hours": 180, "refused": "REPORT_NOT_FOUND"}],
    }
    assert facts["reports"]["rooms"]["most_rows"] == 2


def test_given_too_much_for_one_question_when_asked_then_days_are_asked_for(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    sandbox.faults.longest_interval = 2 * DAY

    facts, _ = facts_of(sandbox)

    hours_and_rows = [
        (answer["hours"], answer.get("rows"), answer.get("refused"))
        for answer in facts["reports"]["rooms"]["answers"]
    ]
    assert hours_and_rows == [
        (180, None, "DRUID_QUERY_TIMED_OUT"),
        (24, 0, None),
        (24, 2, None),
        (24, 0, None),
    ]


def test_given_passing_faults_when_asked_then_at_most_forty_requests_are_made(
    facts_of: FactsOf,
) -> None:
    with Sandbox(university(until=MIDNIGHT, seed=5), now=MIDNIGHT) as sandbox:
        sandbox.faults.script(faults.html(503), every=2, times=None)

        facts, said = facts_of(sandbox)
        asked = [seen.report_id for seen in sandbox.requests if seen.report_id is not None]

    assert len(asked) == facts["requests"] == 40
    assert "no request left" in said


def test_given_everybody_of_a_university_when_asked_then_nobody_and_nothing_of_them_is_printed(
    tmp_path: Path,
) -> None:
    """In a process of its own, so that nothing that it prints is missed."""
    world = university(until=MIDNIGHT, seed=5, days=8)
    with Sandbox(world, now=MIDNIGHT) as sandbox:
        line = arguments(sandbox, tmp_path, "--days", "8")
        done = subprocess.run(
            [sys.executable, "-m", "source_kaltura_rooms.facts.command", *line],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        kses = {request.ks for request in sandbox.requests} - {""}
        account = sandbox.account
    printed = done.stdout + done.stderr
    ids = {
        *(room.entry_id for room in world.rooms),
        *(session.cue_point_id for session in world.sessions),
        *(presence.user_id for presence in world.presences),
        *(user.user_id for user in world.users),
        str(account.partner_id),
    } - {""}
    names = {*(room.name for room in world.rooms), *(user.name for user in world.users)} - {""}
    addresses = {user.email for user in world.users} - {""}
    secrets = {account.admin_secret, *(token.token for token in account.app_tokens), *kses}
    secrets |= {token.token_id for token in account.app_tokens} | set(map(quote_plus, kses))
    assert min(map(len, (ids, names, addresses, kses))) > 1
    assert json.loads(done.stdout)["sessions"]["listed"] > 100
    assert not [text for text in ids | names | addresses | secrets if text in printed]
    assert "@" not in printed


def test_given_facts_when_asked_for_then_people_s_names_are_not_asked_for(
    sandbox: Sandbox, facts_of: FactsOf
) -> None:
    facts_of(sandbox)

    with_rows = [seen for seen in sandbox.requests if seen.answered_rows]
    assert with_rows
    columns = {column for seen in with_rows for column in seen.columns_sent}
    assert columns.isdisjoint({"user_name", "user_email", "session_initiator", "entry_name"})


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"app_token": "wrong"}, "INVALID_APP_TOKEN_HASH"),
        ({"partner_id": 1}, "INVALID_WIDGET_ID"),
    ],
)
def test_given_credentials_that_are_wrong_when_asked_then_the_remedy_is_said_and_no_facts(
    sandbox: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    credentials: dict[str, Any],
    said: str,
) -> None:
    wrong = sandbox.credentials() | credentials

    assert run(arguments(sandbox, tmp_path, credentials=wrong)) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert "Check " in printed.err or "check " in printed.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[]", "The configuration is not a JSON object.\n"),
        (b"{", "The configuration is not a JSON object.\n"),
        (b'{"start_date": "soon"}', "start_date"),
    ],
)
def test_given_a_file_that_is_no_configuration_when_asked_then_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(content)

    assert run(["--config", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_given_no_file_when_asked_then_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--config", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err == (
        "The configuration cannot be read: No such file or directory.\n"
    )


@pytest.mark.parametrize("flags", [["--days", "0"], ["--days", "400"], ["--days", "ten"]])
def test_given_days_out_of_bounds_when_asked_then_the_bounds_are_said(
    sandbox: Sandbox, tmp_path: Path, flags: Sequence[str]
) -> None:
    with pytest.raises(SystemExit):
        run(arguments(sandbox, tmp_path, *flags))
    assert sandbox.requests == []
