"""App tokens that are made by a call, as the guide to setting one up does it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.sandbox import Sandbox
from integration_tests.tiny_world import MIDNIGHT, NEXT_DAY, TINY, ask


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


def call(sandbox: Sandbox, service: str, action: str, **given: Any) -> Any:
    url = f"{sandbox.url}/api_v3/service/{service}/action/{action}"
    return requests.post(url, data={"format": 1, **given}, timeout=10).json()


def widget(sandbox: Sandbox) -> str:
    ks: str = call(sandbox, "session", "startWidgetSession", widgetId="_4242")["ks"]
    return ks


def start_by_token(sandbox: Sandbox, token_id: str, ks: str, token_hash: str) -> Any:
    form = {"ks": ks, "id": token_id, "tokenHash": token_hash, "type": 2}
    return call(sandbox, "appToken", "startSession", **form)


def report_type(sandbox: Sandbox, ks: str) -> str:
    """Return the type of a report's answer: CSV, or JSON if it is an error."""
    return ask(sandbox, 6000, MIDNIGHT, NEXT_DAY, ks=ks).headers["Content-Type"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"appToken[hashType]": "SHA256", "appToken[sessionPrivileges]": "list:*"},
        {"appToken:hashType": "SHA256", "appToken:sessionPrivileges": "list:*"},
        {"appToken": '{"hashType": "SHA256", "sessionPrivileges": "list:*"}'},
    ],
)
def test_given_an_admin_when_an_app_token_is_added_then_it_starts_sessions(
    sandbox: Sandbox, wanted: dict[str, str]
) -> None:
    made = call(sandbox, "appToken", "add", ks=sandbox.ks(), **wanted)
    assert (made["objectType"], made["partnerId"], made["status"]) == ("KalturaAppToken", 4242, 2)
    assert (made["hashType"], made["expiry"], made["sessionDuration"]) == ("SHA256", 0, 86_400)
    ks = widget(sandbox)
    token_hash = hashlib.sha256(f"{ks}{made['token']}".encode()).hexdigest()
    info = start_by_token(sandbox, made["id"], ks, token_hash)
    assert info["privileges"] == "apptoken,list:*"
    assert report_type(sandbox, info["ks"]) == "text/csv"


def test_given_an_added_app_token_when_restricted_and_expiring_then_so_are_its_sessions(
    sandbox: Sandbox,
) -> None:
    now = 1_772_323_200
    sandbox.session_clock = lambda: now
    wanted = {
        "appToken[expiry]": str(now + 60),
        "appToken[sessionPrivileges]": "urirestrict:/api_v3/service/media/*",
    }
    made = call(sandbox, "appToken", "add", ks=sandbox.ks(), **wanted)
    assert made["hashType"] == "SHA1"
    ks = widget(sandbox)
    token_hash = hashlib.sha1(f"{ks}{made['token']}".encode()).hexdigest()
    info = start_by_token(sandbox, made["id"], ks, token_hash)
    assert info["expiry"] == now + 60
    assert report_type(sandbox, info["ks"]) == "application/json"
    sandbox.session_clock = lambda: now + 120
    ks = widget(sandbox)
    token_hash = hashlib.sha1(f"{ks}{made['token']}".encode()).hexdigest()
    late = start_by_token(sandbox, made["id"], ks, token_hash)
    assert late["code"] == "APP_TOKEN_EXPIRED"


def test_given_no_admin_when_an_app_token_is_added_then_forbidden(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/api_v3/service/appToken/action/add"
    answer = requests.post(url, data={"format": 1, "ks": widget(sandbox)}, timeout=10)
    words = "The access to service [apptoken->add] is forbidden"
    assert answer.json() == {
        "code": "SERVICE_FORBIDDEN",
        "message": words,
        "objectType": "KalturaAPIException",
        "args": {"SERVICE": "apptoken->add"},
    }
    assert answer.headers["X-Kaltura"] == "error-SERVICE_FORBIDDEN"
    assert answer.headers["X-Kaltura-App"] == f"exiting on error SERVICE_FORBIDDEN - {words}"
