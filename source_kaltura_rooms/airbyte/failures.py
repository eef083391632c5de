"""Kaltura's errors as Airbyte's: the stream, a sentence for the user, whose fault it is."""

from __future__ import annotations

from airbyte_cdk.models import FailureType, StreamDescriptor
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.kaltura.errors import ErrorAction, ReportError

_FAILURE_TYPES = {
    # Only the user can give other credentials, permissions, or an api_url.
    ErrorAction.RENEW_KS: FailureType.config_error,
    ErrorAction.CONFIG_ERROR: FailureType.config_error,
    # Time mends these; Airbyte tries the sync again.
    ErrorAction.WAIT: FailureType.transient_error,
    ErrorAction.SPLIT: FailureType.transient_error,
    ErrorAction.RETRY_THEN_SPLIT: FailureType.transient_error,
    ErrorAction.RETRY: FailureType.transient_error,
    ErrorAction.RETRY_ONCE: FailureType.transient_error,
    ErrorAction.RECONNECT: FailureType.transient_error,
    # Neither does: the connector or Kaltura must change.
    ErrorAction.GIVE_UP: FailureType.system_error,
}


def stream_failure(stream: str, error: ReportError) -> AirbyteTracedException:
    """The error of one stream, which leaves the others running.

    INVALID_KS may quote the session, so what Kaltura said with it is not repeated.
    """
    detail = "" if error.action is ErrorAction.RENEW_KS else filter_secrets(error.detail)
    return AirbyteTracedException(
        message=f"Stream {stream}: {error.sentence}",
        internal_message=f"{error.sentence} {detail}".strip(),
        failure_type=_FAILURE_TYPES[error.action],
        stream_descriptor=StreamDescriptor(name=stream),
    )


def configuration_failure(sentence: str) -> AirbyteTracedException:
    """An error that only the person who wrote the configuration, catalog or state can mend."""
    return AirbyteTracedException(
        message=sentence, internal_message=sentence, failure_type=FailureType.config_error
    )
