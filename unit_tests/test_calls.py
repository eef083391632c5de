"""One call of Kaltura's API: a form by POST, answered, refused, or tried again."""

from __future__ import annotations

import io
import logging
import ssl
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from requests_mock import Mocker
from urllib3 import HTTPResponse
from urllib3.exceptions import ReadTimeoutError

from source_kaltura_rooms.kaltura.calls import Caller, Clock
from source_kaltura_rooms.kaltura.connections import READ_SIZE
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.refusals import no_answer
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy
from unit_tests.stand_ins import error, forms_of, url_of

ACTION = "report/getCsvFromStringParams"
URL = url_of(ACTION)
GOOD: dict[str, Any] = {"content": b"good"}


def called(logger: logging.Logger, patience: RetryPolicy | None = None) -> str:
    caller = Caller("https://www.kaltura.com", logger, patience)
    return caller.call("rooms", ACTION, {"id": "6000"}, bytes.decode).value


def refused(logger: logging.Logger, patience: RetryPolicy | None = None) -> Refused:
    with pytest.raises(Refused) as raised:
        called(logger, patience)
    return raised.value


def cut_off() -> dict[str, Any]:
    """An answer whose connection ends before as much has come as was announced."""
    raw = HTTPResponse(
        body=io.BytesIO(b"\xef\xbb\xbfentry_id\n1_ro"),
        headers={"Content-Length": "1000"},
        status=200,
        preload_content=False,
        enforce_content_length=True,
    )
    return {"raw": raw}


def test_given_a_call_when_sent_then_it_is_a_form_by_post_with_nothing_in_the_url(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **GOOD)
    form = {"ks": "a/b+c=|d", "params": "from_date=1;to_date=2", "userId": ""}

    Caller("https://www.kaltura.com", logger).call("rooms", ACTION, form, bytes.decode)

    (request,) = requests_mock.request_history
    assert request.method == "POST"
    assert request.url == (
        "https://www.kaltura.com/api_v3/service/report/action/getCsvFromStringParams"
    )
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert forms_of(requests_mock) == [{**form, "format": "1"}]


def test_given_a_call_when_sent_then_it_waits_longer_than_kaltura_works(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **GOOD)

    called(logger)

    (request,) = requests_mock.request_history
    timeout: object = request.timeout
    assert timeout == (10, 660)
    assert request.stream is True


