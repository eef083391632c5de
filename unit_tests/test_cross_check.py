"""Report 6000's numbers of people against the rows of report 6001."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES
from source_kaltura_rooms.retrieval.cross_check import CrossCheck
from source_kaltura_rooms.retrieval.placement import SessionKey, rows_by_session
from source_kaltura_rooms.retrieval.report_queries import AnswerToQuery
from unit_tests.asking import HOUR, QUERY, Asking, attendees, numbered, whole
from unit_tests.rows import rows_of
from unit_tests.stand_ins import Asked

C, D = ("1_a", "1_c"), ("1_a", "1_d")


class Checking:
    """The cross-check of a sync."""

    def __init__(self, *answers: Table) -> None:
        left = list(answers)
        self.asking = Asking(lambda asked: left.pop(0))
        self._check = CrossCheck(self.asking.reader, ATTENDEES)

    def rows(self, people: dict[SessionKey, int], *tables: Table) -> list[list[str]]:
        """The rows that are left after `tables` were checked."""
        checked = self._check.checked(
            self.asking.effort, whole(*tables), tables, rows_by_session(ATTENDEES, tables), people
        )
        return [row for table in checked for row in rows_of(table)]


@pytest.mark.parametrize(
    ("count", "rows", "is_asked_again"),
    [
        (1, 1, False),
        (1, 0, True),
        (3, 1, False),
        (4, 1, False),
        (5, 1, True),
        (100, 87, False),
        (100, 86, True),
        (10, 50, False),
    ],
)
def test_given_a_number_of_people_when_a_tenth_and_three_more_lack_then_it_is_normal(
    count: int, rows: int, is_asked_again: bool
) -> None:
    checking = Checking(attendees(*numbered(rows)))

    checking.rows({C: count}, attendees(*numbered(rows)))

    assert len(checking.asking.asked) == is_asked_again


def test_given_a_session_without_rows_when_asked_again_then_its_rows_are_added() -> None:
    checking = Checking(attendees("1_a 1_c ada"))

    rows = checking.rows({C: 1, D: 1}, attendees("1_a 1_d bob"))

    assert rows == [["1_a", "1_d", "bob"], ["1_a", "1_c", "ada"]]
    (asked,) = checking.asking.asked
    assert asked.param["cue_point_ids"] == "1_c"
    assert asked.param["from_date"] == str(QUERY.interval.start)
    assert asked.param["to_date"] == str(QUERY.interval.end)


def test_given_an_empty_answer_when_asked_again_then_the_rows_come_in_its_place() -> None:
    checking = Checking(attendees("1_a 1_c ada"))

    assert checking.rows({C: 1}, RowTable((), [])) == [["1_a", "1_c", "ada"]]


def test_given_more_rows_when_asked_again_then_they_replace_those_of_their_session_alone() -> None:
    checking = Checking(
        attendees(*numbered(20), *numbered(2, "1_d", first=50)), attendees(*numbered(2, "1_d"))
    )

    rows = checking.rows({C: 20, D: 20}, attendees(*numbered(10), *numbered(2, "1_d")))

    assert sorted(rows) == sorted(row.split() for row in [*numbered(20), *numbered(2, "1_d")])
    assert checking.asking.ids == [["1_c", "1_d"], ["1_d"]]


def test_given_more_rows_but_not_all_when_asked_again_then_it_goes_on_until_none_comes() -> None:
    checking = Checking(
        attendees(*numbered(20)), attendees(*numbered(30)), attendees(*numbered(30))
    )

    assert len(checking.rows({C: 100}, attendees(*numbered(10)))) == 30
    assert len(checking.asking.asked) == 3


def test_given_fewer_rows_when_asked_again_then_the_first_ones_stay() -> None:
    checking = Checking(attendees(*numbered(9)))

    assert len(checking.rows({C: 100}, attendees(*numbered(10)))) == 10


def test_given_two_rooms_with_one_cue_point_when_one_lacks_rows_then_the_other_stays() -> None:
    checking = Checking(attendees("1_b 1_c eve", "1_a 1_c ada", "1_a 1_c bob"))

    rows = checking.rows({("1_a", "1_c"): 1, ("1_b", "1_c"): 1}, attendees("1_b 1_c ada"))

    assert rows == [["1_b", "1_c", "ada"], ["1_a", "1_c", "ada"], ["1_a", "1_c", "bob"]]
    assert checking.asking.ids == [["1_c"]]


def test_given_a_room_without_a_cue_point_when_it_lacks_rows_then_it_cannot_be_asked_for() -> None:
    checking = Checking()

    assert checking.rows({("1_a", "0"): 5}, RowTable((), [])) == []
    assert checking.asking.asked == []


def test_given_fewer_rows_twice_in_vain_when_more_sessions_lack_some_then_only_empty_ones_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    few = attendees(*numbered(10))
    checking = Checking(few, few, attendees("1_a 1_d eve"))

    for _ in range(3):
        checking.rows({C: 100}, few)
    rows = checking.rows({C: 100, D: 1}, few)

    assert checking.asking.ids == [["1_c"], ["1_c"], ["1_d"]]
    assert len(rows) == 11
    assert [record.getMessage() for record in caplog.records] == [
        "attendees: report 6001 has far fewer people than report 6000 counts in some sessions, and "
        "no more when it is asked for these sessions again. From now on such differences are "
        "accepted: this Kaltura's numbers of people are probably rough estimates."
    ]


def test_given_sessions_without_any_row_when_asked_again_in_vain_then_a_warning_counts_them(
    caplog: pytest.LogCaptureFixture,
) -> None:
    checking = Checking(attendees(*numbered(10)), RowTable((), []))

    checking.rows({C: 100, D: 2, ("1_b", "1_e"): 3}, attendees(*numbered(10)))

    (record,) = caplog.records
    assert record.getMessage().startswith(
        "attendees: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: report 6000 counts people in 2 "
        "sessions of which report 6001 has no row"
    )


def test_given_rows_that_were_added_when_the_answer_is_found_cut_off_then_they_went_out() -> None:
    """When its days are read again in parts, only rows that are missing still go out."""

    def answer(asked: Asked) -> Table:
        if asked.ids:
            return attendees("1_a 1_d eve")
        return attendees(*numbered(140, first=int(asked.param["from_date"])))

    asking = Asking(answer)
    doubts = asking.reader.doubts
    first = asking.queries.ask(asking.effort, QUERY)
    assert isinstance(first, AnswerToQuery)
    assert doubts.about(asking.effort, QUERY, first) is None
    tables = (first.table,)
    CrossCheck(asking.reader, ATTENDEES).checked(
        asking.effort, whole(*tables), tables, rows_by_session(ATTENDEES, tables), {D: 1}
    )

    later = QUERY.over_more_time(HOUR)
    second = asking.queries.ask(asking.effort, later)
    assert isinstance(second, AnswerToQuery)
    doubt = doubts.about(asking.effort, later, second)
    assert doubt is not None
    doubts.still_open("attendees", [doubt], [attendees("1_a 1_new bob")], QUERY.window.end)

    ((query, keys),) = doubts.take_windows_cut_off_before()
    assert query == QUERY
    assert len(keys) == 141
