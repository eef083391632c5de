"""What Kaltura answered: whether it refused, by which code, and what to do about it.

Almost every error comes with HTTP status 200. There are three shapes (read in Kaltura's public
server source, April 2026): a JSON object with a code; an empty body whose headers name the code;
and whatever a proxy on the way makes. A code counts however it arrives.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass


class ErrorAction(enum.Enum):
    """What to do about a refusal."""

    RENEW_KS = "mint a new session, once"
    CONFIG_ERROR = "tell the user, who can mend it"
    WAIT = "wait for the rate limit and go on"
    SPLIT = "ask for less"
    RETRY_THEN_SPLIT = "try once more, then ask for less"
    RETRY = "try again for a while"
    GIVE_UP = "fail; neither the user nor time mends it"


@dataclass(frozen=True)
class Refusal:
    """An answer that is not what was asked for.

    `code` is Kaltura's code, or a few words where there is none. `detail` is what else was said;
    it may quote a session, so it must not be shown before secrets are masked.
    """

    code: str
    action: ErrorAction
    remedy: str
    detail: str = ""


class ReportError(Exception):
    """A report that cannot be read.

    `sentence` says to the user what happened and what to do; `action` is what the connector does
    about errors of this kind; `detail` is what else is known, and may hold secrets.
    """

    def __init__(self, sentence: str, action: ErrorAction, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.action = action
        self.detail = detail


class Refused(ReportError):
    """Kaltura or the network refused, after all tries that the refusal's action allows.

    `tried` tells how often and for how long, `asking_for` what was asked for, where that is known.
    """

    def __init__(self, refusal: Refusal, tried: str = "", *, asking_for: str = "") -> None:
        self.refusal = refusal
        self.tried = tried
        self.asking_for = asking_for
        asking = f" when asked for {asking_for}" if asking_for else ""
        tries = f" ({tried})" if tried else ""
        super().__init__(
            f"Kaltura answered {refusal.code}{asking}{tries}. {refusal.remedy}",
            refusal.action,
            refusal.detail,
        )


_ASK_FOR_PERMISSION = (
    "Use an app token or user whose role has the permission ANALYTICS_BASE, or an admin session."
)
_BLOCKED = "The Kaltura account is blocked or deleted; ask Kaltura or your account's owner."
_TRY_LATER = "It usually passes; if it does not, ask Kaltura's support and name the code."
_UNREACHABLE = "Kaltura could not be reached; check api_url and the network."
_UNKNOWN = "The connector does not know this code; please report it to the connector's maintainers."
_TOO_MUCH = "It was too much for one query."

CODES: Mapping[str, tuple[ErrorAction, str]] = {
    "INVALID_KS": (
        ErrorAction.RENEW_KS,
        "The session has expired, was revoked, or is restricted to other actions. Give a new "
        "session, or better an app token, which the connector renews by itself.",
    ),
    "MISSING_KS": (
        ErrorAction.CONFIG_ERROR,
        "No session arrived at Kaltura; check the credentials.",
    ),
    "SERVICE_FORBIDDEN": (
        ErrorAction.CONFIG_ERROR,
        "It may not run reports. " + _ASK_FOR_PERMISSION,
    ),
    "SERVICE_FORBIDDEN_CONTENT_BLOCKED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "SERVICE_FORBIDDEN_FULLY_BLOCKED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "SERVICE_FORBIDDEN_PARTNER_DELETED": (ErrorAction.CONFIG_ERROR, _BLOCKED),
    "REPORT_NOT_FOUND": (
        ErrorAction.CONFIG_ERROR,
        "The report is not enabled for this account; ask Kaltura to enable it, or deselect the "
        "stream.",
    ),
    "START_SESSION_ERROR": (ErrorAction.CONFIG_ERROR, "Check partner_id and admin_secret."),
    "APP_TOKEN_ID_NOT_FOUND": (
        ErrorAction.CONFIG_ERROR,
        "There is no app token with this app_token_id in the account.",
    ),
    "APP_TOKEN_NOT_ACTIVE": (
        ErrorAction.CONFIG_ERROR,
        "The app token is disabled; enable it in Kaltura.",
    ),
    "APP_TOKEN_EXPIRED": (
        ErrorAction.CONFIG_ERROR,
        "The app token has expired; make a new one in Kaltura.",
    ),
    "INVALID_APP_TOKEN_HASH": (
        ErrorAction.CONFIG_ERROR,
        "Check app_token, and that hash_type is the one the token was made with.",
    ),
    "INVALID_WIDGET_ID": (ErrorAction.CONFIG_ERROR, "Check partner_id."),
    "ACTION_BLOCKED": (ErrorAction.WAIT, "Use fewer num_workers, or sync at another time."),
    "DRUID_QUERY_TIMED_OUT": (ErrorAction.SPLIT, _TOO_MUCH),
    "SEARCH_TOO_GENERAL": (ErrorAction.SPLIT, _TOO_MUCH),
    "INTERNAL_SERVERL_ERROR": (ErrorAction.RETRY, _TRY_LATER),  # Kaltura's own spelling
    "INTERNAL_SERVER_ERROR": (ErrorAction.RETRY, _TRY_LATER),
    "INTERNAL_DATABASE_ERROR": (ErrorAction.RETRY, _TRY_LATER),
    "LOCK_TIMED_OUT": (ErrorAction.RETRY, _TRY_LATER),
}

_CHECK_URL = "Check api_url: nothing answers there as Kaltura's API does."


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> Refusal | None:
    """What stands against taking the answer for what was asked, None if nothing does.

    `headers` is looked up as given, so it should ignore case, as that of requests does. A body
    without a code and with status 200 passes: whether it is a report is for its reader to say.
    """
    if announced := _announced(headers, body):
        code, message = announced
        action, remedy = CODES.get(code, (ErrorAction.GIVE_UP, _UNKNOWN))
        return Refusal(code, action, remedy, message)
    if status == 200:
        return no_answer("an empty answer") if not body else None
    words = f"HTTP {status}"
    if status == 504:
        return Refusal(words, ErrorAction.RETRY_THEN_SPLIT, _TOO_MUCH)
    if status == 429:
        return Refusal(words, ErrorAction.WAIT, CODES["ACTION_BLOCKED"][1])
    if status == 408 or status >= 500:
        return no_answer(words)
    return Refusal(words, ErrorAction.CONFIG_ERROR, _CHECK_URL)


def no_answer(words: str, detail: str = "") -> Refusal:
    """The refusal for a passing fault that has no code of Kaltura's: an HTTP status, a cut line."""
    return Refusal(words, ErrorAction.RETRY, _TRY_LATER, detail)


