"""The sandbox's faults that show no sign: rows are missing, or too many, without a word."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from integration_tests.sandbox import Dialect, Sandbox, faults
from integration_tests.tiny_world import DAY, EVENING, MIDNIGHT, NEXT_DAY, TINY, ask, rows_of

BOTH_DAYS = (MIDNIGHT - DAY, NEXT_DAY)
WHOLE = (
    "\ufeffentry_id,cue_point_id,user_id\n"
    "1_mainroom,1_lecture1,ada\n"
    "1_mainroom,1_lecture1,bob\n"
    "1_breakout,1_group001,bob\n"
).encode()
ALL_BUT_IDS = "user_name,user_email,user_type,meeting_view_time,meeting_engaged_play_time_ratio"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


def asked(sandbox: Sandbox, report_id: int = 6001, also: str = "") -> requests.Response:
    return ask(sandbox, report_id, *BOTH_DAYS, also=also, excludedFields=ALL_BUT_IDS)


def test_given_a_lie_when_there_are_rows_then_the_header_alone(sandbox: Sandbox) -> None:
    sandbox.faults.script(faults.lie(), report=6001, every=2, times=None)
    assert asked(sandbox).content == WHOLE
    assert asked(sandbox).content == b"\xef\xbb\xbfentry_id,cue_point_id,user_id\n"
    assert asked(sandbox).content == WHOLE
    sandbox.dialect = Dialect(header_when_empty=False)
    assert asked(sandbox).content == b"\xef\xbb\xbf\n"
    assert [seen.answered_rows for seen in sandbox.requests] == [3, 0, 3, 0]


def test_given_a_lie_when_the_answer_is_an_error_then_it_stays_one(sandbox: Sandbox) -> None:
    sandbox.faults.missing_reports = {6001}
    sandbox.faults.script(faults.lie())
    assert asked(sandbox).headers["X-Kaltura"] == "error- REPORT_NOT_FOUND"


@pytest.mark.parametrize(
    ("report_id", "parameter", "ids", "count"),
    [
        (6001, "user_ids", "ada", 3),
        (6001, "cue_point_ids", "1_group001", 3),
        (6001, "entry_ids", "1_breakout", 3),
        (6000, "virtual_event_ids", "77", 2),
        (6002, "parentEntryIds", "1_elsewhere", 1),
    ],
)
def test_given_a_filter_without_effect_when_asked_then_all_rows(
    sandbox: Sandbox, report_id: int, parameter: str, ids: str, count: int
) -> None:
    assert len(rows_of(asked(sandbox, report_id, f"{parameter}={ids}"))) < count
    sandbox.faults.ignored_filters = {parameter}
    assert len(rows_of(asked(sandbox, report_id, f"{parameter}={ids}"))) == count


def test_given_dates_without_effect_when_asked_then_all_of_time(sandbox: Sandbox) -> None:
    assert rows_of(ask(sandbox, 6001, 0, 1)) == []
    sandbox.faults.ignores_dates = True
    assert len(rows_of(ask(sandbox, 6001, 0, 1))) == 3
    assert ask(sandbox, 6001, 0, 0, params="").json()["code"] == "INTERNAL_SERVERL_ERROR"


def test_given_a_list_cut_short_when_asked_then_only_its_first_ids_count(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.longest_id_list = 2
    ids = "cue_point_ids=1_nothing,1_group001,1_lecture1"
    assert [row["cue_point_id"] for row in rows_of(asked(sandbox, also=ids))] == ["1_group001"]
    sandbox.faults.longest_id_list = 3
    assert len(rows_of(asked(sandbox, also=ids))) == 3


def test_given_no_druid_when_asked_then_header_and_rows_part_and_nothing_is_capped(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.without_druid = True
    sandbox.faults.cap = 1
    body = asked(sandbox, also="limit=1").content.decode("utf-8-sig")
    assert body == (
        "entry_id,cue_point_id,user_id\n"
        '1_mainroom,1_lecture1,ada,Ada "A." Lovelace \nCountess,ada@uni.example,User,60,0.5\n'
        "1_mainroom,1_lecture1,bob,,,Guest,40,0.125\n"
        "1_breakout,1_group001,bob,,,Guest,15,0.33333333333333\n"
    )
    assert len(rows_of(ask(sandbox, 6001, *BOTH_DAYS))) == 3


def raw_answer(sandbox: Sandbox) -> tuple[http.client.HTTPResponse, bytes]:
    """The answer as it comes over the wire, to a client that accepts compression."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    start, end = BOTH_DAYS
    form = {
        "id": "6001",
        "ks": sandbox.ks(),
        "params": f"from_date={start};to_date={end}",
        "excludedFields": ALL_BUT_IDS,
    }
    headers = {"Accept-Encoding": "gzip", "Content-Type": "application/x-www-form-urlencoded"}
    path = "/api_v3/service/report/action/getCsvFromStringParams"
    connection.request("POST", path, urlencode(form), headers)
    answer = connection.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        (faults.until_closed(), WHOLE),
        (faults.until_closed_too_early(), b"\n".join(WHOLE.split(b"\n")[:2]) + b"\n"),
    ],
)
def test_given_neither_length_nor_chunks_when_sent_then_only_closing_ends_it(
    sandbox: Sandbox, fault: faults.Fault, body: bytes
) -> None:
    sandbox.faults.script(fault)
    answer, received = raw_answer(sandbox)
    assert received == body
    assert (answer.version, answer.headers["Connection"]) == (11, "close")
    for header in ("Content-Length", "Transfer-Encoding", "Content-Encoding"):
        assert answer.headers[header] is None


def test_given_phps_error_within_when_sent_then_it_follows_half_of_the_rows(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.script(faults.php_error_within())
    body = asked(sandbox).content.decode("utf-8-sig")
    assert body.startswith(
        "entry_id,cue_point_id,user_id\n1_mainroom,1_lecture1,ada\n<br />\n<b>Fatal error</b>:  "
    )
    assert body.endswith("<br />\n")
    assert "bob" not in body
    assert asked(sandbox).content == WHOLE


def test_given_too_much_as_an_internal_error_when_less_is_asked_then_answered(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.longest_interval = DAY
    sandbox.faults.too_much = faults.json_error("INTERNAL_SERVERL_ERROR")
    assert asked(sandbox).json() == {
        "code": "INTERNAL_SERVERL_ERROR",
        "message": "Internal server error occurred",
        "objectType": "KalturaAPIException",
        "args": [],
    }
    assert len(rows_of(ask(sandbox, 6001, EVENING, EVENING + DAY))) == 3


def test_given_a_control_character_or_no_id_when_asked_then_kalturas_words(
    sandbox: Sandbox,
) -> None:
    assert ask(sandbox, 6001, 0, 1, also="user_ids=a\x01").json() == {
        "code": "INVALID_PARAMETER_CHAR",
        "message": 'Invalid char in "params" field',
        "objectType": "KalturaAPIException",
        "args": {"XML_FIELD": "params"},
    }
    url = f"{sandbox.url}/api_v3/service/report/action/getCsvFromStringParams"
    without_id = requests.post(url, data={"format": 1, "ks": sandbox.ks()}, timeout=10).json()
    assert without_id["message"] == 'Missing parameter "id"'
    assert without_id["args"] == {"PARAM_NAME": "id"}
