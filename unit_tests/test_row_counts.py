"""Which numbers of rows may be a cap, by what was answered before in the sync."""

from __future__ import annotations

from array import array
from collections.abc import Callable

import pytest

from source_kaltura_rooms.kaltura.tables import KeyHashes
from source_kaltura_rooms.retrieval.queries import Query
from source_kaltura_rooms.retrieval.row_counts import RowCounts
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, Interval

FIRST, SECOND, THIRD = (
    Query(Window(day * DAY, (day + 1) * DAY), Interval(day * DAY, (day + 2) * DAY))
    for day in range(3)
)


def keys(*hashes: int) -> Callable[[], KeyHashes]:
    return lambda: array("q", hashes)


@pytest.mark.parametrize("count", [500, 1_000, 4_500, 100_000])
def test_given_a_multiple_of_500_when_nothing_larger_was_seen_then_it_may_be_a_cap(
    count: int,
) -> None:
    assert RowCounts().may_be_cut_off(FIRST, count, keys(1)) is True


@pytest.mark.parametrize("count", [0, 1, 250, 499, 501, 1_234, 99_999, 100_001])
def test_given_any_other_number_when_it_is_the_first_then_it_is_no_cap(count: int) -> None:
    assert RowCounts().may_be_cut_off(FIRST, count, keys(1)) is False


def test_given_more_rows_than_a_round_number_when_it_comes_later_then_it_is_no_cap() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 501, keys(1))

    assert counts.may_be_cut_off(SECOND, 500, keys(2)) is False


def test_given_a_larger_number_from_elsewhere_when_a_round_one_comes_then_it_is_no_cap() -> None:
    counts = RowCounts()
    counts.note_larger(501)

    assert counts.may_be_cut_off(FIRST, 500, keys(1)) is False


def test_given_a_smaller_number_noted_as_larger_when_a_round_one_comes_then_the_largest_stays() -> (
    None
):
    counts = RowCounts()
    counts.note_larger(1_001)
    counts.note_larger(999)

    assert counts.may_be_cut_off(FIRST, 1_000, keys(1)) is False


@pytest.mark.parametrize(("hashes", "is_suspect"), [((1,), True), ((2,), False)])
def test_given_a_larger_request_of_the_same_number_when_its_rows_differ_then_it_may_be_a_cap(
    hashes: tuple[int, ...], is_suspect: bool
) -> None:
    counts = RowCounts()
    counts.note_larger(1_234, keys(2))

    assert counts.may_be_cut_off(FIRST, 1_234, keys(*hashes)) is is_suspect


def test_given_a_larger_request_when_a_number_of_rows_exceeds_it_then_its_rows_are_forgotten() -> (
    None
):
    counts = RowCounts()
    counts.note_larger(1_233, keys(2))
    counts.may_be_cut_off(FIRST, 1_234, keys(1))

    assert counts.may_be_cut_off(SECOND, 1_234, keys(1)) is False


def test_given_an_answer_when_none_had_more_rows_then_its_number_is_the_largest() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))

    assert counts.largest_of(FIRST) == 1_234
    assert counts.largest_of(SECOND) is None

    counts.note_larger(1_235)

    assert counts.largest_of(FIRST) is None


def test_given_a_larger_request_of_the_largest_number_when_it_is_noted_then_the_first_counts() -> (
    None
):
    counts = RowCounts()
    counts.note_larger(1_234, keys(1))
    counts.note_larger(1_234, keys(2))

    assert counts.may_be_cut_off(FIRST, 1_234, keys(1)) is False


def test_given_an_equal_number_from_elsewhere_when_it_is_a_cap_then_answers_are_remembered() -> (
    None
):
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))
    counts.note_larger(1_234)

    assert counts.note_cap(1_234) == {FIRST: array("q", [1])}


@pytest.mark.parametrize(("count", "is_suspect"), [(99, False), (100, True), (1_234, True)])
def test_given_two_requests_with_as_many_but_other_rows_when_there_are_100_then_it_may_be_a_cap(
    count: int, is_suspect: bool
) -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, count, keys(1, 2))

    assert counts.may_be_cut_off(SECOND, count, keys(1, 3)) is is_suspect


def test_given_two_requests_with_the_same_rows_in_any_order_then_it_is_no_cap() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1, 2))

    assert counts.may_be_cut_off(SECOND, 1_234, keys(2, 1)) is False


