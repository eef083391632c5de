"""A window's rows: whole sessions, whatever Kaltura makes of the request.

Times are seconds after 2026-02-01T00:00:00Z. A row is written as its key without the room, and then
its minutes or its number of people.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, Report
from source_kaltura_rooms.retrieval.deduplication import Deduplication
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.fake_reports import (
    DAY,
    DAY_1,
    HOUR,
    MINUTE,
    FakeReports,
    Meeting,
    Reading,
    Stay,
    meeting,
)


def texts(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


def people(count: int) -> list[str]:
    return [f"p{number:05}" for number in range(count)]


# Whole sessions


def test_given_events_kept_by_the_hour_when_a_window_begins_at_an_odd_minute_then_all_count() -> (
    None
):
    """Of a session at 14:40 everything is filed under 14:00."""
    reports = FakeReports([meeting("1_c", 14 * HOUR + 40 * MINUTE, minutes=15, people=["ada"])])

    rows = Reading(reports).placed("attendees", first_day=(14 * 60 + 30) / 1440, days=1)

    assert rows == [["1_c", "ada", "15"]]


def test_given_people_who_came_early_and_stayed_late_when_read_then_their_time_counts() -> None:
    early_and_late = Stay("ada", 23 * HOUR + 10 * MINUTE, 25 * HOUR + 50 * MINUTE)
    reports = FakeReports([Meeting("1_c", DAY, 25 * HOUR, (early_and_late,))])

    rows = Reading(reports, max_session_hours=1).placed("attendees", first_day=1, days=1)

    assert rows == [["1_c", "ada", "160"]]


def test_given_a_session_across_two_windows_when_both_are_read_then_the_first_has_it_whole() -> (
    None
):
    reports = FakeReports([meeting("1_c", DAY - HOUR, minutes=120, people=["ada"])])
    reading = Reading(reports)

    assert reading.placed("attendees", days=1) == [["1_c", "ada", "120"]]
    assert reading.placed("attendees", first_day=1, days=1) == []
    assert reading.placed("rooms", days=1) == [["1_c", "1"]]
    assert reading.placed("rooms", first_day=1, days=1) == []


def test_given_an_ordinary_window_when_read_then_each_report_is_asked_once_over_whole_hours() -> (
    None
):
    reports = FakeReports([meeting("1_c", HOUR)])
    reading = Reading(reports)

    reading.placed("attendees", first_day=0.3, days=6.7)

    (attendees,) = reports.requests(6001)
    (rooms,) = reports.requests(6000)
    assert int(attendees["from_date"]) == DAY_1 - HOUR
    assert attendees == rooms


# Caps


@pytest.mark.parametrize("stream", ["rooms", "breakouts"])
@pytest.mark.parametrize("cap", [500, 1_234])
def test_given_a_cap_on_sessions_when_read_then_none_is_missing(stream: str, cap: int) -> None:
    held = [
        meeting(f"1_{number:05}", number * 300, room=f"1_r{number}", parent="1_main")
        for number in range(14 * 288)
    ]
    reports = FakeReports(held, cap={6000: cap, 6002: cap})
    reading = Reading(reports)

    rows = reading.placed(stream) + reading.placed(stream, first_day=7)

    assert len(rows) == len({row[0] for row in rows}) == 14 * 288


@pytest.mark.parametrize("cap", [500, 1_500])
def test_given_a_round_cap_on_attendees_when_read_then_none_is_missing(cap: int) -> None:
    held = [meeting(f"1_{day}", day * DAY, people=people(470)) for day in range(7)]
    reports = FakeReports(held, cap={6001: cap})

    rows = Reading(reports).placed("attendees")

    assert len({tuple(row) for row in rows}) == len(rows) == 7 * 470


def test_given_an_odd_cap_on_attendees_when_two_windows_are_read_then_none_is_missing() -> None:
    held = [
        meeting(f"1_{day:02}_{hour:02}", day * DAY + hour * HOUR, people=people(100))
        for day in (1, 8)
        for hour in range(15)
    ]
    reports = FakeReports(held, cap={6001: 1_234})
    reading = Reading(reports)

    first = reading.placed("attendees")
    second = reading.placed("attendees", first_day=7)

    together = [tuple(row) for row in first + second]
    assert len(set(together)) == len(together) == 3_000


def test_given_an_answer_that_waits_when_its_missing_rows_go_out_first_then_its_own_follow() -> (
    None
):
    """One worker has the first window; another one finds the cap, and reads that window again."""
    held = [
        Meeting(f"1_{day:02}_{hour:02}", start, start + HOUR, stays_of_different_length(start))
        for day in (1, 8)
        for hour in range(13)
        for start in [day * DAY + hour * HOUR]
    ]
    reader = Reading(FakeReports(held, cap={6001: 1_234}), shares_sessions=False).readers[
        "attendees"
    ]
    first = reader.read(Window(DAY_1, DAY_1 + 7 * DAY))
    waiting = next(first)
    second = list(reader.read(Window(DAY_1 + 7 * DAY, DAY_1 + 14 * DAY)))
    deduplication = Deduplication(ATTENDEES)

    emitted = [
        key
        for part in [*second, waiting, *first]
        for batch in deduplication.only_new(part.rows(), Counter())
        for key in zip(batch.column("cue_point_id"), batch.column("user_id"), strict=True)
    ]

    assert len(set(emitted)) == len(emitted) == 2_600


def stays_of_different_length(start: int) -> tuple[Stay, ...]:
    """A cap takes the rows with the least time first, so each session loses some of its people."""
    return tuple(
        Stay(person, start, start + 20 * MINUTE + 7 * number)
        for number, person in enumerate(people(100))
    )


def test_given_a_certain_cap_when_a_day_exceeds_it_then_sessions_are_asked_for_by_id() -> None:
    held = [meeting(f"1_{hour}", hour * HOUR, people=people(45_001)) for hour in range(3)]
    reports = FakeReports(held)

    rows = Reading(reports, window_in_days=1).placed("attendees", days=1)

    assert len({tuple(row) for row in rows}) == len(rows) == 135_003
    assert [one.get("cue_point_ids") for one in reports.requests(6001)] == [None, "1_0,1_1", "1_2"]
    assert {one["from_date"] for one in reports.requests(6001)} == {str(DAY_1 - HOUR)}


def test_given_more_rows_than_100_000_when_read_then_that_number_is_no_cap_here() -> None:
    held = [meeting(f"1_{hour}", hour * HOUR, people=people(50_001)) for hour in range(3)]
    reports = FakeReports(held, cap={6001: 1_000_000})

    rows = Reading(reports).placed("attendees")

    assert len(rows) == 150_003
    assert len(reports.requests(6001)) == 1


def test_given_one_session_with_as_many_rows_as_the_certain_cap_then_it_fails_by_name() -> None:
    reports = FakeReports([meeting("1_big", HOUR, people=people(100_001))])

    with pytest.raises(ReportError) as raised:
        Reading(reports, window_in_days=1).placed("attendees", days=1)

    assert raised.value.action is ErrorAction.CONFIG_ERROR
    assert "100,000 rows, and session 1_big of 2026-02-01T00:00:00Z" in raised.value.sentence


def test_given_an_honest_round_number_when_read_then_one_larger_request_clears_it() -> None:
    held = [meeting(f"1_{day}", day * DAY + HOUR, people=people(500)) for day in (2, 9)]
    reports = FakeReports(held)
    reading = Reading(reports)

    reading.placed("attendees")
    before = len(reports.requests(6001))
    rows = reading.placed("attendees", first_day=7)

    assert len(rows) == 500
    assert len(reports.requests(6001)) - before == 2


def test_given_as_many_rows_every_week_when_read_then_it_costs_one_request_more_in_all() -> None:
    held = [meeting(f"1_{week}", (7 * week + 1) * DAY, people=people(140)) for week in range(8)]
    reports = FakeReports(held)
    reading = Reading(reports)

    rows = [row for week in range(8) for row in reading.placed("attendees", first_day=7 * week)]

    assert len(rows) == 8 * 140
    assert len(reports.requests(6001)) == 9


def test_given_500_rooms_that_begin_in_one_minute_when_read_then_few_requests_do() -> None:
    held = [meeting(f"1_{number}", 10 * HOUR, room=f"1_r{number}") for number in range(500)]
    reports = FakeReports(held)

    rows = Reading(reports).placed("rooms")

    assert len(rows) == 500
    assert len(reports.requests(6000)) <= 6


# Too much for one request


@pytest.mark.parametrize("code", ["INTERNAL_SERVERL_ERROR", "HTTP 500"])
@pytest.mark.parametrize("stream", ["rooms", "attendees", "breakouts"])
def test_given_only_single_days_work_when_read_then_the_days_are_read_one_by_one(
    code: str, stream: str
) -> None:
    held = [
        meeting(f"1_{day}", day * DAY + HOUR, people=["ada"], parent="1_main") for day in range(7)
    ]
    refused = Refusal(code, ErrorAction.RETRY_THEN_SPLIT, "Ask for less.")
    reports = FakeReports(held, most_hours=51, too_much=refused)

    parts = Reading(reports).parts(stream)

    starts = [DAY_1 + day * DAY for day in range(7)]
    assert [part.window.start for part in parts] == starts
    assert [part.window.end for part in parts] == [start + DAY for start in starts]
    assert [sum(len(rows.placed) for rows in part.rows()) for part in parts] == [1] * 7


def test_given_quick_answers_when_sizes_work_then_they_double_below_what_was_too_much() -> None:
    reports = FakeReports([meeting("1_c", HOUR)], most_hours=7 * 24)

    parts = Reading(reports, window_in_days=14).parts("rooms", days=14)

    # 14 days are too much; then 1, 2 and 4 days work; 7 days with the two days around are too much.
    assert [(part.window.end - part.window.start) // DAY for part in parts] == [1, 2, 4, 1, 2, 4]


def test_given_slow_answers_when_a_day_worked_then_larger_requests_are_not_tried() -> None:
    held = [meeting(f"1_{day}", day * DAY + HOUR) for day in range(14)]
    reports = FakeReports(held, most_hours=51, seconds=600)

    parts = Reading(reports).parts("rooms")

    assert len(parts) == 7
    assert len(reports.requests(6000)) == 8


def test_given_what_was_too_much_for_one_window_when_the_next_is_read_then_it_is_known() -> None:
    held = [meeting(f"1_{day}", day * DAY + HOUR) for day in range(14)]
    reports = FakeReports(held, most_hours=51, seconds=600)
    reading = Reading(reports)
    reading.parts("rooms")

    reading.parts("rooms", first_day=7)

    assert len(reports.requests(6000)) == 8 + 7


def test_given_a_day_of_attendees_that_is_too_much_when_ids_work_then_it_is_read_by_session() -> (
    None
):
    held = [meeting(f"1_{hour}", hour * HOUR, people=["ada"]) for hour in range(4)]

    class OnlyByIds(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            table = super().answer(report, params)
            if report is ATTENDEES and "cue_point_ids" not in params:
                raise Refused(self.too_much)
            return table

    rows = Reading(OnlyByIds(held)).placed("attendees", days=1)

    assert [row[0] for row in rows] == ["1_0", "1_1", "1_2", "1_3"]


def test_given_a_quiet_day_before_a_busy_one_when_both_are_too_much_then_both_are_read() -> None:
    """The request about the quiet day reaches 25 hours into the next one."""
    held = [meeting(f"1_{hour}", DAY + hour * HOUR, people=["ada"]) for hour in (2, 3)]

    class OnlyByIds(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            table = super().answer(report, params)
            if report is ATTENDEES and "cue_point_ids" not in params:
                raise Refused(self.too_much)
            return table

    rows = Reading(OnlyByIds(held)).placed("attendees", days=2)

    assert rows == [["1_2", "ada", "60"], ["1_3", "ada", "60"]]


@pytest.mark.parametrize("stream", ["rooms", "attendees"])
def test_given_everything_is_too_much_when_read_then_the_failure_names_the_length_and_the_remedy(
    stream: str,
) -> None:
    reports = FakeReports([meeting("1_c", HOUR)], most_hours=1)

    with pytest.raises(Refused) as raised:
        Reading(reports).placed(stream)

    assert "a request over 50 hours, which a lower max_session_hours shortens" in str(
        raised.value.sentence
    )
    assert len(reports.asked) <= 6


def test_given_time_outs_only_when_read_then_a_day_is_asked_three_times_in_all() -> None:
    timed_out = Refusal("no answer in time", ErrorAction.SPLIT, "Try later.", timed_out=True)
    reports = FakeReports([meeting("1_c", HOUR)], most_hours=1, too_much=timed_out)

    with pytest.raises(Refused):
        Reading(reports).placed("rooms")

    assert len(reports.requests(6000)) == 3


# Less that is not less


def test_given_ids_without_effect_when_a_day_may_be_cut_off_then_it_is_taken_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = [meeting(f"1_{hour}", hour * HOUR, people=people(300)) for hour in range(3)]
    reports = FakeReports(held, cap={6001: 500}, ignored={"cue_point_ids"})

    reading = Reading(reports)
    rows = reading.placed("attendees", days=1)

    assert len(rows) == 500
    assert len(reports.requests(6001)) <= 8
    assert texts(caplog).count("may be a cap of this Kaltura server") == 1


def test_given_dates_without_effect_when_read_then_each_window_is_asked_once_and_right() -> None:
    held = [
        meeting(f"1_{day:02}_{n}", day * DAY + HOUR, room=f"1_{day}_{n}")
        for day in range(28)
        for n in range(20)
    ]
    reports = FakeReports(held, cap={6000: 500}, ignored={"from_date"})
    reading = Reading(reports, max_session_hours=1)

    reading.placed("rooms")

    assert len(reports.requests(6000)) <= 3


def test_given_a_list_of_ids_cut_short_when_sessions_are_asked_for_then_none_is_missing() -> None:
    held = [meeting(f"1_{n:03}", n * 600, people=people(100)) for n in range(100)]
    reports = FakeReports(held, cap={6001: 5_000}, longest_list=7)

    rows = Reading(reports).placed("attendees", days=1)

    assert len({tuple(row) for row in rows}) == len(rows) == 10_000


# Cross-check with report 6000


def test_given_an_empty_report_6001_beside_sessions_with_people_then_it_is_asked_again() -> None:
    reports = FakeReports([meeting("1_c", HOUR, people=["ada", "bob"])], lies={6001: [1]})

    rows = Reading(reports).placed("attendees")

    assert rows == [["1_c", "ada", "60"], ["1_c", "bob", "60"]]


def test_given_an_empty_report_6000_beside_attendees_then_it_is_asked_again() -> None:
    reports = FakeReports([meeting("1_c", HOUR, people=["ada"])], lies={6000: [1]})

    assert Reading(reports).placed("attendees") == [["1_c", "ada", "60"]]


def test_given_estimates_a_little_above_the_rows_when_checked_then_nothing_is_asked_again() -> None:
    held = [meeting(f"1_{n}", n * HOUR, people=people(90)) for n in range(5)]
    reports = FakeReports(held, people_factor=1.1)

    Reading(reports).placed("attendees")

    assert len(reports.requests(6001)) == 1


def test_given_estimates_far_above_the_rows_when_asked_again_twice_in_vain_then_it_is_left(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = [meeting(f"1_{week}", week * 7 * DAY, people=people(50)) for week in range(5)]
    reports = FakeReports(held, people_factor=2.0)
    reading = Reading(reports)

    for week in range(5):
        assert len(reading.placed("attendees", first_day=7 * week)) == 50

    assert len([one for one in reports.requests(6001) if "cue_point_ids" in one]) == 2
    assert texts(caplog).count("such differences are accepted") == 1


def test_given_chosen_people_when_read_then_numbers_of_people_are_not_compared() -> None:
    reports = FakeReports([meeting("1_c", HOUR, people=people(50))])

    rows = Reading(reports, user_ids=["P00001"]).placed("attendees")

    assert rows == [["1_c", "p00001", "60"]]
    assert len(reports.requests(6001)) == 1


# Sessions without a known start


def test_given_a_session_that_report_6000_does_not_list_when_it_began_before_then_it_is_whole(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = meeting("1_c", DAY - 4 * HOUR, minutes=480, people=["ada"])
    reports = FakeReports([held], unlisted={"1_c"})

    rows = Reading(reports).unplaced("attendees", first_day=1)

    assert rows == [["1_c", "ada", "480"]]
    assert reports.requests(6001)[-1]["cue_point_ids"] == "1_c"


@pytest.mark.parametrize(
    ("stream", "parameter", "value"),
    [("rooms", "entry_ids", "1_room"), ("breakouts", "parent_entry_ids", "1_main")],
)
def test_given_a_listed_session_without_a_start_when_read_then_it_is_looked_up_over_more_time(
    stream: str, parameter: str, value: str
) -> None:
    held = Meeting(
        "1_c",
        DAY - 4 * HOUR,
        DAY + 4 * HOUR,
        (Stay("ada", DAY - 4 * HOUR, DAY - 2 * HOUR), Stay("bob", DAY, DAY + 4 * HOUR)),
        parent="1_main",
    )
    reports = FakeReports([held], untimed={"1_c"})

    rows = Reading(reports).unplaced(stream, first_day=1)

    assert rows == [["1_c", "2"]]
    report = {"rooms": 6000, "breakouts": 6002}[stream]
    assert [one.get(parameter) for one in reports.requests(report)] == [None, value]


def test_given_rows_without_a_cue_point_when_read_then_they_are_unplaced_and_not_asked_for() -> (
    None
):
    reports = FakeReports([meeting("", HOUR, people=["ada"]), meeting("1_c", HOUR, people=["bob"])])

    reading = Reading(reports)

    assert reading.unplaced("attendees") == [["0", "ada", "60"]]
    assert len(reports.requests(6001)) == 1


def test_given_rows_without_a_cue_point_when_the_day_is_read_by_session_then_they_stay() -> None:
    held = [meeting(f"1_{hour}", hour * HOUR, people=people(250)) for hour in range(2, 4)]
    alone = meeting("", HOUR, minutes=600, people=["ada"])
    reports = FakeReports([alone, *held], cap={6001: 500})

    reading = Reading(reports)

    assert reading.unplaced("attendees", days=1) == [["0", "ada", "600"]]


# Rooms and cue points


def test_given_two_rooms_with_one_cue_point_when_read_then_each_attendee_has_his_own_start() -> (
    None
):
    held = [
        meeting("1_c", 2 * HOUR, room="1_a", people=["ada"]),
        meeting("1_c", 30 * HOUR, room="1_b", people=["ada"]),
    ]
    reports = FakeReports(held)
    reading = Reading(reports)

    (first,) = [
        rows.placed
        for part in reading.parts("attendees", days=1)
        for rows in part.rows()
        if len(rows.placed)
    ]

    assert list(first.column("entry_id")) == ["1_a"]
    assert list(first.column("session_start_time")) == [str(DAY_1 + 2 * HOUR)]


# Equal keys


def test_given_rows_of_people_without_an_id_when_read_then_their_minutes_are_added_up() -> None:
    class Removed(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            table = super().answer(report, params)
            if report is not ATTENDEES:
                return table
            rows = zip(*map(table.column, table.columns), strict=True)
            return RowTable(table.columns, [[*row[:2], "", "", row[4]] for row in rows])

    stays = tuple(Stay(f"p{n}", HOUR, HOUR + n * 600) for n in (1, 2, 3))
    reports = Removed([Meeting("1_c", HOUR, 2 * HOUR, stays)])

    reading = Reading(reports)

    assert reading.placed("attendees") == [["1_c", "", "60"]]
    assert [part.merged for part in reading.parts("attendees")] == [2]


# Filters without effect


@pytest.mark.parametrize(
    ("key", "value", "stream", "left"),
    [
        ("entry_ids", "1_a", "rooms", [["1_c1", "1"]]),
        ("entry_ids", "1_a", "attendees", [["1_c1", "ada", "60"]]),
        ("cue_point_ids", "1_c1", "attendees", [["1_c1", "ada", "60"]]),
        ("user_ids", "ADA", "attendees", [["1_c1", "ada", "60"]]),
        ("parent_entry_ids", "1_m", "breakouts", [["1_c1", "1"]]),
    ],
)
def test_given_a_filter_without_effect_when_read_then_only_the_rows_that_fit_are_left(
    key: str, value: str, stream: str, left: list[list[str]], caplog: pytest.LogCaptureFixture
) -> None:
    held = [
        meeting("1_c1", HOUR, room="1_a", parent="1_m", people=["ada"]),
        meeting("1_c2", HOUR, room="1_b", parent="1_n", people=["bob"]),
    ]
    reports = FakeReports(held, ignored={key, "parentEntryIds"})
    filters: dict[str, Any] = {key: [value]}
    reading = Reading(reports, **filters)

    assert reading.placed(stream) == left
    assert f"rows that do not fit {key}" in texts(caplog)


def test_given_a_virtual_event_when_attendees_of_unlisted_sessions_come_then_they_are_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = [
        meeting("1_c1", HOUR, people=["ada"]),
        meeting("1_c2", HOUR, people=["bob"]),
    ]
    reports = FakeReports(held, unlisted={"1_c2"})
    reading = Reading(reports, virtual_event_ids=["1"])

    assert reading.placed("attendees") == [["1_c1", "ada", "60"]]
    assert reading.unplaced("attendees") == []
    assert "may not know the filter" in texts(caplog)


def test_given_a_virtual_event_when_report_6000_lists_a_session_without_start_then_it_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = Meeting("1_c", DAY - 4 * HOUR, DAY + HOUR, (Stay("ada", DAY - 4 * HOUR, DAY + HOUR),))
    reports = FakeReports([held], untimed={"1_c"})

    rows = Reading(reports, virtual_event_ids=["1"]).unplaced("attendees", first_day=1)

    assert rows == [["1_c", "ada", "300"]]
    assert "may not know the filter" not in texts(caplog)


# Bounds


def test_given_no_whole_answer_to_30_requests_when_read_then_the_window_is_given_up() -> None:
    class RefusesIds(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            table = super().answer(report, params)
            if "cue_point_ids" in params:
                raise Refused(self.too_much)
            return table

    held = [meeting(f"1_{n}", n * MINUTE, people=people(50)) for n in range(200)]
    reports = RefusesIds(held, cap={6001: 5_000})

    with pytest.raises(ReportError):
        Reading(reports).placed("attendees", days=1)

    assert len(reports.requests(6001)) <= 30


def test_given_a_look_up_over_more_time_that_is_too_much_when_read_then_it_is_warned_of(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = meeting("1_c", DAY - 4 * HOUR, minutes=480, people=["ada"])
    reports = FakeReports([held], most_hours=200, unlisted={"1_c"})

    rows = Reading(reports).unplaced("attendees", first_day=1)

    assert rows == [["1_c", "ada", "300"]]
    assert "is too much for Kaltura" in texts(caplog)
