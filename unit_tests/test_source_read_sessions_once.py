"""Rooms and attendees of one sync: the sessions that both need are asked for once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from requests_mock import Mocker

from unit_tests.reading import configured, read, report, serve, state_of
from unit_tests.stand_ins import forms_of

ROOMS = "entry_id,cue_point_id,session_start_time,session_end_time"
ATTENDEES = "entry_id,cue_point_id,user_id,user_type"
KNOWN = "1_r,1_c,1770109200,1770114600"
NEW = "1_r,1_new,1770109200,1770114600"
TWO_WEEKS: dict[str, Any] = {"end_date": "2026-02-15T00:00:00Z"}


def good(form: Mapping[str, str]) -> bytes:
    if form["id"] == "6000":
        return report(ROOMS, KNOWN)
    return report(ATTENDEES, "1_r,1_c,ada,moderator")


def reports_asked(mocker: Mocker) -> list[str]:
    return sorted(form["id"] for form in forms_of(mocker))


@pytest.mark.parametrize(
    "streams", [("rooms", "attendees"), ("attendees", "rooms")], ids=lambda one: f"{one[0]}_first"
)
@pytest.mark.parametrize("num_workers", [1, 4])
def test_given_both_streams_when_read_then_each_window_takes_one_request_of_each_report(
    streams: tuple[str, str], num_workers: int, requests_mock: Mocker
) -> None:
    serve(requests_mock, good)

    outcome = read(*streams, num_workers=num_workers, **TWO_WEEKS)

    assert reports_asked(requests_mock) == ["6000", "6000", "6001", "6001"]
    assert len(outcome.records("rooms")) == 1
    assert outcome.records("attendees")[0]["session_start_time"] == "2026-02-03T09:00:00Z"


def test_given_attendees_alone_when_read_then_sessions_are_asked_for_their_sake(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, good)

    outcome = read("attendees")

    assert reports_asked(requests_mock) == ["6000", "6001"]
    assert outcome.records("attendees")[0]["session_start_time"] == "2026-02-03T09:00:00Z"


def test_given_streams_with_different_states_when_read_then_each_reads_its_own_windows(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, good)

    outcome = read("rooms", "attendees", state=[state_of("rooms", "2026-02-06T23:59:59Z")])

    assert reports_asked(requests_mock) == ["6000", "6000", "6001"]
    assert outcome.records("rooms") == []
    assert len(outcome.records("attendees")) == 1


def test_given_fields_of_rooms_left_out_when_read_then_attendees_still_know_their_sessions(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, good)

    outcome = read(configured("rooms", fields=["entry_name"]), "attendees")

    forms = {form["id"]: form.get("excludedFields", "") for form in forms_of(requests_mock)}
    assert "session_start_time" not in forms["6000"]
    assert "session_host_user_id" in forms["6000"]
    assert "session_end_time" not in outcome.records("rooms")[0]
    assert outcome.records("attendees")[0]["session_start_time"] == "2026-02-03T09:00:00Z"


def test_given_a_session_that_came_after_the_rooms_when_attendees_are_read_then_it_is_looked_up(
    requests_mock: Mocker,
) -> None:
    """The list of rooms is older than the attendees, so an unknown session may just be new."""
    asked: list[str] = []

    def answer(form: Mapping[str, str]) -> bytes:
        asked.append(form["id"])
        if form["id"] == "6001":
            return report(ATTENDEES, "1_r,1_c,ada,moderator", "1_r,1_new,bob,attendee")
        return report(ROOMS, KNOWN, NEW) if "6001" in asked else report(ROOMS, KNOWN)

    serve(requests_mock, answer)

    outcome = read("rooms", "attendees", num_workers=1)

    assert asked == ["6000", "6001", "6000"]
    assert {one["user_id"]: one["session_start_time"] for one in outcome.records("attendees")} == {
        "ada": "2026-02-03T09:00:00Z",
        "bob": "2026-02-03T09:00:00Z",
    }


@pytest.mark.parametrize("num_workers", [1, 4])
def test_given_rooms_refused_when_attendees_need_them_too_then_each_fails_once_in_its_own_name(
    num_workers: int, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: "SERVICE_FORBIDDEN" if form["id"] == "6000" else good(form))

    outcome = read("rooms", "attendees", num_workers=num_workers, **TWO_WEEKS)

    assert sorted(trace.message.split(". ")[0] for trace in outcome.failures) == [
        "Stream attendees: Kaltura answered SERVICE_FORBIDDEN",
        "Stream rooms: Kaltura answered SERVICE_FORBIDDEN",
    ]
