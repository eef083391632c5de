"""How many days the next request is about, after what was too much and what was quick."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.retrieval.query_sizes import QuerySizes


def test_given_nothing_was_asked_when_a_size_is_chosen_then_it_is_the_whole_window() -> None:
    sizes = QuerySizes(most=7)

    assert (sizes.days, sizes.least) == (7, 1)


def test_given_too_much_when_a_size_is_chosen_then_it_is_the_smallest() -> None:
    sizes = QuerySizes(most=31, least=2)
    sizes.note_too_much(31)

    assert (sizes.days, sizes.least) == (2, 2)


def test_given_quick_answers_when_a_size_is_chosen_then_it_doubles_below_what_was_too_much() -> (
    None
):
    sizes = QuerySizes(most=31)
    sizes.note_too_much(12)

    chosen = []
    for _ in range(6):
        chosen.append(sizes.days)
        sizes.note_answer(sizes.days, seconds=1.0)

    assert chosen == [1, 2, 4, 8, 11, 11]


@pytest.mark.parametrize(("seconds", "days"), [(149.9, 2), (150.0, 1), (600.0, 1)])
def test_given_an_answer_when_it_took_a_quarter_of_the_limit_then_the_size_stays(
    seconds: float, days: int
) -> None:
    sizes = QuerySizes(most=7)
    sizes.note_too_much(7)
    sizes.note_answer(1, seconds)

    assert sizes.days == days


def test_given_a_smaller_request_than_the_size_when_it_was_quick_then_the_size_stays() -> None:
    """The rest of a window may be shorter than a request may be; it shows nothing."""
    sizes = QuerySizes(most=31)
    sizes.note_too_much(31)
    sizes.note_answer(1, 1.0)
    sizes.note_answer(1, 1.0)

    assert sizes.days == 2


def test_given_the_smallest_request_when_it_was_too_much_then_nothing_is_learned() -> None:
    """There is nothing smaller, so larger ones are no worse than it."""
    sizes = QuerySizes(most=7, least=2)
    sizes.note_too_much(2)
    sizes.note_too_much(1)

    assert sizes.days == 7


def test_given_a_little_more_than_the_smallest_was_too_much_then_only_the_smallest_is_left() -> (
    None
):
    sizes = QuerySizes(most=7, least=2)
    sizes.note_too_much(3)
    sizes.note_answer(2, 1.0)

    assert sizes.days == 2


def test_given_more_than_is_asked_for_now_when_it_was_too_much_then_the_size_stays() -> None:
    """A worker may learn of its refusal after the others have found the size that works."""
    sizes = QuerySizes(most=7)
    sizes.note_too_much(4)
    sizes.note_answer(1, 1.0)
    sizes.note_too_much(7)

    assert sizes.days == 2


def test_given_the_largest_request_when_it_was_too_much_then_it_is_not_made_again() -> None:
    sizes = QuerySizes(most=2)
    sizes.note_too_much(2)
    sizes.note_answer(1, 1.0)

    assert sizes.days == 1


def test_given_windows_shorter_than_the_smallest_request_then_the_window_is_the_smallest() -> None:
    sizes = QuerySizes(most=1, least=7)
    sizes.note_too_much(1)

    assert (sizes.days, sizes.least) == (1, 1)
