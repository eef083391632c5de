"""Time: windows of session starts, and the intervals to ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.retrieval.windows import Window
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


def test_given_a_window_when_asked_for_then_it_reaches_past_its_end_by_the_longest_session() -> (
    None
):
    window = Window(1_769_904_000, 1_770_508_800)  # 2026-02-01 and 2026-02-08

    assert window.interval(24 * HOUR) == Interval(1_769_904_000, 1_770_595_200)
    assert str(window.interval(24 * HOUR)) == "[2026-02-01T00:00:00Z, 2026-02-09T00:00:00Z)"


def test_given_a_window_that_ends_within_a_minute_when_asked_for_then_that_minute_is_asked() -> (
    None
):
    assert Window(65, 125).interval(HOUR) == Interval(60, 3_780)


def test_given_a_window_when_printed_then_it_is_two_times() -> None:
    assert str(Window(0, DAY)) == "1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z"


@pytest.mark.parametrize(("start", "inside"), [(99, False), (100, True), (199, True), (200, False)])
def test_given_a_session_start_when_looked_up_then_the_window_has_its_start_but_not_its_end(
    start: int, inside: bool
) -> None:
    assert (start in Window(100, 200)) is inside


@pytest.mark.parametrize(
    ("window", "halves"),
    [
        pytest.param(Window(0, 240), [Window(0, 120), Window(120, 240)], id="in_the_middle"),
        pytest.param(Window(0, 180), [Window(0, 60), Window(60, 180)], id="at_a_whole_minute"),
        pytest.param(Window(0, 120), [Window(0, 60), Window(60, 120)], id="two_minutes"),
        pytest.param(Window(0, 61), [Window(0, 60), Window(60, 61)], id="a_minute_and_a_second"),
        pytest.param(Window(59, 61), [Window(59, 60), Window(60, 61)], id="around_a_minute"),
        pytest.param(Window(30, 150), [Window(30, 60), Window(60, 150)], id="off_the_minute"),
        pytest.param(Window(0, 60), [], id="a_minute_is_the_least"),
        pytest.param(Window(61, 119), [], id="within_a_minute"),
        pytest.param(Window(60, 61), [], id="a_second"),
    ],
)
def test_given_a_window_when_halved_then_its_halves_are(
    window: Window, halves: list[Window]
) -> None:
    assert window.halves() == halves


@given(st.integers(0, 10_000_000), st.integers(1, 31 * DAY))
def test_given_any_window_when_halved_again_and_again_then_parts_are_minutes_that_cover_it(
    start: int, length: int
) -> None:
    part, seen_up_to = Window(start, start + length), start
    while halves := part.halves():
        first, second = halves
        assert (first.start, first.end, second.end) == (part.start, second.start, part.end)
        assert 0 < first.length <= part.length // 2 + 60
        assert second.length > 0
        assert second.start % 60 == 0
        part, seen_up_to = second, second.start
    assert seen_up_to <= part.start
    assert part.length <= 60


@pytest.mark.parametrize(
    ("longest", "pieces"),
    [
        pytest.param(100, [Window(5, 105), Window(105, 205), Window(205, 255)], id="a_rest"),
        pytest.param(125, [Window(5, 130), Window(130, 255)], id="no_rest"),
        pytest.param(250, [Window(5, 255)], id="just_the_window"),
        pytest.param(1_000, [Window(5, 255)], id="shorter_than_a_piece"),
    ],
)
def test_given_a_window_when_cut_then_pieces_meet_and_the_last_may_be_shorter(
    longest: int, pieces: list[Window]
) -> None:
    assert Window(5, 255).pieces(longest) == pieces