def test_given_three_requests_when_one_of_the_others_had_other_rows_then_it_may_be_a_cap() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1, 2))
    counts.may_be_cut_off(SECOND, 1_234, keys(1, 2))

    assert counts.may_be_cut_off(THIRD, 1_234, keys(1, 3)) is True


def test_given_the_same_request_when_its_rows_have_changed_then_it_is_no_cap() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1, 2))

    assert counts.may_be_cut_off(FIRST, 1_234, keys(1, 3)) is False


def test_given_a_larger_answer_between_two_equal_numbers_then_the_number_is_no_cap() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))
    counts.may_be_cut_off(SECOND, 1_235, keys(2))

    assert counts.may_be_cut_off(THIRD, 1_234, keys(3)) is False


def test_given_a_new_largest_number_when_it_comes_again_then_only_its_own_rows_are_compared() -> (
    None
):
    """Rows of answers with fewer rows were forgotten, whoever told of the larger number."""
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))
    counts.note_larger(1_235)

    assert counts.may_be_cut_off(SECOND, 1_235, keys(2)) is False
    assert counts.note_cap(1_235) == {SECOND: array("q", [2])}


def test_given_a_larger_answer_when_it_turns_out_to_be_a_cap_then_smaller_ones_are_left_out() -> (
    None
):
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))
    counts.may_be_cut_off(SECOND, 1_235, keys(2))

    assert counts.note_cap(1_235) == {SECOND: array("q", [2])}


def test_given_a_cap_when_it_is_noted_then_answers_taken_for_whole_are_handed_out_once() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1, 2))
    counts.may_be_cut_off(SECOND, 1_234, keys(3, 4))

    assert counts.note_cap(1_234) == {FIRST: array("q", [1, 2])}
    assert counts.note_cap(1_234) == {}


def test_given_a_cap_when_the_number_comes_again_then_it_is_suspect_for_every_request() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))
    counts.note_cap(1_234)

    assert counts.is_known_cap(1_234) is True
    assert counts.may_be_cut_off(FIRST, 1_234, keys(1)) is True


def test_given_a_number_below_the_largest_when_called_a_cap_then_answers_of_the_largest_stay() -> (
    None
):
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_235, keys(1))

    assert counts.note_cap(1_234) == {}
    assert counts.note_cap(1_235) == {FIRST: array("q", [1])}


@pytest.mark.parametrize(("count", "is_known"), [(100_000, True), (99_500, False), (0, False)])
def test_given_no_answers_when_asked_for_known_caps_then_it_is_100_000_alone(
    count: int, is_known: bool
) -> None:
    assert RowCounts().is_known_cap(count) is is_known


@pytest.mark.parametrize("count", [500, 1_234])
def test_given_a_number_that_lacked_nothing_when_it_comes_again_then_it_is_no_cap(
    count: int,
) -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, count, keys(1))
    counts.note_complete(count)

    assert counts.may_be_cut_off(SECOND, count, keys(2)) is False
    assert counts.may_be_cut_off(THIRD, count, keys(3)) is False
    assert counts.note_cap(count) == {}


def test_given_a_smaller_number_that_lacked_nothing_then_answers_of_the_largest_stay() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1))
    counts.note_complete(500)

    assert counts.note_cap(1_234) == {FIRST: array("q", [1])}


def test_given_rows_that_were_added_to_an_answer_when_cut_off_then_they_are_known() -> None:
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 1_234, keys(1, 2))
    counts.note_more_rows(FIRST, array("q", [3]))
    counts.note_more_rows(SECOND, array("q", [4]))

    assert counts.note_cap(1_234) == {FIRST: array("q", [1, 2, 3])}


def test_given_a_suspect_answer_when_the_number_is_a_cap_then_it_is_not_handed_out() -> None:
    """It was not accepted as whole; its days are asked for again anyway."""
    counts = RowCounts()
    counts.may_be_cut_off(FIRST, 500, keys(1))

    assert counts.note_cap(500) == {}


def test_given_fewer_than_100_rows_when_judged_then_their_keys_are_not_worked_out() -> None:
    def fails() -> KeyHashes:
        raise AssertionError("keys were asked for")

    assert RowCounts().may_be_cut_off(FIRST, 99, fails) is False
