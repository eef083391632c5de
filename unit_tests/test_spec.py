"""`spec.yaml` and the configuration say the same, and the form is one Airbyte can show."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from source_kaltura_rooms import SourceKalturaRooms
from source_kaltura_rooms.config import HASH_TYPES, KEYS, ConfigError, parse_config
from unit_tests.stand_ins import FORM

SPEC: Mapping[str, Any] = (
    SourceKalturaRooms().spec(logging.getLogger("airbyte")).connectionSpecification
)
PROPERTIES: Mapping[str, Any] = SPEC["properties"]
BRANCHES: Mapping[str, Any] = {
    branch["properties"]["auth_type"]["const"]: branch
    for branch in PROPERTIES["credentials"]["oneOf"]
}
MODES: Mapping[str, Any] = {
    branch["properties"]["mode"]["const"]: branch for branch in PROPERTIES["personal_data"]["oneOf"]
}


def objects() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The properties of the form and of each branch in it, by a name for messages."""
    yield "", PROPERTIES
    for name, branch in [*BRANCHES.items(), *MODES.items()]:
        yield f"{name}.", branch["properties"]


NUMBERS = [name for name, declared in PROPERTIES.items() if declared["type"] == "integer"]


def test_given_the_form_when_compared_then_its_keys_are_those_of_the_configuration() -> None:
    assert set(PROPERTIES) == set(KEYS)
    assert len(KEYS) == len(set(KEYS))


def test_given_the_form_when_compared_then_credentials_and_start_date_are_required() -> None:
    assert SPEC["required"] == ["credentials", "start_date"]
    assert SPEC["additionalProperties"] is True


def test_given_the_branches_when_listed_then_the_recommended_one_is_first() -> None:
    assert list(BRANCHES) == ["app_token", "admin_secret", "ks"]
    assert {name: branch["required"] for name, branch in BRANCHES.items()} == {
        "app_token": ["auth_type", "partner_id", "app_token_id", "app_token"],
        "admin_secret": ["auth_type", "partner_id", "admin_secret"],
        "ks": ["auth_type", "ks"],
    }


@pytest.mark.parametrize("auth_type", list(BRANCHES))
def test_given_a_branch_when_filled_in_then_exactly_what_it_requires_is_required(
    auth_type: str,
) -> None:
    branch = BRANCHES[auth_type]
    filled = {
        name: {"integer": 99, "string": declared.get("const", "x")}[declared["type"]]
        for name, declared in branch["properties"].items()
        if name in branch["required"]
    }

    parse_config({**FORM, "credentials": filled})
    for name in branch["required"]:
        with pytest.raises(ConfigError) as raised:
            parse_config({**FORM, "credentials": {**filled, name: None}})
        assert name in str(raised.value)


def test_given_any_property_when_shown_then_it_has_a_title_a_description_and_its_own_place() -> (
    None
):
    for where, properties in objects():
        shown = {name: one for name, one in properties.items() if "const" not in one}
        for name, declared in shown.items():
            assert declared["title"], where + name
            assert declared["description"].rstrip().endswith("."), where + name
        orders = [declared["order"] for declared in properties.values()]
        assert orders == list(range(len(orders))), where


def test_given_secrets_when_shown_then_they_and_nothing_else_are_marked() -> None:
    assert {
        where + name
        for where, properties in objects()
        for name, declared in properties.items()
        if declared.get("airbyte_secret")
    } == {"app_token.app_token", "admin_secret.admin_secret", "ks.ks", "pseudonyms.secret"}


@pytest.mark.parametrize(("key", "branches"), [("auth_type", BRANCHES), ("mode", MODES)])
def test_given_the_branches_when_shown_then_each_has_one_constant_and_no_other_choice(
    key: str, branches: Mapping[str, Any]
) -> None:
    for name, branch in branches.items():
        assert [name for name, one in branch["properties"].items() if "const" in one] == [key]
        assert branch["properties"][key] == {"type": "string", "const": name, "order": 0}
        assert branch["type"] == "object"


def test_given_personal_data_when_shown_then_pseudonyms_need_a_long_secret() -> None:
    assert {name: branch["required"] for name, branch in MODES.items()} == {
        "as_it_is": ["mode"],
        "pseudonyms": ["mode", "secret"],
    }
    assert list(MODES) == ["as_it_is", "pseudonyms"]
    assert MODES["pseudonyms"]["properties"]["secret"]["minLength"] == 16
    for secret, is_taken in ((15 * "x", False), (16 * "x", True)):
        filled = {**FORM, "personal_data": {"mode": "pseudonyms", "secret": secret}}
        if is_taken:
            parse_config(filled)
        else:
            with pytest.raises(ConfigError, match=r"personal_data\.secret"):
                parse_config(filled)


def test_given_hash_types_when_compared_then_they_are_those_of_the_configuration() -> None:
    declared = BRANCHES["app_token"]["properties"]["hash_type"]

    assert tuple(declared["enum"]) == HASH_TYPES == ("SHA256", "SHA512", "SHA1", "MD5")
    assert declared["default"] == "SHA256"


@pytest.mark.parametrize("key", NUMBERS)
def test_given_a_number_when_at_its_bounds_then_it_is_taken_and_beyond_refused(key: str) -> None:
    declared = PROPERTIES[key]

    for value in (declared["minimum"], declared["maximum"]):
        parse_config({**FORM, key: value})
    for value in (declared["minimum"] - 1, declared["maximum"] + 1):
        with pytest.raises(ConfigError, match=key):
            parse_config({**FORM, key: value})


def test_given_defaults_when_written_out_then_they_change_nothing() -> None:
    defaults = {name: one["default"] for name, one in PROPERTIES.items() if "default" in one}

    assert defaults == {
        "api_url": "https://www.kaltura.com",
        "lookback_window_days": 2,
        "window_in_days": 7,
        "max_session_hours": 24,
        "num_workers": 4,
    }
    assert parse_config({**FORM, **defaults}) == parse_config(FORM)


def test_given_examples_when_filled_in_then_they_can_be_used() -> None:
    for key, declared in PROPERTIES.items():
        for example in declared.get("examples", []):
            value = [example] if declared["type"] == "array" else example
            parse_config({**FORM, "start_date": "2025-01-01T00:00:00Z", "end_date": "", key: value})


@pytest.mark.parametrize("key", ["start_date", "end_date"])
@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-02-01T00:00:00Z", True),
        ("2026-02-01T00:00:00.123Z", True),
        ("2026-02-01T00:00:00+01:00", True),
        ("2026-02-01", False),
        ("now", False),
    ],
)
def test_given_a_time_when_it_fits_the_form_then_the_configuration_takes_it_too(
    key: str, text: str, fits: bool
) -> None:
    assert bool(re.search(PROPERTIES[key]["pattern"], text)) is fits
    filled = {**FORM, "start_date": "2025-01-01T00:00:00Z", "end_date": "", key: text}
    if fits:
        parse_config(filled)
    else:
        with pytest.raises(ConfigError, match=key):
            parse_config(filled)


def test_given_an_empty_end_date_when_filled_in_then_form_and_configuration_take_it() -> None:
    assert re.search(PROPERTIES["end_date"]["pattern"], "")
    assert parse_config({**FORM, "end_date": ""}).end is None
