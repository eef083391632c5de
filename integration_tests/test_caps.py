"""Answers that Kaltura cuts off at a cap without a sign, and honest numbers that look like caps."""

from __future__ import annotations

from collections.abc import Iterator

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
from integration_tests.connector import STREAMS, key_of
from integration_tests.in_process import Waits, without_waiting
from integration_tests.sandbox import Sandbox, rfc3339, university


@pytest.fixture(autouse=True)
def waits() -> Iterator[Waits]:
    with without_waiting() as waits:
        yield waits


@pytest.mark.parametrize("cap", [500, 1_000, 1_234])
def test_given_a_cap_that_nobody_knows_of_when_read_then_every_row_of_every_stream_is_the_truth(
    cap: int,
) -> None:
    world = busy_world(sessions_from(START, 4_000, apart=10 * MINUTE))
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.cap = cap

        outcome = read(sandbox, window_in_days=14)

        assert_truth(outcome, sandbox)
        assert any(one.answered_rows == cap for one in sandbox.requests)


@pytest.mark.parametrize(("cap", "people"), [(97, 40), (500, 130), (1_234, 50)])
def test_given_any_cap_on_attendees_alone_when_read_then_the_numbers_of_people_give_it_away(
    cap: int, people: int
) -> None:
    world = busy_world(sessions_from(START, 40, apart=2 * HOUR), attendees=people)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6001: cap}

        outcome = read(sandbox, "attendees", window_in_days=28)

        assert_truth(outcome, sandbox, "attendees")
        assert len(outcome.records("attendees")) == 40 * people
        assert len(requests_of(sandbox, 6001)) <= 60


def test_given_an_odd_cap_that_is_found_late_when_read_then_the_missing_rows_follow_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = busy_world(sessions_from(START, 4_000, apart=10 * MINUTE))
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6000: 1_234}

        outcome = read(sandbox, "rooms", window_in_days=14)

        assert_truth(outcome, sandbox, "rooms")
        assert warnings_in(caplog.records) == [
            "rooms: Kaltura cuts answers off at 1,234 rows. An answer of this size was accepted as "
            "complete before this was known. It is read again in parts, and the missing rows "
            "follow."
        ]


