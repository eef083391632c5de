"""PostgreSQL: the real server, with a cluster of its own in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .destination import Destination, OpenSchema, Stored
from .pyairbyte import caches
from .server_process import HOST, free_port, serving

USER = DATABASE = "postgres"
TYPES = {
    "text": "character varying",
    "integer": "bigint",
    "number": "numeric(38,9)",
    "time": "timestamp without time zone",
}

KNOWN_CHANGES: dict[str, Stored] = {
    # PyAirbyte reads its files with pandas, which makes a column of texts that all look like
    # numbers a column of numbers, and a column of integers with blanks one of floats.
    "zeros in a column of numbers": "7",
    "count 2^53 + 1 next to blanks": 9_007_199_254_740_992,
}


@contextmanager
def running(folder: Path) -> Iterator[OpenSchema]:
    """Run a server; what it prints goes to a log in the folder."""
    port = free_port()
    settings = {
        "listen_addresses": HOST,
        "port": port,
        "unix_socket_directories": "",
        "fsync": "off",
    }
    command = [_program("postgres"), "-D", "."]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    initdb = [_program("initdb"), "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
    asking = [_program("pg_isready"), "-h", HOST, "-p", str(port)]

    def ready() -> bool:
        return subprocess.run(asking, capture_output=True, check=False).returncode == 0

    # Not within pytest's folders, which are closed to the user that PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="postgresql-") as cluster:
        owner = _owner(cluster)
        initdb += [f"--username={USER}", "."]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=cluster, **owner)
        with serving(command, ready, folder / "log", cwd=cluster, **owner):
            yield lambda schema: _destination(schema, port)


def _destination(schema: str, port: int) -> Destination:
    cache = caches.PostgresCache(
        host=HOST,
        port=port,
        username=USER,
        password="not asked for",
        database=DATABASE,
        schema_name=schema,
    )
    return Destination("postgresql", cache, TYPES, KNOWN_CHANGES)


def _owner(cluster: str) -> dict[str, Any]:
    """Give the folder to a user who may run PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")  # Debian's package makes it
    os.chown(cluster, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs; Debian keeps them off the PATH."""
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    newest = max(installed, key=lambda path: float(path.parts[-3]), default=None)
    found = str(newest) if newest else shutil.which(name)
    if not found:
        raise FileNotFoundError(f"PostgreSQL's {name} is not installed")
    return found
