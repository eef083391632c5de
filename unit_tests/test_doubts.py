"""Answers that may have been cut off: how a doubt is raised, and how it is settled."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS, SessionReport
from source_kaltura_rooms.retrieval.doubts import Doubt, Doubts
from source_kaltura_rooms.retrieval.queries import Query, all_sessions
from source_kaltura_rooms.retrieval.query_sizes import QuerySizes
from source_kaltura_rooms.retrieval.report_queries import AnswerToQuery
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.asking import DAY, Asking, attendees, numbered, refuse
from unit_tests.stand_ins import FEBRUARY_1, Asked

WEEKS = [
    all_sessions(Window(FEBRUARY_1 + n * 7 * DAY, FEBRUARY_1 + (n + 1) * 7 * DAY), DAY)
    for n in range(3)
]
WEEK = WEEKS[0]
END = WEEK.window.end


class Doubting:
    """The doubts of a sync. `larger` is the answer to every request over twice the time."""

    def __init__(self, larger: Table | None = None, report: SessionReport = ATTENDEES) -> None:
        self._larger = larger
        self.asking = Asking(self._answer, report)
        self.sizes = QuerySizes(most=7)
        self.doubts = Doubts(self.asking.queries, self.sizes)

    def _answer(self, asked: Asked) -> Table:
        return refuse() if self._larger is None else self._larger

    def about(self, query: Query, rows: list[str]) -> Doubt | None:
        """The doubt about these rows as the answer to a query."""
        table = attendees(*rows)
        answer = AnswerToQuery(self.asking.queries.report, table, table, 1.0)
        return self.doubts.about(self.asking.effort, query, answer)

    def certain(self, query: Query, rows: list[str]) -> Doubt:
        """The doubt about these rows, which there has to be."""
        doubt = self.about(query, rows)
        assert doubt is not None
        return doubt

    def settle(self, doubt: Doubt, *rows: str) -> None:
        """Takes note that asking for less brought these rows."""
        left = self.doubts.still_open(
            "attendees", [doubt], [attendees(*rows)], doubt.query.window.end
        )
        assert left == []


# Raised


def test_given_a_number_that_is_no_cap_when_judged_then_nothing_is_asked() -> None:
    doubting = Doubting()

    assert doubting.about(WEEK, numbered(499)) is None
    assert doubting.asking.asked == []


def test_given_a_round_number_when_twice_the_time_has_more_rows_then_there_is_no_doubt() -> None:
    doubting = Doubting(larger=attendees(*numbered(501)))

    assert doubting.about(WEEK, numbered(500)) is None

    (asked,) = doubting.asking.asked
    length = WEEK.interval.end - WEEK.interval.start
    assert asked.param["from_date"] == str(WEEK.interval.start - length)
    assert asked.param["to_date"] == str(WEEK.interval.end)


def test_given_a_number_that_was_exceeded_once_when_it_comes_again_then_nothing_is_asked() -> None:
    doubting = Doubting(larger=attendees(*numbered(501)))
    doubting.about(WEEK, numbered(500))

    assert doubting.about(WEEKS[1], numbered(500, first=9_000)) is None
    assert len(doubting.asking.asked) == 1


@pytest.mark.parametrize("count", [499, 500])
def test_given_twice_the_time_when_it_has_no_more_rows_then_there_is_a_doubt(count: int) -> None:
    doubt = Doubting(larger=attendees(*numbered(count))).certain(WEEK, numbered(500))

    assert (doubt.query, doubt.count, len(doubt.keys)) == (WEEK, 500, 500)
    assert (doubt.days, doubt.may_be_complete) == (1, False)


def test_given_twice_the_time_when_it_is_too_much_then_the_answer_may_be_complete() -> None:
    doubt = Doubting(larger=None).certain(WEEK, numbered(500))

    assert doubt.may_be_complete is True


def test_given_a_request_by_id_when_it_has_a_round_number_then_no_larger_one_is_made() -> None:
    """The same ids over more time would show no other sessions."""
    doubting = Doubting(larger=attendees(*numbered(501)))

    assert doubting.certain(WEEK.for_ids(["1_c"]), numbered(500)).may_be_complete is False
    assert doubting.asking.asked == []


def test_given_the_certain_cap_when_it_comes_then_no_larger_request_is_made() -> None:
    doubting = Doubting(larger=attendees(*numbered(501)))

    doubting.certain(WEEK, numbered(100_000))

    assert doubting.asking.asked == []


def test_given_dates_without_effect_when_a_round_number_comes_then_no_larger_one_is_made() -> None:
    doubting = Doubting(larger=attendees(*numbered(501)))
    doubting.asking.queries.dates_have_effect = False

    doubting.certain(WEEK, numbered(500))

    assert doubting.asking.asked == []


# Settled


def test_given_fewer_days_when_they_bring_other_rows_then_the_number_is_a_cap_from_then_on() -> (
    None
):
    doubting = Doubting(larger=attendees(*numbered(500)))
    doubt = doubting.certain(WEEK, numbered(500))

    doubting.settle(doubt, *numbered(400), "1_a 1_c new")

    assert (doubting.sizes.days, doubting.sizes.least) == (1, 1)
    assert len(doubting.asking.asked) == 1
    doubting.certain(WEEKS[1], numbered(500, first=9_000))
    assert len(doubting.asking.asked) == 1  # A known cap is not tested again.


def test_given_a_cap_when_it_is_found_then_later_requests_are_about_fewer_days() -> None:
    doubting = Doubting(larger=attendees(*numbered(500)))

    doubting.settle(doubting.certain(WEEK, numbered(500)), "1_a 1_c new")
    for _ in range(4):
        doubting.sizes.note_answer(doubting.sizes.days, 1.0)

    assert doubting.sizes.days == 6


def test_given_fewer_days_when_they_bring_the_same_rows_then_the_sizes_stay() -> None:
    doubting = Doubting(larger=attendees(*numbered(500)))

    doubting.settle(doubting.certain(WEEK, numbered(500)), *numbered(500))

    assert doubting.sizes.days == 7


def test_given_the_larger_request_was_too_much_when_nothing_lacks_then_the_number_is_cleared() -> (
    None
):
    doubting = Doubting(larger=None)

    doubting.settle(doubting.certain(WEEK, numbered(500)), *numbered(500))

    assert doubting.about(WEEKS[1], numbered(500, first=9_000)) is None


def test_given_the_larger_request_had_as_many_rows_when_nothing_lacks_then_the_doubt_remains() -> (
    None
):
    """Both may have been cut off at the same number, the larger one alone without harm."""
    doubting = Doubting(larger=attendees(*numbered(500)))

    doubting.settle(doubting.certain(WEEK, numbered(500)), *numbered(500))

    doubting.certain(WEEKS[1], numbered(500, first=9_000))


def test_given_a_doubt_when_a_part_of_the_window_was_read_then_it_stays_open() -> None:
    doubting = Doubting(larger=attendees(*numbered(500)))
    doubt = doubting.certain(WEEK, numbered(500))

    left = doubting.doubts.still_open("attendees", [doubt], [attendees("1_a 1_c new")], END - 1)

    assert left == [doubt]
    assert doubting.sizes.days == 7


def test_given_rows_in_several_parts_when_the_window_is_read_then_those_of_all_parts_count() -> (
    None
):
    doubting = Doubting(larger=attendees(*numbered(500)))
    doubt = doubting.certain(WEEK, numbered(500))

    some = [attendees("1_a 1_c new"), RowTable((), [])]
    doubting.doubts.still_open("attendees", [doubt], some, END - 1)
    assert doubting.doubts.still_open("attendees", [doubt], [attendees()], END) == []

    assert doubting.sizes.days == 1


def test_given_a_doubt_when_parts_are_read_then_its_days_double_below_those_of_its_request() -> (
    None
):
    doubting = Doubting(larger=attendees(*numbered(500)))
    doubt = doubting.certain(WEEK, numbered(500))

    days = []
    for _ in range(4):
        days.append(doubt.days)
        doubting.doubts.still_open("attendees", [doubt], [], END - 1)

    assert days == [1, 2, 4, 6]


def test_given_a_doubt_about_a_day_when_a_part_is_read_then_a_day_is_the_least() -> None:
    doubting = Doubting(larger=attendees(*numbered(500)))
    day = all_sessions(Window(FEBRUARY_1, FEBRUARY_1 + DAY), DAY)
    doubt = doubting.certain(day, numbered(500))

    doubting.doubts.still_open("attendees", [doubt], [], FEBRUARY_1)

    assert doubt.days == 1


@pytest.mark.parametrize(
    ("parts", "warnings"),
    [
        pytest.param([numbered(300), numbered(250, first=250)], 0, id="all_came_again"),
        pytest.param([numbered(300), numbered(199, first=301)], 1, id="one_did_not"),
        pytest.param([[], numbered(1, first=900)], 1, id="none_did"),
    ],
)
def test_given_rooms_when_rows_do_not_come_again_in_parts_then_it_is_warned_of(
    parts: list[list[str]], warnings: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Each number stands for another cue point here, the key of a session."""

    def rooms(rows: list[str]) -> Table:
        return RowTable(("entry_id", "cue_point_id"), [row.split()[::2] for row in rows])

    doubting = Doubting(larger=None, report=ROOMS)
    table = rooms(numbered(500))
    doubt = doubting.doubts.about(
        doubting.asking.effort, WEEK, AnswerToQuery(ROOMS, table, table, 1.0)
    )
    assert doubt is not None

    left = doubting.doubts.still_open("rooms", [doubt], [rooms(parts[0])], END - 1)
    doubting.doubts.still_open("rooms", left, [rooms(parts[1])], END)

    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == warnings
    assert all(
        "rows that came when all of it was asked for did not come" in one for one in messages
    )


