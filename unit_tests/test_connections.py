"""Answers over real sockets: whether their end is proven, how large and how slow they may be."""

from __future__ import annotations

import gzip
import itertools
import re
import socket
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection

from source_kaltura_rooms.kaltura import connections
from source_kaltura_rooms.kaltura.connections import HttpAnswer, open_session, post
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused

ROWS = b"entry_id\n" + b"1_r\n" * 500
PACKED = gzip.compress(ROWS)
PLAIN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n"
GZIP_HEAD = PLAIN_HEAD + b"Content-Encoding: gzip\r\n"


def with_length(body: bytes, length: int) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (length, body)


def in_chunks(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    sent = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"Transfer-Encoding: chunked\r\n\r\n" + sent + end


def to_the_end(body: bytes) -> bytes:
    return b"Connection: close\r\n\r\n" + body


class Server:
    """Reads a request from each connection in turn, sends the next script's bytes, and closes it.

    Where a script has None, one more request is read first.
    """

    def __init__(self, *scripts: Iterable[bytes | None]) -> None:
        self._scripts = iter(scripts)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.ended = threading.Event()
        self.requests: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for script in self._scripts:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return  # the test is over
            with connection:
                try:
                    self._read_request(connection)
                    for piece in script:
                        if piece is None:
                            self._read_request(connection)
                            continue
                        connection.sendall(piece)
                        if self.ended.is_set():
                            break
                except OSError:
                    continue  # the client went away, as it should

    def _read_request(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as incoming:
            head = b"".join(iter(incoming.readline, b"\r\n"))
            length = re.search(rb"Content-Length: (\d+)", head)
            incoming.read(int(length[1]) if length else 0)
        self.requests.append(head)

    def close(self) -> None:
        self.ended.set()
        self._listening.close()


@contextmanager
def serving(*scripts: Iterable[bytes | None]) -> Iterator[Server]:
    server = Server(*scripts)
    try:
        yield server
    finally:
        server.close()


def answer_to(*script: bytes, read_timeout: float | None = None) -> HttpAnswer:
    with serving(script) as server, open_session() as session:
        url = f"http://{server.address}/"
        return post(session, url, {"id": "6000"}, server.address, read_timeout)


def refusal_to(*script: bytes, read_timeout: float | None = None) -> Refusal:
    with pytest.raises(Refused) as raised:
        answer_to(*script, read_timeout=read_timeout)
    return raised.value.refusal


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(PLAIN_HEAD + with_length(ROWS, len(ROWS)), id="its_length"),
        pytest.param(PLAIN_HEAD + in_chunks(ROWS[:100], ROWS[100:]), id="its_last_chunk"),
        pytest.param(GZIP_HEAD + with_length(PACKED, len(PACKED)), id="its_packed_length"),
        pytest.param(GZIP_HEAD + in_chunks(PACKED[:9], PACKED[9:]), id="chunks_that_are_packed"),
        pytest.param(GZIP_HEAD + to_the_end(PACKED), id="the_end_of_its_packing"),
        pytest.param(
            GZIP_HEAD + to_the_end(gzip.compress(ROWS[:100]) + gzip.compress(ROWS[100:])),
            id="the_end_of_its_second_packing",
        ),
    ],
)
def test_given_an_answer_when_its_end_is_proven_then_it_is_known(sent: bytes) -> None:
    answer = answer_to(sent)

    assert (answer.status, answer.body, answer.proven) == (200, ROWS, True)


