"""Servers on which asking for less, filters or leaving out columns have no or half an effect."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integration_tests.busy_world import (
    DAY,
    END,
    HOUR,
    MINUTE,
    START,
    assert_truth,
    busy_world,
    read,
    requests_of,
    sessions_from,
    warnings_in,
)
from integration_tests.connector import STREAMS, configured_catalog, in_order
from integration_tests.in_process import Waits, sync, without_waiting
from integration_tests.sandbox import Sandbox, World, faults, rfc3339, university
from integration_tests.sandbox.answers import Answer
from integration_tests.sandbox.calls import Call


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with without_waiting() as waits:
        yield waits


@pytest.fixture(scope="module")
def campus() -> World:
    return university(seed=3, until=END, days=14, without_session=False)


def test_given_cue_point_ids_without_effect_when_capped_then_a_warning_tells_and_work_is_bounded(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = busy_world(sessions_from(START, 40, apart=30 * MINUTE), attendees=40)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6001: 1_000}
        sandbox.faults.ignored_filters = ("cue_point_ids",)

        outcome = read(sandbox, "attendees")

        assert outcome.errors == []
        assert len(outcome.records("attendees")) == 1_000
        assert (
            "attendees: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z has exactly 1,000 rows, which "
            "may be a cap of this Kaltura server. No smaller request can be made, so these "
            "rows are accepted as complete; the same holds for later answers of this kind."
        ) in warnings_in(caplog.records)
        assert len(requests_of(sandbox, 6001)) <= 15


def test_given_cue_point_ids_without_effect_when_nothing_is_cut_off_then_every_row_is_the_truth(
    campus: World,
) -> None:
    with Sandbox(campus, now=END) as sandbox:
        sandbox.faults.ignored_filters = ("cue_point_ids", "entry_ids", "parent_entry_ids")

        assert_truth(read(sandbox), sandbox)


@pytest.mark.parametrize("longest", [1, 3, 100])
def test_given_lists_of_ids_that_are_cut_short_when_read_by_session_then_every_row_is_the_truth(
    longest: int,
) -> None:
    world = busy_world(sessions_from(START, 20, apart=HOUR), attendees=100)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6001: 1_000}
        sandbox.faults.longest_id_list = longest

        outcome = read(sandbox, "attendees")

        assert_truth(outcome, sandbox, "attendees")
        assert len(outcome.records("attendees")) == 2_000


@pytest.mark.parametrize(("sessions", "most"), [(672, 1), (500, 36), (1_000, 36)])
def test_given_dates_without_effect_when_read_then_every_row_is_the_truth_and_work_is_bounded(
    sessions: int, most: int
) -> None:
    """A report with times shows it by its rows. One without is asked for less where it must be."""
    starts = sessions_from(START, sessions, apart=28 * DAY // sessions)
    with Sandbox(busy_world(starts), now=END) as sandbox:
        sandbox.faults.ignores_dates = True

        assert_truth(read(sandbox), sandbox)

        assert len(requests_of(sandbox, 6000)) == len(requests_of(sandbox, 6002)) == 4
        assert len(requests_of(sandbox, 6001)) <= 4 * most


def test_given_dates_without_effect_and_a_cap_when_read_then_a_warning_tells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    starts = sessions_from(START, 672, apart=HOUR)
    with Sandbox(busy_world(starts), now=END) as sandbox:
        sandbox.faults.ignores_dates = True
        sandbox.faults.cap = 500

        outcome = read(sandbox, "rooms")

        assert outcome.errors == []
        assert len(outcome.records("rooms")) == 500
        (warning,) = warnings_in(caplog.records)
        assert "has exactly 500 rows, which may be a cap of this Kaltura server." in warning
        assert len(requests_of(sandbox, 6000)) <= 15


@pytest.mark.parametrize("kept", ["whole_minutes", "hours", "minutes", "seconds"])
def test_given_dates_kept_by_any_unit_when_read_then_every_row_is_the_truth(
    campus: World, kept: str
) -> None:
    with Sandbox(campus, now=END) as sandbox:
        sandbox.faults.whole_minutes = kept == "whole_minutes"
        sandbox.faults.aggregation_seconds = {"minutes": 60, "seconds": 1}.get(kept, 3_600)

        assert_truth(read(sandbox, start_date=rfc3339(START)), sandbox)


def test_given_a_server_without_druid_when_a_column_is_deselected_then_every_row_is_the_truth(
    campus: World,
) -> None:
    catalog = configured_catalog()
    for one in catalog["streams"]:
        if one["stream"]["name"] == "attendees":
            schema = one["stream"]["json_schema"]
            kept = {k: v for k, v in schema["properties"].items() if k != "user_email"}
            one["stream"]["json_schema"] = {**schema, "properties": kept}
    with Sandbox(campus, now=END) as sandbox:
        sandbox.faults.without_druid = True
        config = sandbox.config(start_date=rfc3339(START), end_date=rfc3339(END))

        outcome = sync(config, catalog)

        assert outcome.errors == []
        for stream in STREAMS:
            truth = [
                {k: v for k, v in row.items() if stream != "attendees" or k != "user_email"}
                for row in sandbox.truth(stream, START, END)
            ]
            assert in_order(stream, outcome.records(stream)) == in_order(stream, truth)


def test_given_answers_without_a_provable_end_when_read_then_equal_ones_are_taken_with_a_warning(
    campus: World, caplog: pytest.LogCaptureFixture
) -> None:
    with Sandbox(campus, now=END) as sandbox:
        sandbox.faults.script(faults.until_closed(), times=None)

        outcome = read(sandbox)

        assert_truth(outcome, sandbox)
        assert len([one for one in warnings_in(caplog.records) if "end" in one]) == 1


@pytest.mark.parametrize("every", [1, 2, 3])
def test_given_attendees_that_come_empty_though_there_are_some_when_read_then_they_are_the_truth(
    campus: World, every: int
) -> None:
    with Sandbox(campus, now=END) as sandbox:
        sandbox.faults.script(
            faults.lie(),
            when=lambda call: call.report_id == 6001 and "cue_point_ids" not in call.params,
            every=every,
            times=None,
        )

        assert_truth(read(sandbox), sandbox)


def test_given_attendees_that_always_come_empty_when_read_then_a_warning_tells(
    campus: World, caplog: pytest.LogCaptureFixture
) -> None:
    with Sandbox(campus, now=END) as sandbox:
        sandbox.faults.script(faults.lie(), report=6001, times=None)

        outcome = read(sandbox, "attendees")

        assert outcome.records("attendees") == []
        assert any(
            "report 6000 counts people in" in one and "of which report 6001 has no row" in one
            for one in warnings_in(caplog.records)
        )


FILTERS: dict[str, dict[str, list[str]]] = {
    "user_ids": {"user_ids": ["USER1", "user2"]},
    "cue_point_ids": {"cue_point_ids": ["1_s000001", "1_s000005"]},
    "entry_ids": {"entry_ids": ["1_elsewhere"]},
    "parent_entry_ids": {"parent_entry_ids": ["1_elsewhere"]},
}
FILTERED = {
    "user_ids": ("attendees", 20),
    "cue_point_ids": ("attendees", 10),
    "entry_ids": ("rooms", 0),
    "parent_entry_ids": ("breakouts", 0),
}


@pytest.mark.parametrize("key", FILTERS)
def test_given_a_filter_without_effect_when_read_then_rows_outside_it_are_left_out_with_a_warning(
    caplog: pytest.LogCaptureFixture, key: str
) -> None:
    stream, rows = FILTERED[key]
    filters: dict[str, Any] = FILTERS[key]
    world = busy_world(sessions_from(START, 10, apart=HOUR), attendees=5)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.ignored_filters = (key, "parentEntryIds")

        outcome = read(sandbox, stream, **filters)

        assert outcome.errors == []
        assert len(outcome.records(stream)) == rows
        assert warnings_in(caplog.records) == [
            f"{stream}: Kaltura's answers have rows that do not fit {key}; this Kaltura may not "
            "know the filter. These rows are left out."
        ]


def test_given_a_virtual_event_filter_without_effect_on_6001_when_read_then_others_are_left_out(
    campus: World, caplog: pytest.LogCaptureFixture
) -> None:
    event = next(room.virtual_event_id for room in campus.rooms if room.virtual_event_id)
    with Sandbox(campus, now=END) as sandbox:
        expected = sandbox.truth("attendees", START, END, filters={"virtual_event_ids": [event]})

        answering = threading.local()

        class IgnoredBy6001(tuple[str, ...]):
            """The sandbox answers each call in a thread; report 6000 is asked at the same time."""

            def __contains__(self, name: object) -> bool:
                return name == "virtual_event_ids" and getattr(answering, "is_6001", False)

        def noted(call: Call, proper: Callable[[], Answer]) -> Answer:
            answering.is_6001 = True
            try:
                return proper()
            finally:
                answering.is_6001 = False

        sandbox.faults.ignored_filters = IgnoredBy6001()
        sandbox.faults.script(noted, report=6001, times=None)

        outcome = read(sandbox, "attendees", virtual_event_ids=[event])

        assert outcome.errors == []
        assert in_order("attendees", outcome.records("attendees")) == in_order(
            "attendees", expected
        )
        assert len([w for w in warnings_in(caplog.records) if "virtual_event_ids" in w]) == 1
