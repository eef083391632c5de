"""What a server can do to a sync as a whole: several streams and windows over one fake Kaltura.

Times are seconds after 2026-02-01T00:00:00Z. A row is written as its key without the room, and then
its minutes or its number of people.
"""

from __future__ import annotations

import weakref

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS, Report
from unit_tests.fake_reports import DAY, HOUR, MINUTE, FakeReports, Meeting, Reading, Stay, meeting


def warnings(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(record.getMessage() for record in caplog.records)


def people(count: int) -> list[str]:
    return [f"p{number:05}" for number in range(count)]


# Report 6000, which two streams share


def test_given_an_empty_report_6000_when_rooms_are_read_then_it_is_asked_again() -> None:
    reports = FakeReports([meeting("1_c", HOUR, people=["ada"])], lies={6000: [1]})
    reading = Reading(reports)

    assert reading.placed("rooms") == [["1_c", "1"]]
    assert reading.placed("attendees") == [["1_c", "ada", "60"]]
    assert len(reports.requests(6000)) == 2


def test_given_a_cap_found_late_when_attendees_were_not_read_yet_then_rooms_are_read_anew() -> None:
    """The answer that is kept for the attendees is the one that was cut off."""
    held = [
        meeting(f"1_{number:05}", number * 300, room=f"1_r{number}") for number in range(14 * 288)
    ]
    reading = Reading(FakeReports(held, cap={6000: 1_234}))

    rows = reading.placed("rooms") + reading.placed("rooms", first_day=7)

    assert len(rows) == len({row[0] for row in rows}) == 14 * 288


def test_given_an_odd_cap_that_a_test_met_first_when_a_window_meets_it_then_none_is_missing() -> (
    None
):
    """500 rows are tested by a request over twice the time, which has as many rows as the cap."""
    held = [
        *(meeting(f"1_a{n}", DAY + n * 700, room=f"1_r{n}") for n in range(740)),
        *(meeting(f"1_b{n}", 8 * DAY + n * 300, room=f"1_r{n}") for n in range(500)),
        *(meeting(f"1_c{n}", 17 * DAY + n * 300, room=f"1_r{n}") for n in range(1_500)),
    ]
    reading = Reading(FakeReports(held, cap={6000: 1_234}))

    reading.placed("rooms", first_day=8)
    rows = reading.placed("rooms", first_day=17)

    assert len(rows) == 1_500


def test_given_an_empty_part_of_an_answer_in_doubt_when_rooms_are_read_then_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Request 1 has 500 rows, 2 tests that number, 3 is the first day."""
    held = [meeting(f"1_{n}", 10 * HOUR, room=f"1_r{n}") for n in range(500)]

    Reading(FakeReports(held, lies={6000: [3]})).placed("rooms")

    assert warnings(caplog).count("did not come again") == 1


# Sessions without a start


def test_given_a_list_of_ids_cut_short_when_sessions_are_looked_up_then_all_of_them_are_whole() -> (
    None
):
    held = [meeting(f"1_{n:02}", 7 * DAY - 4 * HOUR, 480, ["ada"]) for n in range(20)]
    ids = [one.id for one in held]
    reading = Reading(FakeReports(held, unlisted=ids, longest_list=7))

    rows = reading.unplaced("attendees", first_day=7)

    assert rows == [[id, "ada", "480"] for id in ids]


def test_given_people_early_and_late_when_a_session_is_looked_up_then_they_are_whole() -> None:
    """It is 22:10 to 22:50 on the day before; the day's request begins at 23:00."""
    start, end = DAY - 110 * MINUTE, DAY - 70 * MINUTE
    early_and_late = Stay("ada", start - 50 * MINUTE, end + 50 * MINUTE)
    reports = FakeReports([Meeting("1_c", start, end, (early_and_late,))], unlisted={"1_c"})

    rows = Reading(reports, max_session_hours=1).unplaced("attendees", first_day=1)

    assert rows == [["1_c", "ada", "140"]]


def test_given_an_empty_answer_when_a_session_is_looked_up_then_it_is_asked_for_again() -> None:
    held = [meeting("1_c", DAY - 4 * HOUR, 480, ["ada"])]
    reading = Reading(FakeReports(held, unlisted={"1_c"}, lies={6001: [2]}))

    assert reading.unplaced("attendees", first_day=1) == [["1_c", "ada", "480"]]


def test_given_an_empty_report_6001_beside_people_then_unlisted_sessions_come_too() -> None:
    held = [meeting("1_c", HOUR, people=["ada"]), meeting("1_d", HOUR, people=["bob"])]
    reading = Reading(FakeReports(held, unlisted={"1_d"}, lies={6001: [1]}))

    assert reading.unplaced("attendees") == [["1_d", "bob", "60"]]


def test_given_an_empty_report_6001_beside_a_session_without_a_start_then_it_is_asked_again() -> (
    None
):
    held = [meeting("1_c", DAY - 4 * HOUR, 480, ["ada"])]
    reading = Reading(FakeReports(held, untimed={"1_c"}, lies={6001: [1]}))

    assert reading.unplaced("attendees", first_day=1) == [["1_c", "ada", "480"]]


def test_given_ids_without_effect_and_a_cap_when_a_session_cannot_be_looked_up_then_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The answer over more time is cut off, and lacks rows that came before."""
    held = [
        meeting("1_c", 7 * DAY - 4 * HOUR, 480, ["ada", "bob"]),
        meeting("1_before", 6 * DAY - 2 * HOUR, 1_400, people(150)),
    ]
    reports = FakeReports(held, unlisted={"1_c"}, ignored={"cue_point_ids"}, cap={6001: 150})

    rows = Reading(reports).unplaced("attendees", first_day=7)

    assert rows == [["1_c", "ada", "300"], ["1_c", "bob", "300"]]
    assert "does not bring all of their rows" in warnings(caplog)


def test_given_a_session_without_a_start_when_its_rows_are_cut_off_then_it_is_asked_for() -> None:
    held = [meeting(f"1_{n}", n * 60, 120, people(100)) for n in range(10)]
    short = meeting("1_short", HOUR, 10, ["ada"])
    reading = Reading(FakeReports([*held, short], untimed={"1_short"}, cap={6001: 500}))

    assert reading.unplaced("attendees", days=1) == [["1_short", "ada", "10"]]


def test_given_a_virtual_event_when_a_session_is_listed_without_a_start_then_it_is_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = [meeting("1_c", HOUR, people=["ada"]), meeting("1_d", HOUR, people=["bob"])]
    reading = Reading(FakeReports(held, untimed={"1_d"}), virtual_event_ids=["1"])

    assert reading.unplaced("attendees") == [["1_d", "bob", "60"]]
    assert "may not know the filter" not in warnings(caplog)


# Lists of ids


def test_given_chosen_people_when_a_list_of_ids_is_cut_short_then_none_is_missing() -> None:
    """Numbers of people are not compared then, so nothing else would show it."""
    held = [meeting(f"1_{n:02}", n * 60, people=people(60)) for n in range(20)]
    reports = FakeReports(held, cap={6001: 500}, longest_list=3)

    rows = Reading(reports, user_ids=people(60)).placed("attendees", days=1)

    assert len(rows) == 20 * 60


# An odd cap that one request alone meets


def test_given_an_odd_cap_when_one_session_lacks_many_people_then_no_other_lacks_a_few() -> None:
    """Sessions that lack one of four people are within what estimates may be wrong by."""
    hour = (0, HOUR)
    small = [("p1", *hour), ("p2", *hour), ("p3", *hour), ("late", HOUR - MINUTE, HOUR)]
    large = [(f"p{n}", 0, 2 * MINUTE + n) for n in range(100)]
    held = [
        Meeting(
            f"1_{n:02}",
            start,
            start + HOUR,
            tuple(Stay(p, start + a, start + b) for p, a, b in stays),
        )
        for n, (start, stays) in enumerate([(n * HOUR, small) for n in range(20)] + [(DAY, large)])
    ]
    reports = FakeReports(held, cap={6001: 123})

    rows = Reading(reports).placed("attendees")

    assert len({tuple(row) for row in rows}) == len(rows) == 180


def test_given_an_odd_cap_and_ids_without_effect_when_sessions_have_no_row_then_days_are_read() -> (
    None
):
    held = [meeting(f"1_{n:02}", n * 6 * HOUR, 30 + n, people(40)) for n in range(28)]
    reports = FakeReports(held, cap={6001: 489}, ignored={"cue_point_ids"})

    rows = Reading(reports).placed("attendees")

    assert len({tuple(row) for row in rows}) == len(rows) == 28 * 40


def test_given_a_cap_when_a_day_is_read_by_session_then_it_is_said_that_some_may_be_unlisted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = [meeting(f"1_{n}", n * 60, 120, people(100)) for n in range(10)]

    Reading(FakeReports(held, cap={6001: 500})).placed("attendees", days=1)

    assert warnings(caplog).count("that report 6000 does not list are left out") == 1


# What is said once


def test_given_ids_without_effect_when_many_days_are_cut_off_then_each_warning_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    held = [
        meeting(f"1_{day}_{n}", day * DAY + HOUR, people=people(250))
        for day in range(7)
        for n in range(3)
    ]
    reports = FakeReports(held, cap={6001: 500}, ignored={"cue_point_ids"})

    Reading(reports).placed("attendees")

    assert warnings(caplog).count("may be a cap of this Kaltura server") == 1
    assert warnings(caplog).count("of which report 6001 has no row") == 1


# Counts above 100,000


def test_given_a_round_number_above_100_000_when_nothing_smaller_can_be_asked_then_it_is_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Such a number shows that 100,000 is no cap here."""

    class ManyRows(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            table = super().answer(report, params)
            if report is not ROOMS:
                return table
            (row,) = zip(*map(table.column, table.columns), strict=True)
            rows = [[f"1_r{n}", *row[1:]] for n in range(100_500)]
            return RowTable(table.columns, rows)

    reports = ManyRows([meeting("1_c", HOUR)])

    rows = Reading(reports, window_in_days=1).placed("rooms", days=1)

    assert len(rows) == 100_500
    assert warnings(caplog).count("may be a cap of this Kaltura server") == 1


# Mistakes of our own


def test_given_an_unexpected_error_in_report_6000_when_attendees_need_it_then_they_fail_too() -> (
    None
):
    class Breaks(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            if report is ROOMS:
                raise ZeroDivisionError
            return super().answer(report, params)

    reading = Reading(Breaks([meeting("1_c", HOUR, people=["ada"])]))

    with pytest.raises(ZeroDivisionError):
        reading.placed("rooms")
    with pytest.raises(ZeroDivisionError):
        reading.placed("attendees")


# Memory


def test_given_windows_in_parts_when_the_next_part_is_asked_for_then_none_before_is_kept() -> None:
    kept: list[int] = []
    handed_out: list[weakref.ref[Table]] = []

    class Watched(FakeReports):
        def answer(self, report: Report, params: dict[str, str]) -> Table:
            table = super().answer(report, params)
            if report is ATTENDEES:
                kept.append(sum(one() is not None for one in handed_out))
                handed_out.append(weakref.ref(table))
            return table

    held = [meeting(f"1_{day}", day * DAY + HOUR, people=["ada"]) for day in range(7)]
    reports = Watched(held, most_hours=51, seconds=600)

    rows = Reading(reports).count("attendees")

    assert rows == 7
    assert kept == [0] * 7