# Found out afterwards


def test_given_an_answer_taken_for_whole_when_its_number_is_a_cap_then_it_is_handed_out_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    doubting = Doubting(larger=attendees(*numbered(140)))
    assert doubting.about(WEEK, numbered(140)) is None
    doubting.doubts.note_lacking_rows(
        "attendees", WEEK, [attendees("1_a 1_d added"), RowTable((), [])]
    )

    doubting.settle(doubting.certain(WEEKS[1], numbered(140, first=900)), "1_a 1_c new")

    ((query, keys),) = doubting.doubts.take_windows_cut_off_before()
    assert query == WEEK
    assert len(keys) == 141
    assert doubting.doubts.take_windows_cut_off_before() == []
    assert [record.getMessage() for record in caplog.records] == [
        "attendees: Kaltura cuts answers off at 140 rows. An answer of this size was accepted as "
        "complete before this was known. It is read again in parts, and the missing rows follow."
    ]


def test_given_the_answer_with_most_rows_when_rows_are_added_then_it_was_cut_off() -> None:
    doubting = Doubting()
    doubting.about(WEEK, numbered(140))

    doubting.doubts.note_lacking_rows("attendees", WEEKS[1], [attendees("1_a 1_d added")])
    assert doubting.doubts.take_windows_cut_off_before() == []

    doubting.doubts.note_lacking_rows("attendees", WEEK, [attendees("1_a 1_d added")])
    ((query, keys),) = doubting.doubts.take_windows_cut_off_before()
    assert (query, len(keys)) == (WEEK, 141)


def test_given_two_caps_when_found_before_any_is_taken_then_all_answers_are_handed_out() -> None:
    doubting = Doubting(larger=attendees(*numbered(1)))
    doubting.about(WEEKS[0], numbered(140))
    doubting.settle(doubting.certain(WEEKS[1], numbered(140, first=900)), "1_a 1_c new")
    doubting.about(WEEKS[2], numbered(150))
    doubting.settle(doubting.certain(WEEKS[1], numbered(150, first=900)), "1_a 1_c new")

    taken = doubting.doubts.take_windows_cut_off_before()

    assert [query for query, _ in taken] == [WEEKS[0], WEEKS[2]]


def test_given_a_cap_found_at_once_when_nothing_was_taken_for_whole_then_nothing_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    doubting = Doubting(larger=attendees(*numbered(500)))

    doubting.settle(doubting.certain(WEEK, numbered(500)), "1_a 1_c new")

    assert doubting.doubts.take_windows_cut_off_before() == []
    assert caplog.records == []
