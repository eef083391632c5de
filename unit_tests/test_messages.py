"""Every message about a request that got no report: what happened, and what to do."""

from __future__ import annotations

import json

import pytest

from source_kaltura_rooms.kaltura.errors import CODES, KS_REASONS, Refusal, Refused
from source_kaltura_rooms.kaltura.refusals import no_answer, refusal, too_large

OF_CODES = {
    "INVALID_KS": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS. The KS (Kaltura's session) is not valid, or not any more. "
        "Give a new KS, or better an app token, with which the connector opens a new KS by itself.",
    ),
    "MISSING_KS": (
        "CONFIG_ERROR",
        "Kaltura answered MISSING_KS. No KS (Kaltura's session) arrived at Kaltura; check the "
        "credentials.",
    ),
    "SERVICE_FORBIDDEN": (
        "CONFIG_ERROR",
        "Kaltura answered SERVICE_FORBIDDEN. These credentials may not run reports. Use an app "
        "token or user whose role has the permission ANALYTICS_BASE, or an admin secret.",
    ),
    "SERVICE_ACCESS_CONTROL_RESTRICTED": (
        "CONFIG_ERROR",
        "Kaltura answered SERVICE_ACCESS_CONTROL_RESTRICTED. The account's access control does not "
        "allow this call: use https in api_url, and ask the account's owner whether only some IP "
        "addresses or countries are allowed.",
    ),
    "SERVICE_FORBIDDEN_CONTENT_BLOCKED": (
        "CONFIG_ERROR",
        "Kaltura answered SERVICE_FORBIDDEN_CONTENT_BLOCKED. The Kaltura account or user is "
        "blocked, deleted or not active yet; ask Kaltura.",
    ),
    "SERVICE_FORBIDDEN_FULLY_BLOCKED": (
        "CONFIG_ERROR",
        "Kaltura answered SERVICE_FORBIDDEN_FULLY_BLOCKED. The Kaltura account or user is blocked, "
        "deleted or not active yet; ask Kaltura.",
    ),
    "SERVICE_FORBIDDEN_PARTNER_DELETED": (
        "CONFIG_ERROR",
        "Kaltura answered SERVICE_FORBIDDEN_PARTNER_DELETED. The Kaltura account or user is "
        "blocked, deleted or not active yet; ask Kaltura.",
    ),
    "USER_BLOCKED": (
        "CONFIG_ERROR",
        "Kaltura answered USER_BLOCKED. The Kaltura account or user is blocked, deleted or not "
        "active yet; ask Kaltura.",
    ),
    "ACCESS_UNAUTHORIZED": (
        "CONFIG_ERROR",
        "Kaltura answered ACCESS_UNAUTHORIZED. The Kaltura account or user is blocked, deleted or "
        "not active yet; ask Kaltura.",
    ),
    "SERVICE_DOES_NOT_EXISTS": (
        "CONFIG_ERROR",
        "Kaltura answered SERVICE_DOES_NOT_EXISTS. The server at api_url does not offer Kaltura's "
        "reports; check api_url.",
    ),
    "REPORT_NOT_FOUND": (
        "CONFIG_ERROR",
        "Kaltura answered REPORT_NOT_FOUND. This server does not have the report. Check that "
        "api_url is the server of your account's region, ask Kaltura for the report, or deselect "
        "the stream.",
    ),
    "REPORT_PARAMETER_MISSING": (
        "CONFIG_ERROR",
        "Kaltura answered REPORT_PARAMETER_MISSING. Kaltura did not accept what it was asked; look "
        "for unusual characters in the filters of the configuration, or report it to the "
        "connector's maintainers.",
    ),
    "MISSING_MANDATORY_PARAMETER": (
        "CONFIG_ERROR",
        "Kaltura answered MISSING_MANDATORY_PARAMETER. Kaltura did not accept what it was asked; "
        "look for unusual characters in the filters of the configuration, or report it to the "
        "connector's maintainers.",
    ),
    "INVALID_PARAMETER_CHAR": (
        "CONFIG_ERROR",
        "Kaltura answered INVALID_PARAMETER_CHAR. Kaltura did not accept what it was asked; look "
        "for unusual characters in the filters of the configuration, or report it to the "
        "connector's maintainers.",
    ),
    "START_SESSION_ERROR": (
        "CONFIG_ERROR",
        "Kaltura answered START_SESSION_ERROR. Check partner_id and admin_secret, and that api_url "
        "is the server of your account's region.",
    ),
    "APP_TOKEN_ID_NOT_FOUND": (
        "CONFIG_ERROR",
        "Kaltura answered APP_TOKEN_ID_NOT_FOUND. The account has no app token with this id; check "
        "app_token_id and partner_id.",
    ),
    "APP_TOKEN_NOT_ACTIVE": (
        "CONFIG_ERROR",
        "Kaltura answered APP_TOKEN_NOT_ACTIVE. The app token is disabled; enable it in Kaltura.",
    ),
    "APP_TOKEN_EXPIRED": (
        "CONFIG_ERROR",
        "Kaltura answered APP_TOKEN_EXPIRED. The app token has expired; make a new one in Kaltura.",
    ),
    "INVALID_APP_TOKEN_HASH": (
        "CONFIG_ERROR",
        "Kaltura answered INVALID_APP_TOKEN_HASH. Check app_token, and that hash_type is the one "
        "that the token was made with.",
    ),
    "INVALID_WIDGET_ID": (
        "CONFIG_ERROR",
        "Kaltura answered INVALID_WIDGET_ID. There is no account with this number; check "
        "partner_id and api_url.",
    ),
    "ACTION_BLOCKED": (
        "WAIT",
        "Kaltura answered ACTION_BLOCKED. Kaltura limits the number of calls. Lower num_workers, "
        "or sync at another time.",
    ),
    "DRUID_QUERY_TIMED_OUT": (
        "SPLIT",
        "Kaltura answered DRUID_QUERY_TIMED_OUT. It was too much for one request. Lower "
        "window_in_days, or narrow the stream with filters such as entry_ids.",
    ),
    "SEARCH_TOO_GENERAL": (
        "SPLIT",
        "Kaltura answered SEARCH_TOO_GENERAL. It was too much for one request. Lower "
        "window_in_days, or narrow the stream with filters such as entry_ids.",
    ),
    "INTERNAL_SERVERL_ERROR": (
        "RETRY_THEN_SPLIT",
        "Kaltura answered INTERNAL_SERVERL_ERROR. Either it was too much for one request, or "
        "Kaltura's analytics are down. Try again later; if it stays, lower window_in_days or "
        "narrow the stream with filters such as entry_ids, or show this message to Kaltura's "
        "support.",
    ),
    "INTERNAL_SERVER_ERROR": (
        "RETRY_THEN_SPLIT",
        "Kaltura answered INTERNAL_SERVER_ERROR. Either it was too much for one request, or "
        "Kaltura's analytics are down. Try again later; if it stays, lower window_in_days or "
        "narrow the stream with filters such as entry_ids, or show this message to Kaltura's "
        "support.",
    ),
    "INTERNAL_DATABASE_ERROR": (
        "RETRY",
        "Kaltura answered INTERNAL_DATABASE_ERROR. This usually passes; if it stays, show this "
        "message to Kaltura's support.",
    ),
    "LOCK_TIMED_OUT": (
        "RETRY",
        "Kaltura answered LOCK_TIMED_OUT. This usually passes; if it stays, show this message to "
        "Kaltura's support.",
    ),
    "A_CODE_OF_TOMORROW": (
        "GIVE_UP",
        "Kaltura answered A_CODE_OF_TOMORROW. The connector does not know this code; please report "
        "it to the connector's maintainers.",
    ),
}
"""Each code of Kaltura's, what is done about it, and what the user reads when that was in vain."""

