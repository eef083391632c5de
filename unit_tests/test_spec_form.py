"""`spec.yaml` as Airbyte's web application draws it: a form, field by field.

How each keyword is drawn is told by Airbyte's "Connector Specification Reference".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from source_kaltura_rooms.config import FILTERS, HASH_TYPES, KEYS, AppToken, parse_config

Field = dict[str, Any]

PATH = Path(__file__).parent.parent / "source_kaltura_rooms/spec.yaml"
FORM: Field = yaml.safe_load(PATH.read_text())["connectionSpecification"]
BRANCHES: list[Field] = FORM["properties"]["credentials"]["oneOf"]
MODES: list[Field] = FORM["properties"]["personal_data"]["oneOf"]
OWN_REPORT: Field = FORM["properties"]["custom_reports"]["items"]
TIMES = ("start_date", "end_date")


def fields() -> Iterator[tuple[str, Field]]:
    """Every field that is drawn; constants are not."""
    yield from FORM["properties"].items()
    for branch in [*BRANCHES, *MODES]:
        for name, field in branch["properties"].items():
            if "const" not in field:
                yield name, field
    yield from OWN_REPORT["properties"].items()


every_field = pytest.mark.parametrize(("name", "field"), list(fields()))


@every_field
def test_given_a_field_then_it_has_a_short_title_and_a_description_in_sentences(
    name: str, field: Field
) -> None:
    assert field["title"][0].isupper()
    assert len(field["title"]) <= 30
    assert field["description"].endswith((".", "</a>."))
    assert len(re.sub("<[^>]*>", "", field["description"])) <= 200


@every_field
def test_given_a_field_with_examples_then_its_own_rules_allow_them(name: str, field: Field) -> None:
    """The examples of a list are drawn as its entries."""
    rules = field["items"] if "array" in field["type"] else field
    for example in field.get("examples", []):
        jsonschema.validate(example, rules)


@every_field
def test_given_a_secret_then_it_is_a_password_field_and_shows_no_example(
    name: str, field: Field
) -> None:
    secret = name in ("app_token", "admin_secret", "ks", "secret")
    assert field.get("airbyte_secret", False) is secret
    assert not secret or "examples" not in field


@every_field
def test_given_a_link_then_it_leads_to_kaltura_and_is_encrypted(name: str, field: Field) -> None:
    for target in re.findall(r'href="([^"]*)"', field["description"]):
        assert re.match(r"https://(kmc|developer)\.kaltura\.com/", target)


def test_given_the_form_then_its_cards_are_these_and_every_field_is_on_one() -> None:
    assert FORM["groups"] == [
        {"id": "account", "title": "Kaltura account"},
        {"id": "time", "title": "Time range"},
        {"id": "filters", "title": "Filters"},
        {"id": "privacy", "title": "Personal data"},
        {"id": "tuning", "title": "Tuning"},
        {"id": "reports", "title": "Further reports"},
    ]
    assert {name: field["group"] for name, field in FORM["properties"].items()} == {
        "credentials": "account",
        "api_url": "account",
        **dict.fromkeys(TIMES, "time"),
        **dict.fromkeys(FILTERS, "filters"),
        "lookback_window_days": "tuning",
        "window_in_days": "tuning",
        "max_session_hours": "tuning",
        "num_workers": "tuning",
        "personal_data": "privacy",
        "custom_reports": "reports",
    }


def test_given_the_form_then_its_fields_are_the_keys_of_the_configuration_in_order() -> None:
    by_place = sorted(FORM["properties"], key=lambda name: FORM["properties"][name]["order"])
    assert tuple(by_place) == tuple(FORM["properties"]) == KEYS


def test_given_the_ways_to_authenticate_then_they_are_cards_and_the_best_comes_first() -> None:
    """Their titles are interfaces: Airbyte's Terraform provider makes names of attributes of them,
    in which a remark or a parenthesis would stand.
    """
    assert FORM["properties"]["credentials"]["display_type"] == "radio"
    assert [branch["title"] for branch in BRANCHES] == [
        "App token",
        "Admin secret",
        "Ready-made session",
    ]
    assert [branch["description"].startswith("Recommended: ") for branch in BRANCHES] == [
        True,
        False,
        False,
    ]
    assert all(branch["description"].endswith(".") for branch in BRANCHES)


def test_given_personal_data_then_its_ways_are_cards_with_short_titles() -> None:
    """Their titles are interfaces, too."""
    assert FORM["properties"]["personal_data"]["display_type"] == "radio"
    assert [branch["title"] for branch in MODES] == ["As it is", "Pseudonyms"]
    assert all(branch["description"].endswith(".") for branch in MODES)


def test_given_an_account_outside_the_us_then_the_api_url_is_not_hidden_among_the_options() -> None:
    """Optional fields are folded away unless they are to be shown always."""
    assert FORM["properties"]["api_url"]["always_show"] is True
    assert "https://api.eu.kaltura.com" in FORM["properties"]["api_url"]["examples"]


@pytest.mark.parametrize("name", TIMES)
def test_given_a_time_then_it_has_a_date_picker_that_says_its_form(name: str) -> None:
    field = FORM["properties"][name]

    assert (field["type"], field["format"]) == ("string", "date-time")
    assert field["pattern_descriptor"] == "YYYY-MM-DDTHH:mm:ssZ"
    for picked in ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-01-01T01:00:00+01:00"):
        assert re.search(field["pattern"], picked)
    for typed in ("2026-01-01", "yesterday", "2026-01-01T00:00:00"):
        assert not re.search(field["pattern"], typed)


def test_given_an_end_date_that_was_cleared_then_the_form_accepts_the_blank() -> None:
    assert re.search(FORM["properties"]["end_date"]["pattern"], "")


@pytest.mark.parametrize("name", FILTERS)
def test_given_a_filter_then_it_is_a_list_of_tags(name: str) -> None:
    """An array of plain strings, without more, is drawn as one."""
    field = FORM["properties"][name]
    assert (field["type"], field["items"]) == ("array", {"type": "string"})


def test_given_the_hash_type_then_it_is_a_list_to_choose_from() -> None:
    assert BRANCHES[0]["properties"]["hash_type"]["enum"] == list(HASH_TYPES)


def test_given_the_defaults_then_they_are_those_of_the_connector() -> None:
    required = {
        "credentials": {
            "auth_type": "app_token",
            "partner_id": 1,
            "app_token_id": "id",
            "app_token": "token",
        },
        "start_date": "2026-01-01T00:00:00Z",
    }
    defaults = {
        name: field["default"] for name, field in FORM["properties"].items() if "default" in field
    }
    credentials = parse_config(required).credentials

    assert parse_config(required) == parse_config({**required, **defaults})
    assert isinstance(credentials, AppToken)
    assert credentials.hash_type == BRANCHES[0]["properties"]["hash_type"]["default"]
