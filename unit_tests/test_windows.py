"""Time: windows of session starts, and the intervals to ask for."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.retrieval.windows import Window, windows
from source_kaltura_rooms.times import DAY, HOUR, Interval, format_time, parse_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-02-04T23:59:59Z", 1_770_249_599),
        ("2026-02-05T01:59:59+02:00", 1_770_249_599),
        ("2026-02-04T18:59:59-05:00", 1_770_249_599),
        ("2026-02-04T23:59:59", 1_770_249_599),
        ("2026-02-04T23:59:58.001Z", 1_770_249_599),
        ("2026-02-04T23:59:59.000Z", 1_770_249_599),
        ("2024-02-29T12:00:00Z", 1_709_208_000),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ],
)
def test_given_a_date_time_when_parsed_then_it_is_whole_seconds_rounded_up(
    text: str, seconds: int
) -> None:
    assert parse_time(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-01T25:00:00Z",
        "P1D",
        "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z",
        "1770249599",
        "2026-02-01",
        # Pendulum would take these for today: another time in every sync.
        "now",
        "10:00",
        "10:00:00Z",
    ],
)
def test_given_no_date_time_when_parsed_then_it_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_time(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_770_249_599, "2026-02-04T23:59:59Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
    ],
)
def test_given_seconds_when_formatted_then_they_are_utc_with_z(seconds: int, text: str) -> None:
    assert format_time(seconds) == text


@given(st.integers(0, 253_402_300_799))
def test_given_any_second_when_formatted_and_parsed_then_it_comes_back(seconds: int) -> None:
    assert parse_time(format_time(seconds)) == seconds


@pytest.mark.parametrize(
    ("start", "end", "interval"),
    [
        pytest.param(120, 180, Interval(120, 180), id="whole_minutes_stay"),
        pytest.param(121, 179, Interval(120, 180), id="others_are_widened"),
        pytest.param(119, 181, Interval(60, 240), id="by_less_than_a_minute_at_each_end"),
        pytest.param(130, 130, Interval(120, 180), id="an_instant_gets_its_minute"),
    ],
)
def test_given_two_times_when_asked_around_them_then_it_is_whole_minutes(
    start: int, end: int, interval: Interval
) -> None:
    assert Interval.around(start, end) == interval


@pytest.mark.parametrize(
    ("window", "hours", "interval"),
    [
        pytest.param(
            Window(1_769_904_000, 1_770_508_800),  # 2026-02-01 to 2026-02-08
            24,
            "[2026-01-31T23:00:00Z, 2026-02-09T01:00:00Z)",
            id="whole_days",
        ),
        pytest.param(
            Window(1_769_949_296, 1_769_990_400),  # 2026-02-01T12:34:56 to 2026-02-02
            24,
            "[2026-01-31T23:00:00Z, 2026-02-03T01:00:00Z)",
            id="a_start_within_a_day_is_asked_for_from_its_midnight",
        ),
        pytest.param(
            Window(1_769_904_000, 1_769_949_296),  # 2026-02-01 to 2026-02-01T12:34:56
            24,
            "[2026-01-31T23:00:00Z, 2026-02-02T14:00:00Z)",
            id="an_end_within_an_hour_is_rounded_up",
        ),
        pytest.param(
            Window(1_769_904_000, 1_769_990_400),
            168,
            "[2026-01-31T23:00:00Z, 2026-02-09T01:00:00Z)",
            id="as_far_as_the_longest_session",
        ),
        pytest.param(
            Window(1_769_904_000, 1_769_904_001),
            1,
            "[2026-01-31T23:00:00Z, 2026-02-01T03:00:00Z)",
            id="a_second",
        ),
    ],
)
def test_given_a_window_when_asked_for_then_it_is_from_before_midnight_to_after_a_longest_session(
    window: Window, hours: int, interval: str
) -> None:
    assert str(window.interval(hours * HOUR)) == interval


@given(st.integers(0, 3_000_000_000), st.integers(1, 31 * DAY), st.integers(1, 168))
def test_given_any_window_when_asked_for_then_an_hour_around_each_of_its_sessions_is_asked_for(
    start: int, length: int, hours: int
) -> None:
    interval = Window(start, start + length).interval(hours * HOUR)

    assert interval.start % DAY == 23 * HOUR
    assert start - HOUR - DAY < interval.start <= start - HOUR
    assert interval.end % HOUR == 0
    assert 0 <= interval.end - (start + length + hours * HOUR + HOUR) < HOUR


def test_given_a_window_when_printed_then_it_is_two_times() -> None:
    assert str(Window(0, DAY)) == "1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z"


@pytest.mark.parametrize(("start", "inside"), [(99, False), (100, True), (199, True), (200, False)])
def test_given_a_session_start_when_looked_up_then_the_window_has_its_start_but_not_its_end(
    start: int, inside: bool
) -> None:
    assert (start in Window(100, 200)) is inside


DAY_1, DAY_2, DAY_3, DAY_4 = 1_769_904_000, 1_769_990_400, 1_770_076_800, 1_770_163_200
"""The midnights of 2026-02-01 to 2026-02-04."""


@pytest.mark.parametrize(
    ("start", "end", "days", "cut"),
    [
        pytest.param(
            DAY_1,
            DAY_4,
            1,
            [Window(DAY_1, DAY_2), Window(DAY_2, DAY_3), Window(DAY_3, DAY_4)],
            id="days",
        ),
        pytest.param(DAY_1, DAY_4, 2, [Window(DAY_1, DAY_3), Window(DAY_3, DAY_4)], id="a_rest"),
        pytest.param(DAY_1, DAY_4, 7, [Window(DAY_1, DAY_4)], id="shorter_than_a_window"),
        pytest.param(
            DAY_1 + 100,
            DAY_3 + 5,
            1,
            [Window(DAY_1 + 100, DAY_2), Window(DAY_2, DAY_3), Window(DAY_3, DAY_3 + 5)],
            id="only_the_outer_ends_lie_within_days",
        ),
        pytest.param(
            DAY_2 - 1,
            DAY_3 + 1,
            2,
            [Window(DAY_2 - 1, DAY_3), Window(DAY_3, DAY_3 + 1)],
            id="a_day_of_one_second_counts_as_a_day",
        ),
        pytest.param(DAY_1 + 5, DAY_1 + 6, 1, [Window(DAY_1 + 5, DAY_1 + 6)], id="a_second"),
        pytest.param(DAY_1, DAY_1, 1, [], id="nothing"),
        pytest.param(DAY_2, DAY_1, 1, [], id="less_than_nothing"),
    ],
)
def test_given_a_range_when_cut_then_its_windows_meet_at_midnights(
    start: int, end: int, days: int, cut: list[Window]
) -> None:
    assert windows(start, end, days) == cut


@given(st.integers(0, 3_000_000_000), st.integers(1, 400 * DAY), st.integers(1, 31))
def test_given_any_range_when_cut_then_windows_cover_it_and_none_touches_more_days_than_allowed(
    start: int, length: int, days: int
) -> None:
    cut = windows(start, start + length, days)

    assert (cut[0].start, cut[-1].end) == (start, start + length)
    assert all(one.end == other.start for one, other in itertools.pairwise(cut))
    assert all(one.end % DAY == 0 for one in cut[:-1])
    assert all(one.length > 0 and one.days <= days for one in cut)


@pytest.mark.parametrize(
    ("window", "days"),
    [
        pytest.param(Window(DAY_1, DAY_2), 1, id="a_day"),
        pytest.param(Window(DAY_1, DAY_2 + 1), 2, id="a_second_of_the_next_day"),
        pytest.param(Window(DAY_2 - 1, DAY_2 + 1), 2, id="around_midnight"),
        pytest.param(Window(DAY_1, DAY_4), 3, id="three_days"),
        pytest.param(Window(DAY_1 + 5, DAY_1 + 6), 1, id="a_second"),
    ],
)
def test_given_a_window_when_its_days_are_counted_then_each_day_it_touches_is_one(
    window: Window, days: int
) -> None:
    assert window.days == days


def test_given_a_window_when_cut_into_pieces_then_they_are_windows_of_so_many_days() -> None:
    assert Window(DAY_1 + 5, DAY_4).pieces(2) == [Window(DAY_1 + 5, DAY_3), Window(DAY_3, DAY_4)]
    assert Window(DAY_1 + 5, DAY_4).pieces(3) == [Window(DAY_1 + 5, DAY_4)]
