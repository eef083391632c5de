"""The sandbox's sessions: how they start, what they allow, when they end."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.sandbox import Account, AppToken, Sandbox
from integration_tests.tiny_world import MIDNIGHT, NEXT_DAY, TINY, ask

NOW = 1_772_409_600  # 2026-03-02T00:00:00Z
REPORT_URI = "/api_v3/service/report/action/getCsvFromStringParams"
ACCOUNT = Account(
    7,
    "right",
    (
        AppToken("sha1", "token", hash_type="SHA1"),
        AppToken("md5", "token", hash_type="MD5"),
        AppToken("sha256", "token", hash_type="SHA256"),
        AppToken("sha512", "token", hash_type="SHA512"),
        AppToken("short", "token", session_seconds=60),
        AppToken("disabled", "token", active=False),
        AppToken("over", "token", expires_at=1_000_000_000),
        AppToken("user", "token", session_type=0),
        AppToken("restricted", "token", privileges="urirestrict:/api_v3/service/media/*"),
    ),
)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY, account=ACCOUNT) as sandbox:
        sandbox.session_clock = lambda: NOW
        yield sandbox


def call(sandbox: Sandbox, service: str, action: str, **given: Any) -> Any:
    url = f"{sandbox.url}/api_v3/service/{service}/action/{action}"
    return requests.post(url, data={"format": 1, **given}, timeout=60).json()


def start(sandbox: Sandbox, **given: Any) -> Any:
    form = {"partnerId": 7, "secret": "right", "type": 2, **given}
    return call(sandbox, "session", "start", **form)


def widget(sandbox: Sandbox) -> str:
    ks: str = call(sandbox, "session", "startWidgetSession", widgetId="_7")["ks"]
    return ks


def start_by_token(sandbox: Sandbox, token_id: str, **given: Any) -> Any:
    ks = widget(sandbox)
    token_hash = hashlib.sha256(f"{ks}token".encode()).hexdigest()
    form = {"ks": ks, "id": token_id, "tokenHash": token_hash, "type": 2, **given}
    return call(sandbox, "appToken", "startSession", **form)


def code_of_report(sandbox: Sandbox, ks: str) -> str:
    """Return the error code of a report asked for with this session, blank if it is answered."""
    answer = ask(sandbox, 6000, MIDNIGHT, NEXT_DAY, ks=ks)
    return str(answer.json()["code"]) if answer.headers["Content-Type"] != "text/csv" else ""


def test_given_the_secret_when_started_then_a_bare_string(sandbox: Sandbox) -> None:
    ks = start(sandbox)
    assert isinstance(ks, str)
    assert all(character in ks for character in "/+=|")
    assert code_of_report(sandbox, ks) == ""


@pytest.mark.parametrize("wrong", [{"secret": "wrong"}, {"partnerId": 8}, {"partnerId": ""}])
def test_given_wrong_credentials_when_started_then_refused(
    sandbox: Sandbox, wrong: dict[str, Any]
) -> None:
    assert start(sandbox, **wrong)["code"] == "START_SESSION_ERROR"


def test_given_a_session_that_is_not_admin_when_used_then_forbidden(sandbox: Sandbox) -> None:
    assert code_of_report(sandbox, start(sandbox, type=0)) == "SERVICE_FORBIDDEN"
    assert code_of_report(sandbox, widget(sandbox)) == "SERVICE_FORBIDDEN"


@pytest.mark.parametrize("hash_type", ["sha1", "md5", "sha256", "sha512"])
def test_given_an_app_token_when_hashed_its_own_way_then_a_session(
    sandbox: Sandbox, hash_type: str
) -> None:
    ks = widget(sandbox)
    token_hash = hashlib.new(hash_type, f"{ks}token".encode()).hexdigest()
    info = start_by_token(sandbox, hash_type, ks=ks, tokenHash=token_hash, expiry=600)
    assert info["objectType"] == "KalturaSessionInfo"
    assert info["expiry"] == 1_772_410_200
    assert code_of_report(sandbox, info["ks"]) == ""


@pytest.mark.parametrize(
    ("token_id", "code"),
    [
        ("unknown", "APP_TOKEN_ID_NOT_FOUND"),
        ("disabled", "APP_TOKEN_NOT_ACTIVE"),
        ("over", "APP_TOKEN_EXPIRED"),
        ("sha1", "INVALID_APP_TOKEN_HASH"),
    ],
)
def test_given_app_token_trouble_when_started_then_its_code(
    sandbox: Sandbox, token_id: str, code: str
) -> None:
    assert start_by_token(sandbox, token_id)["code"] == code


def test_given_a_token_with_limits_when_started_then_they_win(sandbox: Sandbox) -> None:
    short = start_by_token(sandbox, "short", expiry=600)
    assert short["expiry"] == 1_772_409_660
    assert start_by_token(sandbox, "user")["sessionType"] == 0
    assert code_of_report(sandbox, start_by_token(sandbox, "restricted")["ks"]) == "INVALID_KS"


def test_given_a_wrong_widget_when_started_then_refused(sandbox: Sandbox) -> None:
    answer = call(sandbox, "session", "startWidgetSession", widgetId="_8")
    assert answer["code"] == "INVALID_WIDGET_ID"


@pytest.mark.parametrize(
    ("privileges", "code"),
    [
        (f"urirestrict:{REPORT_URI}*", ""),
        (f"urirestrict:{REPORT_URI}", ""),
        (f"urirestrict:/api_v3/service/media/*|{REPORT_URI}*", ""),
        ("urirestrict:/api_v3/service/media/*", "INVALID_KS"),
        (f"list:*,urirestrict:{REPORT_URI}/", "INVALID_KS"),
    ],
)
def test_given_a_restricted_session_when_used_then_only_for_its_uris(
    sandbox: Sandbox, privileges: str, code: str
) -> None:
    assert code_of_report(sandbox, start(sandbox, privileges=privileges)) == code


def test_given_a_session_when_its_clock_passes_the_expiry_then_invalid(sandbox: Sandbox) -> None:
    ks = start(sandbox, expiry=600)
    sandbox.session_clock = lambda: NOW + 599
    assert code_of_report(sandbox, ks) == ""
    sandbox.session_clock = lambda: NOW + 600
    assert code_of_report(sandbox, ks) == "INVALID_KS"


def test_given_live_sessions_when_all_expired_then_only_new_ones_work(sandbox: Sandbox) -> None:
    old = start(sandbox)
    sandbox.expire_sessions()
    assert code_of_report(sandbox, old) == "INVALID_KS"
    assert code_of_report(sandbox, start(sandbox)) == ""
    assert [ks.session_type for ks in sandbox.sessions.minted] == [2, 2]


def test_given_no_session_or_a_malformed_one_when_used_then_the_message_says(
    sandbox: Sandbox,
) -> None:
    """The message of a malformed session quotes it: nobody should print that."""
    assert ask(sandbox, 6000, 0, 1, ks="").json() == {
        "code": "MISSING_KS",
        "message": "Missing KS, session not established",
        "objectType": "KalturaAPIException",
        "args": [],
    }
    malformed = ask(sandbox, 6000, 0, 1, ks="s3cret").json()
    assert malformed["message"] == 'Invalid KS "s3cret", Error "-1,INVALID_STR"'
    assert malformed["args"]["KSID"] == "s3cret"


def test_given_a_session_that_may_not_be_used_when_used_then_the_message_has_the_reason(
    sandbox: Sandbox,
) -> None:
    expired = start(sandbox, expiry=600)
    restricted = start(sandbox, privileges="urirestrict:/api_v3/service/media/*")
    assert ask(sandbox, 6000, 0, 1, ks=restricted).json()["message"] == (
        'Invalid KS "EXCEEDED_RESTRICTED_URI", Error "-1,INVALID_STR"'
    )
    sandbox.session_clock = lambda: time.time() + 600
    assert ask(sandbox, 6000, 0, 1, ks=expired).json() == {
        "code": "INVALID_KS",
        "message": 'Invalid KS "EXPIRED", Error "-1,INVALID_STR"',
        "objectType": "KalturaAPIException",
        "args": {"KSID": "EXPIRED", "ERR_CODE": "-1", "ERR_DESC": "INVALID_STR"},
    }


@pytest.mark.parametrize("auth_type", ["app_token", "admin_secret", "ks"])
def test_given_a_way_in_when_configured_then_the_connector_has_all_it_needs(
    auth_type: str,
) -> None:
    with Sandbox(TINY) as sandbox:
        config = sandbox.config(auth_type, end_date="2026-03-02T00:00:00Z")
    assert config["credentials"]["auth_type"] == auth_type
    assert config["start_date"] == "2026-02-28T23:30:00Z"
    assert config["end_date"] == "2026-03-02T00:00:00Z"
