"""The sandbox's faults: every way in which Kaltura, proxies and networks let a client down."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests

from integration_tests.sandbox import Dialect, Sandbox, faults, university
from integration_tests.tiny_world import DAY, MIDNIGHT, NEXT_DAY, TINY, ask, rows_of

BOTH_DAYS = (MIDNIGHT - DAY, NEXT_DAY)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


def asked(sandbox: Sandbox, report_id: int = 6001) -> requests.Response:
    return ask(sandbox, report_id, *BOTH_DAYS)


def test_given_a_json_error_when_scripted_twice_then_the_third_call_is_answered(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.script(faults.json_error("INTERNAL_DATABASE_ERROR"), times=2)
    answers = [asked(sandbox) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.headers["Content-Type"] for answer in answers] == [
        "application/json",
        "application/json",
        "text/csv",
    ]
    assert answers[0].json()["code"] == "INTERNAL_DATABASE_ERROR"
    assert [seen.answered_rows for seen in sandbox.requests] == [None, None, 4]


def test_given_a_script_when_it_names_its_calls_then_it_strikes_no_others(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.script(faults.html(503), report=6001, after=1, every=2, times=None)
    sandbox.faults.script(faults.html(502), when=lambda call: "limit" in call.params)
    assert [asked(sandbox, 6000).status_code for _ in range(2)] == [200, 200]
    assert [asked(sandbox, 6001).status_code for _ in range(5)] == [200, 200, 503, 200, 503]
    assert ask(sandbox, 6000, 0, 1, also="limit=1").status_code == 502
    sandbox.faults.clear_script()
    assert [asked(sandbox, 6001).status_code for _ in range(2)] == [200, 200]


def test_given_an_error_of_the_action_when_answered_then_only_headers_say_so(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.missing_reports = {6002}
    answer = asked(sandbox, 6002)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["X-Kaltura"] == "error- REPORT_NOT_FOUND"
    assert (
        answer.headers["X-Kaltura-App"]
        == 'exiting on error REPORT_NOT_FOUND - Report id "6002" not found'
    )
    assert len(rows_of(asked(sandbox, 6001))) == 4


def test_given_no_body_and_no_word_when_answered_then_nothing(sandbox: Sandbox) -> None:
    sandbox.faults.script(faults.nothing())
    answer = asked(sandbox)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "X-Kaltura" not in answer.headers


def test_given_a_page_when_answered_then_html_of_any_status(sandbox: Sandbox) -> None:
    sandbox.faults.script(faults.html(200, "Maintenance"))
    answer = asked(sandbox)
    assert (answer.status_code, answer.text.startswith("<html>")) == (200, True)


@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (faults.dropped(), requests.ConnectionError),
        (faults.reset(), requests.ConnectionError),
        (faults.short_of_length(), requests.exceptions.ChunkedEncodingError),
        (faults.without_last_chunk(), requests.exceptions.ChunkedEncodingError),
    ],
)
@pytest.mark.parametrize("gzip", [True, False])
def test_given_a_broken_connection_when_asked_then_the_client_notices(
    sandbox: Sandbox, fault: faults.Fault, raised: type[Exception], gzip: bool
) -> None:
    sandbox.faults.gzip = gzip
    sandbox.faults.script(fault)
    with pytest.raises(raised):
        asked(sandbox)
    assert len(sandbox.requests) == 1
    assert asked(sandbox).ok


def test_given_a_lost_line_end_when_asked_then_nothing_but_the_body_tells(
    sandbox: Sandbox,
) -> None:
    whole = asked(sandbox).content
    sandbox.faults.script(faults.without_last_line_end())
    sandbox.faults.script(faults.without_last_line_end(cut=5))
    assert asked(sandbox).content == whole[:-1]
    assert asked(sandbox).content == whole[:-5]


def test_given_a_slow_answer_when_the_client_gives_up_then_the_request_was_seen(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.script(faults.slow(30))
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{sandbox.url}/api_v3/service/report/action/getCsvFromStringParams",
            data={"id": 6000, "ks": sandbox.ks()},
            timeout=0.2,
        )
    assert len(sandbox.requests) == 1


def test_given_latency_when_asked_then_every_answer_waits(sandbox: Sandbox) -> None:
    sandbox.faults.latency = 0.2
    began = time.monotonic()
    asked(sandbox)
    assert time.monotonic() - began > 0.2


def test_given_a_cap_when_more_rows_then_some_are_missing_without_a_sign() -> None:
    """Not just the last rows, and always the same ones."""
    with Sandbox(university(until=MIDNIGHT, days=3), now=NEXT_DAY) as sandbox:
        span = (MIDNIGHT - 3 * DAY, NEXT_DAY)
        whole = rows_of(ask(sandbox, 6001, *span))
        sandbox.faults.cap = 100
        capped = rows_of(ask(sandbox, 6001, *span))
        assert len(capped) == 100
        assert capped != whole[:100]
        assert [row for row in whole if row in capped] == capped
        assert rows_of(ask(sandbox, 6001, *span)) == capped
        sandbox.faults.caps = {6001: 7}
        assert len(rows_of(ask(sandbox, 6001, *span))) == 7


def test_given_a_limit_when_asked_then_it_lowers_the_cap_only(sandbox: Sandbox) -> None:
    sandbox.faults.cap = 3
    assert len(rows_of(ask(sandbox, 6001, *BOTH_DAYS, also="limit=1"))) == 1
    assert len(rows_of(ask(sandbox, 6001, *BOTH_DAYS, also="limit=9"))) == 3
    sandbox.faults.limit_is_fixed = True
    assert len(rows_of(ask(sandbox, 6001, *BOTH_DAYS, also="limit=1"))) == 3


def test_given_too_much_for_one_query_when_asked_then_an_error_until_it_is_less(
    sandbox: Sandbox,
) -> None:
    sandbox.faults.longest_interval = DAY
    assert asked(sandbox).json()["code"] == "DRUID_QUERY_TIMED_OUT"
    assert ask(sandbox, 6001, MIDNIGHT, NEXT_DAY).headers["Content-Type"] == "text/csv"
    sandbox.faults.longest_interval = None
    sandbox.faults.most_rows = 3
    sandbox.faults.too_much = faults.json_error("SEARCH_TOO_GENERAL")
    assert asked(sandbox).json()["code"] == "SEARCH_TOO_GENERAL"
    sandbox.faults.too_much = faults.html(504)
    assert asked(sandbox).status_code == 504


def test_given_a_rate_limit_when_exceeded_then_blocked(sandbox: Sandbox) -> None:
    sandbox.faults.rate_limit = 2
    assert [asked(sandbox).headers["Content-Type"] for _ in range(2)] == ["text/csv"] * 2
    assert asked(sandbox).json()["message"] == (
        'Action "getcsvfromstringparams" in service "report" is blocked'
    )


def test_given_odd_sessions_when_asked_then_unlisted_or_without_times(sandbox: Sandbox) -> None:
    sandbox.faults.unlisted_sessions = {"1_group001"}
    sandbox.faults.untimed_sessions = {"1_lecture1"}
    sandbox.dialect = Dialect(missing_time="0", undefined_ratio="NaN")
    assert [row["session_start_time"] for row in rows_of(asked(sandbox, 6000))] == ["0"]
    assert rows_of(asked(sandbox, 6002)) == []
    ratios = [row["meeting_engaged_play_time_ratio"] for row in rows_of(asked(sandbox, 6001))]
    assert ratios == ["0.5", "0.25", "NaN", "0.33333333333333"]


def test_given_unknown_calls_when_made_then_kalturas_words(sandbox: Sandbox) -> None:
    api = f"{sandbox.url}/api_v3/service"
    form = {"format": 1}
    service = requests.post(f"{api}/nonsense/action/list", data=form, timeout=10).json()
    action = requests.post(f"{api}/report/action/nonsense", data=form, timeout=10).json()
    assert service["message"] == 'Service "nonsense" does not exists'
    assert action["message"] == 'Action "nonsense" does not exists for service "report"'
    assert requests.get(f"{sandbox.url}/elsewhere", timeout=10).status_code == 404


def test_given_prerendered_when_the_world_changes_then_the_answer_does(sandbox: Sandbox) -> None:
    sandbox.prerendered = True
    assert asked(sandbox).content == asked(sandbox).content
    sandbox.now = MIDNIGHT
    assert len(rows_of(asked(sandbox))) == 2


def test_given_a_stopped_sandbox_when_asked_on_an_open_connection_then_gone() -> None:
    sandbox = Sandbox(TINY).start()
    with requests.Session() as client:
        url = f"{sandbox.url}/elsewhere"
        assert client.get(url, timeout=10).status_code == 404
        sandbox.stop()
        with pytest.raises(requests.ConnectionError):
            client.get(url, timeout=10)
