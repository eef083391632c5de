"""Run the sandbox by itself: `python -m integration_tests.sandbox --help`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
import time
from datetime import UTC, datetime

from .requests_seen import RequestSeen
from .sandbox import Sandbox
from .university import DAY, university


def main() -> None:
    """Serve until Ctrl-C or SIGTERM."""
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
    with Sandbox(world, now=options.until, port=options.port, on_request=_report) as sandbox:
        sandbox.faults.latency = options.latency
        print(_welcome(sandbox), flush=True)
        done.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m integration_tests.sandbox",
        description="A stand-in Kaltura with a generated university behind it, on 127.0.0.1.",
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="default %(default)s; 0 picks a free one"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="which university (default %(default)s)"
    )
    parser.add_argument(
        "--days", type=int, default=31, help="how many days of sessions (default %(default)s)"
    )
    parser.add_argument(
        "--scale", type=int, default=1, help="multiplies the attendees (default %(default)s)"
    )
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every answer")
    parser.add_argument(
        "--until",
        type=_unix_seconds,
        metavar="2026-03-01T00:00:00Z",
        help="end of the world, where its clock stands still; by default now, and the clock runs",
    )
    return parser.parse_args()


def _unix_seconds(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def _welcome(sandbox: Sandbox) -> str:
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
            json.dumps(sandbox.config(), indent=2),
            "",
            "Serving. Stop with Ctrl-C.",
        )
    )


def _report(seen: RequestSeen) -> None:
    """Print what was asked, never with whose session."""
    rows = "" if seen.answered_rows is None else f" -> {seen.answered_rows} rows"
    report = "" if seen.report_id is None else f" {seen.report_id} {dict(seen.params)}"
    print(f"{seen.service}.{seen.action}{report}{rows}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