def test_given_an_answer_when_read_then_its_bytes_are_what_the_reader_gets(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    """Whatever the charset of Content-Type, or that it has none."""
    requests_mock.post(
        URL, content="Zoë".encode(), headers={"Content-Type": "text/csv; charset=ISO-8859-1"}
    )

    assert called(logger) == "Zoë"


def test_given_a_redirect_when_answered_then_nothing_is_sent_there(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, status_code=302, headers={"Location": "https://elsewhere.example/"})
    elsewhere = requests_mock.register_uri("GET", "https://elsewhere.example/", **GOOD)

    assert refused(logger).refusal.code == "HTTP 302, a redirect to https://elsewhere.example"
    assert elsewhere.call_count == 0


TRIES = [
    pytest.param(error("INVALID_KS"), 1, "", id="INVALID_KS_is_for_a_new_ks"),
    pytest.param(error("SERVICE_FORBIDDEN"), 1, "", id="what_the_user_must_correct_once"),
    pytest.param(error("DRUID_QUERY_TIMED_OUT"), 1, "", id="what_is_too_much_once"),
    pytest.param(error("A_CODE_OF_TOMORROW"), 1, "", id="an_unknown_code_once"),
    pytest.param({"status_code": 404}, 1, "", id="HTTP_404_once"),
    pytest.param({"status_code": 413}, 1, "", id="HTTP_413_once"),
    pytest.param({"status_code": 504}, 1, "", id="HTTP_504_once"),
    pytest.param({"content": b"<!doctype html>"}, 1, "", id="a_web_page_once"),
    pytest.param({"exc": requests.ReadTimeout}, 1, "", id="no_answer_in_time_once"),
    pytest.param(
        {"exc": requests.ConnectionError(ReadTimeoutError(None, None, "slow"))},  # type: ignore[arg-type]
        1,
        "",
        id="an_answer_that_stops_coming_once",
    ),
    pytest.param(error("INTERNAL_SERVERL_ERROR"), 3, "3 tries in 3 s", id="an_internal_error"),
    pytest.param({"status_code": 500}, 3, "3 tries in 3 s", id="HTTP_500_with_an_empty_body"),
    pytest.param({"status_code": 502}, 6, "6 tries in 31 s", id="HTTP_502"),
    pytest.param({"content": b""}, 6, "6 tries in 31 s", id="an_empty_answer"),
    pytest.param({"exc": requests.ConnectTimeout}, 4, "4 tries in 7 s", id="no_connection_in_time"),
    pytest.param({"exc": requests.ConnectionError}, 4, "4 tries in 7 s", id="no_connection"),
    pytest.param(
        {"exc": requests.exceptions.SSLError}, 4, "4 tries in 7 s", id="no_secure_connection"
    ),
    pytest.param(
        {"exc": requests.exceptions.SSLError(ssl.SSLCertVerificationError())},
        1,
        "",
        id="a_certificate_that_is_not_accepted_once",
    ),
    pytest.param(error("ACTION_BLOCKED"), 41, "41 tries in 720 s", id="the_rate_limit"),
    pytest.param({"status_code": 429}, 41, "41 tries in 720 s", id="HTTP_429"),
    pytest.param(
        {"status_code": 429, "headers": {"Retry-After": "110"}},
        11,
        "11 tries in 1210 s",
        id="the_rate_limit_with_long_waits_for_twenty_minutes",
    ),
]


@pytest.mark.parametrize(("answer", "tries", "tried"), TRIES)
def test_given_a_refusal_that_stays_when_called_then_it_is_tried_this_often(
    answer: dict[str, Any], tries: int, tried: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **answer)

    error = refused(logger)

    assert requests_mock.call_count == tries
    assert error.tried == tried


@pytest.mark.parametrize(("answer", "tries", "tried"), [one for one in TRIES if one.values[1] != 1])
def test_given_a_refusal_that_passes_when_called_then_the_answer_counts(
    answer: dict[str, Any], tries: int, tried: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [answer] * (tries - 1) + [GOOD])

    assert called(logger) == "good"
    assert requests_mock.call_count == tries


def test_given_a_body_of_many_pieces_when_called_then_all_of_it_is_read(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    body = "".join(str(number) for number in range(400_000))
    requests_mock.post(URL, text=body)

    assert len(body) > 2 * READ_SIZE
    assert called(logger) == body


def test_given_a_body_that_was_cut_off_when_called_then_it_is_not_believed_but_tried_again(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [cut_off(), cut_off(), GOOD])

    assert called(logger) == "good"
    assert requests_mock.call_count == 3


def test_given_bodies_that_are_always_cut_off_when_called_then_it_is_refused(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [cut_off() for _ in range(6)])

    error = refused(logger)

    assert error.refusal.code == "an answer that broke off"
    assert error.refusal.action is ErrorAction.RETRY
    assert requests_mock.call_count == 6


def test_given_bytes_that_the_reader_refuses_when_called_then_its_refusal_is_treated(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [{"content": b"<p>"}, GOOD])

    def read(body: bytes) -> str:
        if body.startswith(b"<"):
            raise Refused(no_answer("something else"))
        return body.decode()

    caller = Caller("https://www.kaltura.com", logger)

    assert caller.call("rooms", ACTION, {}, read).value == "good"
    assert requests_mock.call_count == 2


def test_given_different_refusals_when_called_then_each_kind_is_counted_by_itself(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    fault, blocked, internal = {"status_code": 502}, error("ACTION_BLOCKED"), {"status_code": 500}
    answers = [fault, blocked, internal, fault, fault, blocked, fault, internal, fault, GOOD]
    requests_mock.post(URL, answers)

    assert called(logger) == "good"
    assert requests_mock.call_count == 10


def test_given_different_refusals_when_tries_end_then_all_tries_and_the_last_code_are_said(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [{"status_code": 502}, error("ACTION_BLOCKED"), error("MISSING_KS")])

    error_raised = refused(logger)

    assert error_raised.refusal.code == "MISSING_KS"
    assert error_raised.tried == "3 tries in 19 s"
    assert str(error_raised) == (
        "Kaltura answered MISSING_KS (3 tries in 19 s). No KS (Kaltura's session) arrived at "
        "Kaltura; check the credentials."
    )


def test_given_passing_faults_when_tried_again_then_waits_double(
    requests_mock: Mocker, logger: logging.Logger, waits: list[float]
) -> None:
    requests_mock.post(URL, status_code=503)

    refused(logger)

    assert waits == [1, 2, 4, 8, 16]


def test_given_retry_after_when_tried_again_then_it_is_waited_for(
    requests_mock: Mocker, logger: logging.Logger, waits: list[float]
) -> None:
    asked = [
        {"status_code": 429, "headers": {"Retry-After": "1"}},
        {"status_code": 503, "headers": {"Retry-After": "25"}},
        {"status_code": 429, "headers": {"Retry-After": "0"}},
        {"status_code": 503, "headers": {"Retry-After": "86400"}},
    ]
    requests_mock.post(URL, [*asked, GOOD])

    called(logger)

    assert waits == pytest.approx([1.1, 27.5, 1, 132])  # the longest; chance may take off a tenth


def test_given_a_policy_when_it_says_how_long_to_wait_then_chance_spreads_it() -> None:
    """No wait is shorter than what the server asked for, or than the rate limit's memory."""
    policy = RetryPolicy()
    fault = Refusal("HTTP 503", ErrorAction.RETRY, "")
    limit = Refusal("HTTP 429", ErrorAction.WAIT, "")
    asked = Refusal("HTTP 429", ErrorAction.WAIT, "", retry_after=40)
    least = SimpleNamespace(uniform=lambda least, most: least)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("source_kaltura_rooms.kaltura.retry_policy.random", least)
        assert [policy.wait(one, 3) for one in (fault, limit, asked)] == [2.0, 12.0, 40.0]
    assert [policy.wait(one, 3) for one in (fault, limit, asked)] == pytest.approx([4, 18, 44])


def test_given_a_retry_when_it_is_logged_then_once_and_with_what_happened_and_the_true_wait(
    requests_mock: Mocker,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    faults = [
        {"status_code": 503},
        error("ACTION_BLOCKED"),
        {"exc": requests.ConnectionError(ConnectionRefusedError())},
        {"status_code": 503},
    ]
    requests_mock.post(URL, [*faults, GOOD])

    called(logger)

    assert caplog.messages == [
        "rooms: Kaltura answered HTTP 503; trying again in 1.0 s (try 2 of 6).",
        "rooms: Kaltura answered ACTION_BLOCKED; trying again in 18.0 s (try 2 of 41).",
        "rooms: www.kaltura.com refused the connection; trying again in 2.0 s (try 3 of 6).",
        "rooms: Kaltura answered HTTP 503; trying again in 4.0 s (try 4 of 6).",
    ]
    assert capsys.readouterr().out == ""


def test_given_a_shorter_policy_when_called_then_it_ends_earlier(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, status_code=503)

    assert refused(logger, RetryPolicy(retries=2)).tried == "3 tries in 3 s"
    assert requests_mock.call_count == 3


def test_given_the_rate_limit_when_waiting_then_whoever_wants_to_know_is_told(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    told: list[tuple[str, float, str]] = []
    requests_mock.post(URL, [error("ACTION_BLOCKED"), {"status_code": 503}, GOOD])
    caller = Caller(
        "https://www.kaltura.com",
        logger,
        on_wait=lambda stream, seconds, reason: told.append((stream, seconds, reason)),
    )

    caller.call("rooms", ACTION, {}, bytes.decode)

    assert told == [("rooms", 18.0, "ACTION_BLOCKED")]


def test_given_whoever_counts_requests_when_it_refuses_one_then_it_is_not_sent(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **error("INTERNAL_DATABASE_ERROR"))
    told: list[str] = []

    def two_at_most(action: str) -> None:
        if len(told) == 2:
            raise Refused(Refusal("no request left", ErrorAction.GIVE_UP, "Ask later."))
        told.append(action)

    caller = Caller("https://www.kaltura.com", logger, on_request=two_at_most)

    with pytest.raises(Refused, match="no request left"):
        caller.call("rooms", ACTION, {}, bytes.decode)

    assert told == [ACTION, ACTION]
    assert len(forms_of(requests_mock)) == 2


def test_given_a_refusal_when_raised_then_nothing_of_the_answer_is_in_it(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **error("INVALID_KS", 'Invalid KS "djJ8secret"'))

    error_raised = refused(logger)

    assert "djJ8secret" not in f"{error_raised}{error_raised.refusal}{error_raised.detail}"
    assert error_raised.refusal.code == "INVALID_KS"
    assert error_raised.__cause__ is None


def test_given_an_answer_when_it_counts_then_its_seconds_are_without_tries_before(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    now = [0.0]

    def answer(request: object, context: Any) -> bytes:
        now[0] += 7 if len(requests_mock.request_history) == 2 else 100
        context.status_code = 200 if len(requests_mock.request_history) == 2 else 503
        return b"good"

    def sleep(seconds: float) -> None:
        now[0] += seconds

    requests_mock.post(URL, content=answer)
    clock = Clock(now=lambda: now[0], sleep=sleep)

    reply = Caller("https://www.kaltura.com", logger, clock=clock).call(
        "rooms", ACTION, {}, bytes.decode
    )

    assert reply.seconds == 7
    assert now == [108]


@pytest.mark.parametrize("status", [403, 404, 409, 421, 425])
def test_given_a_status_that_may_pass_when_the_api_answered_before_then_it_is_tried_once_more(
    status: int, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [GOOD, {"status_code": status}, GOOD, {"status_code": status}])
    caller = Caller("https://www.kaltura.com", logger)

    caller.call("rooms", ACTION, {}, bytes.decode)
    assert caller.call("rooms", ACTION, {}, bytes.decode).value == "good"
    with pytest.raises(Refused) as raised:
        caller.call("rooms", ACTION, {}, bytes.decode)

    assert raised.value.refusal.code == f"HTTP {status}"
    assert raised.value.tried == "2 tries in 1 s"
    assert requests_mock.call_count == 5


def test_given_a_code_of_kalturas_when_answered_then_the_api_has_answered(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [error("LOCK_TIMED_OUT"), {"status_code": 404}, GOOD])

    assert called(logger) == "good"


NOBODY: dict[str, Any] = {"exc": requests.ConnectionError(ConnectionRefusedError())}


def test_given_a_server_that_nobody_reached_when_called_again_then_it_fails_at_once(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **NOBODY)
    caller = Caller("https://www.kaltura.com", logger)

    for _ in range(10):
        with pytest.raises(Refused) as raised:
            caller.call("rooms", ACTION, {}, bytes.decode)
        assert str(raised.value) == (
            "www.kaltura.com refused the connection (4 tries in 7 s). Check api_url, the network "
            "and the firewall."
        )
    assert requests_mock.call_count == 4


def test_given_a_server_that_lets_each_try_wait_when_never_reached_then_it_ends_within_a_minute(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    """With three addresses, of which each one is tried for ten seconds."""
    now = [0.0]

    def wait(seconds: float) -> None:
        now[0] += seconds

    def silent(request: object, context: object) -> bytes:
        wait(30)
        raise requests.ConnectTimeout

    requests_mock.post(URL, content=silent)
    caller = Caller("https://www.kaltura.com", logger, clock=Clock(lambda: now[0], wait))

    with pytest.raises(Refused):
        caller.call("rooms", ACTION, {}, bytes.decode)

    assert now == [30]


def test_given_a_server_that_answered_before_when_it_cannot_be_reached_then_calls_go_on_trying(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    """And as often as after any passing fault."""
    requests_mock.post(URL, [GOOD, *[NOBODY] * 6, GOOD])
    caller = Caller("https://www.kaltura.com", logger)

    caller.call("rooms", ACTION, {}, bytes.decode)
    with pytest.raises(Refused):
        caller.call("rooms", ACTION, {}, bytes.decode)
    assert caller.call("rooms", ACTION, {}, bytes.decode).value == "good"


def unproven(body: bytes) -> dict[str, Any]:
    """An answer that ends when the connection ends."""
    return {"content": body, "headers": {"Connection": "close"}}


WARNING = (
    "rooms: Kaltura's reports come without a length, so that nothing proves that they are whole; "
    "is a proxy in the way? The same report came twice, which is taken for whole, here and in the "
    "rest of this sync."
)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]


def test_given_an_answer_without_a_proven_end_when_a_later_one_has_it_then_that_one_counts(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    requests_mock.post(URL, [unproven(b"a\n"), unproven(b"a\n"), {"content": b"a\nb\n"}])

    assert called(logger) == "a\nb\n"
    assert warnings(caplog) == []
    assert caplog.messages[0] == (
        "rooms: Kaltura answered a report whose end is not proven (no length, no chunks, no "
        "compression); trying again in 1.0 s (try 2 of 6)."
    )


def test_given_no_proven_end_when_all_tries_end_and_two_are_equal_then_they_count_from_then_on(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    """The first one was cut off. Rows may come in another order."""
    first = [unproven(b"a\n")] * 4 + [unproven(b"a\nb\n"), unproven(b"b\na\n")]
    later = [unproven(b"c\n"), unproven(b"c\nd\n"), unproven(b"c\nd\n")]
    requests_mock.post(URL, first + later)
    caller = Caller("https://www.kaltura.com", logger)

    assert caller.call("rooms", ACTION, {}, bytes.decode).value == "b\na\n"
    assert caller.call("rooms", ACTION, {}, bytes.decode).value == "c\nd\n"
    assert requests_mock.call_count == 9
    assert warnings(caplog) == [WARNING]


def test_given_no_proven_end_when_the_last_two_differ_then_it_is_refused(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, [unproven(b"a\n")] * 5 + [unproven(b"a\nb\n")])

    assert refused(logger).refusal.action is ErrorAction.RETRY
    assert requests_mock.call_count == 6


def test_given_an_answer_that_proves_itself_when_called_then_no_length_is_needed(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(URL, **unproven(b'"djJ8"'))

    caller = Caller("https://www.kaltura.com", logger)
    reply = caller.call("rooms", ACTION, {}, bytes.decode, proof_needed=False)

    assert reply.value == '"djJ8"'
    assert requests_mock.call_count == 1
