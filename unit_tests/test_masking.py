"""Secrets that were made during a sync are masked in every shape they are printed in."""

from __future__ import annotations

import json
from urllib.parse import quote, urlencode

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.masking import register_secret

AWKWARD = "djJ8MTIz/+=|a b\"c\\dé'e"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param(AWKWARD, "****", id="as_it_is"),
        pytest.param(urlencode({"ks": AWKWARD, "id": "6000"}), "ks=****&id=6000", id="in_a_form"),
        pytest.param(f"/ks/{quote(AWKWARD, safe='')}/id", "/ks/****/id", id="in_a_path"),
        pytest.param(json.dumps({"ks": AWKWARD}), '{"ks": "****"}', id="in_json"),
        pytest.param(
            json.dumps({"ks": AWKWARD}).replace("/", "\\/"), '{"ks": "****"}', id="in_json_of_php"
        ),
        pytest.param(repr({"ks": AWKWARD}), "{'ks': '****'}", id="in_a_python_repr"),
    ],
)
def test_given_a_hidden_secret_when_printed_then_it_is_masked(text: str, masked: str) -> None:
    assert "djJ8MTIz" in text

    register_secret(AWKWARD)

    assert filter_secrets(text) == masked


def test_given_nothing_hidden_when_printed_then_text_stays() -> None:
    assert filter_secrets("djJ8MTIz") == "djJ8MTIz"


def test_given_an_empty_secret_when_hidden_then_text_stays() -> None:
    register_secret("")

    assert filter_secrets("what is said") == "what is said"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=40))
def test_given_any_secret_when_hidden_then_no_shape_of_it_passes(secret: str) -> None:
    register_secret(secret)

    for text in (secret, urlencode({"ks": secret}), json.dumps(secret), repr(secret)):
        assert "****" in filter_secrets(text)
