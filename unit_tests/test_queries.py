"""What one request asks for, and how to ask for less or for more."""

from __future__ import annotations

from source_kaltura_rooms.retrieval.queries import Query, all_sessions, by_ids
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import Interval
from unit_tests.stand_ins import FEBRUARY_1

HOUR, DAY = 3_600, 86_400
QUERY = Query(
    Window(FEBRUARY_1, FEBRUARY_1 + 2 * DAY), Interval(FEBRUARY_1 - HOUR, FEBRUARY_1 + 3 * DAY)
)
ABCDE = Query(QUERY.window, QUERY.interval, ("a", "b", "c", "d", "e"))


def ids_of(queries: list[Query]) -> list[str]:
    return ["".join(query.ids) for query in queries]


def test_given_a_window_when_all_its_sessions_are_asked_for_then_people_around_it_count() -> None:
    """From an hour before its first midnight to the longest session and an hour after its end."""
    query = all_sessions(Window(FEBRUARY_1, FEBRUARY_1 + DAY), longest_session=5 * HOUR)

    assert query == Query(
        Window(FEBRUARY_1, FEBRUARY_1 + DAY),
        Interval(FEBRUARY_1 - HOUR, FEBRUARY_1 + DAY + 6 * HOUR),
        (),
    )


def test_given_queries_when_shown_then_they_name_window_and_sessions() -> None:
    window = "2026-02-01T00:00:00Z to 2026-02-03T00:00:00Z"

    assert str(QUERY) == window
    assert str(QUERY.for_ids(["1_c"])) == f"session 1_c of {window}"
    assert str(ABCDE) == f"5 sessions of {window}"


def test_given_a_query_when_measured_then_days_are_those_of_starts_and_hours_those_of_events() -> (
    None
):
    assert (QUERY.days, QUERY.hours) == (2, 73)


def test_given_ids_when_asked_for_then_window_and_interval_stay() -> None:
    assert QUERY.for_ids(iter(["a", "b", "c", "d", "e"])) == ABCDE


def test_given_more_time_when_asked_for_then_the_interval_grows_on_both_sides_alone() -> None:
    more = ABCDE.over_more_time(DAY)

    assert more.interval == Interval(FEBRUARY_1 - DAY - HOUR, FEBRUARY_1 + 4 * DAY)
    assert (more.window, more.ids) == (ABCDE.window, ABCDE.ids)


def test_given_twice_the_time_when_asked_for_then_as_much_time_before_is_added() -> None:
    twice = ABCDE.over_twice_the_time()

    assert twice.interval == Interval(FEBRUARY_1 - HOUR - 3 * DAY - HOUR, FEBRUARY_1 + 3 * DAY)
    assert (twice.window, twice.ids) == (ABCDE.window, ABCDE.ids)


def test_given_the_first_days_of_1970_when_more_time_is_asked_for_then_it_begins_with_them() -> (
    None
):
    early = Query(Window(HOUR, DAY), Interval(HOUR, 2 * DAY))

    assert early.over_more_time(DAY).interval == Interval(0, 3 * DAY)
    assert early.over_twice_the_time().interval == Interval(0, 2 * DAY)


def test_given_ids_when_halved_then_both_halves_have_all_of_them_in_order() -> None:
    assert ids_of(ABCDE.halves()) == ["abc", "de"]
    assert ids_of(QUERY.for_ids("ab").halves()) == ["a", "b"]


def test_given_one_id_or_none_when_halved_then_there_is_nothing_smaller() -> None:
    assert QUERY.for_ids(["a"]).halves() == []
    assert QUERY.halves() == []


def test_given_many_ids_when_asked_for_then_no_request_names_more_than_it_may() -> None:
    assert ids_of(by_ids(QUERY, "abcde", most=2)) == ["ab", "cd", "e"]
    assert ids_of(by_ids(QUERY, "abcd", most=2)) == ["ab", "cd"]
    assert ids_of(by_ids(QUERY, "ab", most=0)) == ["a", "b"]
    assert by_ids(QUERY, "") == []


def test_given_1_001_ids_when_asked_for_then_each_request_names_500_at_most() -> None:
    ids = [f"1_{number}" for number in range(1_001)]

    assert [len(query.ids) for query in by_ids(QUERY, ids)] == [500, 500, 1]
    assert [len(query.ids) for query in by_ids(QUERY, ids, most=700)] == [500, 500, 1]
