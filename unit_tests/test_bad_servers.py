"""The longest silence of a sync, and how long it takes to fail or succeed, for each bad server.

The table is in docs/reliability.md: `make bad-servers` writes it, every other run compares.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import FailureType

from unit_tests.bad_servers import (
    ENDLESS,
    NEVER,
    Form,
    Said,
    Server,
    Walk,
    code,
    days_asked_for,
    report,
    walk,
)

PAGE = Path(__file__).parent.parent / "docs/reliability.md"
BEGIN, END = "<!-- bad servers: begin -->", "<!-- bad servers: end -->"

ALL = ("rooms", "attendees", "breakouts")
ADMIN_SECRET = {"auth_type": "admin_secret", "partner_id": 1, "admin_secret": "s" * 32}


KS = Said(b'"ks"', 0.1, 0.1)


def always(said: Said | None) -> Server:
    """A server that opens a KS, and says this to every request."""
    return lambda form: said if "params" in form else KS


def every_third(said: Said) -> Server:
    """A server that says this to every third request, and answers the others."""
    numbers = itertools.count(1)
    return lambda form: said if next(numbers) % 3 == 0 else Said(report(form))


def until_the_third(said: Said | None) -> Server:
    """A server that answers two requests, and says this to all others."""
    numbers = itertools.count(1)
    return lambda form: said if next(numbers) > 2 else Said(report(form))


def one_day_only(form: Form) -> Said:
    """Every answer takes ten minutes; requests about more than a day are too much."""
    if days_asked_for(form) > 1:
        return Said(code("DRUID_QUERY_TIMED_OUT"), 600, 600)
    return Said(report(form), 600, 600)


@dataclass(frozen=True)
class Case:
    """A way in which a server is bad; `server` makes one for each walk."""

    words: str
    server: Callable[[], Server]
    config: dict[str, Any] = field(default_factory=dict)


CASES = {
    "good": Case("answers every request within a second", lambda: lambda f: Said(report(f))),
    "unreachable": Case("cannot be reached: connections time out", lambda: lambda f: None),
    "goes_away": Case(
        "cannot be reached any more after two answers", lambda: until_the_third(None)
    ),
    "silent_from_the_start": Case(
        "accepts connections and never answers, not even when a KS is opened",
        lambda: lambda f: Said(first_byte=NEVER),
        {"credentials": ADMIN_SECRET},
    ),
    "silent": Case(
        "opens a KS, but never answers a request",
        lambda: always(Said(first_byte=NEVER)),
        {"credentials": ADMIN_SECRET},
    ),
    "slow": Case("takes ten minutes for every answer", lambda: lambda f: Said(report(f), 600, 600)),
    "splitting": Case(
        "takes ten minutes for every answer, and one day is the most it can do",
        lambda: one_day_only,
    ),
    "dripping": Case("sends one byte a second, without end", lambda: always(Said(last_byte=NEVER))),
    "endless": Case("sends 10 MiB a second, without end", lambda: always(ENDLESS)),
    "refusing": Case("answers HTTP 503 always", lambda: always(Said(status=503))),
    "refusing_now_and_then": Case(
        "answers HTTP 503 to every third request", lambda: every_third(Said(status=503))
    ),
    "internal_error": Case(
        "answers INTERNAL_SERVERL_ERROR always",
        lambda: always(Said(code("INTERNAL_SERVERL_ERROR"))),
    ),
    "rate_limit": Case("answers HTTP 429 always", lambda: always(Said(status=429))),
    "rate_limit_with_a_time": Case(
        "answers HTTP 429 always, with `Retry-After: 3600`",
        lambda: always(Said(status=429, headers={"Retry-After": "3600"})),
    ),
    "rate_limit_now_and_then": Case(
        "answers HTTP 429 to every third request, with `Retry-After: 60`",
        lambda: every_third(Said(status=429, headers={"Retry-After": "60"})),
    ),
    "invalid_ks": Case(
        "calls every KS invalid",
        lambda: always(Said(code("INVALID_KS"))),
        {"credentials": ADMIN_SECRET},
    ),
}


def walked(name: str, monkeypatch: pytest.MonkeyPatch, *streams: str) -> Walk:
    case = CASES[name]
    return walk(monkeypatch, case.server(), *streams, **case.config)


@pytest.mark.parametrize("name", CASES)
def test_given_a_bad_server_when_read_then_something_is_heard_of_the_sync_every_five_minutes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The platform ends a sync that is silent, and only records and states count for it."""
    assert walked(name, monkeypatch, *ALL).longest_silence <= 300


@pytest.mark.parametrize("name", ["unreachable", "silent_from_the_start"])
def test_given_a_server_that_cannot_be_reached_when_read_then_all_streams_fail_within_a_minute(
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = walked(name, monkeypatch, *ALL)

    assert seen.now <= 60
    assert set(seen.failed) == set(ALL)


def test_given_a_server_that_never_answers_when_read_then_a_stream_takes_three_time_outs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = walked("silent", monkeypatch, "rooms")

    assert seen.requests == 1 + 3
    assert seen.now == pytest.approx(0.1 + 3 * 660)
    assert seen.failed["rooms"].failure_type is FailureType.transient_error


def test_given_only_single_days_work_when_read_then_each_goes_out_as_soon_as_it_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first request is refused; after that each day takes one of ten minutes."""
    seen = walked("splitting", monkeypatch, "rooms")

    assert (seen.requests, seen.now) == (1 + 28, (1 + 28) * 600)
    assert (seen.most_lost, seen.failed) == (2 * 600, {})
    assert seen.states == {"rooms": "2026-02-28T23:59:59Z"}


def test_given_bad_servers_then_the_documentation_has_the_walked_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [
        "| the server … | nothing heard for | most that an interruption loses | rooms alone end "
        "after | all three streams end after | and they |",
        "|---|---|---|---|---|---|",
    ]
    for name, case in CASES.items():
        alone, together = walked(name, monkeypatch, "rooms"), walked(name, monkeypatch, *ALL)
        silence = max(alone.longest_silence, together.longest_silence)
        lost = "" if together.failed else duration(together.most_lost)
        times = map(duration, (alone.now, together.now))
        cells = [case.words, duration(silence), lost, *times]
        lines.append(f"| {' | '.join(cells)} | {ending(alone, together)} |")
    table = "\n".join(["", *lines, ""])

    page = PAGE.read_text()
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(f"{page[:start]}\n{table}\n{page[end:]}")
    else:
        assert page[start:end] == f"\n{table}\n", "make bad-servers writes the table anew"


def ending(*walks: Walk) -> str:
    failures = {one.failure_type for seen in walks for one in seen.failed.values()}
    if not failures:
        return "succeed"
    (kind,) = failures
    assert all(set(seen.states) == set(seen.failed) for seen in walks)  # all streams failed
    return f"fail as `{kind.value if kind else None}`"


def duration(seconds: float) -> str:
    if seconds <= 300:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
