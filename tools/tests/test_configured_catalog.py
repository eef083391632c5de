"""What `discover` prints, made into what `read` needs."""

from __future__ import annotations

import json
import re

import pytest

from tools.configured_catalog import configured_catalog

ROOMS = {"name": "rooms", "json_schema": {"properties": {"entry_id": {"type": "string"}}}}
BREAKOUTS = {"name": "breakouts", "json_schema": {}}
PRINTED = [
    json.dumps({"type": "LOG", "log": {"level": "WARN", "message": "A warning."}}),
    json.dumps({"type": "CATALOG", "catalog": {"streams": [ROOMS, BREAKOUTS]}}),
    "",
]


def configured(stream: object) -> dict[str, object]:
    return {
        "stream": stream,
        "sync_mode": "incremental",
        "destination_sync_mode": "append_dedup",
    }


def test_given_no_choice_when_made_then_all_streams_are_read_incrementally() -> None:
    assert configured_catalog(PRINTED) == {"streams": [configured(ROOMS), configured(BREAKOUTS)]}


def test_given_a_choice_when_made_then_it_has_these_alone() -> None:
    assert configured_catalog(PRINTED, ["breakouts"]) == {"streams": [configured(BREAKOUTS)]}


@pytest.mark.parametrize(
    ("printed", "chosen", "sentence"),
    [
        (PRINTED, ["meetings"], "There is no stream meetings; there are rooms, breakouts."),
        (PRINTED[:1], [], "discover printed no catalog. It last said: A warning."),
        ([], [], "discover printed no catalog. It last said: nothing"),
    ],
)
def test_given_what_cannot_be_made_then_one_sentence_says_why(
    printed: list[str], chosen: list[str], sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        configured_catalog(printed, chosen)
