"""The KS: how each kind of credentials gets one."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from requests_mock import Mocker

from source_kaltura_rooms.kaltura.authentication import KsProvider
from source_kaltura_rooms.kaltura.calls import Caller
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy
from unit_tests.stand_ins import config_of, forms_of, url_of

START = url_of("session/start")
START_WIDGET = url_of("session/startWidgetSession")
START_WITH_TOKEN = url_of("appToken/startSession")

READY_MADE = {"auth_type": "ks", "ks": "djJ8ready"}
ADMIN = {"auth_type": "admin_secret", "partner_id": 99, "admin_secret": "s3cret"}
TOKEN = {
    "auth_type": "app_token",
    "partner_id": 99,
    "app_token_id": "1_token",
    "app_token": "app token/+=|",
}


class Clock:
    """Shows the time it was set to."""

    def __init__(self) -> None:
        self.now = 1_770_000_000.0

    def __call__(self) -> float:
        return self.now


def provider_of(
    logger: logging.Logger,
    credentials: Mapping[str, Any],
    clock: Clock | None = None,
    **changes: Any,
) -> KsProvider:
    config = config_of(credentials=credentials, **changes)
    caller = Caller(config.api_url, logger, RetryPolicy(retries=1))
    return KsProvider(config, caller, logger, clock or Clock())


def test_given_a_ready_made_ks_when_wanted_then_it_is_used_without_a_request(
    requests_mock: Mocker, logger: logging.Logger
) -> None:
    clock = Clock()
    provider = provider_of(logger, READY_MADE, clock)

    assert provider.current("rooms") == "djJ8ready"
    clock.now += 10 * 365 * 86_400
    assert provider.current("rooms") == "djJ8ready"
    assert not provider.renewable
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("changes", "privileges"),
    [
        pytest.param(
            {},
            "urirestrict:/api_v3/service/report/action/getCsvFromStringParams*",
            id="kalturas_own_server",
        ),
        pytest.param(
            {"api_url": "https://video.example.edu/kaltura/"},
            "urirestrict:/kaltura/api_v3/service/report/action/getCsvFromStringParams*",
            id="a_server_with_a_path",
        ),
    ],
)
def test_given_an_admin_secret_when_wanted_then_a_ks_for_reports_alone_is_opened(
    changes: dict[str, Any], privileges: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(
        url_of("session/start", changes.get("api_url", "https://www.kaltura.com").rstrip("/")),
        json="opened",
    )
    provider = provider_of(logger, {**ADMIN, "user_id": "airbyte"}, **changes)

    assert provider.renewable
    assert provider.current("rooms") == "opened"
    assert forms_of(requests_mock) == [
        {
            "partnerId": "99",
            "secret": "s3cret",
            "type": "2",
            "expiry": "3600",
            "userId": "airbyte",
            "privileges": privileges,
            "format": "1",
        }
    ]


@pytest.mark.parametrize(
    ("hash_type", "token_hash"),
    [
        ("SHA256", "16754e91e429ecf35be9174a326b35e9d1100496e124c551e2a46e5892fb4c2d"),
        (
            "SHA512",
            "076e853c4bb2e085b8a6b29b9a7463a8a0a714b83d3acb9bd00567cc8840725d"
            "ec2a51281cd70e0b51766558a424a5ef1294c57089a2b7256bc38ccf6fd39a57",
        ),
        ("SHA1", "50777f1995ca26e9d497d26bd280135ce3c1f985"),
        ("MD5", "06280233d65e00b190461341ea639901"),
    ],
)
def test_given_an_app_token_when_wanted_then_its_hash_with_the_widget_ks_opens_one(
    hash_type: str, token_hash: str, requests_mock: Mocker, logger: logging.Logger
) -> None:
    requests_mock.post(START_WIDGET, json={"ks": "widget/+=|ks"})
    requests_mock.post(START_WITH_TOKEN, json={"ks": "opened", "expiry": 1_770_003_600})
    provider = provider_of(logger, {**TOKEN, "hash_type": hash_type})

    assert provider.renewable
    assert provider.current("rooms") == "opened"
    assert forms_of(requests_mock) == [
        {"widgetId": "_99", "expiry": "3600", "format": "1"},
        {
            "ks": "widget/+=|ks",
            "id": "1_token",
            "tokenHash": token_hash,
            "type": "2",
            "expiry": "3600",
            "format": "1",
        },
    ]
