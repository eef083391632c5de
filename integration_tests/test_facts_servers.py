"""`kaltura-rooms-facts` tells one kind of Kaltura server from another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from integration_tests.facts import DAY, MIDNIGHT, facts_of
from integration_tests.facts import sandbox as sandbox
from integration_tests.sandbox import Dialect, Sandbox, university


def test_given_filters_limits_and_columns_without_effect_when_asked_then_that_is_told(
    sandbox: Sandbox,
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
    sandbox: Sandbox,
) -> None:
    sandbox.faults.without_druid = True

    facts, _ = facts_of(sandbox)

    rooms = facts["reports"]["rooms"]
    assert rooms["excluded_columns_are_left_out"] is False
    assert rooms["limit_has_effect"] is False


def test_given_dates_without_effect_when_asked_then_that_is_told(sandbox: Sandbox) -> None:
    sandbox.faults.ignores_dates = True

    facts, _ = facts_of(sandbox)

    assert facts["reports"]["rooms"]["dates_have_effect"] is False
    assert facts["reports"]["rooms"]["empty_answer"] is None


@pytest.mark.parametrize(("header", "form"), [(True, "header"), (False, "blank line")])
def test_given_a_form_of_empty_reports_when_asked_then_it_and_the_header_are_told(
    sandbox: Sandbox, header: bool, form: str
) -> None:
    sandbox.dialect = Dialect(header_when_empty=header)

    facts, _ = facts_of(sandbox)

    rooms, breakouts = facts["reports"]["rooms"], facts["reports"]["breakouts"]
    assert rooms["empty_answer"] == form
    assert rooms["header"][0] == "entry_id"
    assert bool(breakouts["header"]) is header  # no breakout ever shows it


@pytest.mark.parametrize(("cap", "shown"), [(100_000, None), (500, 500), (412, 412)])
def test_given_a_cap_when_asked_then_its_number_is_suspected(cap: int, shown: int | None) -> None:
    with Sandbox(university(until=MIDNIGHT, seed=5), now=MIDNIGHT) as sandbox:
        sandbox.faults.caps = {6001: cap}

        facts, _ = facts_of(sandbox)

    assert facts["reports"]["attendees"]["possible_cap"] == shown
    assert facts["reports"]["rooms"]["possible_cap"] is None


def test_given_a_column_that_nobody_knows_and_a_key_that_is_missing_when_asked_then_told(
    sandbox: Sandbox,
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
    sandbox: Sandbox,
) -> None:
    sandbox.faults.missing_reports = {6002}

    facts, _ = facts_of(sandbox)

    assert facts["reports"]["breakouts"] == {
        "report": 6002,
        "answers": [{"hours": 180, "refused": "REPORT_NOT_FOUND"}],
    }
    assert facts["reports"]["rooms"]["most_rows"] == 2


def test_given_too_much_for_one_request_when_asked_then_days_are_asked_for(
    sandbox: Sandbox,
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
