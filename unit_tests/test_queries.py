"""What one request asks for, and what to ask for instead when that is too much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.retrieval.queries import AttendeesQuery, Query, SessionsQuery, TimeQuery
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR, Interval
from unit_tests.rows import rows_of

SECOND_DAY = Window(DAY, 2 * DAY)


def attendees(sessions: Mapping[str, Interval], *chosen: str) -> AttendeesQuery:
    return AttendeesQuery(SECOND_DAY, HOUR, lambda: sessions, frozenset(chosen))


def instead(portion: Query, cut_off: Table | None = None) -> list[Query]:
    """What is asked for instead of the portion."""
    parts = portion.parts(cut_off)
    assert parts is not None
    return list(parts.portions)


def ids_of(portions: Iterable[Query]) -> list[tuple[str, ...]]:
    return [tuple(portion.filters["cue_point_ids"]) for portion in portions]


def hours(number: int) -> dict[str, Interval]:
    """As many sessions of an hour, one every 30 seconds from the start of the second day."""
    return {f"c{one}": Interval(DAY + one * 30, DAY + one * 30 + HOUR) for one in range(number)}


def test_given_a_window_when_asked_for_then_it_is_asked_past_its_end_without_filters() -> None:
    portion = TimeQuery(SECOND_DAY, HOUR)

    assert portion.interval == Interval(DAY, 2 * DAY + HOUR)
    assert portion.filters == {}
    assert portion.length == DAY
    assert str(portion) == "1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z"


def test_given_a_window_when_it_is_too_much_then_its_halves_are_asked_each_past_its_end() -> None:
    parts = instead(TimeQuery(SECOND_DAY, HOUR))

    assert parts == [
        TimeQuery(Window(DAY, DAY + 12 * HOUR), HOUR),
        TimeQuery(Window(DAY + 12 * HOUR, 2 * DAY), HOUR),
    ]
    assert [part.interval for part in parts] == [
        Interval(DAY, DAY + 13 * HOUR),
        Interval(DAY + 12 * HOUR, 2 * DAY + HOUR),
    ]


def test_given_a_minute_when_it_is_too_much_then_nothing_smaller_can_be_asked() -> None:
    assert TimeQuery(Window(DAY, DAY + 60), HOUR).parts(None) is None


def test_given_attendees_when_asked_for_then_it_is_by_time() -> None:
    portion = attendees({})

    assert portion.interval == Interval(DAY, 2 * DAY + HOUR)
    assert portion.filters == {}


def test_given_attendees_that_are_too_much_when_split_then_by_halves_of_the_sessions() -> None:
    assert ids_of(instead(attendees(hours(5)))) == [("c0", "c1", "c2"), ("c3", "c4")]


def test_given_sessions_in_any_order_when_split_then_they_are_in_order_of_time() -> None:
    sessions = {"late": Interval(DAY + 90, DAY + 95), "early": Interval(DAY + 5, DAY + 99)}

    assert ids_of(instead(attendees(sessions))) == [("early",), ("late",)]


def test_given_sessions_that_start_in_other_windows_when_split_then_they_are_left_out() -> None:
    sessions = {
        "before": Interval(DAY - 1, DAY + 100),
        "first": Interval(DAY, DAY + 100),
        "last": Interval(2 * DAY - 1, 2 * DAY),
        "after": Interval(2 * DAY, 2 * DAY + 100),
    }

    assert ids_of(instead(attendees(sessions))) == [("first",), ("last",)]


def test_given_sessions_of_the_configuration_when_split_then_only_those_are_asked_for() -> None:
    portion = attendees(hours(4), "c1", "c3", "elsewhere")

    assert ids_of(instead(portion)) == [("c1",), ("c3",)]


def test_given_one_session_when_split_then_it_is_asked_for_alone() -> None:
    assert ids_of(instead(attendees(hours(1)))) == [("c0",)]


def test_given_no_session_when_a_cut_off_answer_is_split_then_nothing_is_left() -> None:
    cut_off = RowTable(("cue_point_id",), [["elsewhere"]])

    portion = attendees({"elsewhere": Interval(0, DAY + 5)})

    assert instead(portion, cut_off) == []


@pytest.mark.parametrize(
    ("number", "sizes"),
    [
        (1_000, [500, 500]),
        (1_001, [500, 1, 500]),
        (2_000, [500, 500, 500, 500]),
    ],
)
def test_given_very_many_sessions_when_split_then_no_request_has_more_than_500_ids(
    number: int, sizes: list[int]
) -> None:
    ids = ids_of(instead(attendees(hours(number))))

    assert [len(one) for one in ids] == sizes
    assert len({id for one in ids for id in one}) == number


def test_given_unlisted_sessions_in_an_answer_when_split_then_halves_of_the_time_are_asked() -> (
    None
):
    """There may be more of them than the answer shows, which cannot be named."""
    cut_off = RowTable(("user_id", "cue_point_id"), [["ada", "c9"]])

    parts = instead(attendees(hours(2)), cut_off)

    assert [(part.length, part.filters) for part in parts] == [(DAY // 2, {}), (DAY // 2, {})]


def test_given_unlisted_sessions_in_a_short_window_when_split_then_they_are_named() -> None:
    """Nothing is known of their time, so it is over the whole interval."""
    hour = Window(DAY, DAY + HOUR)
    cut_off = RowTable(("user_id", "cue_point_id"), [["ada", "c9"], ["ada", "c0"], ["bob", "c9"]])
    portion = AttendeesQuery(hour, HOUR, lambda: hours(1), frozenset())

    parts = instead(portion, cut_off)

    assert ids_of(parts) == [("c0",), ("c9",)]
    assert [part.interval for part in parts] == [
        Interval(DAY, DAY + HOUR),
        Interval(DAY, DAY + 2 * HOUR),
    ]


def test_given_no_session_at_all_when_nothing_was_answered_then_halves_of_the_time_are_asked() -> (
    None
):
    assert [part.length for part in instead(attendees({}))] == [DAY // 2, DAY // 2]


def test_given_rows_without_a_session_in_a_cut_off_answer_when_split_then_they_are_kept() -> None:
    """No request by session brings them back."""
    hour = Window(DAY, DAY + HOUR)
    cut_off = RowTable(("cue_point_id", "user_id"), [["c0", "ada"], ["", "bob"], ["", "eve"]])

    parts = AttendeesQuery(hour, HOUR, lambda: hours(1), frozenset()).parts(cut_off)

    assert parts is not None
    assert parts.kept is not None
    assert parts.kept.columns == ("cue_point_id", "user_id")
    assert rows_of(parts.kept) == [["", "bob"], ["", "eve"]]
    assert ids_of(parts.portions) == [("c0",)]


def test_given_a_listed_session_without_an_id_when_split_then_it_is_not_named() -> None:
    """A filter with a blank id alone would be left out, and all sessions asked for again."""
    sessions = {**hours(1), "": Interval(DAY, DAY + 60)}

    assert ids_of(instead(attendees(sessions))) == [("c0",)]


def test_given_sessions_when_asked_for_then_it_is_by_id_over_no_more_time_than_they_need() -> None:
    portion = SessionsQuery(
        (("c1", Interval(DAY + 61, DAY + 600)), ("c2", Interval(DAY + 300, DAY + 659))), share=10
    )

    assert portion.interval == Interval(DAY + 60, DAY + 660)
    assert portion.filters == {"cue_point_ids": ("c1", "c2")}
    assert portion.length == 20
    assert str(portion) == "session c1 and 1 more"


def test_given_sessions_that_are_too_much_when_split_then_down_to_one() -> None:
    sessions = tuple((f"c{one}", Interval(DAY, DAY + 60)) for one in range(3))
    portion = SessionsQuery(sessions, share=10)

    parts = instead(portion)

    assert ids_of(parts) == [("c0", "c1"), ("c2",)]
    assert parts[1].parts(None) is None
    assert str(parts[1]) == "session c2"


@pytest.mark.parametrize(
    "portion",
    [
        pytest.param(TimeQuery(SECOND_DAY, HOUR), id="time"),
        pytest.param(attendees(hours(7)), id="attendees"),
    ],
)
def test_given_a_portion_when_split_then_its_parts_stand_for_no_more_time_than_it(
    portion: Query,
) -> None:
    parts = instead(portion)

    assert portion.length - 60 < sum(part.length for part in parts) <= portion.length