OF_KS_REASONS = {
    "EXPIRED": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (EXPIRED). The KS (Kaltura's session) has expired. Give a new "
        "KS, or better an app token, with which the connector opens a new KS by itself.",
    ),
    "LOGOUT": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (LOGOUT). The KS (Kaltura's session) was ended by a logout. "
        "Give a new KS, or better an app token, with which the connector opens a new KS by itself.",
    ),
    "EXCEEDED_ACTIONS_LIMIT": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (EXCEEDED_ACTIONS_LIMIT). The KS (Kaltura's session) was "
        "opened for a number of calls, all of which were made. Give a new KS, or better an app "
        "token, with which the connector opens a new KS by itself.",
    ),
    "INVALID_STR": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (INVALID_STR). The text of the KS (Kaltura's session) is "
        "damaged. Give a new KS, or better an app token, with which the connector opens a new KS "
        "by itself.",
    ),
    "INVALID_TYPE": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (INVALID_TYPE). The KS (Kaltura's session) is of a type that "
        "may not make this call. Give a new KS, or better an app token, with which the connector "
        "opens a new KS by itself.",
    ),
    "INVALID_USER": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (INVALID_USER). The user of the KS (Kaltura's session) is not "
        "known. Give a new KS, or better an app token, with which the connector opens a new KS by "
        "itself.",
    ),
    "INVALID_PARTNER": (
        "RENEW_KS",
        "Kaltura answered INVALID_KS (INVALID_PARTNER). The KS (Kaltura's session) is of an "
        "account that this server does not know; check partner_id and api_url. Give a new KS, or "
        "better an app token, with which the connector opens a new KS by itself.",
    ),
    "EXCEEDED_RESTRICTED_IP": (
        "CONFIG_ERROR",
        "Kaltura answered INVALID_KS (EXCEEDED_RESTRICTED_IP). The KS (Kaltura's session) may be "
        "used from other IP addresses only. Use credentials without this restriction (iprestrict), "
        "or with one that names this machine's address.",
    ),
    "EXCEEDED_RESTRICTED_URI": (
        "CONFIG_ERROR",
        "Kaltura answered INVALID_KS (EXCEEDED_RESTRICTED_URI). The KS (Kaltura's session) may be "
        "used for other calls only. Use credentials without this restriction (urirestrict), or "
        "with one that allows report/action/getCsvFromStringParams.",
    ),
}
"""The same for each reason that INVALID_KS may have."""

