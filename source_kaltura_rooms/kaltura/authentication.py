"""The KS, Kaltura's session for calls: opened once for all threads, renewed before it ends.

How a KS is opened was read in Kaltura's public server source (SessionService, AppTokenService).
What is known of its end is in `docs/kaltura.md`, "Errors".
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from source_kaltura_rooms.config import AdminSecret, AppToken, Config
from source_kaltura_rooms.kaltura.calls import Caller, Value
from source_kaltura_rooms.kaltura.errors import TRY_LATER, ErrorAction, Refused
from source_kaltura_rooms.kaltura.masking import register_secret
from source_kaltura_rooms.kaltura.refusals import no_answer

REPORT_ACTION = "report/getCsvFromStringParams"
LIFETIME = 3_600
"""Seconds that a KS is asked to live: long enough for many reports, short if it leaks."""
MARGIN = 600
"""Seconds before its end at which a KS is renewed; less for one that lives shorter."""
HOLD = 60
"""Seconds for which a passing error while renewing the KS counts for all threads."""
TIMEOUT = 20
"""Seconds to wait for an answer when a KS is opened, which is a matter of milliseconds."""
ADMIN = "2"
"""The type of KS that may run reports (permission ANALYTICS_BASE)."""
_LASTING = (ErrorAction.CONFIG_ERROR, ErrorAction.RENEW_KS, ErrorAction.GIVE_UP)


@dataclasses.dataclass(frozen=True)
class Ks:
    """A KS and the Unix second from which it is not to be used any more."""

    text: str = dataclasses.field(repr=False)
    use_until: float = float("inf")


class KsProvider:
    """Gives every thread the same KS for as long as it is good.

    The lock lets one thread open a KS while the others wait for it. An error that one thread met
    holds for all: for ever if only the user can correct it, or if there never was a KS, for then
    the sync has not begun; otherwise for HOLD seconds, so that the threads that waited do not
    repeat all tries one after another.
    """

    def __init__(
        self,
        config: Config,
        caller: Caller,
        logger: logging.Logger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._config = config
        self._caller = caller
        self._logger = logger
        self._clock = clock
        self._policy = dataclasses.replace(caller.policy, retries_of_too_much=1)
        self._lock = threading.Lock()
        self._ks: Ks | None = None
        self._refused: Refused | None = None
        self._refused_until = float("-inf")

    def current(self, stream: str, *, rejected: str | None = None) -> str:
        """The KS to use now; not `rejected`, which Kaltura has just called invalid.

        Raises Refused if no KS can be had.
        """
        with self._lock:
            ks = self._ks
            if ks is not None and ks.text != rejected and self._clock() < ks.use_until:
                return ks.text
            if self._refused is not None and self._clock() < self._refused_until:
                raise Refused(self._refused.refusal, self._refused.tried)
            try:
                self._ks = self._open(stream)
            except Refused as refused:
                self._refused = _passing_if_too_much(refused)
                lasting = ks is None or refused.action in _LASTING
                self._refused_until = float("inf") if lasting else self._clock() + HOLD
                raise self._refused from None
            return self._ks.text

    @property
    def renewable(self) -> bool:
        """Whether another KS can be had than the one in the configuration."""
        return isinstance(self._config.credentials, AppToken | AdminSecret)

    @property
    def has_ks(self) -> bool:
        """Whether there is a KS, be it good or not; never waits for one that is being opened."""
        return self._ks is not None

    def _open(self, stream: str) -> Ks:
        credentials = self._config.credentials
        asked_at = self._clock()
        if isinstance(credentials, AppToken):
            ks = self._open_with_app_token(stream, credentials, asked_at)
        elif isinstance(credentials, AdminSecret):
            ks = self._open_with_admin_secret(stream, credentials, asked_at)
        else:
            register_secret(credentials.ks)
            return Ks(credentials.ks)
        minutes = (ks.use_until - asked_at) / 60
        self._logger.info(
            f"Opened a KS (Kaltura's session), to be renewed after {minutes:.0f} minutes."
        )
        return ks

    def _open_with_admin_secret(self, stream: str, credentials: AdminSecret, asked_at: float) -> Ks:
        register_secret(credentials.admin_secret)
        path = urlsplit(self._config.api_url).path
        service, action = REPORT_ACTION.split("/")
        ks = self._call(
            stream,
            "session/start",
            {
                "partnerId": str(credentials.partner_id),
                "secret": credentials.admin_secret,
                "type": ADMIN,
                "expiry": str(LIFETIME),
                "userId": credentials.user_id,
                # The beginning of the only address that may be called with this KS.
                "privileges": f"urirestrict:{path}/api_v3/service/{service}/action/{action}*",
            },
            _read_bare_ks,
        )
        return _usable_for(ks, asked_at, LIFETIME)

    def _open_with_app_token(self, stream: str, credentials: AppToken, asked_at: float) -> Ks:
        register_secret(credentials.app_token)
        widget_ks, _ = self._call(
            stream,
            "session/startWidgetSession",
            {"widgetId": f"_{credentials.partner_id}", "expiry": str(LIFETIME)},
            _read_ks_and_end,
        )
        register_secret(widget_ks)
        proof = hashlib.new(
            credentials.hash_type.lower(),
            (widget_ks + credentials.app_token).encode(),
            usedforsecurity=False,  # the hash is the app token's own; MD5 and SHA1 among them
        ).hexdigest()
        register_secret(proof)
        ks, ends_at = self._call(
            stream,
            "appToken/startSession",
            {
                "ks": widget_ks,
                "id": credentials.app_token_id,
                "tokenHash": proof,
                "type": ADMIN,
                "expiry": str(LIFETIME),
            },
            _read_ks_and_end,
        )
        # The token may allow less than was asked for. A server's clock that is behind ours would
        # make the KS look over before it began; then what was asked for has to do.
        allowed = ends_at - asked_at if ends_at else LIFETIME
        return _usable_for(ks, asked_at, min(LIFETIME, allowed) if allowed > 0 else LIFETIME)

    def _call(
        self, stream: str, action: str, form: Mapping[str, str], read: Callable[[bytes], Value]
    ) -> Value:
        return self._caller.call(
            stream,
            action,
            form,
            read,
            policy=self._policy,
            read_timeout=TIMEOUT,
            proof_needed=False,  # JSON that is cut off cannot be read
        ).value


def _passing_if_too_much(refused: Refused) -> Refused:
    """The same refusal, but not one that asks for less: less of a report would not help."""
    if refused.action not in (ErrorAction.SPLIT, ErrorAction.RETRY_THEN_SPLIT):
        return refused
    passing = dataclasses.replace(
        refused.refusal, action=ErrorAction.RETRY, remedy=TRY_LATER, timed_out=False
    )
    return Refused(passing, refused.tried)


def _usable_for(ks: str, asked_at: float, lifetime: float) -> Ks:
    register_secret(ks)
    return Ks(ks, asked_at + lifetime - min(MARGIN, lifetime / 4))


def _read_bare_ks(body: bytes) -> str:
    said = _read_json(body)
    if not isinstance(said, str) or not said:
        raise Refused(no_answer("something other than a KS"))
    return said


def _read_ks_and_end(body: bytes) -> tuple[str, int | None]:
    """The KS, and the Unix second of its end where the answer tells it."""
    said = _read_json(body)
    ks = said.get("ks") if isinstance(said, dict) else None
    if not isinstance(ks, str) or not ks:
        raise Refused(no_answer("something other than a KS"))
    ends_at = said.get("expiry")
    return ks, ends_at if isinstance(ends_at, int) else None


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(no_answer("something other than a KS")) from None
