"""Scripted faults, which replace or spoil the answers of the calls they are meant for.

Each function here returns one, to be handed to `sandbox.faults.script`; `switches` has the rest.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from . import answers
from .answers import Answer, Delivery
from .calls import Call
from .errors import kaltura_error

Fault: TypeAlias = Callable[[Call, Callable[[], Answer]], Answer]
"""Given the call and a way to get its proper answer, returns the answer to send instead."""

_PHP_ERROR = (
    b"\n<br />\n<b>Fatal error</b>:  Allowed memory size of 134217728 bytes exhausted "
    b"(tried to allocate 20480 bytes) in <b>/opt/kaltura/app/myReportsMgr.class.php</b> "
    b"on line <b>2817</b><br />\n"
)


def json_error(code: str, **arguments: str) -> Fault:
    """Answer an error of this code as the dispatcher does, in the format the call asked for."""
    return lambda call, _: answers.error(call, kaltura_error(code, **arguments))


def header_error(code: str, **arguments: str) -> Fault:
    """Answer an empty body and the code in headers only, as an action that serves files does."""
    return lambda call, _: answers.error_of_action(kaltura_error(code, **arguments))


def nothing() -> Fault:
    """Answer HTTP 200 with a body of zero bytes and no word why."""
    return lambda call, _: Answer(b"", "text/html")


def server_error_without_body() -> Fault:
    """Answer HTTP 500 with a body of zero bytes: PHP ran out of memory or time."""
    return lambda call, _: Answer(b"", "text/html; charset=UTF-8", status=500)


def lie() -> Fault:
    """Answer a report without rows, whatever there is: Druid's answer could not be decoded."""

    def fault(call: Call, proper: Callable[[], Answer]) -> Answer:
        answer = proper()
        if answer.rows is None:
            return answer
        return replace(answer, body=answer.body_without_rows, rows=0)

    return fault


def html(status: int, title: str = "Something went wrong") -> Fault:
    """Answer a page of a proxy's or web server's making, with any HTTP status, 200 too."""
    return lambda call, _: answers.page(status, title)


def dropped() -> Fault:
    """Close the connection without an answer."""
    return _delivered(Delivery.DROPPED)


def reset() -> Fault:
    """Reset the connection (RST) without an answer."""
    return _delivered(Delivery.RESET)


def short_of_length() -> Fault:
    """Announce the whole body's length, send half of it and close."""
    return _delivered(Delivery.SHORT_OF_LENGTH)


def without_last_chunk() -> Fault:
    """Send the body in chunks and close without the chunk that ends it."""
    return _delivered(Delivery.WITHOUT_LAST_CHUNK)


def without_last_line_end(cut: int = 1) -> Fault:
    """Send a body that lost its last `cut` bytes before its length was taken."""

    def fault(call: Call, proper: Callable[[], Answer]) -> Answer:
        answer = proper()
        return replace(answer, body=answer.body[:-cut])

    return fault


def until_closed() -> Fault:
    """Send the whole body without a length and without chunks, uncompressed, and close."""
    return _delivered(Delivery.UNTIL_CLOSED)


def until_closed_too_early() -> Fault:
    """Send half of the body's lines without a length and without chunks, uncompressed, and close.

    Nothing shows that lines are missing: what came ends at the end of a line.
    """

    def fault(call: Call, proper: Callable[[], Answer]) -> Answer:
        answer = proper()
        half = b"".join(_first_half_of_lines(answer.body))
        return replace(answer, body=half, delivery=Delivery.UNTIL_CLOSED)

    return fault


def php_error_within() -> Fault:
    """Send PHP's error text in place of the body's second half, as a whole answer."""

    def fault(call: Call, proper: Callable[[], Answer]) -> Answer:
        answer = proper()
        half = b"".join(_first_half_of_lines(answer.body)).removesuffix(b"\n")
        return replace(answer, body=half + _PHP_ERROR)

    return fault


def slow(seconds: float) -> Fault:
    """Answer properly, but only after so many seconds: for a client's time-out."""
    return lambda call, proper: replace(proper(), pause=seconds)


def _delivered(delivery: Delivery) -> Fault:
    return lambda call, proper: replace(proper(), delivery=delivery)


def _first_half_of_lines(body: bytes) -> list[bytes]:
    """The first line of one or two, the first two of three or four, and so on, with their ends."""
    lines = io.BytesIO(body).readlines()
    return lines[: (len(lines) + 1) // 2]
