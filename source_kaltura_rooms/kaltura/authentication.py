"""Sessions (KS): minted once for all workers and streams, renewed before they end.

How a session is started is taken from Kaltura's public server source (SessionService,
AppTokenService). A session that was started with an admin secret is opaque: its end is known only
from what was asked for.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from source_kaltura_rooms.config import AdminSecret, AppToken, Config
from source_kaltura_rooms.kaltura.calls import Caller
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, no_answer
from source_kaltura_rooms.kaltura.masking import register_secret

REPORT_ACTION = "report/getCsvFromStringParams"
LIFETIME = 3_600
"""Seconds that a session is asked to live: long enough for many reports, short if it leaks."""
MARGIN = 600
"""Seconds before its end at which a session is renewed; less for one that lives shorter."""
ADMIN = "2"
"""The type of session that may run reports (permission ANALYTICS_BASE)."""


@dataclasses.dataclass(frozen=True)
class Session:
    """A KS and the Unix second from which it is not to be used any more."""

    ks: str = dataclasses.field(repr=False)
    use_until: float = float("inf")


class Sessions:
    """Gives every worker the same session for as long as it is good."""

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
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._refused: Refused | None = None

    def current(self, stream: str, *, rejected: str | None = None) -> str:
        """The KS to use now; not `rejected`, which Kaltura has just called invalid.

        Raises Refused if no session can be had. What the user must mend is not asked twice.
        """
        with self._lock:
            session = self._session
            stale = session is None or session.ks == rejected or self._clock() >= session.use_until
            if session is None or stale:
                if self._refused is not None:
                    raise self._refused
                try:
                    session = self._session = self._mint(stream)
                except Refused as refused:
                    if refused.refusal.action in (
                        ErrorAction.CONFIG_ERROR,
                        ErrorAction.RENEW_KS,
                    ):
                        self._refused = refused
                    if refused.refusal.action in (
                        ErrorAction.SPLIT,
                        ErrorAction.RETRY_THEN_SPLIT,
                    ):
                        # Less of a report would not help.
                        raise Refused(no_answer(refused.refusal.code), refused.tried) from refused
                    raise
            return session.ks

    @property
    def renewable(self) -> bool:
        """Whether another session can be had than the one in the configuration."""
        return isinstance(self._config.credentials, AppToken | AdminSecret)

    def _mint(self, stream: str) -> Session:
        credentials = self._config.credentials
        asked_at = self._clock()
        if isinstance(credentials, AppToken):
            session = self._start_with_app_token(stream, credentials, asked_at)
        elif isinstance(credentials, AdminSecret):
            session = self._start_with_admin_secret(stream, credentials, asked_at)
        else:
            register_secret(credentials.ks)
            return Session(credentials.ks)
        minutes = (session.use_until - asked_at) / 60
        self._logger.info(f"Opened a Kaltura session, to be renewed after {minutes:.0f} minutes.")
        return session

    def _start_with_admin_secret(
        self, stream: str, credentials: AdminSecret, asked_at: float
    ) -> Session:
        register_secret(credentials.admin_secret)
        path = urlsplit(self._config.api_url).path
        service, action = REPORT_ACTION.split("/")
        ks = self._caller.call(
            stream,
            "session/start",
            {
                "partnerId": str(credentials.partner_id),
                "secret": credentials.admin_secret,
                "type": ADMIN,
                "expiry": str(LIFETIME),
                "userId": credentials.user_id,
                # The prefix of the only address that this session opens.
                "privileges": f"urirestrict:{path}/api_v3/service/{service}/action/{action}*",
            },
            _read_bare_ks,
        )
        return _session(ks, asked_at, LIFETIME)

    def _start_with_app_token(self, stream: str, credentials: AppToken, asked_at: float) -> Session:
        register_secret(credentials.app_token)
        widget_ks, _ = self._caller.call(
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
        ks, ends_at = self._caller.call(
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
        # make the session look over before it began; then what was asked for has to do.
        allowed = ends_at - asked_at if ends_at else LIFETIME
        return _session(ks, asked_at, min(LIFETIME, allowed) if allowed > 0 else LIFETIME)


def _session(ks: str, asked_at: float, lifetime: float) -> Session:
    register_secret(ks)
    return Session(ks, asked_at + lifetime - min(MARGIN, lifetime / 4))


def _read_bare_ks(body: bytes) -> str:
    said = _read_json(body)
    if not isinstance(said, str) or not said:
        raise Refused(no_answer("something other than a session"))
    return said


def _read_ks_and_end(body: bytes) -> tuple[str, int | None]:
    """The KS, and the Unix second of its end where the answer tells it."""
    said = _read_json(body)
    ks = said.get("ks") if isinstance(said, dict) else None
    if not isinstance(ks, str) or not ks:
        raise Refused(no_answer("something other than a session"))
    ends_at = said.get("expiry")
    return ks, ends_at if isinstance(ends_at, int) else None


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        raise Refused(no_answer("something other than a session")) from None
