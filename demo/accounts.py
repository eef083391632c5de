"""What is synced: a stand-in's account, whose clock moves between two syncs, or a real one."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demo.database import STREAMS
from integration_tests.sandbox import Sandbox, rfc3339, university

DAY = 86_400  # seconds

Config = Mapping[str, Any]


class Unusable(Exception):
    """A file that is no configuration; the text says why."""


@contextmanager
def stand_in(until: int | None = None) -> Iterator[Sandbox]:
    """Serve a month of sessions that ends at `until`, as they were known a day before it.

    `until` is in Unix seconds; without it the month ends now.
    """
    os.environ["no_proxy"] = "127.0.0.1"  # where all traffic to the outside goes through a proxy
    if until is None:
        until = int(time.time())
    with Sandbox(university(until=until, without_session=False), now=until - DAY) as sandbox:
        yield sandbox


def a_day_apart(sandbox: Sandbox) -> Iterator[tuple[str, Config]]:
    """Yield what each sync is about, and its configuration; a day passes in between.

    Each sync reads up to the time of the stand-in's clock, so what it reads does not depend on the
    real time.
    """
    yield f"First sync, on {_clock(sandbox)}: a month of sessions", _config_until_now(sandbox)
    sandbox.now += DAY
    yield (
        f"A day passes. Second sync, on {_clock(sandbox)}: what is new, and the two days before",
        _config_until_now(sandbox),
    )


def _clock(sandbox: Sandbox) -> str:
    return f"{datetime.fromtimestamp(sandbox.now, UTC):%A %Y-%m-%d at %H:%M} UTC"


def _config_until_now(sandbox: Sandbox) -> Config:
    return sandbox.config(end_date=rfc3339(int(sandbox.now)))


def configuration(file: Path) -> Config:
    """Return the configuration in the file. Raises Unusable."""
    try:
        config = json.loads(file.read_bytes())
    except OSError as error:
        raise Unusable(f"{file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise Unusable(f"{file} is not JSON: {error}.") from error
    if not isinstance(config, dict):
        raise Unusable(f"{file} should hold a JSON object.")
    return config


def keys_of(config: Config) -> dict[str, tuple[str, ...]]:
    """Return the primary key of each stream that the configuration has.

    Reports of one's own that are not declared well are left out: the connector says what is wrong.
    """
    keys: dict[str, tuple[str, ...]] = {**STREAMS}
    for report in config.get("custom_reports") or []:
        if isinstance(report, dict) and report.get("name") and report.get("primary_key"):
            keys[report["name"]] = (*report["primary_key"], "date")
    return keys


def into(database: Path, config: Config) -> Iterator[tuple[str, Config]]:
    """Yield what each sync of a real account is about, and its configuration.

    A database that is there is kept, and one sync goes on from the state in it. A new one gets two
    syncs, to show the second.
    """
    if not database.exists():
        yield "First sync: everything since the start date", config
        yield "Second sync: what is new, and the lookback window before it", config
    else:
        yield (
            f"{database} is there already. This sync goes on from the state in it: what is new, "
            "and the lookback window before it",
            config,
        )
