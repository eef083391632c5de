"""Failures name the stream, Kaltura's code and the remedy, and say whose turn it is."""

from __future__ import annotations

import pytest
from airbyte_cdk.models import FailureType, TraceType
from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets

from source_kaltura_rooms.airbyte.failures import (
    configuration_failure,
    stream_failure,
)
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, ReportError


@pytest.mark.parametrize(
    ("action", "failure_type"),
    [
        (ErrorAction.RENEW_KS, FailureType.config_error),
        (ErrorAction.CONFIG_ERROR, FailureType.config_error),
        (ErrorAction.WAIT, FailureType.transient_error),
        (ErrorAction.SPLIT, FailureType.transient_error),
        (ErrorAction.RETRY_THEN_SPLIT, FailureType.transient_error),
        (ErrorAction.RETRY, FailureType.transient_error),
        (ErrorAction.RETRY_ONCE, FailureType.transient_error),
        (ErrorAction.RECONNECT, FailureType.transient_error),
        (ErrorAction.GIVE_UP, FailureType.system_error),
    ],
)
def test_given_an_action_when_it_is_a_failure_then_its_type_says_who_can_mend_it(
    action: ErrorAction, failure_type: FailureType
) -> None:
    refused = Refused(Refusal("SOME_CODE", action, "Do this."))

    assert stream_failure("rooms", refused).failure_type == failure_type


@pytest.mark.parametrize(
    ("tried", "asking_for", "message"),
    [
        pytest.param("", "", "Stream rooms: Kaltura answered SOME_CODE. Do this.", id="at_once"),
        pytest.param(
            "6 tries in 31 s",
            "",
            "Stream rooms: Kaltura answered SOME_CODE (6 tries in 31 s). Do this.",
            id="after_tries",
        ),
        pytest.param(
            "",
            "session 1_c",
            "Stream rooms: Kaltura answered SOME_CODE when asked for session 1_c. Do this.",
            id="when_asked_for_something",
        ),
    ],
)
def test_given_a_refusal_when_it_is_a_failure_then_stream_code_and_remedy_are_named(
    tried: str, asking_for: str, message: str
) -> None:
    refused = Refused(
        Refusal("SOME_CODE", ErrorAction.RETRY, "Do this.", "what it says"),
        tried,
        asking_for=asking_for,
    )

    error = stream_failure("rooms", refused)

    assert error.message == message
    assert error.internal_message == message.removeprefix("Stream rooms: ") + " what it says"


def test_given_an_invalid_session_when_it_is_a_failure_then_what_kaltura_said_is_not_repeated() -> (
    None
):
    """Kaltura quotes the session in it, in whatever shape."""
    refused = Refused(
        Refusal("INVALID_KS", ErrorAction.RENEW_KS, "Do this.", 'Invalid KS "djJ8abc"')
    )

    error = stream_failure("rooms", refused)

    assert "djJ8abc" not in f"{error.message}{error.internal_message}{error!r}{refused}"


def test_given_a_secret_in_another_message_when_it_is_a_failure_then_it_is_masked() -> None:
    add_to_secrets("s3cret")
    refused = Refused(
        Refusal("SOME_CODE", ErrorAction.CONFIG_ERROR, "Do this.", "secret s3cret is wrong")
    )

    assert stream_failure("rooms", refused).internal_message == (
        "Kaltura answered SOME_CODE. Do this. secret **** is wrong"
    )


def test_given_a_failure_of_a_stream_when_it_is_traced_then_the_stream_is_in_it() -> None:
    error = stream_failure("rooms", ReportError("Something is wrong.", ErrorAction.CONFIG_ERROR))

    trace = error.as_airbyte_message().trace
    assert trace is not None
    assert trace.type == TraceType.ERROR
    assert trace.error is not None
    assert trace.error.message == "Stream rooms: Something is wrong."
    assert trace.error.internal_message == "Something is wrong."
    assert trace.error.failure_type == FailureType.config_error
    assert trace.error.stream_descriptor is not None
    assert trace.error.stream_descriptor.name == "rooms"


def test_given_a_failure_of_the_configuration_when_it_is_traced_then_the_sentence_is_all() -> None:
    error = configuration_failure("start_date is required.")

    assert error.message == error.internal_message == "start_date is required."
    assert error.failure_type == FailureType.config_error
