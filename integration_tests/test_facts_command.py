"""`kaltura-rooms-facts` asks for little, says nothing of anybody, and tells what went wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from integration_tests.facts import MIDNIGHT, arguments, facts_of
from integration_tests.facts import sandbox as sandbox
from integration_tests.sandbox import Sandbox, faults, university
from source_kaltura_rooms.facts.command import run


def test_given_passing_faults_when_asked_then_at_most_forty_requests_are_made() -> None:
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


def test_given_facts_when_asked_for_then_people_s_names_are_not_asked_for(sandbox: Sandbox) -> None:
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


def test_given_an_error_nobody_thought_of_when_asked_then_its_kind_alone_is_said(
    sandbox: Sandbox,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("1_lecture")

    monkeypatch.setattr("source_kaltura_rooms.facts.command.gather", fail)

    assert run(arguments(sandbox, tmp_path)) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "The command ended with an error of its own (KeyError). Please report it, with the version "
        "of the connector.\n"
    )