OF_ANSWERS: list[tuple[int, bytes, bool, str, str]] = [
    (
        200,
        b"",
        False,
        "RETRY",
        "Kaltura's answer was empty. This usually passes; if it stays, show this message to "
        "Kaltura's support.",
    ),
    (
        200,
        b"<html>",
        False,
        "CONFIG_ERROR",
        "This is a web page, not Kaltura's API. Check api_url, and whether a proxy is in the way.",
    ),
    (
        200,
        b"<html>",
        True,
        "RETRY",
        "This is a web page, not Kaltura's API. Check api_url, and whether a proxy is in the way.",
    ),
    (
        302,
        b"",
        False,
        "CONFIG_ERROR",
        "Kaltura answered HTTP 302, a redirect to https://login.example.com. The credentials are "
        "not sent there. Set api_url to the address of Kaltura's API.",
    ),
    (
        400,
        b"",
        False,
        "CONFIG_ERROR",
        "Kaltura answered HTTP 400. Check api_url: what answers there is not Kaltura's API.",
    ),
    (
        401,
        b"",
        False,
        "CONFIG_ERROR",
        "Kaltura answered HTTP 401. Something before Kaltura's API refused access: check api_url, "
        "whether a proxy is needed or in the way (HTTPS_PROXY, NO_PROXY), and whether this "
        "machine's address must be on an allow list.",
    ),
    (
        403,
        b"",
        False,
        "CONFIG_ERROR",
        "Kaltura answered HTTP 403. Something before Kaltura's API refused access: check api_url, "
        "whether a proxy is needed or in the way (HTTPS_PROXY, NO_PROXY), and whether this "
        "machine's address must be on an allow list.",
    ),
    (
        403,
        b"",
        True,
        "RETRY_ONCE",
        "Kaltura answered HTTP 403. Kaltura's API answered at this address before, so a proxy, "
        "firewall or load balancer on the way seems to have answered now. Try again later; if it "
        "stays, ask who runs it.",
    ),
    (
        404,
        b"",
        False,
        "CONFIG_ERROR",
        "Kaltura answered HTTP 404. Check api_url: what answers there is not Kaltura's API.",
    ),
    (
        404,
        b"",
        True,
        "RETRY_ONCE",
        "Kaltura answered HTTP 404. Kaltura's API answered at this address before, so a proxy, "
        "firewall or load balancer on the way seems to have answered now. Try again later; if it "
        "stays, ask who runs it.",
    ),
    (
        407,
        b"",
        False,
        "CONFIG_ERROR",
        "Kaltura answered HTTP 407. Something before Kaltura's API refused access: check api_url, "
        "whether a proxy is needed or in the way (HTTPS_PROXY, NO_PROXY), and whether this "
        "machine's address must be on an allow list.",
    ),
    (
        408,
        b"",
        False,
        "RETRY",
        "Kaltura answered HTTP 408. This usually passes; if it stays, show this message to "
        "Kaltura's support.",
    ),
    (
        413,
        b"",
        False,
        "SPLIT",
        "Kaltura answered HTTP 413. It was too much for one request. Lower window_in_days, or "
        "narrow the stream with filters such as entry_ids.",
    ),
    (
        429,
        b"",
        False,
        "WAIT",
        "Kaltura answered HTTP 429. Kaltura limits the number of calls. Lower num_workers, or sync "
        "at another time.",
    ),
    (
        431,
        b"",
        False,
        "SPLIT",
        "Kaltura answered HTTP 431. It was too much for one request. Lower window_in_days, or "
        "narrow the stream with filters such as entry_ids.",
    ),
    (
        500,
        b"",
        False,
        "RETRY_THEN_SPLIT",
        "Kaltura answered HTTP 500 with an empty body. Either it was too much for one request, or "
        "Kaltura's analytics are down. Try again later; if it stays, lower window_in_days or "
        "narrow the stream with filters such as entry_ids, or show this message to Kaltura's "
        "support.",
    ),
    (
        500,
        b"x",
        False,
        "RETRY",
        "Kaltura answered HTTP 500. This usually passes; if it stays, show this message to "
        "Kaltura's support.",
    ),
    (
        502,
        b"",
        False,
        "RETRY",
        "Kaltura answered HTTP 502. This usually passes; if it stays, show this message to "
        "Kaltura's support.",
    ),
    (
        503,
        b"",
        False,
        "RETRY",
        "Kaltura answered HTTP 503. This usually passes; if it stays, show this message to "
        "Kaltura's support.",
    ),
    (
        504,
        b"",
        False,
        "SPLIT",
        "Kaltura answered HTTP 504. Either it was too much for one request, or Kaltura's "
        "analytics are down. Try again later; if it stays, lower window_in_days or narrow the "
        "stream with filters such as entry_ids, or show this message to Kaltura's support.",
    ),
]
"""Status, body, whether the API answered before; then as above."""


