"""Kaltura's own Python client, unmodified, talks to the sandbox as it does to Kaltura."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.sandbox import Sandbox
from integration_tests.tiny_world import MIDNIGHT, NEXT_DAY, TINY, ask

kaltura = pytest.importorskip("KalturaClient")
kaltura_exceptions = pytest.importorskip("KalturaClient.exceptions")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    return kaltura.KalturaClient(kaltura.KalturaConfiguration(sandbox.url))


def fetch_rooms(client: Any) -> bytes:
    """Return the report as the client's users fetch it: from the URL that it makes."""
    params = f"from_date={MIDNIGHT};to_date={NEXT_DAY}"
    url = client.report.getCsvFromStringParams(6000, params, "entry_name")
    return requests.get(url, timeout=60).content


def test_given_the_admin_secret_when_a_session_starts_then_it_fetches_a_report(
    client: Any, sandbox: Sandbox
) -> None:
    given = sandbox.credentials("admin_secret")
    client.setKs(client.session.start(given["admin_secret"], "me", 2, given["partner_id"], 600))
    expected = ask(sandbox, 6000, MIDNIGHT, NEXT_DAY, excludedFields="entry_name").content
    assert fetch_rooms(client) == expected
    assert b"1_lecture1,1772321400" in expected


def test_given_an_app_token_when_a_session_starts_then_it_fetches_a_report(
    client: Any, sandbox: Sandbox
) -> None:
    given = sandbox.credentials("app_token")
    widget = client.session.startWidgetSession(f"_{given['partner_id']}")
    client.setKs(widget.ks)
    token_hash = hashlib.sha256((widget.ks + given["app_token"]).encode()).hexdigest()
    info = client.appToken.startSession(given["app_token_id"], token_hash, type=2, expiry=600)
    assert (info.partnerId, info.sessionType.getValue()) == (given["partner_id"], 2)
    client.setKs(info.ks)
    assert b"1_lecture1,1772321400" in fetch_rooms(client)


def test_given_an_admin_when_an_app_token_is_added_then_it_opens_the_report(
    client: Any, sandbox: Sandbox
) -> None:
    given = sandbox.credentials("admin_secret")
    client.setKs(client.session.start(given["admin_secret"], "me", 2, given["partner_id"], 600))
    core = pytest.importorskip("KalturaClient.Plugins.Core")
    wanted = core.KalturaAppToken(hashType=core.KalturaAppTokenHashType.SHA512, expiry=4102444800)
    made = client.appToken.add(wanted)
    assert (made.getHashType().value, made.getExpiry()) == ("SHA512", 4102444800)
    widget = client.session.startWidgetSession(f"_{given['partner_id']}")
    client.setKs(widget.ks)
    token_hash = hashlib.sha512((widget.ks + made.getToken()).encode()).hexdigest()
    client.setKs(client.appToken.startSession(made.getId(), token_hash, type=2).ks)
    assert b"1_lecture1,1772321400" in fetch_rooms(client)


def test_given_a_wrong_secret_when_a_session_starts_then_the_client_raises(
    client: Any, sandbox: Sandbox
) -> None:
    with pytest.raises(kaltura_exceptions.KalturaException) as raised:
        client.session.start("wrong", "me", 2, sandbox.account.partner_id)
    assert raised.value.code == "START_SESSION_ERROR"
