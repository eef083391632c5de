"""The report call, and what becomes of a KS that Kaltura no longer takes."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest
from requests_mock import Mocker

from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy
from source_kaltura_rooms.kaltura.tables import RowTable
from source_kaltura_rooms.reports import ROOMS
from unit_tests.rows import rows_of
from unit_tests.stand_ins import REPORT_URL, config_of, error, forms_of, url_of

REPORT: dict[str, Any] = {
    "content": b"\xef\xbb\xbfentry_id,cue_point_id,session_start_time\n1_r,1_c,1770109200\n"
}
ROWS = [["1_r", "1_c", "1770109200"]]
START_URL = url_of("session/start")
ADMIN = {"auth_type": "admin_secret", "partner_id": 99, "admin_secret": "s3cret"}


def rooms_of(kaltura: KalturaClient) -> list[list[str]]:
    return rows_of(kaltura.report("rooms", ROOMS, "from_date=1;to_date=2").table)


def refused(logger: logging.Logger, **changes: Any) -> Refused:
    kaltura = KalturaClient(config_of(**changes), logger, RetryPolicy(retries=1))
    with pytest.raises(Refused) as raised:
        rooms_of(kaltura)
    return raised.value


def ks_of(mocker: Mocker) -> list[str]:
    """The KS of each report call, in order."""
    return [form["ks"] for form in forms_of(mocker) if "params" in form]


def test_given_a_ks_when_a_report_is_asked_for_then_this_form_is_sent(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, **REPORT)

    kaltura = KalturaClient(config_of(), logger)
    assert not kaltura.has_answered
    answer = kaltura.report("rooms", ROOMS, "from_date=1;to_date=2", ("entry_name", "shoe_size"))
    table = answer.table

    assert kaltura.has_answered
    assert answer.seconds == 0

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

    rooms_of(KalturaClient(config_of(), logger))

    assert set(forms_of(requests_mock)[0]) == {"id", "ks", "params", "format"}


def test_given_a_server_with_a_path_when_asked_then_it_is_called_there(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    url = url_of("report/getCsvFromStringParams", "https://video.example.edu/kaltura")
    requests_mock.post(url, **REPORT)

    config = config_of(api_url="https://video.example.edu/kaltura/api_v3/")

    assert rooms_of(KalturaClient(config, logger)) == ROWS


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<p>Sorry</p>\n", id="html"),
        pytest.param(REPORT["content"][:-1], id="without_its_last_line_end"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"result": 1}', id="json_of_others"),
    ],
)
def test_given_something_else_than_a_report_when_asked_then_it_is_tried_again(
    body: bytes, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, [{"content": body}, REPORT])

    assert rooms_of(KalturaClient(config_of(), logger)) == ROWS


def test_given_something_else_than_a_report_for_ever_when_asked_then_it_is_refused(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, content=b"<p>Sorry</p>\n")

    error_raised = refused(logger)

    assert error_raised.refusal.code == "something other than a report"
    assert error_raised.tried == "2 tries in 1 s"


def test_given_a_report_without_a_key_column_when_asked_then_it_is_given_up_at_once(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, content=b"\xef\xbb\xbfentry_id,session_start_time\n1_r,1\n")

    error_raised = refused(logger)

    assert error_raised.refusal.code == "a report without cue_point_id"
    assert error_raised.refusal.action is ErrorAction.GIVE_UP
    assert requests_mock.call_count == 1


def test_given_a_ready_made_ks_when_it_is_invalid_then_it_is_not_tried_again(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, **error("INVALID_KS"))

    assert refused(logger).refusal.code == "INVALID_KS"
    assert requests_mock.call_count == 1


def test_given_a_ks_when_it_is_invalid_then_a_new_one_is_used(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, [{"json": "first"}, {"json": "second"}])
    requests_mock.post(REPORT_URL, [error("INVALID_KS"), REPORT, REPORT])
    kaltura = KalturaClient(config_of(credentials=ADMIN), logger)

    assert rooms_of(kaltura) == ROWS
    assert rooms_of(kaltura) == ROWS
    assert ks_of(requests_mock) == ["first", "second", "second"]


def expired() -> dict[str, Any]:
    return {
        "json": {
            "code": "INVALID_KS",
            "message": 'Invalid KS "EXPIRED", Error "-1,INVALID_STR"',
            "objectType": "KalturaAPIException",
            "args": {"KSID": "EXPIRED", "ERR_CODE": "-1", "ERR_DESC": "INVALID_STR"},
        }
    }


def test_given_ks_that_expire_at_once_when_asked_then_up_to_three_new_ones_are_used(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    requests_mock.post(START_URL, [{"json": f"ks{number}"} for number in range(9)])
    requests_mock.post(REPORT_URL, [expired(), expired(), expired(), REPORT])

    assert rooms_of(KalturaClient(config_of(credentials=ADMIN), logger)) == ROWS
    assert ks_of(requests_mock) == ["ks0", "ks1", "ks2", "ks3"]
    assert "rooms: Kaltura answered INVALID_KS (EXPIRED); opening a new KS." in caplog.messages


def test_given_ks_that_are_always_invalid_when_asked_then_it_is_refused_with_the_reason(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, [{"json": f"ks{number}"} for number in range(9)])
    requests_mock.post(REPORT_URL, **expired())

    error_raised = refused(logger, credentials=ADMIN)

    assert ks_of(requests_mock) == ["ks0", "ks1", "ks2", "ks3"]
    assert str(error_raised) == (
        "Kaltura answered INVALID_KS (EXPIRED). Kaltura accepts the credentials, but called 3 new "
        "KS in a row invalid. The KS (Kaltura's session) has expired. Check that the app token or "
        "user is not restricted to other actions, and that a KS may live longer than a few seconds."
    )


@pytest.mark.parametrize("reason", ["EXCEEDED_RESTRICTED_IP", "EXCEEDED_RESTRICTED_URI"])
def test_given_a_restricted_ks_when_asked_then_no_other_is_opened(
    reason: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, json="first")
    answer = expired()
    answer["json"]["args"]["KSID"] = reason
    requests_mock.post(REPORT_URL, **answer)

    error_raised = refused(logger, credentials=ADMIN)

    assert ks_of(requests_mock) == ["first"]
    assert str(error_raised).startswith(f"Kaltura answered INVALID_KS ({reason}). The KS ")
    assert error_raised.action is ErrorAction.CONFIG_ERROR


def test_given_a_new_ks_when_it_is_refused_otherwise_then_that_is_said(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, json="first")
    requests_mock.post(REPORT_URL, [error("INVALID_KS"), error("SERVICE_FORBIDDEN")])

    error_raised = refused(logger, credentials=ADMIN)

    assert error_raised.refusal.code == "SERVICE_FORBIDDEN"
    assert "ANALYTICS_BASE" in error_raised.refusal.remedy


def test_given_a_ks_that_ends_between_tries_when_asked_then_it_is_renewed(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_URL, [{"json": "first"}, {"json": "second"}])
    requests_mock.post(
        REPORT_URL, [{"status_code": 502}, error("INVALID_KS"), {"status_code": 502}, REPORT]
    )

    assert rooms_of(KalturaClient(config_of(credentials=ADMIN), logger)) == ROWS
    assert ks_of(requests_mock) == ["first", "first", "second", "second"]


SHORT_HEADER = b"\xef\xbb\xbfentry_id,cue_point_id,session_start_time\n"
"""What a server without Druid makes of excluded columns: their names go, their values stay."""
NOTHING_LEFT_OUT = [
    pytest.param(SHORT_HEADER + b"1_r,My room,1_c,1770109200,1770112800\n", id="one_row"),
    pytest.param(
        SHORT_HEADER + b"1_r,My\nroom,1_c,1770109200,1770112800\n1_s,X,1_c,1770109200,1770112800\n",
        id="with_a_line_break",
    ),
    pytest.param(
        SHORT_HEADER + b'1_r,"My\n""room""",1_c,1770109200,1770112800\n',
        id="with_a_line_break_in_every_row",
    ),
]
WHOLE = (
    b"\xef\xbb\xbfentry_id,entry_name,cue_point_id,session_start_time,session_end_time\n"
    b"1_r,My room,1_c,1770109200,1770112800\n"
)