def test_given_an_odd_cap_on_sessions_when_it_is_found_late_then_attendees_are_not_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Sessions of the first window are not known when its attendees are read: a null start."""
    world = busy_world(sessions_from(START, 4_000, apart=10 * MINUTE))
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6000: 1_234}

        outcome = read(sandbox, window_in_days=14)

        assert_truth(outcome, sandbox, "rooms", "breakouts")
        rows = outcome.records("attendees")
        expected = sandbox.truth("attendees", START, END)
        assert sorted(key_of("attendees", row) for row in rows) == sorted(
            key_of("attendees", row) for row in expected
        )
        without_start = len([row for row in rows if "session_start_time" not in row])
        assert (
            f"attendees: emitted once, with null as session_start_time: {without_start} rows. "
            "Kaltura tells no start of the session."
        ) in warnings_in(caplog.records)


def test_given_135_003_attendees_on_one_day_when_read_then_they_are_asked_for_by_session() -> None:
    world = busy_world(sessions_from(START, 3, apart=HOUR), attendees=45_001)
    with Sandbox(world, now=END) as sandbox:
        outcome = read(sandbox, "attendees")

        assert outcome.errors == []
        keys = {key_of("attendees", row) for row in outcome.records("attendees")}
        assert len(keys) == len(outcome.records("attendees")) == 135_003
        asked = [one.params for one in sandbox.requests if one.report_id == 6001]
        assert [one.get("cue_point_ids") for one in asked[:4]] == [
            None,  # the first week
            None,  # its first day
            "1_s000000,1_s000001",
            "1_s000002",
        ]
        # Parts by session keep the interval of their day, so that nobody is cut off.
        for one in asked[1:4]:
            assert int(one["from_date"]) == START - HOUR
            assert int(one["to_date"]) == START + 2 * DAY + HOUR


def test_given_more_than_100_000_rows_when_read_then_that_number_is_no_cap() -> None:
    world = busy_world(sessions_from(START, 3, apart=HOUR), attendees=33_334)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.cap = 1_000_000

        outcome = read(sandbox, "attendees")

        assert outcome.errors == []
        assert len(outcome.records("attendees")) == 100_002
        assert requests_of(sandbox, 6001) == [(8 + 2 / 24, 0)] * 4  # one for each week


def test_given_many_sessions_when_asked_for_by_id_then_no_request_names_more_than_500() -> None:
    world = busy_world(sessions_from(START, 1_300, apart=MINUTE))
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6001: 1_000}

        outcome = read(sandbox, "attendees", window_in_days=28)

        assert_truth(outcome, sandbox, "attendees")
        counts = [ids for _, ids in requests_of(sandbox, 6001) if ids]
        assert counts == [500, 500, 300]


def test_given_one_session_over_the_cap_when_read_then_the_stream_fails_and_names_it() -> None:
    with Sandbox(busy_world([START], attendees=100_001), now=END) as sandbox:
        outcome = read(sandbox, "rooms", "attendees")

        assert len(outcome.records("rooms")) == 1
        assert outcome.records("attendees") == []
        assert outcome.errors[0]["failure_type"] == "config_error"
        assert outcome.errors[0]["message"] == (
            "Stream attendees: Kaltura cuts answers off at 100,000 rows, and session 1_s000000 of "
            "2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z alone has that many. Narrow the stream "
            "with the filters of the configuration (such as entry_ids or user_ids), or lower "
            "max_session_hours."
        )


def test_given_a_day_of_rooms_over_the_cap_when_read_then_the_stream_fails_and_names_it() -> None:
    with Sandbox(busy_world([START] * 100_001), now=END) as sandbox:
        outcome = read(sandbox, "rooms", "breakouts")

        for stream in ("rooms", "breakouts"):
            assert outcome.records(stream) == []
            (error,) = [one for one in outcome.errors if f"Stream {stream}: " in one["message"]][:1]
            assert error["failure_type"] == "config_error"
            assert (
                f"Stream {stream}: Kaltura cuts answers off at 100,000 rows, and "
                "2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z alone has that many."
            ) in error["message"]


@pytest.mark.parametrize("stream", ["rooms", "breakouts"])
def test_given_500_sessions_that_honestly_begin_in_one_minute_when_read_then_a_warning_tells(
    caplog: pytest.LogCaptureFixture, stream: str
) -> None:
    with Sandbox(busy_world([START] * 500), now=END) as sandbox:
        outcome = read(sandbox, stream)

        assert_truth(outcome, sandbox, stream)
        assert warnings_in(caplog.records) == [
            f"{stream}: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z has exactly 500 rows, which "
            "may be a cap of this Kaltura server. No smaller request can be made, so these "
            "rows are accepted as complete; the same holds for later answers of this kind."
        ]
        # The first week and twice its time, its days in three steps or four, and three more weeks,
        # which are empty: that is asked for twice of report 6000.
        assert len([one for one in sandbox.requests if one.report_id]) <= 13


def test_given_one_session_with_a_round_number_of_attendees_when_read_then_a_warning_tells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Sandbox(busy_world([START], attendees=500), now=END) as sandbox:
        outcome = read(sandbox, "attendees")

        assert_truth(outcome, sandbox, "attendees")
        assert warnings_in(caplog.records) == [
            "attendees: The attendees of a day are too much for one answer, so they are asked for "
            "by session. Sessions that report 6000 does not list are left out then if no answer "
            "had a row of them.",
            "attendees: session 1_s000000 of 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z has "
            "exactly 500 rows, which may be a cap of this Kaltura server. No smaller request can "
            "be made, so these rows are accepted as complete; the same holds for later answers of "
            "this kind.",
        ]
        assert len([one for one in sandbox.requests if one.report_id == 6001]) <= 11


@pytest.mark.parametrize("sessions", [210, 500, 1_000])
def test_given_the_same_number_of_rows_each_week_when_read_then_a_request_more_shows_it_is_no_cap(
    sessions: int,
) -> None:
    """A weekly timetable, which began before `START`; each session has one attendee."""
    starts = [
        week + 8 * HOUR + number % 5 * DAY + number // 5 * MINUTE
        for week in range(START - 7 * DAY, END, 7 * DAY)
        for number in range(sessions)
    ]
    with Sandbox(busy_world(starts), now=END) as sandbox:
        outcome = read(sandbox)

        assert_truth(outcome, sandbox)
        for report in (6000, 6001, 6002):
            assert len(requests_of(sandbox, report)) == 4 + 1


def test_given_a_university_whose_attendees_are_capped_when_read_then_every_row_is_the_truth() -> (
    None
):
    with Sandbox(university(seed=3, until=END, without_session=False), now=END) as sandbox:
        sandbox.faults.caps = {6001: 500}

        outcome = read(sandbox, window_in_days=28, num_workers=4)

        assert_truth(outcome, sandbox)


def test_given_attendees_that_had_to_be_split_when_read_on_then_later_windows_are_smaller() -> None:
    world = busy_world(sessions_from(START, 28 * 24, apart=HOUR), attendees=10)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6001: 3_000}

        outcome = read(sandbox, "attendees", window_in_days=14)

        assert_truth(outcome, sandbox, "attendees")
        # 3,000 rows are 12 days and a half. Only the first requests are cut off.
        capped = [one for one in sandbox.requests if one.answered_rows == 3_000]
        assert len(capped) == 2
        assert len(requests_of(sandbox, 6001)) <= 12


def test_given_attendees_of_a_session_that_no_report_lists_when_capped_then_they_are_not_lost() -> (
    None
):
    world = busy_world(sessions_from(START, 30, apart=HOUR), attendees=40)
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.caps = {6001: 1_000}
        sandbox.faults.unlisted_sessions = {"1_s000007"}

        outcome = read(sandbox, "attendees", window_in_days=28)

        keys = {key_of("attendees", row) for row in outcome.records("attendees")}
        assert keys == {key_of("attendees", row) for row in sandbox.truth("attendees", START, END)}


def test_given_a_cap_and_a_start_within_a_day_when_read_then_every_row_comes_once() -> None:
    world = busy_world(sessions_from(START, 4_000, apart=10 * MINUTE))
    with Sandbox(world, now=END) as sandbox:
        sandbox.faults.cap = 500
        outcome = read(sandbox, start_date=rfc3339(START + DAY // 2), window_in_days=31)

        for stream in STREAMS:
            rows = outcome.records(stream)
            expected = sandbox.truth(stream, START + DAY // 2, END)
            assert len(rows) == len(expected) == len({key_of(stream, row) for row in rows})
