"""Whole syncs against bad servers, on a clock of their own: hours pass in no time.

The client, the readers, the cursors and the heartbeat are those of a real sync. Only HTTP is not:
`connections.post` is replaced by a server that says how long it takes. One worker reads the windows
one after another, and asks for the sessions of a window before it asks for its attendees.
"""

from __future__ import annotations

import functools
import itertools
import json
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Queue
from typing import Any

import pytest
import requests
from airbyte_cdk.models import AirbyteMessage, Type
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.heartbeat import TICK, Heartbeat
from source_kaltura_rooms.airbyte.messages import QueuedMessages
from source_kaltura_rooms.airbyte.state import WindowCursor
from source_kaltura_rooms.airbyte.sync import Sync
from source_kaltura_rooms.kaltura.calls import Clock
from source_kaltura_rooms.kaltura.connections import (
    CONNECT_TIMEOUT,
    DEADLINE,
    LARGEST_ANSWER,
    READ_TIMEOUT,
    HttpAnswer,
)
from source_kaltura_rooms.kaltura.errors import Refused
from source_kaltura_rooms.kaltura.network import refusal_of, timed_out
from source_kaltura_rooms.kaltura.refusals import too_large
from source_kaltura_rooms.retrieval.windows import windows
from unit_tests.fake_reports import COLUMNS, AtOnce
from unit_tests.reading import configured
from unit_tests.stand_ins import FEBRUARY_1, config_of

DAY, HOUR = 86_400, 3_600
DAYS = 28
NEVER = math.inf
BEFORE = "2026-01-31T23:59:59Z"
"""What the states say before anything was read."""

Form = Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """What a server says to a call, and when, in seconds after it was asked."""

    body: bytes = b""
    first_byte: float = 1.0
    last_byte: float = 1.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Server = Callable[[Form], Said | None]
"""What a server says to the form of a call; None if no connection can be made."""


def report(form: Form) -> bytes:
    """A report with one session on each day, at noon, and one person in it."""
    params = dict(pair.split("=", 1) for pair in form["params"].split(";"))
    first, last = int(params["from_date"]), int(params["to_date"])
    chosen = params["cue_point_ids"].split(",") if "cue_point_ids" in params else None
    lines = [",".join(COLUMNS[int(form["id"])])]
    for day in range(DAYS):
        start, session = FEBRUARY_1 + day * DAY + 12 * HOUR, f"session{day}"
        if start < last and start + HOUR > first and (chosen is None or session in chosen):
            lines.append(
                {
                    "6000": f"room,,{session},{start},{start + HOUR},1",
                    "6001": f"room,{session},ada,Ada,60",
                    "6002": f"room,group,{session},{start},{start + HOUR},1",
                }[form["id"]]
            )
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def days_asked_for(form: Form) -> int:
    """How many days of session starts a request is about; all reach 26 hours further than that."""
    params = dict(pair.split("=", 1) for pair in form["params"].split(";"))
    return (int(params["to_date"]) - int(params["from_date"]) - 26 * HOUR) // DAY


def code(name: str) -> bytes:
    """How Kaltura announces an error."""
    return json.dumps({"code": name, "message": "", "objectType": "KalturaAPIException"}).encode()


@dataclass
class Walk:
    """A sync as the platform sees it. Times are in seconds from its start.

    `heard` is when records and states came, `news` when a state said more than the one before,
    `failed` how each stream failed that did.
    """

    now: float = 0.0
    heard: list[float] = field(default_factory=list)
    news: list[float] = field(default_factory=list)
    requests: int = 0
    failed: dict[str, AirbyteTracedException] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)

    @property
    def longest_silence(self) -> float:
        """The most seconds without a record or a state."""
        return _longest_gap(self.heard, self.now)

    @property
    def most_lost(self) -> float:
        """The most seconds of work that an interruption would lose."""
        return _longest_gap(self.news, self.now)

    def hear(self, message: AirbyteMessage) -> None:
        """Takes note of a message that goes to the platform."""
        if message.type is not Type.STATE or not message.state or not message.state.stream:
            return
        self.heard.append(self.now)
        named = message.state.stream
        reached = vars(named.stream_state)["session_start_time"]
        before = self.states.setdefault(named.stream_descriptor.name, BEFORE)
        self.states[named.stream_descriptor.name] = reached
        if before != reached:
            self.news.append(self.now)


