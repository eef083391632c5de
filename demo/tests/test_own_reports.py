"""Reports that a configuration declares are streams of the demo too."""

from __future__ import annotations

from typing import Any

import pytest

from demo.__main__ import chosen
from demo.accounts import Unusable, keys_of

CONFIG: dict[str, Any] = {
    "custom_reports": [
        {"name": "playback", "report_id": 1109, "primary_key": ["entry_id", "country"]},
        {"name": "without_a_key"},
        "no report",
    ]
}


def test_given_a_declared_report_then_it_is_a_stream_with_the_date_in_its_key() -> None:
    """Its key has the date, as the connector adds it."""
    keys = keys_of(CONFIG)

    assert list(keys) == ["rooms", "attendees", "breakouts", "playback"]
    assert keys["playback"] == ("entry_id", "country", "date")


def test_given_no_choice_then_all_streams_are_synced_and_else_those_that_are_named() -> None:
    """In the order in which they are named."""
    assert chosen(None, keys_of(CONFIG)) == ["rooms", "attendees", "breakouts", "playback"]
    assert chosen("playback,rooms", keys_of(CONFIG)) == ["playback", "rooms"]


def test_given_a_stream_that_is_not_there_then_the_others_are_named() -> None:
    """A mistyped name is a mistake of whoever runs the demo."""
    with pytest.raises(Unusable) as raised:
        chosen("playbacks", keys_of(CONFIG))

    assert str(raised.value) == "--streams: the streams are rooms,attendees,breakouts,playback"
