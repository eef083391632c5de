"""Kaltura's table of errors, by every way in which an error may arrive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from source_kaltura_rooms.kaltura.errors import CODES, ErrorAction, Refusal
from source_kaltura_rooms.kaltura.refusals import no_answer, refusal

# Code, what to do, and a word of the remedy that the user needs.
TABLE = [
    ("INVALID_KS", ErrorAction.RENEW_KS, "app token"),
    ("MISSING_KS", ErrorAction.CONFIG_ERROR, "credentials"),
    ("SERVICE_FORBIDDEN", ErrorAction.CONFIG_ERROR, "ANALYTICS_BASE"),
    ("SERVICE_ACCESS_CONTROL_RESTRICTED", ErrorAction.CONFIG_ERROR, "https"),
    ("SERVICE_FORBIDDEN_CONTENT_BLOCKED", ErrorAction.CONFIG_ERROR, "blocked"),
    ("SERVICE_FORBIDDEN_FULLY_BLOCKED", ErrorAction.CONFIG_ERROR, "blocked"),
    ("SERVICE_FORBIDDEN_PARTNER_DELETED", ErrorAction.CONFIG_ERROR, "deleted"),
    ("USER_BLOCKED", ErrorAction.CONFIG_ERROR, "blocked"),
    ("ACCESS_UNAUTHORIZED", ErrorAction.CONFIG_ERROR, "blocked"),
    ("SERVICE_DOES_NOT_EXISTS", ErrorAction.CONFIG_ERROR, "api_url"),
    ("REPORT_NOT_FOUND", ErrorAction.CONFIG_ERROR, "region"),
    ("REPORT_PARAMETER_MISSING", ErrorAction.CONFIG_ERROR, "filters"),
    ("MISSING_MANDATORY_PARAMETER", ErrorAction.CONFIG_ERROR, "filters"),
    ("INVALID_PARAMETER_CHAR", ErrorAction.CONFIG_ERROR, "filters"),
    ("START_SESSION_ERROR", ErrorAction.CONFIG_ERROR, "partner_id"),
    ("APP_TOKEN_ID_NOT_FOUND", ErrorAction.CONFIG_ERROR, "app_token_id"),
    ("APP_TOKEN_NOT_ACTIVE", ErrorAction.CONFIG_ERROR, "disabled"),
    ("APP_TOKEN_EXPIRED", ErrorAction.CONFIG_ERROR, "expired"),
    ("INVALID_APP_TOKEN_HASH", ErrorAction.CONFIG_ERROR, "hash_type"),
    ("INVALID_WIDGET_ID", ErrorAction.CONFIG_ERROR, "partner_id"),
    ("ACTION_BLOCKED", ErrorAction.WAIT, "num_workers"),
    ("DRUID_QUERY_TIMED_OUT", ErrorAction.SPLIT, "too much"),
    ("SEARCH_TOO_GENERAL", ErrorAction.SPLIT, "too much"),
    ("INTERNAL_SERVERL_ERROR", ErrorAction.RETRY_THEN_SPLIT, "analytics are down"),
    ("INTERNAL_SERVER_ERROR", ErrorAction.RETRY_THEN_SPLIT, "analytics are down"),
    ("INTERNAL_DATABASE_ERROR", ErrorAction.RETRY, "support"),
    ("LOCK_TIMED_OUT", ErrorAction.RETRY, "support"),
    ("A_CODE_OF_TOMORROW", ErrorAction.GIVE_UP, "maintainers"),
]


def as_json(code: str) -> Refusal | None:
    return refusal(200, {}, body_of(code))


def as_json_with_status_500(code: str) -> Refusal | None:
    return refusal(500, {"Content-Type": "application/json"}, body_of(code))


def in_headers(code: str) -> Refusal | None:
    headers = CaseInsensitiveDict(
        {
            "x-kaltura": f"error- {code}",
            "x-kaltura-app": f"exiting on error {code} - what it says",
        }
    )
    return refusal(200, headers, b"")


def in_one_header(code: str) -> Refusal | None:
    return refusal(200, {"X-Kaltura-App": f"exiting on error {code} - what it says"}, b"")


def as_xml(code: str) -> Refusal | None:
    body = (
        "<?xml version='1.0'?><xml><result><error><objectType>KalturaAPIException</objectType>"
        f"<code>{code}</code><message>what it says</message></error></result></xml>"
    )
    return refusal(200, {}, body.encode())


def body_of(code: str) -> bytes:
    return json.dumps(
        {
            "code": code,
            "message": "what it says",
            "objectType": "KalturaAPIException",
            "args": {},
        }
    ).encode()


Way = Callable[[str], Refusal | None]
WAYS = [as_json, as_json_with_status_500, in_headers, in_one_header, as_xml]


@pytest.mark.parametrize("arriving", WAYS)
@pytest.mark.parametrize(("code", "action", "word"), TABLE, ids=[row[0] for row in TABLE])
def test_given_a_code_when_it_arrives_then_its_treatment_and_remedy_are_those_of_the_table(
    code: str, action: ErrorAction, word: str, arriving: Way
) -> None:
    refused = arriving(code)

    assert refused is not None
    assert refused.code == code
    assert refused.action is action
    assert word in refused.remedy
    assert refused.remedy.endswith(".")


def test_given_the_table_when_compared_then_no_code_is_missing_here() -> None:
    assert {row[0] for row in TABLE} == {*CODES, "A_CODE_OF_TOMORROW"}


@pytest.mark.parametrize("arriving", [as_json, as_json_with_status_500, in_headers])
def test_given_a_message_when_it_arrives_then_it_is_a_detail_and_not_part_of_the_remedy(
    arriving: Way,
) -> None:
    refused = arriving("SERVICE_FORBIDDEN")

    assert refused is not None
    assert "what it says" in refused.detail
    assert "what it says" not in refused.remedy + refused.code


@pytest.mark.parametrize(
    ("status", "action"),
    [
        (301, ErrorAction.CONFIG_ERROR),
        (302, ErrorAction.CONFIG_ERROR),
        (400, ErrorAction.CONFIG_ERROR),
        (401, ErrorAction.CONFIG_ERROR),
        (407, ErrorAction.CONFIG_ERROR),
        (403, ErrorAction.CONFIG_ERROR),
        (404, ErrorAction.CONFIG_ERROR),
        (405, ErrorAction.CONFIG_ERROR),
        (408, ErrorAction.RETRY),
        (409, ErrorAction.CONFIG_ERROR),
        (413, ErrorAction.SPLIT),
        (421, ErrorAction.CONFIG_ERROR),
        (425, ErrorAction.CONFIG_ERROR),
        (429, ErrorAction.WAIT),
        (431, ErrorAction.SPLIT),
        (501, ErrorAction.RETRY),
        (502, ErrorAction.RETRY),
        (503, ErrorAction.RETRY),
        (504, ErrorAction.SPLIT),
        (520, ErrorAction.RETRY),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html><body>Sorry</body></html>", id="html"),
        pytest.param(b'{"error": "Sorry"}', id="json_of_others"),
        pytest.param(b"\xef\xbb\xbfentry_id,cue_point_id\n", id="even_a_report"),
    ],
)
def test_given_a_status_without_a_code_when_it_arrives_then_the_status_is_the_code(
    status: int, action: ErrorAction, body: bytes
) -> None:
    refused = refusal(status, {}, body)

    assert refused is not None
    assert refused.code == (f"HTTP {status}, a redirect" if status < 400 else f"HTTP {status}")
    assert refused.action is action
    assert refused.timed_out == (status == 504)


@pytest.mark.parametrize("status", [403, 404, 409, 421, 425])
def test_given_a_status_that_may_pass_when_the_api_answered_before_then_it_is_tried_again_once(
    status: int,
) -> None:
    refused = refusal(status, {}, b"", answered_before=True)

    assert refused is not None
    assert refused.action is ErrorAction.RETRY_ONCE
    assert "api_url" not in refused.remedy


@pytest.mark.parametrize(
    ("body", "code", "action"),
    [
        (b"", "HTTP 500 with an empty body", ErrorAction.RETRY_THEN_SPLIT),
        (b" \n", "HTTP 500 with an empty body", ErrorAction.RETRY_THEN_SPLIT),
        (b"<h1>Oops</h1>", "HTTP 500", ErrorAction.RETRY),
    ],
)
def test_given_http_500_when_it_arrives_then_an_empty_body_may_mean_too_much(
    body: bytes, code: str, action: ErrorAction
) -> None:
    """PHP that runs out of memory or time says nothing."""
    refused = refusal(500, {}, body)

    assert refused is not None
    assert (refused.code, refused.action) == (code, action)


@pytest.mark.parametrize("status", [401, 403, 407])
def test_given_a_status_of_refused_access_when_it_arrives_then_proxy_and_allow_list_are_named(
    status: int,
) -> None:
    refused = refusal(status, {}, b"")

    assert refused is not None
    assert "HTTPS_PROXY" in refused.remedy
    assert "allow list" in refused.remedy


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("https://login.example.com:8443/a?ks=djJ8", "to https://login.example.com:8443"),
        ("http://u:p@login.example.com/djJ8", "to http://login.example.com"),
        ("/djJ8", ""),
        ("https://djJ8+x/", ""),
        ("https://[djJ8", ""),
        ("https://x:99999/djJ8", ""),
    ],
)
def test_given_a_redirect_when_it_arrives_then_scheme_and_host_alone_are_named(
    location: str, code: str
) -> None:
    refused = refusal(307, {"Location": location}, b"")

    assert refused is not None
    assert refused.code == f"HTTP 307, a redirect {code}".strip()
    assert refused.detail == ""


HTML = [
    b"<!DOCTYPE html><html>KMC</html>",
    b"\xef\xbb\xbf\n <HTML lang='de'>",
    b"<html>Sorry</html>\n",
]


@pytest.mark.parametrize("body", HTML)
def test_given_a_web_page_when_it_arrives_then_api_url_is_named(body: bytes) -> None:
    refused = refusal(200, {}, body)

    assert refused is not None
    assert refused.happened == "This is a web page, not Kaltura's API"
    assert "api_url" in refused.remedy
    assert refused.action is ErrorAction.CONFIG_ERROR


@pytest.mark.parametrize("body", HTML)
def test_given_a_web_page_when_the_api_answered_before_then_it_is_a_passing_fault(
    body: bytes,
) -> None:
    refused = refusal(200, {}, body, answered_before=True)

    assert refused is not None
    assert refused.action is ErrorAction.RETRY


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "25"}, 25.0),
        ({"Retry-After": " 1 "}, 1.0),
        ({"Retry-After": "3600"}, 120.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "soon"}, None),
        (
            {
                "Retry-After": "Wed, 11 Feb 2026 10:00:30 GMT",
                "Date": "Wed, 11 Feb 2026 10:00:00 GMT",
            },
            30.0,
        ),
        (
            {
                "Retry-After": "Wed, 11 Feb 2026 11:00:00 GMT",
                "Date": "Wed, 11 Feb 2026 10:00:00 GMT",
            },
            120.0,
        ),
        ({"Retry-After": "Wed, 11 Feb 2015 10:00:30 GMT"}, 0.0),
        ({"Retry-After": "Wed, 11 Feb 9026 10:00:30 GMT"}, 120.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_given_retry_after_when_it_arrives_then_it_is_heeded_up_to_two_minutes(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    refused = refusal(status, headers, b"")

    assert refused is not None
    assert refused.retry_after == seconds


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'\xef\xbb\xbf{"code": "MISSING_KS", "message": "m"}', id="with_a_mark"),
        pytest.param(b'\n [{"code": "MISSING_KS", "message": "m"}]', id="in_a_list"),
        pytest.param(b'{"code": "MISSING_KS", "message": "m", "args": []}', id="no_arguments"),
    ],
)
def test_given_json_with_a_mark_or_in_a_list_when_it_arrives_then_its_code_is_read(
    body: bytes,
) -> None:
    assert refusal(200, {}, body) == Refusal("MISSING_KS", *CODES["MISSING_KS"], "m")


@pytest.mark.parametrize(
    "code", ["djJ8MTIzfO+/kl==", "lower_case", "TWO WORDS", "", "A" * 81, "MISSING_KS\n"]
)
def test_given_a_code_that_is_none_when_it_arrives_then_it_is_not_taken_for_one(code: str) -> None:
    """A server or proxy that repeats what it was sent must not have a KS printed."""
    assert refusal(200, {}, json.dumps({"code": code}).encode()) is None
    refused = refusal(502, {"X-Kaltura": f"error- {code}"}, b"")
    assert refused is not None
    assert refused.code in ("HTTP 502", "TWO", "MISSING_KS")


@pytest.mark.parametrize(
    ("args", "remedy"),
    [
        ({"PARAM_NAME": "id"}, "The parameter is id. Kaltura did not accept"),
        ({"XML_FIELD": "params"}, "The parameter is params. Kaltura did not accept"),
        ({"XML_FIELD": "djJ8+/="}, "Kaltura did not accept"),
        ([], "Kaltura did not accept"),
    ],
)
def test_given_a_parameter_that_is_refused_when_it_arrives_then_it_is_named(
    args: object, remedy: str
) -> None:
    refused = refusal(
        200, {}, json.dumps({"code": "INVALID_PARAMETER_CHAR", "args": args}).encode()
    )

    assert refused is not None
    assert refused.remedy.startswith(remedy)


GOLDEN = Path(__file__).parent / "golden" / "errors"


@pytest.mark.parametrize("answer", sorted(GOLDEN.glob("*.http")), ids=lambda path: path.stem)
def test_given_an_error_as_kaltura_sends_it_when_it_arrives_then_it_is_what_its_pair_says(
    answer: Path,
) -> None:
    """`NAME.http` has the status, the headers and the body; `NAME.json` what to make of it."""
    head, _, body = answer.read_bytes().partition(b"\n\n")
    status, *lines = head.decode().splitlines()
    headers = CaseInsensitiveDict(dict(line.split(": ", 1) for line in lines))

    refused = refusal(int(status), headers, body)

    assert refused is not None
    assert {
        "happened": refused.happened,
        "action": refused.action.name,
        "detail": refused.detail,
    } == json.loads(answer.with_suffix(".json").read_text())


def test_given_the_golden_errors_then_there_are_some() -> None:
    assert len(list(GOLDEN.glob("*.http"))) == len(list(GOLDEN.glob("*.json"))) == 9


@pytest.mark.parametrize("status", [301, 401, 404])
def test_given_a_status_of_a_wrong_address_when_it_arrives_then_api_url_is_named(
    status: int,
) -> None:
    refused = refusal(status, {}, b"")

    assert refused is not None
    assert "api_url" in refused.remedy


@pytest.mark.parametrize(
    "headers", [{}, {"X-Kaltura": "cached-dispatcher,cache_v3-1"}], ids=["none", "of_a_cache"]
)
def test_given_an_empty_body_without_a_code_when_it_arrives_then_it_is_tried_again(
    headers: dict[str, str],
) -> None:
    assert refusal(200, headers, b"") == no_answer(
        "an empty answer", happened="Kaltura's answer was empty"
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xef\xbb\xbfentry_id,cue_point_id\n1,2\n", id="a_report"),
        pytest.param(b"\xef\xbb\xbf\n", id="an_empty_report"),
        pytest.param(b"{room},INVALID_KS\n1,2\n", id="a_header_in_braces"),
        pytest.param(b'"djJ8MTIz"', id="a_session"),
        pytest.param(b'{"ks": "djJ8MTIz", "expiry": 1770249599}', id="a_session_with_its_end"),
        pytest.param(b'{"code": 5}', id="json_with_a_code_that_is_no_text"),
        pytest.param(b'{"a":' * 15_000, id="more_braces_than_the_parser_takes"),
        pytest.param(b"<p>Sorry</p>", id="other_text_is_for_the_reader_to_refuse"),
        pytest.param(b"[]", id="an_empty_list"),
    ],
)
def test_given_no_code_with_status_200_when_it_arrives_then_nothing_stands_against_it(
    body: bytes,
) -> None:
    assert refusal(200, {}, body) is None


def test_given_a_report_when_headers_speak_of_an_error_then_the_report_counts() -> None:
    """Headers stand for an error only where the body is empty."""
    assert refusal(200, {"X-Kaltura": "error- REPORT_NOT_FOUND"}, b"entry_id\n1\n") is None


def test_given_a_report_that_begins_like_an_error_when_it_is_long_then_it_is_not_parsed() -> None:
    body = b'{"code": "INVALID_KS", "message": "' + b"x" * 100_000 + b'"}'

    assert refusal(200, {}, body) is None


bodies = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=50).map(b"{".__add__),
    st.binary(max_size=50).map(b"<error><code>".__add__),
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["code", "message"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
)
header_texts = st.text(max_size=30) | st.sampled_from(["error- X", "error-", "error", "\n", ""])


@given(
    status=st.integers(100, 599),
    headers=st.dictionaries(st.sampled_from(["X-Kaltura", "X-Kaltura-App", "x"]), header_texts),
    body=bodies,
)
def test_given_any_answer_when_judged_then_it_passes_or_is_refused_with_words(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    refused = refusal(status, headers, body)

    if refused is None:
        assert status == 200
        assert body != b""
    else:
        assert refused.remedy
        assert isinstance(refused.code, str)
