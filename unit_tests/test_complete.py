"""One report over a window: what is asked for next, until no answer is cut off.

Which rows come in the end is in `test_readers.py`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS, ROOMS, SessionReport
from source_kaltura_rooms.retrieval.sessions import SessionList
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.asking import DAY, HOUR, QUERY, WINDOW, Asking, attendees, numbered, refuse
from unit_tests.rows import rows_of
from unit_tests.stand_ins import FEBRUARY_1, Asked

ROOM = ("entry_id", "cue_point_id", "session_start_time", "session_end_time")
TIMED_OUT = Refusal("no answer in time", ErrorAction.SPLIT, "Ask for less.", timed_out=True)


def days(count: int) -> Window:
    return Window(FEBRUARY_1, FEBRUARY_1 + count * DAY)


def sessions(*ids: str, first: int = FEBRUARY_1) -> SessionList:
    """Sessions of one room that start a minute apart."""
    listed = SessionList()
    listed.add(RowTable(ROOM, [["1_a", id, str(first + 60 * n), "0"] for n, id in enumerate(ids)]))
    return listed


def read(
    asking: Asking, window: Window = WINDOW, listed: SessionList | None = None
) -> list[list[str]]:
    """All rows of the window, in the order in which they come."""

    def up_to(end: int) -> SessionList:
        assert listed is not None
        return listed

    return [
        row
        for whole in asking.reader.read("attendees", window, up_to if listed else None)
        for table in whole.tables
        for row in rows_of(table)
    ]


def asked_days(asking: Asking, around: int = 26) -> list[float]:
    """How many days of session starts each request was about, less the hours around them."""
    return [
        (int(one.param["to_date"]) - int(one.param["from_date"]) - around * HOUR) / DAY
        for one in asking.asked
    ]


# By days


def test_given_an_answer_that_is_whole_when_read_then_it_is_one_part_of_one_request() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada"))

    (whole,) = asking.reader.read("attendees", days(7))

    assert whole.query.window == days(7)
    assert (whole.requests, whole.seconds) == (1, 1.0)


@pytest.mark.parametrize(("report", "requests"), [(ROOMS, 2), (ATTENDEES, 1), (BREAKOUTS, 1)])
def test_given_an_empty_answer_when_it_is_of_report_6000_then_it_is_asked_for_twice(
    report: SessionReport, requests: int
) -> None:
    """Report 6001 is checked against report 6000, and nothing tells of an empty report 6002."""
    asking = Asking(lambda asked: RowTable((), []), report)

    (whole,) = asking.reader.read(report.stream, days(7))

    assert whole.requests == len(asking.asked) == requests


def test_given_empty_parts_of_a_doubtful_report_6000_when_read_then_each_is_asked_for_once() -> (
    None
):
    """The parts are compared with the answer that was in doubt."""
    table = RowTable(ROOM, [["1_a", f"1_{n}", "Unknown", "0"] for n in range(500)])

    def answer(asked: Asked) -> Table:
        return table if len(asking.asked) <= 2 else RowTable((), [])

    asking = Asking(answer, ROOMS)

    assert [part.requests for part in asking.reader.read("rooms", days(7))] == [3, 1, 1]


def test_given_a_window_longer_than_window_in_days_when_read_then_it_is_cut() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada"), window_in_days=2)

    parts = list(asking.reader.read("attendees", days(3)))

    assert [part.query.window for part in parts] == [days(2), Window(days(2).end, days(3).end)]


def test_given_too_much_when_read_then_the_requests_count_for_the_first_part_that_comes() -> None:
    def answer(asked: Asked) -> Table:
        return refuse() if len(asking.asked) == 1 else attendees("1_a 1_c ada")

    asking = Asking(answer, window_in_days=2)

    parts = list(asking.reader.read("attendees", days(2)))

    assert [(part.requests, part.seconds) for part in parts] == [(2, 1.0), (1, 1.0)]


@pytest.mark.parametrize(
    ("hours", "sizes"), [(24, [7, 1, 2, 4]), (25, [7, 2, 4, 1]), (48, [7, 2, 4, 1])]
)
def test_given_attendees_when_a_session_may_be_longer_than_a_day_then_the_smallest_request_is(
    hours: int, sizes: list[int]
) -> None:
    """Fewer days than a session may last would make a request little smaller."""

    def answer(asked: Asked) -> Table:
        return refuse() if len(asking.asked) == 1 else attendees("1_a 1_c ada")

    asking = Asking(answer, max_session_hours=hours)

    read(asking, days(7))

    assert asked_days(asking, around=hours + 2) == sizes


def test_given_rooms_when_a_session_may_be_longer_than_a_day_then_the_smallest_is_a_day() -> None:
    room = RowTable(ROOM, [["1_a", "1_c", str(FEBRUARY_1), str(FEBRUARY_1)]])

    def answer(asked: Asked) -> Table:
        return refuse() if len(asking.asked) == 1 else room

    asking = Asking(answer, ROOMS, max_session_hours=48)

    read(asking, days(2))

    assert asked_days(asking, around=50) == [2, 1, 1]


def test_given_a_doubtful_answer_when_read_then_its_days_are_asked_for_one_two_and_four() -> None:
    """The rows of a week come at 500, and no more over twice the time; the parts are small."""

    def answer(asked: Asked) -> Table:
        return attendees(*numbered(500 if len(asking.asked) <= 2 else 50))

    asking = Asking(answer)

    parts = list(asking.reader.read("attendees", days(7)))

    assert [part.query.days for part in parts] == [1, 2, 4]
    assert [part.requests for part in parts] == [3, 1, 1]


def test_given_doubts_about_two_sizes_when_read_then_the_smaller_one_is_asked_for() -> None:
    """A week is in doubt, then the second and third day; until these are read, it goes by days."""
    counts = [500, 500, 50, 1_000, 1_000, 50, 50, 50]
    asking = Asking(lambda asked: attendees(*numbered(counts.pop(0))))

    parts = list(asking.reader.read("attendees", days(7)))

    assert [part.query.days for part in parts] == [1, 1, 1, 4]


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([refuse], "DRUID_QUERY_TIMED_OUT"),
        ([lambda: attendees(*numbered(1_000))] * 2, "1,000 rows"),
    ],
)
def test_given_a_week_when_fewer_days_have_to_be_asked_for_then_the_log_tells_why(
    answers: list[Callable[[], Table]], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(asked: Asked) -> Table:
        number = len(asking.asked) - 1
        return answers[number]() if number < len(answers) else attendees()

    caplog.set_level("INFO")
    asking = Asking(answer)

    read(asking, days(7))

    assert [record.getMessage() for record in caplog.records] == [
        f"attendees: 2026-02-01T00:00:00Z to 2026-02-08T00:00:00Z: {why}; asking for fewer days at "
        "a time."
    ]


# Time-outs


@pytest.mark.parametrize("refusals", [1, 2])
def test_given_a_day_that_times_out_when_asked_three_times_then_the_third_answer_counts(
    refusals: int, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(asked: Asked) -> Table:
        return refuse(TIMED_OUT) if len(asking.asked) <= refusals else attendees("1_a 1_c ada")

    caplog.set_level("INFO")
    asking = Asking(answer)

    assert read(asking) == [["1_a", "1_c", "ada"]]
    assert [record.getMessage() for record in caplog.records] == [
        "attendees: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: no answer in time; asking again."
    ] * refusals


def test_given_a_day_that_times_out_three_times_when_read_then_it_fails() -> None:
    asking = Asking(lambda asked: refuse(TIMED_OUT))

    with pytest.raises(Refused):
        read(asking)

    assert len(asking.asked) == 3


def test_given_two_days_that_time_out_twice_each_when_read_then_each_has_three_tries() -> None:
    def answer(asked: Asked) -> Table:
        return attendees("1_a 1_c ada") if len(asking.asked) % 3 == 0 else refuse(TIMED_OUT)

    asking = Asking(answer, window_in_days=1)

    assert len(list(asking.reader.read("attendees", days(2)))) == 2
    assert len(asking.asked) == 6


def test_given_40_days_that_are_read_one_by_one_when_each_is_whole_then_the_window_is_read() -> (
    None
):
    asking = Asking(lambda asked: attendees("1_a 1_c ada"), window_in_days=1)

    assert len(list(asking.reader.read("attendees", days(40)))) == 40


def test_given_a_day_that_is_too_much_without_a_time_out_when_read_then_it_is_asked_once() -> None:
    asking = Asking(lambda asked: refuse())

    with pytest.raises(Refused) as raised:
        read(asking)

    assert len(asking.asked) == 1
    assert raised.value.asking_for == (
        "2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z, a request over 50 hours, which a lower "
        "max_session_hours shortens"
    )


# By session


def by_ids(asked: Asked) -> Table:
    """One attendee of each session, where sessions are asked for; else too much."""
    return attendees(*(f"1_a {id} ada" for id in asked.ids)) if asked.ids else refuse()


def test_given_a_day_that_is_too_much_when_read_then_its_sessions_come_in_two_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asking = Asking(by_ids)

    rows = read(asking, listed=sessions("1_c", "1_d", "1_e"))

    assert asking.ids == [[], ["1_c", "1_d"], ["1_e"]]
    assert [row[1] for row in rows] == ["1_c", "1_d", "1_e"]
    assert (
        "Sessions that report 6000 does not list are left out then if no answer had a row of them"
        in caplog.text
    )


def test_given_a_session_listed_without_start_when_a_day_is_too_much_then_it_is_asked_for() -> None:
    """It may have started on this day; with its start unknown, nothing else would find it."""
    asking = Asking(by_ids)
    listed = sessions("1_c")
    listed.add(RowTable(ROOM, [["1_a", "1_d", "Unknown", "0"], ["1_a", "0", "Unknown", "0"]]))

    rows = read(asking, listed=listed)

    assert asking.ids == [[], ["1_c"], ["1_d"]]
    assert [row[1] for row in rows] == ["1_c", "1_d"]


def test_given_sessions_up_to_a_second_when_a_day_is_read_by_session_then_it_is_the_days_end() -> (
    None
):
    asking = Asking(by_ids)
    asked_up_to = []

    def listed(end: int) -> SessionList:
        asked_up_to.append(end)
        return sessions("1_c")

    list(asking.reader.read("attendees", WINDOW, listed))

    assert asked_up_to == [WINDOW.end]


def test_given_sessions_of_other_days_when_a_day_is_too_much_then_they_are_not_asked_for() -> None:
    """The request reaches into these days, which is why it is too much."""
    asking = Asking(by_ids)

    read(asking, listed=sessions("1_c", first=WINDOW.end))

    assert [one.ids for one in asking.asked] == [[]]


def test_given_no_session_at_all_when_a_day_is_too_much_then_it_fails() -> None:
    with pytest.raises(Refused):
        read(Asking(by_ids), listed=sessions())


def test_given_chosen_cue_points_when_a_day_is_read_by_session_then_only_they_are_asked_for() -> (
    None
):
    def answer(asked: Asked) -> Table:
        return refuse() if len(asking.asked) == 1 else by_ids(asked)

    asking = Asking(answer, cue_point_ids=["1_d", "1_x"])

    read(asking, listed=sessions("1_c", "1_d"))

    assert asking.ids == [["1_d", "1_x"], ["1_d"]]


def test_given_unlisted_sessions_in_a_doubtful_answer_when_read_then_they_are_asked_for() -> None:
    doubtful = [*numbered(497), "1_a 1_z ada", "1_a 1_y ada", "1_a 0 ada"]

    def answer(asked: Asked) -> Table:
        return by_ids(asked) if asked.ids else attendees(*doubtful)

    asking = Asking(answer)

    rows = read(asking, listed=sessions("1_c", "1_d"))

    assert asking.ids == [[], [], ["1_c", "1_d"], ["1_y", "1_z"]]
    assert [row[1] for row in rows] == ["1_c", "1_d", "1_y", "1_z", "0"]


def test_given_a_doubtful_answer_when_the_day_has_no_session_then_it_is_taken(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """All of its rows are of sessions that start in other windows."""
    asking = Asking(lambda asked: attendees(*numbered(500, "1_later")))

    rows = read(asking, listed=sessions("1_later", first=WINDOW.end))

    assert len(rows) == 500
    assert asking.ids == [[], []]
    assert caplog.records == []


def test_given_a_round_number_when_sessions_bring_other_rows_then_it_is_a_cap_afterwards() -> None:
    def answer(asked: Asked) -> Table:
        return attendees(*numbered(300, asked.ids[0])) if asked.ids else attendees(*numbered(500))

    asking = Asking(answer)
    listed = sessions("1_c", "1_d")

    read(asking, listed=listed)
    read(asking, listed=listed)

    # The first time the number is tested over twice the time, the second time it is known.
    assert asking.ids == [[], [], ["1_c"], ["1_d"], [], ["1_c"], ["1_d"]]


def test_given_ids_without_effect_when_a_day_was_too_much_then_it_fails() -> None:
    def answer(asked: Asked) -> Table:
        return attendees("1_a 1_c ada", "1_a 1_other bob") if asked.ids else refuse()

    with pytest.raises(Refused):
        read(Asking(answer), listed=sessions("1_c", "1_d"))


def test_given_ids_without_effect_when_a_later_day_is_in_doubt_then_they_are_not_tried_again() -> (
    None
):
    asking = Asking(lambda asked: attendees(*numbered(500)))
    asking.queries.ids_have_effect = False

    assert len(read(asking, listed=sessions("1_c"))) == 500
    assert asking.ids == [[], []]


def test_given_dates_without_effect_when_a_window_is_in_doubt_then_days_are_not_tried() -> None:
    table = RowTable(ROOM, [["1_a", f"1_{n}", "86400", "86500"] for n in range(500)])
    asking = Asking(lambda asked: table, ROOMS)

    assert len(read(asking, days(7))) == 500
    assert len(asking.asked) == 1


# Ids by ids


def answers_by_ids(asking: Asking, *ids: str, most: int = 500) -> list[list[str]]:
    tables = asking.reader.by_ids.answers(asking.effort, QUERY, ids, most)
    return [row for table in tables for row in rows_of(table)]


def test_given_ids_when_the_first_are_too_much_then_it_fails() -> None:
    asking = Asking(lambda asked: refuse())

    with pytest.raises(Refused, match="when asked for 2 sessions of 2026-02-01T00:00:00Z"):
        answers_by_ids(asking, "1_c", "1_d")

    assert len(asking.asked) == 1


def test_given_a_list_of_ids_that_is_cut_short_when_asked_then_the_rest_is_asked_for_again() -> (
    None
):
    asking = Asking(lambda asked: attendees(*(f"1_a {id} ada" for id in asked.ids[:2])))

    rows = answers_by_ids(asking, "1_c", "1_d", "1_e", "1_f", "1_g", most=4)

    assert asking.ids == [["1_c", "1_d", "1_e", "1_f"], ["1_e", "1_f"], ["1_g"]]
    assert [row[1] for row in rows] == ["1_c", "1_d", "1_e", "1_f", "1_g"]


def test_given_ids_of_which_none_has_rows_when_asked_then_they_are_not_asked_for_again() -> None:
    asking = Asking(lambda asked: attendees())

    assert answers_by_ids(asking, "1_c", "1_d") == []
    assert asking.ids == [["1_c", "1_d"]]


def test_given_ids_when_later_ones_are_too_much_then_they_are_halved_in_order() -> None:
    def answer(asked: Asked) -> Table:
        return refuse() if asked.ids == ["1_e", "1_f"] else by_ids(asked)

    asking = Asking(answer)

    rows = answers_by_ids(asking, "1_c", "1_d", "1_e", "1_f", "1_g", most=2)

    assert asking.ids == [["1_c", "1_d"], ["1_e", "1_f"], ["1_e"], ["1_f"], ["1_g"]]
    assert [row[1] for row in rows] == ["1_c", "1_d", "1_e", "1_f", "1_g"]


def test_given_a_single_id_when_it_is_too_much_then_it_fails() -> None:
    def answer(asked: Asked) -> Table:
        return refuse() if "1_d" in asked.ids else by_ids(asked)

    with pytest.raises(Refused, match="when asked for session 1_d of 2026"):
        answers_by_ids(Asking(answer), "1_c", "1_d", most=1)


def test_given_ids_when_their_answer_may_be_cut_off_then_they_are_halved() -> None:
    def answer(asked: Asked) -> Table:
        return attendees(*(row for id in asked.ids for row in numbered(250, id)))

    asking = Asking(answer)

    assert len(answers_by_ids(asking, "1_c", "1_d")) == 500
    assert asking.ids == [["1_c", "1_d"], ["1_c"], ["1_d"]]


def test_given_a_single_session_when_it_has_the_certain_cap_then_it_fails() -> None:
    asking = Asking(lambda asked: attendees(*numbered(100_000)))

    with pytest.raises(ReportError) as raised:
        answers_by_ids(asking, "1_c")

    assert raised.value.action is ErrorAction.CONFIG_ERROR


@pytest.mark.parametrize("count", [99_500, 100_500])
def test_given_a_single_session_when_it_has_a_round_number_then_it_is_taken_with_a_warning(
    count: int, caplog: pytest.LogCaptureFixture
) -> None:
    """More rows than 100,000 show that the server has another cap than that, or none."""
    asking = Asking(lambda asked: attendees(*numbered(count)))

    assert len(answers_by_ids(asking, "1_c")) == count
    assert "session 1_c of 2026-02-01T00:00:00Z" in caplog.text
    assert f"has exactly {count:,} rows" in caplog.text


def test_given_ids_without_effect_when_the_answer_has_a_round_number_then_they_are_not_halved() -> (
    None
):
    asking = Asking(lambda asked: attendees(*numbered(500, "1_other")))

    assert answers_by_ids(asking, "1_c", "1_d") == []
    assert asking.ids == [["1_c", "1_d"]]


def test_given_many_requests_by_id_when_each_is_answered_then_none_of_the_30_is_used_up() -> None:
    asking = Asking(by_ids)

    answers_by_ids(asking, *(f"1_{number}" for number in range(40)), most=1)

    assert len(asking.asked) == 40
    assert asking.effort.since_whole_answer == 0
