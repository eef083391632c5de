"""The configuration: bounds, warnings, keys without a meaning, and secrets that are not printed."""

from __future__ import annotations

from typing import Any

import pytest

from source_kaltura_rooms.config import ConfigError, parse_config, unknown_keys
from unit_tests.stand_ins import FORM

BOUNDS = [
    ("lookback_window_days", 0, 90),
    ("window_in_days", 1, 31),
    ("max_session_hours", 1, 168),
    ("num_workers", 1, 10),
]


@pytest.mark.parametrize(("key", "least", "most"), BOUNDS, ids=[row[0] for row in BOUNDS])
def test_given_a_number_within_its_bounds_when_parsed_then_it_is_taken(
    key: str, least: int, most: int
) -> None:
    parse_config({**FORM, key: least})
    parse_config({**FORM, key: most})


@pytest.mark.parametrize(("key", "least", "most"), BOUNDS, ids=[row[0] for row in BOUNDS])
def test_given_a_number_out_of_bounds_when_parsed_then_the_sentence_names_key_and_bounds(
    key: str, least: int, most: int
) -> None:
    for value in [least - 1, most + 1, str(least), 1.5, float("inf"), float("nan"), True, [], ""]:
        with pytest.raises(ConfigError) as raised:
            parse_config({**FORM, key: value})
        assert str(raised.value) == f"{key} must be a whole number from {least} to {most}."


@pytest.mark.parametrize(
    ("days", "hours", "warns"),
    [
        pytest.param(0, 1, True, id="no_lookback"),
        pytest.param(1, 25, True, id="an_hour_too_short"),
        pytest.param(1, 24, False, id="just_long_enough"),
        pytest.param(2, 24, False, id="the_default"),
    ],
)
def test_given_a_lookback_when_it_is_shorter_than_a_session_then_there_is_a_warning(
    days: int, hours: int, warns: bool
) -> None:
    config = parse_config({**FORM, "lookback_window_days": days, "max_session_hours": hours})

    assert config.warnings == (
        [
            f"lookback_window_days ({days}) is shorter than max_session_hours ({hours}): sessions "
            "that are still running when a sync reads them keep the metrics they had then."
        ]
        if warns
        else []
    )


@pytest.mark.parametrize(
    ("key", "sentences"),
    [
        pytest.param(
            "windows_in_days",
            [
                "windows_in_days is not a configuration key and has no effect; is window_in_days "
                "meant?"
            ],
            id="nearly_a_key",
        ),
        pytest.param(
            "colour", ["colour is not a configuration key and has no effect."], id="no_key"
        ),
        pytest.param("__injected_declarative_manifest", [], id="of_airbytes"),
        pytest.param("start_date", [], id="a_key"),
    ],
)
def test_given_a_key_when_it_has_no_meaning_then_a_sentence_says_so(
    key: str, sentences: list[str]
) -> None:
    assert unknown_keys({**FORM, key: "x"}) == sentences
    parse_config({key: "x", **FORM})


@pytest.mark.parametrize(
    "credentials",
    [
        {"auth_type": "ks", "ks": "s3cret"},
        {"auth_type": "admin_secret", "partner_id": 99, "admin_secret": "s3cret"},
        {
            "auth_type": "app_token",
            "partner_id": 99,
            "app_token_id": "1_t",
            "app_token": "s3cret",
        },
    ],
    ids=lambda one: str(one["auth_type"]),
)
def test_given_secrets_when_the_configuration_is_printed_then_they_are_not_in_it(
    credentials: dict[str, Any],
) -> None:
    assert "s3cret" not in repr(parse_config({**FORM, "credentials": credentials}))
