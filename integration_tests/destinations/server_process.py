"""A server of somebody else's as a process on loopback, for as long as a test needs it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
SECONDS_TO_START = 120
SECONDS_TO_STOP = 60


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def listening(port: int) -> bool:
    """Return whether somebody accepts connections on that port of loopback."""
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


@contextmanager
def serving(
    command: Sequence[str], ready: Callable[[], bool], log: Path, **how: Any
) -> Iterator[None]:
    """Run a server; what it prints goes to the log, its temporary files beside the log.

    `how` is for `subprocess.Popen`. Raises RuntimeError with the log if the server ends or does
    not become ready.
    """
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(log.parent)},
            **how,
        )
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start: {log.read_text()}")
            time.sleep(0.1)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=SECONDS_TO_STOP)
