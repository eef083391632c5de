"""What an HTTP answer says in place of what was asked for.

Kaltura's own errors have a code, and mostly HTTP status 200 (`docs/kaltura.md`, "Errors"); the rest
is made by web servers and proxies on the way. A code counts in whatever shape and with whatever
status it comes.
"""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from source_kaltura_rooms.kaltura.errors import (
    CODES,
    GIVE_ANOTHER_KS,
    KS_REASONS,
    LIMITED,
    TOO_MUCH,
    TOO_MUCH_OR_DOWN,
    TRY_LATER,
    UNKNOWN_CODE,
    ErrorAction,
    Refusal,
)

CHECK_URL = "Check api_url: what answers there is not Kaltura's API."
LONGEST_RETRY_AFTER = 120
"""Seconds; a server that asks for a longer pause is asked again after this."""

_ACCESS = (
    "Something before Kaltura's API refused access: check api_url, whether a proxy is needed or in "
    "the way (HTTPS_PROXY, NO_PROXY), and whether this machine's address must be on an allow list."
)
_ANSWERED_BEFORE = (
    "Kaltura's API answered at this address before, so a proxy, firewall or load balancer on the "
    "way seems to have answered now. Try again later; if it stays, ask who runs it."
)
_PASSES_WHEN_ANSWERED_BEFORE = (403, 404, 409, 421, 425)
"""Statuses that a load balancer gives for a moment; at a wrong address they are all there is."""


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, *, answered_before: bool = False
) -> Refusal | None:
    """What stands against taking the answer for what was asked, None if nothing does.

    `headers` must ignore case, as those of requests do. `answered_before` tells whether Kaltura's
    API has answered at this address before, so that it cannot be a wrong one. A body without a
    code and with status 200 passes: whether it is a report is for its reader to say.
    """
    refused = _by_code(headers, body) or _by_status(status, headers, body, answered_before)
    if refused is None or refused.action not in (ErrorAction.WAIT, ErrorAction.RETRY):
        return refused
    return replace(refused, retry_after=_retry_after(headers))


def announces_code(refused: Refusal) -> bool:
    """Whether Kaltura itself gave this refusal, with a code of its own."""
    return re.fullmatch(_CODE, refused.code) is not None


def no_answer(words: str, detail: str = "", *, happened: str = "") -> Refusal:
    """The refusal for a passing fault without a code of Kaltura's, such as an HTTP status."""
    return Refusal(words, ErrorAction.RETRY, TRY_LATER, detail, happened=happened)


def too_large(limit_in_mib: int) -> Refusal:
    """The refusal for an answer that is larger than this connector takes."""
    return Refusal(f"more than {limit_in_mib} MiB", ErrorAction.SPLIT, TOO_MUCH)


def _by_status(
    status: int, headers: Mapping[str, str], body: bytes, answered_before: bool
) -> Refusal | None:
    words = f"HTTP {status}"
    if status == 200:
        return _with_status_200(body, answered_before)
    if 300 <= status < 400:
        return _redirect(words, headers)
    if status == 504:
        return Refusal(words, ErrorAction.SPLIT, TOO_MUCH_OR_DOWN, timed_out=True)
    if status in (413, 431):
        return Refusal(words, ErrorAction.SPLIT, TOO_MUCH)
    if status == 429:
        return Refusal(words, ErrorAction.WAIT, LIMITED)
    if status == 500 and not body.strip():
        words += " with an empty body"
        return Refusal(words, ErrorAction.RETRY_THEN_SPLIT, TOO_MUCH_OR_DOWN)
    if status == 408 or status >= 500:
        return no_answer(words)
    remedy = _ACCESS if status in (401, 403, 407) else CHECK_URL
    if answered_before and status in _PASSES_WHEN_ANSWERED_BEFORE:
        return Refusal(words, ErrorAction.RETRY_ONCE, _ANSWERED_BEFORE)
    return Refusal(words, ErrorAction.CONFIG_ERROR, remedy)


def _with_status_200(body: bytes, answered_before: bool) -> Refusal | None:
    start = _without_mark(body[:200]).lstrip().lower()
    if not body:
        return no_answer("an empty answer", happened="Kaltura's answer was empty")
    if start.startswith((b"<!doctype html", b"<html")):
        passing = ErrorAction.RETRY if answered_before else ErrorAction.CONFIG_ERROR
        return Refusal(
            "a web page",
            passing,
            "Check api_url, and whether a proxy is in the way.",
            happened="This is a web page, not Kaltura's API",
        )
    return None


