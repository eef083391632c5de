"""Any schedule of syncs, against any server, interrupted anywhere, ends with what happened."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from integration_tests.connector import (
    STREAMS,
    Record,
    Warehouse,
    configured_catalog,
    in_order,
    key_of,
)
from integration_tests.in_process import at_time, sync, without_waiting
from integration_tests.own_reports import OWN_REPORTS, OwnReport
from integration_tests.sandbox import Sandbox, faults, rfc3339
from integration_tests.sandbox.faults import Fault
from integration_tests.schedules import (
    DAY,
    HOUR,
    MINUTE,
    NO_CAP,
    ROOMS,
    Limits,
    Meeting,
    Server,
    every_new_request,
    limits,
    meetings,
    servers,
    set_up,
    with_meeting,
)
from source_kaltura_rooms.config import parse_config

FIRST_DAY = 1_769_904_000  # 2026-02-01T00:00:00Z
CURSORS = ("session_start_time", "date")
DESELECTED = {"rooms": "entry_name", "attendees": "user_email"}

passing_faults: list[Callable[[], Fault]] = [
    lambda: faults.html(503),
    faults.dropped,
    faults.short_of_length,
    faults.without_last_line_end,
    faults.until_closed_too_early,
    faults.php_error_within,
    faults.nothing,
    faults.server_error_without_body,
    lambda: faults.json_error("INTERNAL_SERVERL_ERROR"),
    lambda: faults.json_error("ACTION_BLOCKED"),
]


class Schedule(RuleBasedStateMachine):
    """Days pass and sessions happen; syncs come at any time, whole or interrupted."""

    def __init__(self) -> None:
        super().__init__()
        self.resources = ExitStack()
        self.now = FIRST_DAY
        self.sandbox = self.resources.enter_context(Sandbox(ROOMS, now=self.now))
        self.resources.enter_context(without_waiting())

    def teardown(self) -> None:
        try:
            self.sandbox.faults.clear_script()
            self.synced(window_in_days=3)
            for stream in STREAMS:
                truth = self.sandbox.truth(stream, self.start, self.now)
                emitted = [self.without_deselected(stream, row) for row in truth]
                assert self.warehouse.rows(stream) == in_order(stream, emitted)
            for own in self.own:
                truth = self.sandbox.truth_by_day(own["report_id"], self.start, self.now)
                rows = in_order(own["name"], truth, self.warehouse.reports)
                assert self.warehouse.rows(own["name"]) == rows
        finally:
            self.resources.close()

    @initialize(
        server=servers(),
        limits=limits,
        minute=st.integers(0, 2 * DAY // MINUTE),
        less=st.booleans(),
        own=st.sampled_from([*OWN_REPORTS, None]),
    )
    def choose_server(
        self, server: Server, limits: Limits, minute: int, less: bool, own: OwnReport | None
    ) -> None:
        self.server = server
        # Of a day at a cap nothing tells which rows are missing.
        self.own = [own] if own and server.cap == NO_CAP else []
        own_reports = parse_config(self.sandbox.config(custom_reports=self.own)).reports
        self.warehouse = Warehouse(own_reports)
        self.limits = limits
        self.start = FIRST_DAY + minute * MINUTE
        self.deselected = DESELECTED if less else {}
        set_up(self.sandbox, server, limits)

    @rule(happening=meetings, hours=st.integers(1, 60))
    def time_passes(self, happening: list[Meeting], hours: int) -> None:
        day = -(-self.now // MINUTE) * MINUTE  # nothing begins before what was synced
        world = self.sandbox.world
        for meeting in happening:
            world = with_meeting(world, day, meeting, self.server, self.limits)
        self.sandbox.world = world
        self.now += hours * HOUR

    @rule(
        window_in_days=st.sampled_from([1, 3, 31]),
        workers=st.integers(1, 4),
        stop_after=st.none() | st.integers(1, 400),
        slow_first=st.booleans(),
        fault=st.none() | st.sampled_from(passing_faults),
        every=st.integers(2, 6),
        lies=st.booleans(),
        state_of_first_release=st.booleans(),
    )
    def sync_happens(
        self,
        window_in_days: int,
        workers: int,
        stop_after: int | None,
        slow_first: bool,
        fault: Callable[[], Fault] | None,
        every: int,
        lies: bool,
        state_of_first_release: bool,
    ) -> None:
        script = self.sandbox.faults.script
        self.sandbox.faults.clear_script()
        if slow_first:  # so that later windows are done before the first
            script(faults.slow(0.05))
        if fault is not None:
            script(fault(), when=every_new_request(every), times=None)
        if lies:
            lies_to = every_new_request(every)
            script(
                faults.lie(),
                when=lambda call: call.report_id == 6001 and lies_to(call),
                times=None,
            )
        if state_of_first_release:
            self.warehouse.states = {
                stream: {
                    key: one for key, one in state.items() if key in ("session_start_time", "date")
                }
                for stream, state in self.warehouse.states.items()
            }
        self.synced(stop_after=stop_after, window_in_days=window_in_days, num_workers=workers)

    def synced(self, stop_after: int | None = None, **more: Any) -> None:
        if not self.limits.lookback_days:  # nothing is read twice, so everybody has gone home
            leaves = [presence.leave for presence in self.sandbox.world.presences]
            self.now = max([self.now, *leaves])
        self.now = max(self.now, self.start + 1)
        self.sandbox.now = self.now
        config = self.sandbox.config(
            start_date=rfc3339(self.start),
            end_date=rfc3339(self.now),
            max_session_hours=self.limits.max_session_hours,
            lookback_window_days=self.limits.lookback_days,
            custom_reports=self.own,
            **more,
        )
        reports = self.warehouse.reports
        catalog = configured_catalog(reports, reports=reports)
        for stream, column in self.deselected.items():
            (chosen,) = (s["stream"] for s in catalog["streams"] if s["stream"]["name"] == stream)
            schema = chosen["json_schema"]
            left = {name: kind for name, kind in schema["properties"].items() if name != column}
            chosen["json_schema"] = {**schema, "properties": left}
        count = itertools.count(1)
        with at_time(self.now):
            outcome = sync(
                config,
                catalog,
                self.warehouse.states,
                stop=lambda message: next(count) == stop_after,
            )
        assert outcome.errors == []
        for stream in reports:
            keys = [key_of(stream, row, reports) for row in outcome.records(stream)]
            assert len(set(keys)) == len(keys)
        self.warehouse.take(outcome.messages)

    def without_deselected(self, stream: str, row: Record) -> Record:
        return {name: value for name, value in row.items() if name != self.deselected.get(stream)}


TestSchedules = Schedule.TestCase
TestSchedules.settings = settings(
    max_examples=int(os.environ.get("SCHEDULES", "25")),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
