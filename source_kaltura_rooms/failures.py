"""Kaltura's refusals → Airbyte's errors: which stream, which code, what to do, whose fault."""

from __future__ import annotations

from airbyte_cdk.models import FailureType, StreamDescriptor
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.answers import Refusal, Treatment

_FAILURE_TYPES = {
    # Only the user can give other credentials, permissions, or an api_url.
    Treatment.RENEW: FailureType.config_error,
    Treatment.TELL: FailureType.config_error,
    # Time mends these; Airbyte tries the sync again.
    Treatment.WAIT: FailureType.transient_error,
    Treatment.LESS: FailureType.transient_error,
    Treatment.RETRY_THEN_LESS: FailureType.transient_error,
    Treatment.RETRY: FailureType.transient_error,
    # Neither does: the connector or Kaltura must change.
    Treatment.GIVE_UP: FailureType.system_error,
}


class Refused(Exception):
    """Kaltura refused, after all that the refusal's treatment allows was tried."""

    def __init__(self, refusal: Refusal, tried: str = "", *, asking_for: str = "") -> None:
        super().__init__(f"{refusal.code} {tried}".strip())
        self.refusal = refusal
        self.tried = tried
        self.asking_for = asking_for


def failure(stream: str, refused: Refused) -> AirbyteTracedException:
    """The error to show for a refusal; what Kaltura said in full is left to the internal message.

    INVALID_KS is the exception: Kaltura quotes the session in it, so nothing is repeated.
    """
    refusal = refused.refusal
    asking = f" when asked for {refused.asking_for}" if refused.asking_for else ""
    tried = f" ({refused.tried})" if refused.tried else ""
    detail = "" if refusal.treatment is Treatment.RENEW else filter_secrets(refusal.detail)
    return stream_failure(
        stream,
        f"Kaltura answered {refusal.code}{asking}{tried}. {refusal.remedy}",
        _FAILURE_TYPES[refusal.treatment],
        internal=f"{refusal.code}: {refusal.treatment.value}. {detail}".strip(),
    )


def stream_failure(
    stream: str, sentence: str, failure_type: FailureType, *, internal: str = ""
) -> AirbyteTracedException:
    """An error of one stream, which leaves the others running."""
    return AirbyteTracedException(
        message=f"Stream {stream}: {sentence}",
        internal_message=internal or sentence,
        failure_type=failure_type,
        stream_descriptor=StreamDescriptor(name=stream),
    )


def configuration_failure(sentence: str) -> AirbyteTracedException:
    """An error that only the person who wrote the configuration, catalog or state can mend."""
    return AirbyteTracedException(
        message=sentence, internal_message=sentence, failure_type=FailureType.config_error
    )