def unreachable(detail: str = "") -> Refusal:
    """The refusal for a connection that could not be made or that broke."""
    return Refusal("no connection", ErrorAction.RETRY, _UNREACHABLE, detail)


def timed_out(detail: str = "") -> Refusal:
    """The refusal for an answer that did not come within the read time-out."""
    return Refusal("no answer in time", ErrorAction.RETRY_THEN_SPLIT, _TOO_MUCH, detail)


_XML_CODE = re.compile(rb"<error>.*?<code>([A-Z0-9_]+)</code>", re.DOTALL)
_HEADER_CODE = re.compile(r"error-?\s+([A-Z0-9_]+)")
_LONGEST_ERROR = 100_000
"""Bytes; an announced error is short, a report that begins like one would be long."""


def _announced(headers: Mapping[str, str], body: bytes) -> tuple[str, str] | None:
    start = body[:100].lstrip()
    if start.startswith(b"{") and len(body) <= _LONGEST_ERROR:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict) and isinstance(said.get("code"), str):
            return said["code"], str(said.get("message", ""))
    if start.startswith(b"<") and (found := _XML_CODE.search(body[:_LONGEST_ERROR])):
        return found[1].decode(), ""
    if not start and not body.strip():
        said_so = headers.get("X-Kaltura", "") + "\n" + headers.get("X-Kaltura-App", "")
        if named := _HEADER_CODE.search(said_so):
            return named[1], said_so
    return None
