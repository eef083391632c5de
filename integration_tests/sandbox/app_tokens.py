"""App tokens: what they are, how one is made (`appToken.add`), how knowledge of one is proven.

From Kaltura's public server source and its API documentation: the server invents id and token, the
hash is SHA1 unless another is asked for, and what the token sets wins over what a session asks for.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

DAY_IN_SECONDS = 86_400

_ACTIVE, _DISABLED = 2, 1


@dataclass(frozen=True)
class AppToken:
    """An app token. `expires_at` is in Unix seconds of the session clock; sessions that it starts
    live at most `session_seconds`, carry `privileges` and, if set, have `session_type`."""

    token_id: str
    token: str
    hash_type: str = "SHA256"
    active: bool = True
    expires_at: float | None = None
    session_seconds: int = DAY_IN_SECONDS
    privileges: str = ""
    session_type: int | None = None


def new_app_token(given: Mapping[str, str]) -> AppToken:
    """Return the app token that a call's parameters ask for, with an id and a token of its own."""
    wanted = _object("appToken", given)
    session_type = wanted.get("sessionType", "")
    return AppToken(
        token_id="1_" + secrets.token_hex(4),
        token=secrets.token_hex(16),
        hash_type=wanted.get("hashType") or "SHA1",
        expires_at=int(wanted.get("expiry") or 0) or None,
        session_seconds=int(wanted.get("sessionDuration") or DAY_IN_SECONDS),
        privileges=wanted.get("sessionPrivileges", ""),
        session_type=int(session_type) if session_type else None,
    )


def told(token: AppToken, partner_id: int) -> dict[str, str | int]:
    """Return the app token as Kaltura answers it."""
    answer: dict[str, str | int] = {
        "id": token.token_id,
        "token": token.token,
        "partnerId": partner_id,
        "status": _ACTIVE if token.active else _DISABLED,
        "expiry": int(token.expires_at or 0),
        "sessionDuration": token.session_seconds,
        "sessionPrivileges": token.privileges,
        "hashType": token.hash_type,
        "objectType": "KalturaAppToken",
    }
    if token.session_type is not None:
        answer["sessionType"] = token.session_type
    return answer


def token_hash(hash_type: str, ks: str, token: str) -> str:
    """Return the hash that proves knowledge of an app token: hexdigest of KS followed by token.

    `hash_type` is one of SHA1, MD5, SHA256, SHA512.
    """
    return hashlib.new(hash_type.lower(), (ks + token).encode()).hexdigest()


def _object(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """Return the members of an object in a call: JSON, `name[member]` or `name:member`."""
    members = {key: str(value) for key, value in json.loads(given.get(name) or "{}").items()}
    for key, value in given.items():
        if key.startswith((f"{name}[", f"{name}:")):
            members[key[len(name) + 1 :].rstrip("]")] = value
    return members
