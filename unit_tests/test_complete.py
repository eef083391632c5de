"""An answer that may be cut off is asked for in parts until it is whole."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.kaltura.errors import CODES, ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.retrieval.complete import Reading, read_whole
from source_kaltura_rooms.retrieval.queries import Query, SessionsQuery, TimeQuery
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR, Interval

DAY_1 = TimeQuery(Window(0, DAY), HOUR)
MINUTE = TimeQuery(Window(0, 60), HOUR)
SESSION = SessionsQuery((("1_cue", Interval(0, HOUR)),), share=60)


def rows(count: int) -> Table:
    return RowTable(("id",), [["1"]] * count)


def refused(code: str, action: ErrorAction | None = None) -> Refused:
    return Refused(Refusal(code, action or CODES[code][0], "It was too much for one query."))


class Asking:
    """Answers portions, and remembers for how much time they stood."""

    def __init__(self, answer: Callable[[Query], Table]) -> None:
        self._answer = answer
        self.lengths: list[int] = []

    def __call__(self, portion: Query) -> Table:
        self.lengths.append(portion.length)
        return self._answer(portion)


def too_much(code: str, longer_than: int) -> Callable[[Query], Table]:
    def answer(portion: Query) -> Table:
        if portion.length > longer_than:
            raise refused(code)
        return rows(1)

    return answer


@pytest.mark.parametrize("count", [0, 1, 499, 501, 99_999])
def test_given_an_answer_that_is_no_cap_when_read_then_it_is_believed(
    count: int, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    answer = rows(count)

    reading = read_whole("rooms", DAY_1, lambda portion: answer, logger)

    assert reading == Reading([(DAY_1, answer)], requests=1)
    assert reading.largest_part is None
    assert caplog.messages == []


@pytest.mark.parametrize("count", [500, 1_000, 10_000, 12_000, 60_000, 100_000, 100_001])
def test_given_as_many_rows_as_a_cap_when_read_then_halves_are_asked_for_instead(
    count: int, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    asking = Asking(lambda portion: rows(count if portion.length == DAY else 3))

    reading = read_whole("rooms", DAY_1, asking, logger)

    assert asking.lengths == [DAY, DAY // 2, DAY // 2]
    assert reading.requests == 3
    assert [portion for portion, _ in reading.answers] == [
        TimeQuery(Window(0, DAY // 2), HOUR),
        TimeQuery(Window(DAY // 2, DAY), HOUR),
    ]
    assert [len(table) for _, table in reading.answers] == [3, 3]
    assert reading.largest_part == DAY // 2
    assert caplog.messages == [
        f"rooms: 1970-01-01T00:00:00Z to 1970-01-02T00:00:00Z: {count:,} rows; asking again in 2 "
        "parts."
    ]


@pytest.mark.parametrize("code", ["DRUID_QUERY_TIMED_OUT", "SEARCH_TOO_GENERAL"])
def test_given_too_much_for_one_query_when_read_then_halves_are_asked_for(
    code: str, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    asking = Asking(too_much(code, longer_than=DAY // 4))

    reading = read_whole("rooms", DAY_1, asking, logger)

    quarter = DAY // 4
    assert asking.lengths == [
        *(DAY, 2 * quarter, quarter, quarter),
        *(2 * quarter, quarter, quarter),
    ]
    assert reading.requests == 7
    assert len(reading.answers) == 4
    assert f"{code}; asking again in 2 parts." in caplog.messages[0]


def test_given_no_answer_in_time_twice_when_read_then_halves_are_asked_for(
    logger: logging.Logger,
) -> None:
    def answer(portion: Query) -> Table:
        if portion.length == DAY:
            raise refused("HTTP 504", ErrorAction.RETRY_THEN_SPLIT)
        return rows(2)

    assert read_whole("rooms", DAY_1, answer, logger).requests == 3


@pytest.mark.parametrize(
    "action", [one for one in ErrorAction if "LESS" not in one.name], ids=lambda one: one.name
)
def test_given_any_other_refusal_when_read_then_it_is_passed_on_at_once(
    action: ErrorAction, logger: logging.Logger
) -> None:
    error = refused("SOME_CODE", action)

    def answer(portion: Query) -> Table:
        raise error

    asking = Asking(answer)
    with pytest.raises(Refused) as raised:
        read_whole("rooms", DAY_1, asking, logger)

    assert raised.value is error
    assert asking.lengths == [DAY]


@pytest.mark.parametrize(
    ("portion", "said"),
    [
        pytest.param(MINUTE, "1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z", id="a_minute"),
        pytest.param(SESSION, "session 1_cue", id="a_session"),
    ],
)
def test_given_as_many_rows_as_the_certain_cap_in_the_least_when_read_then_it_fails(
    portion: Query, said: str, logger: logging.Logger
) -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        read_whole("attendees", portion, lambda one: rows(100_000), logger)

    assert raised.value.failure_type == FailureType.config_error
    assert raised.value.message == (
        f"Stream attendees: Kaltura cuts answers off at 100,000 rows, and {said} alone has that "
        "many. Narrow the stream with the filters of the configuration (such as entry_ids or "
        "user_ids), or lower max_session_hours."
    )


def test_given_a_round_number_of_rows_in_the_least_when_read_then_they_count_with_a_warning(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    reading = read_whole("attendees", SESSION, lambda portion: rows(1_500), logger)

    assert [len(table) for _, table in reading.answers] == [1_500]
    assert caplog.records[-1].levelname == "WARNING"
    assert caplog.messages == [
        "attendees: session 1_cue has exactly 1,500 rows, which may be a cap of this Kaltura "
        "server; nothing smaller can be asked for, so they are taken for all."
    ]


def test_given_too_much_even_in_the_least_when_read_then_the_failure_names_it(
    logger: logging.Logger,
) -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        read_whole("rooms", DAY_1, too_much("DRUID_QUERY_TIMED_OUT", longer_than=0), logger)

    assert raised.value.failure_type == FailureType.transient_error
    assert raised.value.message == (
        "Stream rooms: Kaltura answered DRUID_QUERY_TIMED_OUT when asked for 1970-01-01T00:00:00Z "
        "to 1970-01-01T00:01:00Z. It was too much for one query."
    )


def test_given_one_half_that_is_split_further_when_read_then_the_largest_whole_part_is_learned(
    logger: logging.Logger,
) -> None:
    def answer(portion: Query) -> Table:
        crowded = portion.interval.start < DAY // 4
        return rows(500 if crowded and portion.length > DAY // 4 else 1)

    reading = read_whole("rooms", DAY_1, answer, logger)

    assert reading.requests == 5
    assert [portion.length for portion, _ in reading.answers] == [DAY // 4, DAY // 4, DAY // 2]
    assert reading.largest_part == DAY // 2
