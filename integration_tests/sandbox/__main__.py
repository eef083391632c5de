"""Run the sandbox by itself: `python3 -m integration_tests.sandbox --help`."""

from __future__ import annotations

import argparse
import errno
import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .requests_seen import RequestSeen
from .sandbox import Sandbox
from .truth import rfc3339
from .university import DAY, university

AUTH_TYPES = ("app_token", "admin_secret", "ks")


def main() -> None:
    """Serve until Ctrl-C or SIGTERM; exits with a sentence if the port is taken."""
    options = _options()
    # Without a date the clock runs, so the world needs a future for it to run into.
    days_ahead = 0 if options.until else 7
    until = options.until or int(time.time())
    world = university(
        until=until + days_ahead * DAY,
        seed=options.seed,
        days=options.days + days_ahead,
        scale=options.scale,
    )
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    sandbox = Sandbox(world, now=options.until, port=options.port, on_request=_report)
    try:
        sandbox.start()
    except OSError as error:
        sys.exit(_why_not(error, options.port))
    try:
        sandbox.faults.latency = options.latency
        print(_welcome(sandbox, options.until), flush=True)
        if options.write_config:
            print(
                "\n".join(map(str, _written(sandbox, options.until, options.write_config))),
                flush=True,
            )
        print("\nServing. Stop with Ctrl-C.", flush=True)
        done.wait()
    except OSError as error:
        sys.exit(f"{options.write_config} cannot be written: {error.strerror}.")
    finally:
        sandbox.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m integration_tests.sandbox",
        description="A stand-in Kaltura with a generated university behind it, on 127.0.0.1.",
    )
    add = parser.add_argument
    add(
        "--port",
        type=_whole(0, 65_535),
        default=8080,
        help="default %(default)s; 0 picks a free one",
    )
    add("--seed", type=int, default=1, help="which university (default %(default)s)")
    add(
        "--days",
        type=_whole(1, 3_650),
        default=31,
        help="how many days of sessions (default %(default)s)",
    )
    add(
        "--scale",
        type=_whole(1, 1_000),
        default=1,
        help="multiplies the attendees (default %(default)s)",
    )
    add("--latency", type=_seconds, default=0.0, help="seconds before every answer")
    add(
        "--until",
        type=_unix_seconds,
        metavar="2026-03-01T00:00:00Z",
        help="end of the world, where its clock stands still; by default now, and the clock runs",
    )
    add(
        "--write-config",
        type=Path,
        metavar="secrets/sandbox.json",
        help="write a configuration for the connector there, and beside it one for each other way "
        "to sign in; configurations of an earlier sandbox are replaced, other files are not",
    )
    return parser.parse_args()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(
                f"{text} is not a whole number from {least:,} to {most:,}"
            )
        return int(text)

    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 3_600:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0 to 3,600")
    return seconds


def _unix_seconds(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is not a time such as 2026-03-01T00:00:00Z"
        ) from None
    if not 2000 <= moment.year <= 2100:
        raise argparse.ArgumentTypeError(f"{text} is not in the years 2000 to 2100")
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _why_not(error: OSError, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Give another one with --port, or 0."
    return f"Port {port} cannot be listened on: {error.strerror}. Give another one with --port."


def _config(sandbox: Sandbox, until: int | None, auth_type: str) -> dict[str, Any]:
    """Return the configuration; where the clock stands still, it ends there."""
    end = {"end_date": rfc3339(until)} if until else {}
    return sandbox.config(auth_type, **end)


def _written(sandbox: Sandbox, until: int | None, file: Path) -> list[str]:
    """Write the configurations, readable for their owner alone; return a line about each."""
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ["", "Configurations:"]
    for number, auth_type in enumerate(AUTH_TYPES):
        path = file.with_stem(f"{file.stem}_{auth_type}") if number else file
        _refuse_to_replace_anothers(path)
        new = path.with_name(f"{path.name}.new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as opened:
            json.dump(_config(sandbox, until, auth_type), opened, indent=2)
        new.replace(path)
        lines.append(f"  {path} ({auth_type})")
    return lines


def _refuse_to_replace_anothers(path: Path) -> None:
    """Raise FileExistsError unless there is no such file, or it is a sandbox's configuration."""
    try:
        host = urlsplit(json.loads(path.read_bytes())["api_url"]).hostname
    except FileNotFoundError:
        return
    except (ValueError, TypeError, KeyError):
        host = None
    if host != "127.0.0.1":
        words = "it is there already and is no configuration of a sandbox's"
        raise FileExistsError(errno.EEXIST, words)


def _welcome(sandbox: Sandbox, until: int | None) -> str:
    account = sandbox.account
    token = account.app_tokens[0]
    return "\n".join(
        (
            f"URL           {sandbox.url}",
            f"Partner ID    {account.partner_id}",
            f"App token ID  {token.token_id}",
            f"App token     {token.token}  (hash type {token.hash_type})",
            f"Admin secret  {account.admin_secret}",
            f"KS, one day   {sandbox.ks()}",
            "",
            "Configuration for the connector:",
            json.dumps(_config(sandbox, until, AUTH_TYPES[0]), indent=2),
        )
    )


def _report(seen: RequestSeen) -> None:
    """Print what was asked, never with whose session."""
    rows = "" if seen.answered_rows is None else f" -> {seen.answered_rows} rows"
    report = "" if seen.report_id is None else f" {seen.report_id} {dict(seen.params)}"
    print(f"{seen.service}.{seen.action}{report}{rows}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
