"""The configuration: defaults, and what is refused with one sentence that names the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from source_kaltura_rooms.config import (
    AdminSecret,
    AppToken,
    Config,
    ConfigError,
    ReadyMadeSession,
    parse_config,
    refuse_future_start,
)

KS = {"auth_type": "ks", "ks": "djJ8"}
LEAST = {"credentials": KS, "start_date": "2026-02-01T00:00:00Z"}
APP_TOKEN = {
    "auth_type": "app_token",
    "partner_id": 99,
    "app_token_id": "1_t",
    "app_token": "s3cret",
}
ADMIN_SECRET = {"auth_type": "admin_secret", "partner_id": 99, "admin_secret": "s3cret"}


def sentence(config: Mapping[str, Any]) -> str:
    """What the configuration is refused with."""
    with pytest.raises(ConfigError) as raised:
        parse_config(config)
    return str(raised.value)


def with_(**changes: Any) -> dict[str, Any]:
    return {**LEAST, **changes}


def with_credentials(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    return {**LEAST, "credentials": {**base, **changes}}


def test_given_only_what_is_required_when_parsed_then_the_rest_has_its_defaults() -> None:
    assert parse_config(LEAST) == Config(
        credentials=ReadyMadeSession("djJ8"),
        api_url="https://www.kaltura.com",
        start=1_769_904_000,
        end=None,
        filters={},
        lookback=172_800,
        window_length=604_800,
        longest_session=86_400,
        num_workers=4,
    )


def test_given_everything_when_parsed_then_it_is_as_given() -> None:
    assert parse_config(
        {
            "credentials": APP_TOKEN,
            "api_url": "https://api.eu.kaltura.com/",
            "start_date": "2026-02-01T00:00:00+01:00",
            "end_date": "2026-02-02T00:00:00Z",
            "entry_ids": ["1_a", " 1_b ", "1_a"],
            "virtual_event_ids": ["7"],
            "user_ids": ["ada@example.com"],
            "cue_point_ids": ["1_c"],
            "parent_entry_ids": ["1_p"],
            "lookback_window_days": 0,
            "window_in_days": 31,
            "max_session_hours": 1,
            "num_workers": 10,
        }
    ) == Config(
        credentials=AppToken(99, "1_t", "s3cret", "SHA256"),
        api_url="https://api.eu.kaltura.com",
        start=1_769_900_400,
        end=1_769_990_400,
        filters={
            "entry_ids": ("1_a", "1_b"),
            "virtual_event_ids": ("7",),
            "user_ids": ("ada@example.com",),
            "cue_point_ids": ("1_c",),
            "parent_entry_ids": ("1_p",),
        },
        lookback=0,
        window_length=2_678_400,
        longest_session=3_600,
        num_workers=10,
    )


@pytest.mark.parametrize(
    ("credentials", "parsed"),
    [
        pytest.param(
            {**APP_TOKEN, "hash_type": "MD5"}, AppToken(99, "1_t", "s3cret", "MD5"), id="app_token"
        ),
        pytest.param(ADMIN_SECRET, AdminSecret(99, "s3cret", ""), id="admin_secret"),
        pytest.param(
            {**ADMIN_SECRET, "user_id": "ada"}, AdminSecret(99, "s3cret", "ada"), id="and_a_user"
        ),
        pytest.param({"auth_type": "ks", "ks": " djJ8\n"}, ReadyMadeSession("djJ8"), id="pasted"),
    ],
)
def test_given_credentials_when_parsed_then_they_are_of_their_kind(
    credentials: Mapping[str, Any], parsed: object
) -> None:
    assert parse_config(with_(credentials=credentials)).credentials == parsed


@pytest.mark.parametrize("empty", [None, "", []], ids=["null", "empty_text", "empty_list"])
def test_given_what_a_form_sends_for_an_empty_field_when_parsed_then_it_is_the_default(
    empty: object,
) -> None:
    texts = {} if empty == [] else {"api_url": empty, "end_date": empty}
    numbers = {} if empty is not None else {"num_workers": None, "lookback_window_days": None}

    assert parse_config(with_(entry_ids=empty, **texts, **numbers)) == parse_config(LEAST)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://api.eu.kaltura.com", "https://api.eu.kaltura.com"),
        ("https://www.kaltura.com/", "https://www.kaltura.com"),
        ("https://www.kaltura.com/api_v3", "https://www.kaltura.com"),
        ("https://www.kaltura.com/api_v3/", "https://www.kaltura.com"),
        ("https://www.kaltura.com/api_v3/index.php", "https://www.kaltura.com"),
        ("https://www.kaltura.com//api_v3/index.php/", "https://www.kaltura.com"),
        ("https://kaltura.example/index.php", "https://kaltura.example/index.php"),
        ("https://kaltura.example/my_api_v3", "https://kaltura.example/my_api_v3"),
        ("http://127.0.0.1:8080/kaltura/", "http://127.0.0.1:8080/kaltura"),
    ],
)
def test_given_an_api_url_when_parsed_then_it_is_the_servers_address_alone(
    url: str, used: str
) -> None:
    assert parse_config(with_(api_url=url)).api_url == used


def test_given_whole_numbers_with_a_point_when_parsed_then_they_are_whole_numbers() -> None:
    """4.0 is an integer in JSON Schema, and some tools write every number that way."""
    config = parse_config(
        with_(
            credentials={**ADMIN_SECRET, "partner_id": 99.0},
            lookback_window_days=3.0,
            window_in_days=4.0,
            max_session_hours=5.0,
            num_workers=6.0,
        )
    )

    assert config.credentials == AdminSecret(99, "s3cret")
    assert repr(config.credentials) == "AdminSecret(partner_id=99, user_id='')"
    assert (config.lookback, config.window_length) == (259_200, 345_600)
    assert (config.longest_session, config.num_workers) == (18_000, 6)


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        pytest.param(1_769_903_999, True, id="a_second_before_it"),
        pytest.param(1_769_904_000, False, id="at_it"),
        pytest.param(1_769_904_001, False, id="a_second_after_it"),
    ],
)
def test_given_a_start_date_when_it_is_later_than_now_then_it_is_refused(
    now: int, refused: bool
) -> None:
    config = parse_config(with_(start_date="2026-02-01T01:00:00+01:00"))

    if not refused:
        refuse_future_start(config, now)
        return
    with pytest.raises(ConfigError) as raised:
        refuse_future_start(config, now)
    assert str(raised.value) == (
        "start_date (2026-02-01T00:00:00Z) is in the future, so there is nothing to read yet; give "
        "the time from which on sessions are to be read."
    )


REQUIRED: list[tuple[Mapping[str, Any], str]] = [
    (KS, "ks"),
    (APP_TOKEN, "app_token_id"),
    (APP_TOKEN, "app_token"),
    (APP_TOKEN, "partner_id"),
    (ADMIN_SECRET, "admin_secret"),
]
REFUSED = [
    pytest.param({}, "start_date is required.", id="nothing"),
    pytest.param({"credentials": KS}, "start_date is required.", id="no_start_date"),
    pytest.param(
        {"start_date": "2026-02-01T00:00:00Z"},
        "credentials is required: an object with auth_type and what it needs.",
        id="no_credentials",
    ),
    pytest.param(
        with_(credentials="djJ8"),
        "credentials is required: an object with auth_type and what it needs.",
        id="credentials_that_are_no_object",
    ),
    pytest.param(
        with_(credentials={"ks": "djJ8"}),
        "credentials.auth_type must be one of app_token, admin_secret, ks.",
        id="no_auth_type",
    ),
    pytest.param(
        with_(credentials={"auth_type": "oauth"}),
        "credentials.auth_type must be one of app_token, admin_secret, ks.",
        id="another_auth_type",
    ),
    *(
        pytest.param(
            with_credentials(base, **{key: blank}),
            f"credentials.{key} is required.",
            id=f"{key}_is_{blank!r}",
        )
        for base, key in REQUIRED
        for blank in ([None] if key == "partner_id" else [None, "", "  "])
    ),
    pytest.param(
        with_credentials(KS, ks=5), "credentials.ks must be a text.", id="ks_that_is_a_number"
    ),
    pytest.param(
        with_credentials(APP_TOKEN, partner_id="99"),
        "credentials.partner_id must be a whole number of 0 or more.",
        id="partner_id_that_is_a_text",
    ),
    pytest.param(
        with_credentials(ADMIN_SECRET, partner_id=-1),
        "credentials.partner_id must be a whole number of 0 or more.",
        id="partner_id_below_0",
    ),
    pytest.param(
        with_credentials(APP_TOKEN, hash_type="SHA3"),
        "credentials.hash_type must be one of SHA256, SHA512, SHA1, MD5.",
        id="another_hash_type",
    ),
    *(
        pytest.param(
            with_(start_date=text),
            f"start_date ({text}) must be a date and time such as 2026-01-01T00:00:00Z.",
            id=f"start_date_{text}",
        )
        for text in ["yesterday", "now", "2026-02-01", "2026-02-30T00:00:00Z", "10:00", "P1D"]
    ),
    *(
        pytest.param(
            with_(start_date=text),
            f"start_date ({text}) must be in the years 1000 to 9999.",
            id=f"start_date_{text}",
        )
        for text in [
            "0001-01-01T00:00:00Z",
            "0999-12-31T23:59:59Z",
            "1000-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59.5Z",
        ]
    ),
    pytest.param(
        with_(end_date="soon"),
        "end_date (soon) must be a date and time such as 2026-01-01T00:00:00Z.",
        id="end_date_soon",
    ),
    pytest.param(with_(start_date=5), "start_date must be a text.", id="start_date_is_a_number"),
    pytest.param(
        with_(end_date="2026-01-31T00:00:00Z"),
        "end_date (2026-01-31T00:00:00Z) must be later than start_date (2026-02-01T00:00:00Z).",
        id="end_date_before_start_date",
    ),
    pytest.param(
        with_(end_date="2026-02-01T01:00:00+01:00"),
        "end_date (2026-02-01T01:00:00+01:00) must be later than start_date "
        "(2026-02-01T00:00:00Z).",
        id="end_date_at_start_date",
    ),
    *(
        pytest.param(
            with_(api_url=url),
            "api_url must be a URL with its scheme, such as https://www.kaltura.com.",
            id=url,
        )
        for url in [
            "www.kaltura.com",
            "ftp://www.kaltura.com",
            "https://",
            "https:/www.kaltura.com",
            "https://[::1",
            "https://kaltura.example:port",
            "https://kaltura.example:0",
        ]
    ),
    *(
        pytest.param(
            with_(api_url=f"http://{host}/api_v3"),
            f"api_url has a host name that cannot exist ({host}); it must be the address of a "
            "server, such as https://www.kaltura.com.",
            id=f"host_{host}",
        )
        for host in ["a..b", ".kaltura.com", "a b", "*.kaltura.com", f"{'a' * 64}.com"]
    ),
    *(
        pytest.param(
            with_(api_url=url),
            "api_url must be the server's address alone, without user or query.",
            id=url,
        )
        for url in [
            "https://ada:s3cret@www.kaltura.com",
            "https://www.kaltura.com?ks=s3cret",
            "https://www.kaltura.com#top",
        ]
    ),
    pytest.param(with_(entry_ids="1_a"), "entry_ids must be a list of texts.", id="ids_in_a_text"),
    pytest.param(with_(user_ids=[5]), "user_ids must be a list of texts.", id="ids_are_numbers"),
    *(
        pytest.param(
            with_(cue_point_ids=["1_a", text]),
            "cue_point_ids has an id that is blank or has a comma, a semicolon or a line break in "
            "it, which cannot be sent to Kaltura; give each id its own entry.",
            id=f"id_{text!r}",
        )
        for text in ["1_b,1_c", "1_b;limit=1", "1_b\n", "1_b\r", "", " "]
    ),
]


@pytest.mark.parametrize(("config", "words"), REFUSED)
def test_given_a_configuration_that_cannot_be_used_when_parsed_then_one_sentence_names_the_key(
    config: Mapping[str, Any], words: str
) -> None:
    assert sentence(config) == words
