"""Kaltura sessions (KS): how they are started, what they allow, when they end.

From Kaltura's public server source: an app token's hash covers the widget session that asks; a
privilege `urirestrict` holds a session to request URIs (exact, or a prefix ending in `*`,
alternatives separated by `|`); an ADMIN session (type 2) may run reports, others may not.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .app_tokens import DAY_IN_SECONDS, AppToken, new_app_token, token_hash
from .errors import KalturaError, kaltura_error

USER = 0
ADMIN = 2

_EXPIRED = "EXPIRED"
_RESTRICTED_URI = "EXCEEDED_RESTRICTED_URI"


@dataclass(frozen=True)
class Account:
    """A Kaltura account ("partner") and what opens it."""

    partner_id: int
    admin_secret: str
    app_tokens: tuple[AppToken, ...] = ()


@dataclass(frozen=True)
class Ks:
    """A live session; `expires_at` in Unix seconds of the session clock."""

    text: str
    session_type: int
    user_id: str
    expires_at: float
    privileges: str = ""


class Sessions:
    """Starts and checks the sessions of one account; safe to use from many threads."""

    def __init__(self, account: Account, clock: Callable[[], float]) -> None:
        self._account = account
        self._clock = clock
        self._lock = threading.Lock()
        self._by_text: dict[str, Ks] = {}
        self._app_tokens = {token.token_id: token for token in account.app_tokens}

    @property
    def minted(self) -> tuple[Ks, ...]:
        """Every session started so far, in order, with the expiry it has now."""
        with self._lock:
            return tuple(self._by_text.values())

    def expire_all(self) -> None:
        """End every session that is live now; later ones are not affected."""
        with self._lock:
            for text, ks in self._by_text.items():
                self._by_text[text] = replace(ks, expires_at=min(ks.expires_at, self._clock()))

    def start(self, given: Mapping[str, str]) -> Ks:
        """`session.start`: raise START_SESSION_ERROR unless partner id and secret are right."""
        if "secret" not in given:
            raise kaltura_error("MISSING_MANDATORY_PARAMETER", PARAM_NAME="secret")
        partner_id = given.get("partnerId", "")
        account = self._account
        if partner_id != str(account.partner_id) or given["secret"] != account.admin_secret:
            raise kaltura_error("START_SESSION_ERROR", PID=partner_id)
        return self.mint(
            session_type=int(given.get("type") or USER),
            user_id=given.get("userId", ""),
            seconds=int(given.get("expiry") or DAY_IN_SECONDS),
            privileges=given.get("privileges", ""),
        )

    def start_widget(self, given: Mapping[str, str]) -> Ks:
        """`session.startWidgetSession`: an unprivileged session, or INVALID_WIDGET_ID."""
        widget_id = given.get("widgetId", "")
        if widget_id != f"_{self._account.partner_id}":
            raise kaltura_error("INVALID_WIDGET_ID", WIDGET_ID=widget_id)
        return self.mint(
            session_type=USER,
            user_id="",
            seconds=int(given.get("expiry") or DAY_IN_SECONDS),
            privileges="view:*,widget:1",
        )

    def add_app_token(self, given: Mapping[str, str]) -> AppToken:
        """`appToken.add`: a new app token, which may be used from now on."""
        token = new_app_token(given)
        with self._lock:
            self._app_tokens[token.token_id] = token
        return token

    def start_by_app_token(self, ks: Ks, given: Mapping[str, str]) -> Ks:
        """`appToken.startSession`, asked by the session `ks`: raise the fitting APP_TOKEN error."""
        token_id = given.get("id", "")
        with self._lock:
            token = self._app_tokens.get(token_id)
        if token is None:
            raise kaltura_error("APP_TOKEN_ID_NOT_FOUND", ID=token_id)
        if not token.active:
            raise kaltura_error("APP_TOKEN_NOT_ACTIVE", ID=token_id)
        expected = token_hash(token.hash_type, ks.text, token.token)
        if not hmac.compare_digest(expected, given.get("tokenHash", "")):
            raise kaltura_error("INVALID_APP_TOKEN_HASH")
        seconds = token.session_seconds
        if token.expires_at is not None:
            seconds = min(seconds, int(token.expires_at - self._clock()))
            if seconds < 0:
                raise kaltura_error("APP_TOKEN_EXPIRED", ID=token_id)
        asked = ("apptoken", given.get("sessionPrivileges", ""), token.privileges)
        return self.mint(
            session_type=(
                int(given.get("type") or USER) if token.session_type is None else token.session_type
            ),
            user_id=given.get("userId", ""),
            seconds=min(seconds, int(given.get("expiry") or seconds)),
            privileges=",".join(filter(None, asked)),
        )

    def mint(self, *, session_type: int, user_id: str, seconds: int, privileges: str) -> Ks:
        """Return a new session that lives for `seconds`, without asking for any secret."""
        ks = Ks(_opaque_text(), session_type, user_id, self._clock() + seconds, privileges)
        with self._lock:
            self._by_text[ks.text] = ks
        return ks

    def find(self, text: str) -> Ks:
        """Return the session of this text, live or not.

        Raises MISSING_KS for a blank text, INVALID_KS for an unknown one, whose message quotes it;
        of any other session's INVALID_KS it has the reason in that place.
        """
        if not text:
            raise kaltura_error("MISSING_KS")
        with self._lock:
            ks = self._by_text.get(text)
        if ks is None:
            raise _invalid_ks(text)
        return ks

    def check_live(self, ks: Ks, uri: str) -> None:
        """Raise INVALID_KS if the session has expired or may not be used for this request URI."""
        if ks.expires_at <= self._clock():
            raise _invalid_ks(_EXPIRED)
        allowed = _allowed_uris(ks.privileges)
        if allowed and not any(_matches(uri, pattern) for pattern in allowed):
            raise _invalid_ks(_RESTRICTED_URI)


def _invalid_ks(reason: str) -> KalturaError:
    """The error of a session that may not be used; of a malformed one, `reason` is its text.

    The code and description in it are always these, whatever the reason.
    """
    return kaltura_error("INVALID_KS", KSID=reason, ERR_CODE="-1", ERR_DESC="INVALID_STR")


def _allowed_uris(privileges: str) -> list[str]:
    return [
        uri
        for privilege in privileges.split(",")
        if privilege.startswith("urirestrict:")
        for uri in privilege.removeprefix("urirestrict:").split("|")
    ]


def _matches(uri: str, pattern: str) -> bool:
    return uri.startswith(pattern[:-1]) if pattern.endswith("*") else uri == pattern


def _opaque_text() -> str:
    """A real KS is encrypted and in base64; this one always has the characters that need care."""
    return base64.b64encode(b"v2|" + secrets.token_bytes(60)).decode() + "/+|=="