@pytest.mark.parametrize("body", NOTHING_LEFT_OUT)
def test_given_a_server_that_shortens_the_header_alone_when_asked_then_all_columns_are_asked_for(
    body: bytes, requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    requests_mock.post(REPORT_URL, [{"content": body}, {"content": WHOLE}, {"content": WHOLE}])
    kaltura = KalturaClient(config_of(), logger)
    excluded = ("entry_name", "session_end_time")

    for _ in range(2):
        table = kaltura.report("rooms", ROOMS, "from_date=1;to_date=2", excluded).table
        assert rows_of(table) == [["1_r", "My room", "1_c", "1770109200", "1770112800"]]

    sent = [form.get("excludedFields") for form in forms_of(requests_mock)]
    assert sent == ["entry_name,session_end_time", None, None]
    assert caplog.messages == [
        "rooms: this Kaltura server cannot leave columns out of its reports: it took them out of "
        "the header only. From now on all columns are asked for."
    ]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<p>a,b,c,d,e,f,g</p>\n", id="no_header"),
        pytest.param(SHORT_HEADER + b"1_r,1_c,17701", id="cut_off"),
        pytest.param(SHORT_HEADER + b"\n<br />\nFatal error\n", id="an_error_text"),
    ],
)
def test_given_a_damaged_report_when_columns_are_excluded_then_they_stay_excluded(
    body: bytes, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(REPORT_URL, [{"content": body}, REPORT])

    kaltura = KalturaClient(config_of(), logger)
    table = kaltura.report("rooms", ROOMS, "from_date=1;to_date=2", ("entry_name",)).table

    assert rows_of(table) == ROWS
    sent = [form.get("excludedFields") for form in forms_of(requests_mock)]
    assert sent == ["entry_name", "entry_name"]


@pytest.mark.parametrize(
    ("api_url", "warned"),
    [
        ("http://www.kaltura.com", True),
        ("http://10.0.0.7:8080", True),
        ("http://localhost.example.com", True),
        ("https://www.kaltura.com", False),
        ("http://localhost:8080", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
    ],
)
def test_given_plain_http_when_it_leaves_this_machine_then_it_is_warned_of_once(
    api_url: str, warned: bool, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    KalturaClient(config_of(api_url=api_url), logger)

    sentence = (
        "api_url begins with http://, so everyone on the way to Kaltura can read the credentials "
        "and the data. Use https://."
    )
    assert caplog.messages == ([sentence] if warned else [])


def test_given_a_lock_for_computing_when_an_answer_becomes_rows_then_it_is_held(
    requests_mock: Mocker, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    computing = threading.Lock()
    held: list[bool] = []

    def read(*arguments: Any) -> RowTable:
        held.append(computing.locked())
        return RowTable((), [])

    monkeypatch.setattr("source_kaltura_rooms.kaltura.client.read_table", read)
    requests_mock.post(REPORT_URL, **REPORT)

    KalturaClient(config_of(), logger, computing=computing).report("rooms", ROOMS, "")

    assert held == [True]
    assert not computing.locked()
