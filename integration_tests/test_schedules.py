"""Any schedule of syncs, with late events, caps, faults and interruptions, ends with the truth."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from integration_tests.connector import (
    STREAMS,
    Warehouse,
    configured_catalog,
    in_order,
    key_of,
)
from integration_tests.in_process import sync, without_waiting
from integration_tests.sandbox import (
    Presence,
    Room,
    Sandbox,
    Session,
    Span,
    World,
    faults,
    rfc3339,
)
from integration_tests.sandbox.faults import Fault

MINUTE, HOUR, DAY = 60, 3_600, 86_400
FIRST_DAY = 1_769_904_000  # 2026-02-01T00:00:00Z
LONGEST_SESSION = 4 * HOUR
LATEST_EVENT = 20 * HOUR  # with the longest session 24 hours, so a day of lookback is enough

CAP = 24
COMPLETE = "source_kaltura_rooms.retrieval.complete"
"""Scaled down: the connector takes this for the certain cap, and a multiple of 8 for a suspect."""

sessions_of_a_day = st.lists(
    st.tuples(
        st.integers(0, DAY // MINUTE - 1),  # minute of its start
        st.integers(1, LONGEST_SESSION // MINUTE),  # minutes it lasts
        st.integers(1, 7),  # people
        st.integers(0, LATEST_EVENT),  # seconds its events are late
        st.booleans(),  # in a breakout room
    ),
    max_size=6,
)

passing_faults: list[Callable[[], Fault]] = [
    lambda: faults.html(503),
    faults.dropped,
    faults.short_of_length,
    faults.without_last_line_end,
    faults.nothing,
    lambda: faults.json_error("INTERNAL_SERVERL_ERROR"),
    lambda: faults.json_error("ACTION_BLOCKED"),
]


class Schedule(RuleBasedStateMachine):
    """Days pass and sessions happen; syncs come at any time, whole or interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self.resources = ExitStack()
        self.now = FIRST_DAY
        self.warehouse = Warehouse()
        self.sandbox = self.resources.enter_context(Sandbox(WORLD_WITH_ROOMS, now=self.now))
        self.resources.enter_context(without_waiting())
        self.resources.enter_context(patch(f"{COMPLETE}.CERTAIN_CAP", CAP))
        self.resources.enter_context(patch(f"{COMPLETE}.SUSPECT_STEP", 8))

    def teardown(self) -> None:
        try:
            self.sandbox.faults.clear_script()
            self.synced(window_in_days=3)
            for stream in STREAMS:
                truth = self.sandbox.truth(stream, FIRST_DAY, self.now)
                assert self.warehouse.rows(stream) == in_order(stream, truth)
        finally:
            self.resources.close()

    @initialize(cap=st.sampled_from([CAP, 2 * CAP // 3, 100_000]), whole_minutes=st.booleans())
    def choose_server(self, cap: int, whole_minutes: bool) -> None:
        self.sandbox.faults.cap = cap
        self.sandbox.faults.whole_minutes = whole_minutes

    @rule(sessions=sessions_of_a_day, hours=st.integers(1, 60))
    def time_passes(self, sessions: list[tuple[int, int, int, int, bool]], hours: int) -> None:
        world = self.sandbox.world
        day = self.now - self.now % MINUTE
        held, present = list(world.sessions), list(world.presences)
        for minute, minutes, people, delay, in_breakout in sessions:
            start = day + minute * MINUTE + len(held) % MINUTE
            end = start + minutes * MINUTE - len(held) % MINUTE
            id = f"1_s{len(held):05}"
            held.append(Session(id, "1_group" if in_breakout else "1_main", start, end, "host"))
            present += [
                Presence(
                    id,
                    f"user{number}",
                    start + (end - start) * number // 10,
                    end,
                    (Span(start, (start + end) // 2),),
                    delay * (number % 2),
                )
                for number in range(people)
            ]
        self.sandbox.world = World(world.rooms, held, present, world.users)
        self.now += hours * HOUR
        self.sandbox.now = self.now

    @rule(
        window_in_days=st.integers(1, 5),
        workers=st.integers(1, 4),
        lookback=st.integers(1, 3),
        stop_after=st.none() | st.integers(1, 60),
        slow_first=st.booleans(),
        fault=st.none() | st.sampled_from(passing_faults),
        every=st.integers(3, 6),
    )
    def sync_happens(
        self,
        window_in_days: int,
        workers: int,
        lookback: int,
        stop_after: int | None,
        slow_first: bool,
        fault: Callable[[], Fault] | None,
        every: int,
    ) -> None:
        self.sandbox.faults.clear_script()
        if slow_first:  # so that later windows are done before the first
            self.sandbox.faults.script(faults.slow(0.05))
        if fault is not None:
            self.sandbox.faults.script(fault(), every=every, times=None)
        self.synced(
            stop_after=stop_after,
            window_in_days=window_in_days,
            num_workers=workers,
            lookback_window_days=lookback,
        )

    def synced(self, stop_after: int | None = None, **more: Any) -> None:
        config = self.sandbox.config(
            start_date=rfc3339(FIRST_DAY),
            end_date=rfc3339(max(self.now, FIRST_DAY + 1)),
            max_session_hours=LONGEST_SESSION // HOUR,
            **{"lookback_window_days": 1, **more},
        )
        count = itertools.count(1)
        outcome = sync(
            config,
            configured_catalog(),
            self.warehouse.states,
            stop=lambda message: next(count) == stop_after,
        )
        assert outcome.errors == []
        for stream in STREAMS:
            keys = [key_of(stream, row) for row in outcome.records(stream)]
            assert len(set(keys)) == len(keys)
        self.warehouse.take(outcome.messages)


WORLD_WITH_ROOMS = World(rooms=(Room("1_main", "Main"), Room("1_group", "Group", "1_main")))

TestSchedules = Schedule.TestCase
TestSchedules.settings = settings(
    max_examples=int(os.environ.get("SCHEDULES", "25")),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