def _longest_gap(times: list[float], end: float) -> float:
    marks = [0.0, *times, end]
    return max(after - before for before, after in itertools.pairwise(marks))


class _Messages(QueuedMessages):
    """Messages that are heard at once, as if somebody always printed them."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(Queue(), 0)
        self._walk = walk

    def emit_message(self, message: AirbyteMessage) -> None:
        self._walk.hear(message)

    def offer(self, message: AirbyteMessage) -> bool:
        self._walk.hear(message)
        return True


def walk(monkeypatch: pytest.MonkeyPatch, server: Server, *streams: str, **config: Any) -> Walk:
    """A sync of these streams over four windows of a week."""
    seen = Walk()
    cursors: list[WindowCursor] = []
    heartbeat = Heartbeat(cursors)

    def sleep(seconds: float) -> None:
        end = seen.now + seconds
        while (tick := (seen.now // TICK + 1) * TICK) <= end:
            seen.now = tick
            heartbeat.run(functools.partial(next, iter([False, True])))
        seen.now = end

    def post(_: Any, url: str, form: Form, name: str, patience: float | None = None) -> HttpAnswer:
        seen.requests += 1
        said = server(form)
        if said is None:
            sleep(CONNECT_TIMEOUT)
            raise Refused(refusal_of(requests.ConnectTimeout(), name, ""))
        longest = READ_TIMEOUT if patience is None else patience
        if said.first_byte > longest or said.last_byte > DEADLINE:
            sleep(longest if said.first_byte > longest else DEADLINE)
            raise Refused(timed_out("…"))
        sleep(said.last_byte)
        if said is ENDLESS:
            raise Refused(too_large(LARGEST_ANSWER // 2**20))
        headers = requests.structures.CaseInsensitiveDict(said.headers)
        return HttpAnswer(said.status, headers, said.body, True)

    clock = Clock(now=lambda: seen.now, sleep=sleep)
    monkeypatch.setattr("source_kaltura_rooms.kaltura.calls.SYSTEM_CLOCK", clock)
    monkeypatch.setattr("source_kaltura_rooms.kaltura.calls.post", post)
    monkeypatch.setattr(
        "source_kaltura_rooms.airbyte.sync.WindowCursor",
        functools.partial(WindowCursor, clock=clock.now),
    )
    form = {"end_date": "2026-03-01T00:00:00Z", **config}
    sync = Sync(config_of(**form), [], logging.getLogger("airbyte"), FEBRUARY_1 + DAYS * DAY)
    sync.prepare([configured(one) for one in streams], _Messages(seen), AtOnce())
    cursors.extend(one.cursor for one in sync.reads)
    _read(sync, seen)
    return seen


def _read(sync: Sync, seen: Walk) -> None:
    """Reads the windows, the earliest of all streams first, as a single worker does."""
    for read in sync.reads:
        read.cursor.begin()
    for window in windows(FEBRUARY_1, FEBRUARY_1 + DAYS * DAY, 7):
        for read in sync.reads:
            try:
                for _ in read.read(window):
                    seen.heard.append(seen.now)
            except AirbyteTracedException as error:
                seen.failed[read.report.stream] = error
                read.cursor.ensure_at_least_one_state_emitted()
    for read in sync.reads:
        if read.report.stream not in seen.failed:
            read.cursor.ensure_at_least_one_state_emitted()


ENDLESS = Said(last_byte=LARGEST_ANSWER / 2**20 / 10)
"""An answer that does not end, of which 10 MiB come in a second."""
