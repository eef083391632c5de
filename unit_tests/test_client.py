"""The report call, and what becomes of a session that Kaltura no longer takes."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from requests_mock import Mocker

from source_kaltura_rooms.kaltura.calls import RetryPolicy
from source_kaltura_rooms.kaltura.client import Kaltura
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused
from source_kaltura_rooms.reports import ROOMS
from unit_tests.rows import rows_of
from unit_tests.stand_ins import REPORT_URL, config_of, error, forms_of, url_of

REPORT: dict[str, Any] = {
    "content": b"\xef\xbb\xbfentry_id,cue_point_id,session_start_time\n1_r,1_c,1770109200\n"
}
ROWS = [["1_r", "1_c", "1770109200"]]
START_URL = url_of("session/start")
ADMIN = {"auth_type": "admin_secret", "partner_id": 99, "admin_secret": "s3cret"}


def rooms_of(kaltura: Kaltura) -> list[list[str]]:
    return rows_of(kaltura.report("rooms", ROOMS, "from_date=1;to_date=2"))


def refused(logger: logging.Logger, **changes: Any) -> Refused:
    kaltura = Kaltura(config_of(**changes), logger, RetryPolicy(retries=1))
    with pytest.raises(Refused) as raised:
        rooms_of(kaltura)
    return raised.value


def sessions_of(mocker: Mocker) -> list[str]:
    """The session of each report call, in order."""
    return [form["ks"] for form in forms_of(mocker) if "params" in form]


def test_given_a_session_when_a_report_is_asked_for_then_this_form_is_sent(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, **REPORT)

    kaltura = Kaltura(config_of(), logger)
    table = kaltura.report("rooms", ROOMS, "from_date=1;to_date=2", ("entry_name", "shoe_size"))

    assert table.columns == ("entry_id", "cue_point_id", "session_start_time")
    assert rows_of(table) == ROWS
    assert forms_of(requests_mock) == [
        {
            "id": "6000",
            "ks": "djJ8MTIzfO+/kl==",
            "params": "from_date=1;to_date=2",
            "excludedFields": "entry_name,shoe_size",
            "format": "1",
        }
    ]
    assert requests_mock.request_history[0].url == REPORT_URL


def test_given_nothing_to_leave_out_when_asked_then_excluded_fields_are_not_sent(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, **REPORT)

    rooms_of(Kaltura(config_of(), logger))

    assert set(forms_of(requests_mock)[0]) == {"id", "ks", "params", "format"}


def test_given_a_server_with_a_path_when_asked_then_it_is_called_there(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    url = url_of("report/getCsvFromStringParams", "https://video.example.edu/kaltura")
    requests_mock.post(url, **REPORT)

    config = config_of(api_url="https://video.example.edu/kaltura/api_v3/")

    assert rooms_of(Kaltura(config, logger)) == ROWS


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>Sorry</html>\n", id="html"),
        pytest.param(REPORT["content"][:-1], id="without_its_last_line_end"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"result": 1}', id="json_of_others"),
    ],
)
def test_given_something_else_than_a_report_when_asked_then_it_is_tried_again(
    body: bytes, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, [{"content": body}, REPORT])

    assert rooms_of(Kaltura(config_of(), logger)) == ROWS


def test_given_something_else_than_a_report_for_ever_when_asked_then_it_is_refused(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, content=b"<html>Sorry</html>\n")

    error_raised = refused(logger)

    assert error_raised.refusal.code == "something other than a report"
    assert error_raised.tried == "2 tries in 0 s"


def test_given_a_report_without_a_key_column_when_asked_then_it_is_given_up_at_once(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, content=b"\xef\xbb\xbfentry_id,session_start_time\n1_r,1\n")

    error_raised = refused(logger)

    assert error_raised.refusal.code == "a report without cue_point_id"
    assert error_raised.refusal.action is ErrorAction.GIVE_UP
    assert requests_mock.call_count == 1


def test_given_a_ready_made_session_when_it_is_invalid_then_it_is_not_tried_again(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, **error("INVALID_KS"))

    assert refused(logger).refusal.code == "INVALID_KS"
    assert requests_mock.call_count == 1


def test_given_a_minted_session_when_it_is_invalid_then_a_new_one_is_used(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, [{"json": "first"}, {"json": "second"}])
    requests_mock.post(REPORT_URL, [error("INVALID_KS"), REPORT, REPORT])
    kaltura = Kaltura(config_of(credentials=ADMIN), logger)

    assert rooms_of(kaltura) == ROWS
    assert rooms_of(kaltura) == ROWS
    assert sessions_of(requests_mock) == ["first", "second", "second"]


def test_given_minted_sessions_that_are_always_invalid_when_asked_then_one_new_one_is_enough(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, [{"json": "first"}, {"json": "second"}, {"json": "third"}])
    requests_mock.post(REPORT_URL, **error("INVALID_KS"))

    error_raised = refused(logger, credentials=ADMIN)

    assert sessions_of(requests_mock) == ["first", "second"]
    assert error_raised.refusal.code == "INVALID_KS"
    assert error_raised.refusal.remedy == (
        "Kaltura accepted the credentials but not the session they gave: the app token or the user "
        "may be restricted to other actions."
    )


def test_given_a_new_session_when_it_is_refused_otherwise_then_that_is_said(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, json="first")
    requests_mock.post(REPORT_URL, [error("INVALID_KS"), error("SERVICE_FORBIDDEN")])

    error_raised = refused(logger, credentials=ADMIN)

    assert error_raised.refusal.code == "SERVICE_FORBIDDEN"
    assert "ANALYTICS_BASE" in error_raised.refusal.remedy


def test_given_a_session_that_ends_between_tries_when_asked_then_it_is_renewed(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, [{"json": "first"}, {"json": "second"}])
    requests_mock.post(
        REPORT_URL, [{"status_code": 502}, error("INVALID_KS"), {"status_code": 502}, REPORT]
    )

    assert rooms_of(Kaltura(config_of(credentials=ADMIN), logger)) == ROWS
    assert sessions_of(requests_mock) == ["first", "first", "second", "second"]
