"""With pseudonyms, nobody's ID, address or name is in anything that the connector prints."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import STREAMS, Outcome, configured_catalog, in_order, run
from integration_tests.sandbox import Sandbox, World, faults, rfc3339, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
START = END - 3 * DAY
SECRET = "correct horse battery staple"
OTHER_SECRET = "another horse battery"
NAMES = {"user_name", "session_initiator"}
FAILURES = {
    "a code": faults.json_error("SERVICE_FORBIDDEN"),
    "a page": faults.html(403),
    "no last line end": faults.without_last_line_end(10),
    "an error of PHP": faults.php_error_within(),
}
"""What Kaltura answers in place of report 6001, or in the middle of it."""


@pytest.fixture(scope="module")
def world() -> World:
    return university(seed=1, until=END, days=4, without_session=False)


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, now=END) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def clear(world: World, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What is read as it is."""
    with Sandbox(world, now=END) as sandbox:
        config = config_of(sandbox, personal_data={"mode": "as_it_is"})
        folder = tmp_path_factory.mktemp("clear")
        return run("read", folder, config=config, catalog=configured_catalog())


def config_of(sandbox: Sandbox, secret: str = SECRET, **changes: Any) -> dict[str, Any]:
    return sandbox.config(
        **{
            "start_date": rfc3339(START),
            "end_date": rfc3339(END),
            "personal_data": {"mode": "pseudonyms", "secret": secret},
            **changes,
        }
    )


def read(sandbox: Sandbox, folder: Path, *flags: str, **changes: Any) -> Outcome:
    config = config_of(sandbox, **changes)
    return run("read", folder, *flags, config=config, catalog=configured_catalog())


def people_of(sandbox: Sandbox) -> set[str]:
    """Every ID, address and name that Kaltura has in its reports."""
    columns = ("user_id", "user_email", "user_name", "session_host_user_id", "session_initiator")
    return {
        str(row[column])
        for stream in STREAMS
        for row in sandbox.truth(stream, START - DAY, END)
        for column in columns
        if row.get(column)
    }


def shown(outcome: Outcome, sandbox: Sandbox) -> list[str]:
    """Who of the sandbox's people is in anything that the connector printed."""
    texts = [outcome.output, json.dumps(outcome.messages, ensure_ascii=False)]
    for room in sandbox.world.rooms:  # their names may hold names, as the docs say
        texts = [text.replace(room.name.replace(",", " "), "") for text in texts]
    words = {word for text in texts for word in re.split(r"[^\w.@-]+", text)}
    return sorted(
        person
        for person in people_of(sandbox)
        # An ID such as 00001 is looked for as a word of its own: it stands in many a number.
        if person in words or (not person.isdigit() and any(person in text for text in texts))
    )


def with_pseudonyms(
    rows: Iterable[Mapping[str, Any]], secret: str = SECRET
) -> list[dict[str, Any]]:
    """The rows as they are emitted."""

    def pseudonym(text: str) -> str:
        return hmac.digest(secret.encode(), text.encode(), "sha256").hex()[:32] if text else text

    emitted = []
    for row in rows:
        one = {name: value for name, value in row.items() if name not in NAMES}
        for name in {"user_id", "session_host_user_id", "user_email"} & one.keys():
            if one[name] is not None:
                one[name] = pseudonym(one[name].lower() if name == "user_email" else one[name])
        emitted.append(one)
    return emitted


def test_given_pseudonyms_when_read_then_the_rows_are_the_same_but_for_the_people(
    sandbox: Sandbox, clear: Outcome, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path, "--debug")

    assert outcome.exit_code == 0
    for stream in STREAMS:
        expected = with_pseudonyms(clear.records(stream))
        assert in_order(stream, outcome.records(stream)) == in_order(stream, expected)
    assert "Rows with the same key went out as one" in clear.logs  # some rows have the same key
    assert len(shown(clear, sandbox)) > 300
    assert shown(outcome, sandbox) == []
    asked = [request for request in sandbox.requests if request.report_id]
    assert {request.report_id for request in asked} == {6000, 6001, 6002}
    assert all(set(request.excluded_fields) >= NAMES for request in asked)
    assert SECRET not in outcome.output


