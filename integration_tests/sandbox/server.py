"""HTTP on loopback: reads calls off the wire, puts answers on it, whole or broken."""

from __future__ import annotations

import contextlib
import gzip
import socket
import struct
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from . import answers
from .answers import Answer, Delivery
from .calls import Call, read_call

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_CHUNK = 65_536


class Server(ThreadingHTTPServer):
    """Serves `answer(call)` on 127.0.0.1 until stopped. Stopping cuts open connections."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Call], Answer], gzips: Callable[[], bool]):
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer
        self.gzips = gzips
        self.stopping = threading.Event()
        self.connections = 0
        self.compressed = 0
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def start(self) -> None:
        """Start serving in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving, free the port, and cut the connections that clients keep open."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                _shut(connection)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Note the connection as open, then handle it in its own thread."""
        with self._lock:
            self._open.add(request)
            self.connections += 1
        super().process_request(request, client_address)

    def compress(self, body: bytes) -> bytes:
        """Compress an answer's body, and count that."""
        with self._lock:
            self.compressed += 1
        return gzip.compress(body, compresslevel=1)

    def shutdown_request(self, request: Any) -> None:
        """Close the connection once its handler has ended."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent on clients that went away; report anything else."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: a request line may hold a KS."""

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        content_type = self.headers.get("Content-Type", "")
        call = read_call(self.command, self.path, content_type, self.rfile.read(length))
        answer = self.server.answer(call) if call else answers.page(404, "Not Found")
        if answer.pause:
            self.server.stopping.wait(answer.pause)
        if answer.delivery in (Delivery.DROPPED, Delivery.RESET):
            self._hang_up(answer.delivery)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        body = answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.delivery is Delivery.UNTIL_CLOSED:  # compressed, it would show its own end
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            return
        if body and self.server.gzips() and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = self.server.compress(body)
            self.send_header("Content-Encoding", "gzip")
        if answer.delivery is Delivery.WITHOUT_LAST_CHUNK:
            self._send_chunks(body)
            return
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if answer.delivery is Delivery.SHORT_OF_LENGTH:
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True
        else:
            self.wfile.write(body)

    def _send_chunks(self, body: bytes) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        self.close_connection = True

    def _hang_up(self, how: Delivery) -> None:
        self.close_connection = True
        if how is Delivery.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self.connection.close()
        else:
            _shut(self.connection)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
