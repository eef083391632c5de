"""Saved states in each of the protocol's three forms: used, or refused with one sentence."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteStateMessageSerializer, FailureType
from requests_mock import Mocker

from unit_tests.reading import Outcome, read, serve
from unit_tests.stand_ins import forms_of

FOURTH = {"session_start_time": "2026-02-04T23:59:59Z"}
FIFTH = {"session_start_time": "2026-02-05T23:59:59Z"}


def in_global(**more: Any) -> dict[str, Any]:
    streams = [
        {"stream_descriptor": {"name": "rooms"}, "stream_state": FOURTH},
        {"stream_descriptor": {"name": "breakouts"}, "stream_state": FIFTH},
    ]
    return {"type": "GLOBAL", "global": {"stream_states": streams, **more}}


def read_after(mocker: Mocker, *states: dict[str, Any]) -> Outcome:
    """A sync of rooms and breakouts that goes on from these states."""
    serve(mocker, lambda form: b"\xef\xbb\xbf\n")
    loaded = [AirbyteStateMessageSerializer.load(one) for one in states]
    return read("rooms", "breakouts", state=loaded, lookback_window_days=0)


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(in_global(), id="GLOBAL"),
        pytest.param(in_global(shared_state={}), id="GLOBAL_with_an_empty_shared_state"),
        pytest.param(
            {"type": "LEGACY", "data": {"rooms": FOURTH, "breakouts": FIFTH}}, id="LEGACY"
        ),
        pytest.param({"data": {"rooms": FOURTH, "breakouts": FIFTH}}, id="without_a_type"),
    ],
)
def test_given_a_state_of_several_streams_when_read_then_each_goes_on_from_its_own(
    state: dict[str, Any],
    requests_mock: Mocker,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcome = read_after(requests_mock, state)

    begun = {form["id"]: form["params"].split(";")[0] for form in forms_of(requests_mock)}
    assert begun == {"6000": "from_date=1770246000", "6002": "from_date=1770332400"}
    assert outcome.statuses("rooms")[-1] == outcome.statuses("breakouts")[-1] == "COMPLETE"
    assert "ignored" not in caplog.text


def test_given_a_state_without_its_type_when_read_then_its_stream_goes_on_from_it(
    requests_mock: Mocker,
) -> None:
    rooms = {"stream_descriptor": {"name": "rooms"}, "stream_state": FOURTH}

    read_after(requests_mock, {"stream": rooms})

    begun = {form["id"]: form["params"].split(";")[0] for form in forms_of(requests_mock)}
    assert begun == {"6000": "from_date=1770246000", "6002": "from_date=1769900400"}


def test_given_a_global_state_of_another_connectors_stream_when_read_then_that_one_is_ignored(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    orders = {"stream_descriptor": {"name": "orders"}, "stream_state": {"updated_at": "2026"}}

    read_after(requests_mock, {"type": "GLOBAL", "global": {"stream_states": [orders]}})

    assert [one for one in caplog.messages if "ignored" in one] == [
        "The state of orders is ignored: this source has no such stream."
    ]


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        pytest.param(
            in_global(shared_state={"position": 5}),
            "The saved state has a shared_state, which this connector never writes; it is the "
            "state of another connector. Clear the state of the connection.",
            id="GLOBAL_with_a_shared_state",
        ),
        pytest.param(
            {"type": "LEGACY", "data": {"session_start_time": "2026-02-04T23:59:59Z"}},
            "The saved state has the type LEGACY, but is not an object with a state for each "
            "stream. Clear the state of the connection.",
            id="LEGACY_of_no_stream",
        ),
    ],
)
def test_given_a_state_of_another_connector_when_read_then_one_sentence_says_so(
    state: dict[str, Any], sentence: str, requests_mock: Mocker
) -> None:
    outcome = read_after(requests_mock, state)

    assert outcome.error is not None
    assert outcome.error.message == sentence
    assert outcome.error.failure_type is FailureType.config_error
    assert requests_mock.call_count == 0