def said(refused: Refusal | None) -> tuple[str, str]:
    assert refused is not None
    return refused.action.name, str(Refused(refused))


@pytest.mark.parametrize("code", OF_CODES)
def test_given_a_code_when_it_is_told_then_these_are_the_words(code: str) -> None:
    assert said(refusal(200, {}, json.dumps({"code": code}).encode())) == OF_CODES[code]


@pytest.mark.parametrize("reason", OF_KS_REASONS)
def test_given_a_reason_of_an_invalid_ks_when_it_is_told_then_these_are_the_words(
    reason: str,
) -> None:
    body = json.dumps({"code": "INVALID_KS", "args": {"KSID": reason}}).encode()

    assert said(refusal(200, {}, body)) == OF_KS_REASONS[reason]


@pytest.mark.parametrize(("status", "body", "answered_before", "action", "sentence"), OF_ANSWERS)
def test_given_an_answer_without_a_code_when_it_is_told_then_these_are_the_words(
    status: int, body: bytes, answered_before: bool, action: str, sentence: str
) -> None:
    headers = {"Location": "https://login.example.com/?ks=1"}

    refused = refusal(status, headers, body, answered_before=answered_before)

    assert said(refused) == (action, sentence)


def test_given_what_is_no_report_when_it_is_told_then_these_are_the_words() -> None:
    assert said(no_answer("something other than a report")) == (
        "RETRY",
        "Kaltura answered something other than a report. This usually passes; if it stays, show "
        "this message to Kaltura's support.",
    )
    assert said(too_large(256)) == (
        "SPLIT",
        "Kaltura answered more than 256 MiB. It was too much for one request. Lower "
        "window_in_days, or narrow the stream with filters such as entry_ids.",
    )


def test_given_the_tables_above_then_no_code_and_no_reason_is_missing() -> None:
    assert set(OF_CODES) == {*CODES, "A_CODE_OF_TOMORROW"}
    assert set(OF_KS_REASONS) == set(KS_REASONS)


def test_given_a_request_when_it_was_refused_after_tries_then_both_are_told() -> None:
    refused = Refused(no_answer("HTTP 502"), "6 tries in 31 s", asking_for="session 1_c")

    assert str(refused) == (
        "Kaltura answered HTTP 502 when asked for session 1_c (6 tries in 31 s). This usually "
        "passes; if it stays, show this message to Kaltura's support."
    )
