"""What Airbyte's older acceptance tests, and its form, ask of `spec` beyond the standard tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import run

Schema = dict[str, Any]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    outcome = run("spec", Path(tmp_path_factory.mktemp("spec")))
    (message,) = outcome.of_type("SPEC")
    specification: Schema = message["spec"]["connectionSpecification"]
    return specification


def objects(schema: Schema) -> Iterator[Schema]:
    """The schema and every one inside it that has properties."""
    if "properties" in schema:
        yield schema
    for inner in [*schema.get("properties", {}).values(), *schema.get("oneOf", [])]:
        yield from objects(inner)
    if "items" in schema:
        yield from objects(schema["items"])


def fields(schema: Schema) -> Iterator[tuple[str, Schema]]:
    for one in objects(schema):
        yield from one["properties"].items()


def keywords(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from keywords(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keywords(value)


def test_given_the_spec_then_it_uses_no_keyword_that_airbyte_does_not_read(spec: Schema) -> None:
    assert {"$ref", "not", "anyOf", "allOf"}.isdisjoint(keywords(spec))


def test_given_the_spec_then_additional_properties_are_allowed(spec: Schema) -> None:
    """A configuration must survive the end of an option."""
    assert spec["additionalProperties"] is True
    assert all(one.get("additionalProperties", True) is True for one in objects(spec))


def test_given_a_choice_then_one_constant_tells_its_branches_apart(spec: Schema) -> None:
    credentials = spec["properties"]["credentials"]
    branches = credentials["oneOf"]

    assert credentials["type"] == "object"
    assert [branch["type"] for branch in branches] == ["object"] * 3
    assert [branch["properties"]["auth_type"]["const"] for branch in branches] == [
        "app_token",
        "admin_secret",
        "ks",
    ]
    for branch in branches:
        constants = [name for name, field in branch["properties"].items() if "const" in field]
        assert constants == ["auth_type"]
        assert branch["properties"]["auth_type"]["type"] == "string"
        assert "auth_type" in branch["required"]


def test_given_personal_data_then_it_is_an_object_of_two_told_apart_by_a_constant(
    spec: Schema,
) -> None:
    branches = spec["properties"]["personal_data"]["oneOf"]

    assert [branch["properties"]["mode"] for branch in branches] == [
        {"type": "string", "const": "as_it_is", "order": 0},
        {"type": "string", "const": "pseudonyms", "order": 0},
    ]
    assert all("mode" in branch["required"] for branch in branches)


def test_given_an_object_then_no_two_of_its_fields_claim_the_same_place(spec: Schema) -> None:
    for one in objects(spec):
        places = [field["order"] for field in one["properties"].values()]
        assert sorted(places) == list(range(len(places)))


def test_given_a_field_then_it_has_a_type_and_its_items_have_one_too(spec: Schema) -> None:
    """The form draws a list of texts as tags and a list of objects as cards.

    Of several types it takes the first one: parameters are tags, and an object in a file.
    """
    for name, field in fields(spec):
        drawn_as = field["type"][0] if name == "params" else field.get("type")
        assert isinstance(drawn_as, str), name
        if drawn_as == "array":
            assert field["items"]["type"] == ("object" if name == "custom_reports" else "string")


def test_given_an_object_then_the_fields_that_it_requires_exist(spec: Schema) -> None:
    for one in objects(spec):
        assert set(one.get("required", [])) <= set(one["properties"])


def test_given_a_default_then_it_is_a_value_that_the_field_accepts(spec: Schema) -> None:
    for name, field in fields(spec):
        if "default" in field and "enum" in field:
            assert field["default"] in field["enum"], name
        if "default" in field and "minimum" in field:
            assert field["minimum"] <= field["default"] <= field["maximum"], name


def test_given_the_secrets_then_exactly_they_are_marked(spec: Schema) -> None:
    secret = [name for name, field in fields(spec) if field.get("airbyte_secret")]
    assert secret == ["app_token", "admin_secret", "ks", "secret"]