def test_given_an_answer_that_ends_with_the_connection_when_read_then_nothing_proves_its_end() -> (
    None
):
    answer = answer_to(PLAIN_HEAD + to_the_end(ROWS))

    assert (answer.body, answer.proven) == (ROWS, False)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(PLAIN_HEAD + with_length(ROWS[:-4], len(ROWS)), id="before_its_length"),
        pytest.param(PLAIN_HEAD + in_chunks(ROWS, end=b""), id="before_its_last_chunk"),
        pytest.param(PLAIN_HEAD + in_chunks(ROWS, end=b"20\r\n1_r\n"), id="inside_a_chunk"),
        pytest.param(GZIP_HEAD + to_the_end(PACKED[:-9]), id="inside_its_packing"),
        pytest.param(GZIP_HEAD + to_the_end(PACKED[:-1]), id="inside_its_checksum"),
        pytest.param(
            GZIP_HEAD + with_length(PACKED[:-9], len(PACKED) - 9), id="inside_with_a_true_length"
        ),
        pytest.param(GZIP_HEAD + in_chunks(PACKED[:-9]), id="inside_with_all_chunks"),
        pytest.param(GZIP_HEAD + to_the_end(b"entry_id\n"), id="that_is_not_packed_at_all"),
    ],
)
def test_given_an_answer_that_ends_early_when_read_then_it_is_a_passing_fault(sent: bytes) -> None:
    refused = refusal_to(sent)

    assert refused.code == "an answer that broke off"
    assert refused.action is ErrorAction.RETRY


def test_given_a_packing_that_was_not_asked_for_when_it_comes_then_it_is_a_passing_fault() -> None:
    refused = refusal_to(PLAIN_HEAD + b"Content-Encoding: br\r\n" + with_length(b"x", 1))

    assert refused.code == "an answer that is packed as it should not be"
    assert refused.action is ErrorAction.RETRY


def test_given_a_request_when_sent_then_it_asks_for_gzip_alone() -> None:
    with serving([PLAIN_HEAD + with_length(b"x", 1)]) as server, open_session() as session:
        post(session, f"http://{server.address}/", {"id": "6000"}, server.address)

    assert b"\r\nAccept-Encoding: gzip\r\n" in server.requests[0]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(PLAIN_HEAD + with_length(b"x" * 5_001, 5_001), id="as_it_is"),
        pytest.param(PLAIN_HEAD + in_chunks(*[b"x" * 1_000] * 6), id="in_chunks"),
        pytest.param(GZIP_HEAD + to_the_end(gzip.compress(b"x" * 5_001)), id="unpacked"),
        pytest.param(GZIP_HEAD + to_the_end(gzip.compress(b"x" * 10**7)), id="unpacked_and_more"),
    ],
)
def test_given_an_answer_that_is_too_large_when_read_then_less_is_to_be_asked_for(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LARGEST_ANSWER", 5_000)

    assert refusal_to(sent).action is ErrorAction.SPLIT


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(PLAIN_HEAD + with_length(b"x" * 5_000, 5_000), id="as_it_is"),
        pytest.param(GZIP_HEAD + to_the_end(gzip.compress(b"x" * 5_000)), id="unpacked"),
    ],
)
def test_given_an_answer_of_the_largest_size_when_read_then_it_counts(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LARGEST_ANSWER", 5_000)

    assert answer_to(sent).body == b"x" * 5_000


def test_given_little_that_unpacks_to_much_when_read_then_only_the_largest_size_is_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes: list[int] = []
    unpack = connections._Gzip.unpack

    def noting(self: connections._Gzip, packed: bytes, most: int) -> bytes:
        unpacked = unpack(self, packed, most)
        sizes.append(len(unpacked))
        return unpacked

    monkeypatch.setattr(connections, "LARGEST_ANSWER", 5_000)
    monkeypatch.setattr(connections._Gzip, "unpack", noting)

    refusal_to(GZIP_HEAD + to_the_end(gzip.compress(b"x" * 10**7)))

    assert sum(sizes) == 5_001


def drip(byte: bytes) -> Iterator[bytes]:
    """One byte after another, without end."""
    for _ in itertools.count():
        threading.Event().wait(0.01)
        yield byte


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Long: ", id="inside_its_headers"),
        pytest.param(PLAIN_HEAD + to_the_end(b""), id="inside_its_body"),
        pytest.param(PLAIN_HEAD + with_length(b"", 10**9), id="inside_a_body_with_a_length"),
    ],
)
def test_given_an_answer_that_drips_when_its_deadline_comes_then_it_ends(
    head: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "DEADLINE", 0.3)

    script = itertools.chain([head], drip(b"x"))
    with serving(script) as server, open_session() as session, pytest.raises(Refused) as raised:
        post(session, f"http://{server.address}/", {}, server.address)

    assert raised.value.refusal.code == "no answer in time"
    assert raised.value.action is ErrorAction.SPLIT
    assert raised.value.refusal.timed_out


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="before_it_begins"),
        pytest.param(PLAIN_HEAD + with_length(b"entry_id\n", 1_000), id="inside_its_body"),
    ],
)
def test_given_an_answer_that_stops_coming_when_read_then_it_is_too_much(head: bytes) -> None:
    release = threading.Event()

    def script() -> Iterator[bytes]:
        yield head
        release.wait(30)

    with serving(script()) as server, open_session() as session:
        with pytest.raises(Refused) as raised:
            post(session, f"http://{server.address}/", {}, server.address, read_timeout=0.3)
        release.set()

    assert raised.value.refusal.happened == (
        "Kaltura's answer took too long: 0.3 seconds without a byte, or 900 seconds in all"
    )
    assert raised.value.refusal.timed_out


