"""One request for a report, and the test of its answer against what was asked."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS
from source_kaltura_rooms.retrieval.report_queries import AnswerToQuery, Effort
from unit_tests.asking import DAY, HOUR, QUERY, TOO_MUCH, WINDOW, Asking, attendees, refuse
from unit_tests.rows import rows_of
from unit_tests.stand_ins import FEBRUARY_1

ROOM = ("entry_id", "cue_point_id", "session_start_time", "session_end_time")


def rooms(*times: tuple[int, int]) -> Table:
    """Sessions, in seconds after the first of February; an end at its start stands for none."""
    return RowTable(
        ROOM,
        [
            ["1_a", f"1_{n}", str(FEBRUARY_1 + start), str(FEBRUARY_1 + end) if end > start else ""]
            for n, (start, end) in enumerate(times)
        ],
    )


def answered(asking: Asking, ids: tuple[str, ...] = ()) -> AnswerToQuery:
    answer = asking.queries.ask(asking.effort, QUERY.for_ids(ids))
    assert isinstance(answer, AnswerToQuery)
    return answer


# What is asked


def test_given_a_query_when_asked_then_dates_and_filters_of_the_configuration_are_sent() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada"), entry_ids=["1_a"])

    answered(asking)

    (asked,) = asking.asked
    assert (asked.stream, asked.report) == ("attendees", 6001)
    assert asked.param == {
        "from_date": str(FEBRUARY_1 - HOUR),
        "to_date": str(FEBRUARY_1 + 2 * DAY + HOUR),
        "entry_ids": "1_a",
    }


def test_given_ids_when_asked_then_they_take_the_place_of_those_in_the_configuration() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada"), cue_point_ids=["1_c", "1_d"])

    answered(asking, ids=("1_c",))
    answered(asking)

    assert asking.ids == [["1_c"], ["1_c", "1_d"]]


def test_given_excluded_columns_when_asked_then_those_that_are_needed_are_not_among_them() -> None:
    excluded = ["user_name", "user_id", "meeting_view_time", "cue_point_id"]
    asking = Asking(lambda asked: attendees("1_a 1_c ada"), excluded=excluded)

    answered(asking)

    assert asking.asked[0].excluded == ("user_name",)


# What comes


def test_given_an_answer_when_it_fits_then_rows_count_and_seconds_are_told() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_a 1_c bob"))

    answer = answered(asking)

    assert rows_of(answer.table) == [["1_a", "1_c", "ada"], ["1_a", "1_c", "bob"]]
    assert (answer.count, answer.seconds, answer.ids_had_effect) == (2, 1.0, True)
    assert len(answer.keys()) == 2


def test_given_an_empty_answer_without_columns_when_tested_then_it_has_no_keys() -> None:
    answer = answered(Asking(lambda asked: RowTable((), [])), ids=("1_c",))

    assert (answer.count, len(answer.keys()), answer.ids_had_effect) == (0, 0, True)
    assert answer.seconds == 1.0


def test_given_rows_that_do_not_fit_a_filter_when_tested_then_they_count_but_are_left_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_b 1_d bob"), entry_ids=["1_a"])

    answer = answered(asking)
    answered(asking)

    assert rows_of(answer.table) == [["1_a", "1_c", "ada"]]
    assert (answer.count, len(answer.keys())) == (2, 2)
    assert [record.getMessage() for record in caplog.records] == [
        "attendees: Kaltura's answers have rows that do not fit entry_ids; this Kaltura may not "
        "know the filter. These rows are left out."
    ]


def test_given_ids_when_only_their_rows_come_then_they_have_an_effect() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada"))

    assert answered(asking, ids=("1_c", "1_d")).ids_had_effect is True
    assert asking.queries.ids_have_effect is True


def test_given_ids_when_other_sessions_come_then_they_are_left_out_and_it_is_remembered() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_a 1_d bob"))

    answer = answered(asking, ids=("1_c",))

    assert rows_of(answer.table) == [["1_a", "1_c", "ada"]]
    assert answer.count == 2
    assert answer.ids_had_effect is False
    assert asking.queries.ids_have_effect is False


def test_given_ids_when_rows_without_a_cue_point_come_too_then_they_have_an_effect_still() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_a 0 bob"))

    answer = answered(asking, ids=("1_c",))

    assert rows_of(answer.table) == [["1_a", "1_c", "ada"]]
    assert answer.ids_had_effect is True
    assert asking.queries.ids_have_effect is True


def test_given_rooms_when_asked_by_id_then_the_ids_are_those_of_rooms() -> None:
    asking = Asking(lambda asked: rooms((0, HOUR)), ROOMS)

    assert len(answered(asking, ids=("1_a",)).table) == 1
    assert asking.asked[0].param["entry_ids"] == "1_a"


# Dates without effect. The interval of the query is from -1 to 49 hours, a longest session is 24.

LONG_BEFORE = (-27 * HOUR, -25 * HOUR - 1)
JUST_BEFORE = (-27 * HOUR, -25 * HOUR)
WITHOUT_END_BEFORE = (-25 * HOUR - 1, -25 * HOUR - 1)
LONG_AFTER = (73 * HOUR + 1, 74 * HOUR)
JUST_AFTER = (73 * HOUR, 74 * HOUR)
INSIDE = (0, HOUR)


@pytest.mark.parametrize(
    ("times", "have_effect"),
    [
        ([INSIDE], True),
        ([LONG_BEFORE], False),
        ([JUST_BEFORE], True),
        ([WITHOUT_END_BEFORE], False),
        ([LONG_AFTER], False),
        ([JUST_AFTER], True),
        ([LONG_BEFORE, INSIDE], True),
        ([LONG_BEFORE, INSIDE, LONG_AFTER], False),
    ],
)
def test_given_sessions_when_more_than_half_are_far_from_the_request_then_dates_have_no_effect(
    times: list[tuple[int, int]], have_effect: bool
) -> None:
    asking = Asking(lambda asked: rooms(*times), ROOMS)

    answer = answered(asking)

    assert asking.queries.dates_have_effect is have_effect
    assert len(answer.table) == len(times)


def test_given_sessions_without_times_when_tested_then_they_are_not_far_from_the_request() -> None:
    table = RowTable(ROOM, [["1_a", "1_c", "Unknown", "0"]] * 3)
    asking = Asking(lambda asked: table, ROOMS)

    answered(asking)

    assert asking.queries.dates_have_effect is True


def test_given_sessions_asked_by_id_when_they_are_far_from_the_request_then_it_is_no_sign() -> None:
    asking = Asking(lambda asked: rooms(LONG_BEFORE), ROOMS)

    answered(asking, ids=("1_a",))

    assert asking.queries.dates_have_effect is True


@pytest.mark.parametrize("missing", ["session_start_time", "session_end_time"])
def test_given_an_answer_without_one_of_the_times_when_tested_then_it_is_no_sign(
    missing: str,
) -> None:
    columns = tuple(name for name in ROOM if name != missing)
    asking = Asking(lambda asked: RowTable(columns, [["1_a", "1_c", "1"]]), ROOMS)

    answered(asking)

    assert asking.queries.dates_have_effect is True


def test_given_dates_without_effect_when_a_later_answer_looks_right_then_it_stays_remembered() -> (
    None
):
    tables = [rooms(LONG_BEFORE), rooms(INSIDE)]
    asking = Asking(lambda asked: tables.pop(0), ROOMS)

    answered(asking)
    answered(asking)

    assert asking.queries.dates_have_effect is False


# Refusals


@pytest.mark.parametrize("action", [ErrorAction.SPLIT, ErrorAction.RETRY_THEN_SPLIT])
@pytest.mark.parametrize(("timed_out", "timeouts"), [(True, 1), (False, 0)])
def test_given_what_is_too_much_when_asked_then_the_refusal_is_handed_back(
    action: ErrorAction, timed_out: bool, timeouts: int
) -> None:
    refusal = Refusal("TOO_MUCH", action, "Ask for less.", timed_out=timed_out)
    asking = Asking(lambda asked: refuse(refusal))

    answer = asking.queries.ask(asking.effort, QUERY)

    assert isinstance(answer, Refused)
    assert answer.refusal is refusal
    assert asking.effort.timeouts == timeouts
    assert (asking.effort.requests, asking.effort.since_whole_answer) == (1, 1)


@pytest.mark.parametrize("action", [ErrorAction.CONFIG_ERROR, ErrorAction.RETRY])
def test_given_any_other_refusal_when_asked_then_it_is_raised(action: ErrorAction) -> None:
    asking = Asking(lambda asked: refuse(Refusal("OTHER", action, "Call us.")))

    with pytest.raises(Refused):
        asking.queries.ask(asking.effort, QUERY)


def test_given_30_requests_without_a_whole_answer_when_another_is_made_then_the_window_fails() -> (
    None
):
    asking = Asking(lambda asked: refuse())
    for _ in range(30):
        asking.queries.ask(asking.effort, QUERY)

    with pytest.raises(ReportError) as raised:
        asking.queries.ask(asking.effort, QUERY)

    assert len(asking.asked) == 30
    assert raised.value.action is ErrorAction.RETRY
    assert raised.value.sentence.startswith(
        "Kaltura gave no whole answer to 30 requests in a row for 2026-02-01T00:00:00Z to "
        "2026-02-02T00:00:00Z."
    )


def test_given_a_whole_answer_between_when_30_requests_were_made_then_counting_begins_anew() -> (
    None
):
    asking = Asking(lambda asked: refuse(TOO_MUCH))
    for _ in range(29):
        asking.queries.ask(asking.effort, QUERY)
    asking.effort.timeouts = 2

    asking.effort.note_whole_answer()

    assert (asking.effort.since_whole_answer, asking.effort.timeouts) == (0, 0)
    assert asking.effort.requests == 29


def test_given_answers_when_the_effort_is_taken_then_it_counts_from_there_on() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada"))
    answered(asking)
    answered(asking)

    assert asking.effort.take() == (2, 2.0)
    assert asking.effort.take() == (0, 0.0)


def test_given_a_warning_when_it_was_said_in_this_sync_then_it_is_not_said_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    queries = Asking(lambda asked: refuse()).queries

    for sentence in ("One.", "Two.", "One."):
        queries.say_once("rooms", sentence)

    assert [record.getMessage() for record in caplog.records] == ["rooms: One.", "rooms: Two."]


def test_given_warnings_about_the_same_when_one_was_said_then_the_others_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    queries = Asking(lambda asked: refuse()).queries

    queries.say_once("rooms", "Monday is full.", about="full days")
    queries.say_once("rooms", "Tuesday is full.", about="full days")
    queries.say_once("rooms", "Monday is full.")

    assert [record.getMessage() for record in caplog.records] == ["rooms: Monday is full."] * 2


def test_given_the_report_when_an_effort_is_new_then_nothing_was_asked() -> None:
    assert Effort(ATTENDEES.stream, WINDOW).take() == (0, 0.0)
