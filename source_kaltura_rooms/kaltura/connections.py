"""One POST over HTTP: its whole answer, and whether the end of the answer is proven.

Why more than `requests` is needed:
- An answer that ends when the connection ends may be a part; `requests` takes it for whole. So
  the bytes are read here, and unpacked here, since urllib3 takes a cut gzip stream for whole too.
- A time-out of `requests` is for each byte. A server that sends one byte a second would be waited
  for without end, so every read also ends at a deadline for the whole answer.
- Kaltura may work ten minutes before the first byte. Routers forget a silent connection earlier
  (AWS after 350 s), so TCP keep-alive is switched on.
- An answer is limited in size, packed and unpacked, so that memory is.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from source_kaltura_rooms.kaltura.errors import Refused
from source_kaltura_rooms.kaltura.network import broken_off, refusal_of, timed_out
from source_kaltura_rooms.kaltura.refusals import no_answer, too_large

CONNECT_TIMEOUT = 10
"""Seconds for each address of the server."""
READ_TIMEOUT = 660
"""Seconds until the next byte. Kaltura gives itself 600 s; leaving earlier makes it work twice."""
DEADLINE = 900
"""Seconds until the last byte of an answer."""
LARGEST_ANSWER = 256 * 2**20
"""Bytes, unpacked. 100,000 rows, the most that Kaltura sends, are about 15 MiB."""
READ_SIZE = 2**20
"""Bytes to take from a connection at a time; few large reads cost less than many small ones."""
KEEP_ALIVE = 60
"""Seconds of silence before TCP asks whether the other side is still there, and between asking."""
CONNECTIONS = 32
"""Connections that are kept open, more than there are threads that make calls."""


@dataclass(frozen=True)
class HttpAnswer:
    """An answer of any status. `proven` tells whether the body is known to be whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    proven: bool


def open_session() -> requests.Session:
    """Connections to one server, which threads may share. They honour proxy variables."""
    session = requests.Session()
    session.headers["Accept-Encoding"] = "gzip"
    for scheme in ("http", "https"):
        session.mount(f"{scheme}://", _Adapter(pool_maxsize=CONNECTIONS))
    return session


def post(
    session: requests.Session,
    url: str,
    form: Mapping[str, str],
    server: str,
    read_timeout: float | None = None,
) -> HttpAnswer:
    """The answer to a form, without following redirects, which would carry secrets elsewhere.

    `read_timeout` is in seconds, READ_TIMEOUT by default. Raises Refused if there is no answer, or
    only a part of one, or more than LARGEST_ANSWER.
    """
    patience = READ_TIMEOUT if read_timeout is None else read_timeout
    limit = f"{patience:g} seconds without a byte, or {DEADLINE:g} seconds in all"
    try:
        with session.post(
            url,
            data=form,
            timeout=(CONNECT_TIMEOUT, patience),
            stream=True,
            allow_redirects=False,
        ) as response:
            body, proven = _body(response, limit)
            return HttpAnswer(response.status_code, response.headers, body, proven)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Refused(refusal_of(error, server, limit)) from None


def _body(response: requests.Response, limit: str) -> tuple[bytes, bool]:
    """The body, unpacked, and whether its end is proven."""
    headers = response.headers
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        unpacking: _Plain | _Gzip = _Gzip()
    elif encoding in ("", "identity"):
        unpacking = _Plain()
    else:
        words = "an answer that is packed as it should not be"
        raise Refused(no_answer(words, happened="Kaltura's answer is packed as it should not be"))
    body = io.BytesIO()
    received = 0
    for packed in _pieces(response, limit):
        received += len(packed)
        body.write(unpacking.unpack(packed, LARGEST_ANSWER + 1 - body.tell()))
        if max(body.tell(), received) > LARGEST_ANSWER:
            raise Refused(too_large(LARGEST_ANSWER // 2**20))
    announced = headers.get("Content-Length", "")
    if received and not unpacking.complete:
        raise Refused(broken_off("its packing does not end"))
    if "chunked" in headers.get("Transfer-Encoding", "").lower():
        return body.getvalue(), True  # a chunk that is missing is an error of http.client's
    if announced.isdecimal():
        if received != int(announced):
            raise Refused(broken_off(f"{received} bytes of {announced}"))
        return body.getvalue(), True
    return body.getvalue(), unpacking.proves_its_end


def _pieces(response: requests.Response, limit: str) -> Any:
    """The bytes as they were sent. Raises Refused when they stop before their end."""
    try:
        while piece := response.raw.read(READ_SIZE, decode_content=False):
            yield piece
    except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
        raise Refused(timed_out(limit, str(error))) from None
    except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError) as error:
        raise Refused(broken_off(str(error))) from None


class _Plain:
    """Bytes that are sent as they are; nothing in them tells where they end."""

    complete = True
    proves_its_end = False

    def unpack(self, packed: bytes, most: int) -> bytes:
        return packed[:most]


class _Gzip:
    """Bytes that are packed with gzip, whose end is marked and has a checksum."""

    proves_its_end = True

    def __init__(self) -> None:
        self._unpacking = zlib.decompressobj(wbits=31)

    @property
    def complete(self) -> bool:
        return self._unpacking.eof

    def unpack(self, packed: bytes, most: int) -> bytes:
        """The next bytes, at most `most`; what stands behind the end of the packing is ignored."""
        unpacked = []
        left = most
        while packed and left > 0:
            if self._unpacking.eof:
                if not packed.startswith(b"\x1f\x8b"):
                    break
                self._unpacking = zlib.decompressobj(wbits=31)  # gzip may have several members
            try:
                unpacked.append(self._unpacking.decompress(packed, left))
            except zlib.error as error:
                raise Refused(broken_off(str(error))) from None
            left -= len(unpacked[-1])
            packed = self._unpacking.unused_data or self._unpacking.unconsumed_tail
        return b"".join(unpacked)


class _UntilDeadline(io.RawIOBase):
    """The bytes of a socket, as long as the deadline has not passed; else TimeoutError."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket) -> None:
        self._raw = raw
        self._connection = connection
        self._timeout = connection.gettimeout()
        self._ends_at = time.monotonic() + DEADLINE

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline for the whole answer has passed")
        self._connection.settimeout(left if self._timeout is None else min(left, self._timeout))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response whose status line, headers and body all come before the deadline."""

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        self.fp = io.BufferedReader(_UntilDeadline(self.fp.detach(), sock), 2**16)


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    """Makes connections of the kinds above, directly or through a proxy."""

    def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
        super().init_poolmanager(*arguments, **named, socket_options=_socket_options())
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        if proxy.lower().startswith("socks"):
            return super().proxy_manager_for(proxy, **named)
        manager = super().proxy_manager_for(proxy, **named, socket_options=_socket_options())
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager


def _socket_options() -> list[tuple[int, int, int]]:
    """Keep-alive, with its times where the operating system has a name for them."""
    options = [*HTTPConnection.default_socket_options, (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name in ("TCP_KEEPIDLE", "TCP_KEEPALIVE", "TCP_KEEPINTVL"):  # the second one is of macOS
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), KEEP_ALIVE))
    return options