def _redirect(words: str, headers: Mapping[str, str]) -> Refusal:
    where = ""
    try:
        target = urlsplit(headers.get("Location", ""))
        if re.fullmatch(r"[a-z0-9.-]{1,60}", target.hostname or ""):
            port = f":{target.port}" if target.port else ""
            where = f" to {target.scheme}://{target.hostname}{port}"
    except ValueError:
        where = ""  # a Location that cannot be read is not told
    return Refusal(
        f"{words}, a redirect{where}",
        ErrorAction.CONFIG_ERROR,
        "The credentials are not sent there. Set api_url to the address of Kaltura's API.",
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, at most LONGEST_RETRY_AFTER; None if it does not.

    A date is compared with the server's own clock, which the header `Date` shows, if it does.
    """
    said = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", said):
        return float(min(int(said), LONGEST_RETRY_AFTER))
    try:
        until = email.utils.parsedate_to_datetime(said)
        now = headers.get("Date") or email.utils.formatdate(usegmt=True)
        since = email.utils.parsedate_to_datetime(now)
        seconds = (until - since).total_seconds()
    except (ValueError, TypeError):  # TypeError: only one of the two has a time zone
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


_CODE = r"[A-Z0-9_]{1,80}"
"""Nothing else is a code. A server that repeats what it was sent must not have a KS printed."""
_XML_CODE = re.compile(rb"<error>.*?<code>([A-Z0-9_]{1,80})</code>", re.DOTALL)
_XML_MESSAGE = re.compile(rb"<message>([^<]*)</message>")
_HEADER_CODE = re.compile(rf"error-?\s*({_CODE})(?![A-Za-z0-9_])")
_QUOTED_REASON = re.compile(r"Invalid KS (?:\"|&quot;)([A-Z_]+)(?:\"|&quot;)")
_LONGEST_ERROR = 100_000
"""Bytes; an error is short, and a report that begins like one is not."""


def _by_code(headers: Mapping[str, str], body: bytes) -> Refusal | None:
    code, message, arguments = _announced(headers, body)
    if not code:
        return None
    if code == "INVALID_KS":
        return _invalid_ks(message, arguments)
    action, remedy = CODES.get(code, UNKNOWN_CODE)
    named = str(arguments.get("PARAM_NAME") or arguments.get("XML_FIELD") or "")
    if re.fullmatch(r"\w{1,40}", named):
        remedy = f"The parameter is {named}. {remedy}"
    return Refusal(code, action, remedy, message)


def _invalid_ks(message: str, arguments: Mapping[str, Any]) -> Refusal:
    """The reason, if it is a known one; the message is not kept, since it may quote the KS."""
    action, remedy = CODES["INVALID_KS"]
    quoted = _QUOTED_REASON.search(message)
    reason = str(arguments.get("KSID") or (quoted[1] if quoted else ""))
    if reason not in KS_REASONS:
        return Refusal("INVALID_KS", action, remedy)
    action, said = KS_REASONS[reason]
    if action is ErrorAction.RENEW_KS:
        said = f"{said} {GIVE_ANOTHER_KS}"
    return Refusal("INVALID_KS", action, said, happened=f"Kaltura answered INVALID_KS ({reason})")


def _announced(headers: Mapping[str, str], body: bytes) -> tuple[str, str, Mapping[str, Any]]:
    """The code, the message and the arguments of an error; the code is "" if there is none."""
    start = _without_mark(body[:100]).lstrip()
    if start.startswith((b"{", b"[")) and len(body) <= _LONGEST_ERROR:
        return _announced_in_json(body)
    if start.startswith(b"<") and (found := _XML_CODE.search(body[:_LONGEST_ERROR])):
        message = _XML_MESSAGE.search(body[:_LONGEST_ERROR])
        return found[1].decode(), message[1].decode(errors="replace") if message else "", {}
    if not body or body.isspace():
        said = headers.get("X-Kaltura", "") + "\n" + headers.get("X-Kaltura-App", "")
        if named := _HEADER_CODE.search(said):
            return named[1], said, {}
    return "", "", {}


def _announced_in_json(body: bytes) -> tuple[str, str, Mapping[str, Any]]:
    try:
        said = json.loads(_without_mark(body))
    except (ValueError, RecursionError):
        return "", "", {}
    if isinstance(said, list) and said:
        said = said[0]
    code = said.get("code") if isinstance(said, dict) else None
    if not isinstance(code, str) or not re.fullmatch(_CODE, code):
        return "", "", {}
    arguments = said.get("args")
    return code, str(said.get("message", "")), arguments if isinstance(arguments, dict) else {}


def _without_mark(body: bytes) -> bytes:
    return body.removeprefix(b"\xef\xbb\xbf")
