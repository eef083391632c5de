"""What goes back over the wire, and how."""

from __future__ import annotations

import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from .calls import Call
from .errors import KalturaError


class Delivery(enum.Enum):
    """How an answer reaches the client: whole, or broken in one of the ways networks have."""

    WHOLE = enum.auto()
    DROPPED = enum.auto()
    RESET = enum.auto()
    SHORT_OF_LENGTH = enum.auto()
    WITHOUT_LAST_CHUNK = enum.auto()
    UNTIL_CLOSED = enum.auto()
    """Whole, but without a length and without chunks: closing the connection ends it."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. `rows` and `columns` tell what a report's body holds, `None` otherwise.

    `body_without_rows` is what the report's body would be if it had no rows. `pause` is how many
    seconds the server takes before it answers, besides its usual latency.
    """

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    pause: float = 0
    rows: int | None = None
    columns: tuple[str, ...] = ()
    body_without_rows: bytes = b""


def result(call: Call, value: str | Mapping[str, str | int]) -> Answer:
    """Return a successful answer, a text or an object, in the format that the call asked for."""
    if call.wants_json:
        return Answer(json.dumps(value).encode(), "application/json")
    return _xml(escape(value) if isinstance(value, str) else _elements(value))


def error(call: Call, raised: KalturaError) -> Answer:
    """Return the error as the server's dispatcher answers it: HTTP 200 and an object."""
    what = {"code": raised.code, "message": raised.message, "objectType": "KalturaAPIException"}
    if call.wants_json:
        # PHP knows no difference between an empty list and an empty object.
        body = json.dumps({**what, "args": raised.arguments or []}).encode()
        # This error alone is told in the headers as well.
        is_forbidden = raised.code == "SERVICE_FORBIDDEN"
        return Answer(
            body, "application/json", headers=_headers(raised, "") if is_forbidden else {}
        )
    return _xml(f"<error>{_elements(what)}</error>")


def error_of_action(raised: KalturaError) -> Answer:
    """Return the error as an action that serves files answers it: no body, only two headers."""
    return Answer(b"", "text/html", headers=_headers(raised, " "))


def page(status: int, title: str) -> Answer:
    """Return an HTML page, as proxies and web servers make them."""
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(body.encode(), "text/html; charset=utf-8", status=status)


def _headers(raised: KalturaError, gap: str) -> dict[str, str]:
    return {
        "X-Kaltura": f"error-{gap}{raised.code}",
        "X-Kaltura-App": f"exiting on error {raised.code} - {raised.message}",
    }


def _elements(value: Mapping[str, str | int]) -> str:
    return "".join(f"<{key}>{escape(str(text))}</{key}>" for key, text in value.items())


def _xml(inner: str) -> Answer:
    body = (
        '<?xml version="1.0" encoding="utf-8"?>'
        f"<xml><result>{inner}</result><executionTime>0.001</executionTime></xml>"
    )
    return Answer(body.encode(), "text/xml")