def test_given_the_host_of_a_session_when_joined_then_it_is_one_of_the_attendees(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = read(sandbox, tmp_path)

    hosts = {one["session_host_user_id"] for one in outcome.records("rooms")} - {""}
    clear_hosts = {one["session_host_user_id"] for one in sandbox.truth("rooms", START, END)}
    attendees = {one["user_id"] for one in outcome.records("attendees")}
    assert len(hosts) == len(clear_hosts - {None, ""})
    assert hosts & attendees


def test_given_a_server_that_sends_names_all_the_same_when_read_then_they_go_no_further(
    sandbox: Sandbox, clear: Outcome, tmp_path: Path
) -> None:
    sandbox.faults.ignores_excluded_fields = True

    outcome = read(sandbox, tmp_path, "--debug")

    assert outcome.exit_code == 0
    expected = with_pseudonyms(clear.records("attendees"))
    assert in_order("attendees", outcome.records("attendees")) == in_order("attendees", expected)
    assert shown(outcome, sandbox) == []
    assert outcome.logs.count("does not leave names of people out of its answers") == 1


def test_given_a_server_that_runs_reports_as_sql_when_read_then_names_go_no_further(
    sandbox: Sandbox, clear: Outcome, tmp_path: Path
) -> None:
    sandbox.faults.without_druid = True

    outcome = read(sandbox, tmp_path, "--debug")

    assert outcome.exit_code == 0
    expected = with_pseudonyms(clear.records("breakouts"))
    assert in_order("breakouts", outcome.records("breakouts")) == in_order("breakouts", expected)
    assert shown(outcome, sandbox) == []
    assert outcome.logs.count("does not leave names of people out of its answers") == 1


def test_given_filters_in_clear_when_read_then_they_hold(
    sandbox: Sandbox, clear: Outcome, tmp_path: Path
) -> None:
    attendees = clear.records("attendees")
    chosen = sorted({row["user_id"] for row in attendees} - {""})[:3]
    sandbox.faults.ignored_filters = ("user_ids",)

    outcome = read(sandbox, tmp_path, user_ids=chosen)

    expected = with_pseudonyms([row for row in attendees if row["user_id"] in chosen])
    assert in_order("attendees", outcome.records("attendees")) == in_order("attendees", expected)


def test_given_another_secret_when_read_then_everybody_is_somebody_else(
    sandbox: Sandbox, clear: Outcome, tmp_path: Path
) -> None:
    first = {one["user_id"] for one in read(sandbox, tmp_path).records("attendees")}
    other = read(sandbox, tmp_path, secret=OTHER_SECRET)

    assert first & {one["user_id"] for one in other.records("attendees")} == {""}
    expected = with_pseudonyms(clear.records("attendees"), OTHER_SECRET)
    assert in_order("attendees", other.records("attendees")) == in_order("attendees", expected)


@pytest.mark.parametrize("command", ["check", "discover"])
def test_given_debug_when_checked_or_discovered_then_nobody_is_shown_and_no_name_asked_for(
    sandbox: Sandbox, tmp_path: Path, command: str
) -> None:
    outcome = run(command, tmp_path, "--debug", config=config_of(sandbox))

    assert outcome.exit_code == 0
    assert '"type": "DEBUG"' in outcome.output
    assert shown(outcome, sandbox) == []
    asked = [request for request in sandbox.requests if request.report_id]
    assert bool(asked) is (command == "check")
    assert all(set(request.excluded_fields) >= NAMES for request in asked)


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("command", ["check", "read"])
def test_given_a_failure_when_checked_or_read_with_debug_then_nobody_is_shown(
    sandbox: Sandbox, tmp_path: Path, command: str, failure: str
) -> None:
    sandbox.faults.script(FAILURES[failure], report=6001, times=2)
    catalog = configured_catalog() if command == "read" else None

    outcome = run(command, tmp_path, "--debug", config=config_of(sandbox), catalog=catalog)

    assert shown(outcome, sandbox) == []