def test_given_a_server_that_goes_away_when_asked_then_it_is_said() -> None:
    refused = refusal_to(b"")

    assert refused.code == "connection broken off"
    assert refused.action is ErrorAction.RECONNECT


def test_given_nobody_when_asked_then_the_refused_connection_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
    with open_session() as session, pytest.raises(Refused) as raised:
        post(session, f"http://{address}/", {}, address)

    assert raised.value.refusal.happened == f"{address} refused the connection"


def test_given_an_answer_with_a_length_when_read_then_its_connection_is_used_again() -> None:
    whole = PLAIN_HEAD + with_length(ROWS, len(ROWS))

    with serving([whole, None, whole]) as server, open_session() as session:
        url = f"http://{server.address}/"
        first = post(session, url, {}, server.address)
        second = post(session, url, {}, server.address)

    assert first.body == second.body == ROWS


def test_given_a_connection_when_made_then_tcp_keeps_it_alive() -> None:
    """Some routers forget a connection that is silent for 350 seconds."""
    with serving([PLAIN_HEAD + with_length(b"x", 1)]) as server, open_session() as session:
        url = f"http://{server.address}/"
        adapter = session.get_adapter(url)
        assert isinstance(adapter, HTTPAdapter)
        pool = adapter.poolmanager.connection_from_url(url)
        connection: HTTPConnection = pool._get_conn()
        connection.connect()
        assert connection.sock is not None
        assert connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if hasattr(socket, "TCP_KEEPIDLE"):
            assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        connection.close()


def test_given_a_proxy_when_asked_then_the_same_holds_through_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "DEADLINE", 0.3)
    head = PLAIN_HEAD + to_the_end(b"")
    whole = [PLAIN_HEAD + b"Connection: close\r\n" + with_length(ROWS, len(ROWS))]

    with (
        serving(whole, itertools.chain([head], drip(b"x"))) as proxy,
        open_session() as session,
    ):
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert post(session, "http://kaltura.invalid/", {}, "kaltura.invalid").proven
        with pytest.raises(Refused) as raised:
            post(session, "http://kaltura.invalid/", {}, "kaltura.invalid")

    assert raised.value.refusal.timed_out
    assert proxy.requests[0].startswith(b"POST http://kaltura.invalid/ ")


def test_given_packed_bytes_when_unpacked_in_pieces_then_nothing_is_lost() -> None:
    noise = zlib.compress(bytes(range(256)) * 50)
    packed = gzip.compress(noise)
    for size in (1, 7, 100):
        unpacking = connections._Gzip()
        pieces = [packed[first : first + size] for first in range(0, len(packed), size)]
        assert b"".join(unpacking.unpack(piece, 10**6) for piece in pieces) == noise
        assert unpacking.complete
