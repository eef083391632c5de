"""A sync as a whole: its failures, warnings and requests."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateMessage, FailureType
from requests_mock import Mocker

from source_kaltura_rooms.reports import REPORTS
from unit_tests.reading import configured, read, report, serve, state_of
from unit_tests.stand_ins import error, forms_of, url_of

ROOMS = "entry_id,cue_point_id,session_start_time"
ROOM = "1_r,1_c,1770109200"
ATTENDEES = "entry_id,cue_point_id,user_id,user_type"
BREAKOUTS = "parent_entry_id,breakout_entry_id,cue_point_id,session_start_time"
ANSWERS = {
    "6000": report(ROOMS, ROOM),
    "6001": report(ATTENDEES, "1_r,1_c,ada,moderator"),
    "6002": report(BREAKOUTS, "1_r,1_b,1_d,1770109200"),
}
FIVE_WEEKS: dict[str, Any] = {"end_date": "2026-03-08T00:00:00Z"}


def good(form: Mapping[str, str]) -> bytes:
    return ANSWERS[form["id"]]


def test_given_three_streams_when_one_fails_then_the_others_go_on_and_it_fails_once(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    """Several of its windows are in flight when the first is refused."""
    serve(requests_mock, lambda form: "REPORT_NOT_FOUND" if form["id"] == "6002" else good(form))

    outcome = read("rooms", "breakouts", "attendees", **FIVE_WEEKS)

    (trace,) = outcome.failures
    assert trace.message == (
        "Stream breakouts: Kaltura answered REPORT_NOT_FOUND. This server does not have the "
        "report. Check that api_url is the server of your account's region, ask Kaltura for the "
        "report, or deselect the stream."
    )
    assert trace.failure_type == FailureType.config_error
    assert trace.stream_descriptor is not None
    assert trace.stream_descriptor.name == "breakouts"
    assert outcome.statuses("breakouts") == ["STARTED", "INCOMPLETE"]
    assert outcome.records("breakouts") == []
    assert outcome.states("breakouts")[-1] == "2026-01-31T23:59:59Z"
    for stream in ("rooms", "attendees"):
        assert outcome.statuses(stream) == ["STARTED", "RUNNING", "COMPLETE"]
        assert len(outcome.records(stream)) == 1
        assert outcome.states(stream)[-1] == "2026-03-07T23:59:59Z"
    assert outcome.error is not None


def test_given_all_streams_when_read_then_the_sync_ends_well(requests_mock: Mocker) -> None:
    serve(requests_mock, good)

    outcome = read("rooms", "attendees", "breakouts")

    assert outcome.error is None
    assert outcome.failures == []
    assert outcome.records("attendees")[0]["session_start_time"] == "2026-02-03T09:00:00Z"


@pytest.mark.parametrize(
    ("answer", "failure_type", "words"),
    [
        pytest.param(
            "LOCK_TIMED_OUT",
            FailureType.transient_error,
            "LOCK_TIMED_OUT (6 tries in",
            id="a_passing_fault",
        ),
        pytest.param(
            "A_CODE_OF_TOMORROW", FailureType.system_error, "A_CODE_OF_TOMORROW", id="unknown"
        ),
        pytest.param(
            report("entry_id,session_start_time"),
            FailureType.system_error,
            "a report without cue_point_id",
            id="a_report_without_keys",
        ),
        pytest.param(
            "DRUID_QUERY_TIMED_OUT",
            FailureType.transient_error,
            "DRUID_QUERY_TIMED_OUT when asked for 2026-",
            id="even_a_day_is_too_much",
        ),
        pytest.param(
            b"<p>\n",
            FailureType.transient_error,
            "something other than a report (6 tries in",
            id="no_report",
        ),
    ],
)
def test_given_a_refusal_that_stays_when_read_then_the_failure_says_what_and_whose_turn(
    answer: bytes | str, failure_type: FailureType, words: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: answer)

    outcome = read("rooms", **FIVE_WEEKS)

    (trace,) = outcome.failures
    assert outcome.statuses("rooms") == ["STARTED", "INCOMPLETE"]
    assert trace.failure_type == failure_type
    assert trace.message.startswith("Stream rooms: ")
    assert words in trace.message


def test_given_wrong_credentials_when_read_then_each_stream_fails_but_kaltura_is_asked_once(
    requests_mock: Mocker,
) -> None:
    requests_mock.post(url_of("session/start"), **error("START_SESSION_ERROR"))
    credentials = {"auth_type": "admin_secret", "partner_id": 9, "admin_secret": "s3cret"}

    outcome = read("rooms", "attendees", "breakouts", credentials=credentials, **FIVE_WEEKS)

    assert requests_mock.call_count == 1
    assert sorted(trace.message.split(": Kaltura")[0] for trace in outcome.failures) == [
        "Stream attendees",
        "Stream breakouts",
        "Stream rooms",
    ]


def test_given_an_admin_secret_when_read_then_one_session_serves_all_windows_of_all_streams(
    requests_mock: Mocker,
) -> None:
    requests_mock.post(url_of("session/start"), json="minted")
    serve(requests_mock, good)
    credentials = {"auth_type": "admin_secret", "partner_id": 9, "admin_secret": "s3cret"}

    read("rooms", "attendees", "breakouts", credentials=credentials, **FIVE_WEEKS)

    forms = forms_of(requests_mock)
    assert [form for form in forms if "secret" in form] == [forms[0]]
    assert {form["ks"] for form in forms[1:]} == {"minted"}


@pytest.mark.parametrize(
    ("streams", "state", "changes", "message"),
    [
        pytest.param(
            ("rooms", "hats", "shoes"),
            [],
            {},
            "The catalog asks for hats, shoes, but the streams of this source are "
            f"{', '.join(REPORTS)}; refresh the source schema.",
            id="a_catalog_of_another_source",
        ),
        pytest.param(
            ("rooms",),
            [],
            {"num_workers": 0},
            "num_workers must be a whole number from 1 to 10.",
            id="a_configuration_that_cannot_be_used",
        ),
        pytest.param(
            ("rooms",),
            [state_of("rooms", "yesterday")],
            {},
            "Stream rooms: its saved state is not one of this connector's, which look like "
            '{"session_start_time": "2026-02-04T23:59:59Z"}; clear the stream\'s data to read it '
            "anew.",
            id="a_state_of_others",
        ),
    ],
)
def test_given_what_only_the_user_can_mend_when_read_then_nothing_is_asked_of_kaltura(
    streams: tuple[str, ...],
    state: list[AirbyteStateMessage],
    changes: dict[str, Any],
    message: str,
    requests_mock: Mocker,
) -> None:
    outcome = read(*streams, state=state, **changes)

    assert outcome.error is not None
    assert outcome.error.message == message
    assert outcome.error.failure_type == FailureType.config_error
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("stream", "fields", "excluded"),
    [
        pytest.param(
            "rooms",
            ("entry_name", "session_end_time"),
            # The number of people is always asked for: it shows whether attendees are missing.
            {"parent_entry_id", "session_host_user_id", "meeting_engaged_play_time_ratio"},
            id="rooms",
        ),
        pytest.param(
            "attendees",
            ("meeting_view_time",),
            {"user_name", "user_email", "user_type", "meeting_engaged_play_time_ratio"},
            id="attendees",
        ),
        pytest.param(
            "breakouts",
            ("duration", "participant_count"),
            {
                "parent_entry_name",
                "breakout_entry_name",
                "session_initiator",
                "engagement_rate",
            },
            id="breakouts",
        ),
    ],
)
def test_given_fields_left_out_when_read_then_kaltura_does_not_send_and_records_do_not_have_them(
    stream: str, fields: tuple[str, ...], excluded: set[str], requests_mock: Mocker
) -> None:
    serve(requests_mock, good)

    outcome = read(configured(stream, fields=fields))

    form = next(one for one in forms_of(requests_mock) if one["id"] != "6000" or stream == "rooms")
    assert set(form["excludedFields"].split(",")) == excluded
    (record,) = outcome.records(stream)
    assert excluded.isdisjoint(record)
    assert set(fields) <= set(record)
    assert {"cue_point_id", "session_start_time"} <= set(record)


def test_given_a_catalog_without_streams_when_read_then_there_is_nothing_to_do(
    requests_mock: Mocker,
) -> None:
    outcome = read()

    assert outcome.messages == []
    assert outcome.error is None
    assert requests_mock.call_count == 0
