"""WindowPartitions of rooms and breakouts: every session whole, each in one window."""

from __future__ import annotations

import logging

import pytest

from source_kaltura_rooms.kaltura.errors import CODES, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import BREAKOUTS, ROOMS
from source_kaltura_rooms.retrieval.readers import WindowReader, WindowRows
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR
from unit_tests.rows import placed, unplaced
from unit_tests.stand_ins import FEBRUARY_1, Asked, FakeKaltura, Meeting, Meetings, config_of

FIRST_DAY = Window(FEBRUARY_1, FEBRUARY_1 + DAY)
SECOND_DAY = Window(FEBRUARY_1 + DAY, FEBRUARY_1 + 2 * DAY)

# An hour before midnight until an hour after.
OVER_MIDNIGHT = Meeting("midnight", DAY - HOUR, DAY + HOUR)


def seconds_of(rows: WindowRows) -> dict[str, int]:
    """By session, the seconds that Kaltura counted; a session in two answers is an error."""
    in_window = placed(rows.placed())
    assert len({row[1] for row in in_window}) == len(in_window)
    return {row[1]: int(row[-1]) for row in in_window}


def intervals(kaltura: FakeKaltura) -> list[tuple[int, int]]:
    """What was asked for, in seconds after the first of February."""
    return [
        (int(one.param["from_date"]) - FEBRUARY_1, int(one.param["to_date"]) - FEBRUARY_1)
        for one in kaltura.asked
    ]


def test_given_a_window_when_read_then_one_request_reaches_past_it_by_the_longest_session(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([]))

    rows = WindowReader(kaltura, config_of(), ROOMS, logger).read(FIRST_DAY)

    assert kaltura.asked == [
        Asked("rooms", 6000, "from_date=1769904000;to_date=1770076800", excluded=())
    ]
    assert rows.requests == 1
    assert seconds_of(rows) == {}


def test_given_a_shorter_longest_session_when_read_then_the_interval_is_shorter(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([]))

    WindowReader(kaltura, config_of(max_session_hours=1), ROOMS, logger).read(FIRST_DAY)

    assert intervals(kaltura) == [(0, DAY + HOUR)]


def test_given_filters_and_columns_to_leave_out_when_read_then_they_are_asked_for(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([]))
    config = config_of(parent_entry_ids=["1_p", "1_q"], entry_ids=["1_r"])

    WindowReader(kaltura, config, BREAKOUTS, logger, ("duration",)).read(FIRST_DAY)

    assert kaltura.asked == [
        Asked(
            "breakouts",
            6002,
            "from_date=1769904000;fromDate=1769904000;to_date=1770076800;toDate=1770076800;"
            "parent_entry_ids=1_p,1_q;parentEntryIds=1_p,1_q",
            excluded=("duration",),
        )
    ]


def test_given_a_session_across_the_edge_when_read_then_it_is_whole_and_in_its_first_window(
    logger: logging.Logger,
) -> None:
    reader = WindowReader(FakeKaltura(Meetings([OVER_MIDNIGHT])), config_of(), ROOMS, logger)

    assert seconds_of(reader.read(FIRST_DAY)) == {"midnight": 2 * HOUR}
    assert seconds_of(reader.read(SECOND_DAY)) == {}


def test_given_a_session_longer_than_expected_when_read_then_only_it_is_cut_off(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([Meeting("long", DAY - 1, 3 * DAY)]))
    reader = WindowReader(kaltura, config_of(max_session_hours=24), ROOMS, logger)

    assert seconds_of(reader.read(FIRST_DAY)) == {"long": DAY + 1}


def test_given_a_session_without_a_start_when_read_then_it_is_unplaced(
    logger: logging.Logger,
) -> None:
    table = RowTable(
        ("entry_id", "cue_point_id", "session_start_time"), [["r", "c1", "0"], ["r", "c2", ""]]
    )

    kaltura = FakeKaltura(lambda asked: table)

    rows = WindowReader(kaltura, config_of(), ROOMS, logger).read(FIRST_DAY)

    assert placed(rows.placed()) == []
    assert unplaced(rows.placed()) == [["r", "c1", "0"], ["r", "c2", ""]]


def crowd(count: int) -> list[Meeting]:
    """Sessions of an hour, one a minute from the first midnight on."""
    return [Meeting(f"c{one}", one * 60, one * 60 + HOUR) for one in range(count)]


def test_given_a_capped_answer_when_read_then_parts_bring_every_session_whole_and_once(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings(crowd(1_400), cap=1_000))
    reader = WindowReader(kaltura, config_of(max_session_hours=1), ROOMS, logger)

    rows = reader.read(FIRST_DAY)

    assert seconds_of(rows) == {f"c{one}": HOUR for one in range(1_400)}
    assert intervals(kaltura) == [
        (0, DAY + HOUR),
        (0, DAY // 2 + HOUR),
        (DAY // 2, DAY + HOUR),
    ]
    assert rows.requests == 3


def test_given_a_window_that_was_split_when_the_next_is_read_then_it_is_read_in_such_parts(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings(crowd(1_400), cap=1_000))
    reader = WindowReader(kaltura, config_of(max_session_hours=1), ROOMS, logger)
    reader.read(FIRST_DAY)
    kaltura.asked.clear()

    rows = reader.read(SECOND_DAY)

    assert intervals(kaltura) == [
        (DAY, DAY + DAY // 2 + HOUR),
        (DAY + DAY // 2, 2 * DAY + HOUR),
    ]
    assert rows.requests == 2


def test_given_too_much_for_one_query_when_read_then_parts_are_asked_for(
    logger: logging.Logger,
) -> None:
    meetings = Meetings(crowd(30))

    def answer(asked: Asked) -> Table:
        if int(asked.param["to_date"]) - int(asked.param["from_date"]) > DAY:
            raise Refused(Refusal("DRUID_QUERY_TIMED_OUT", *CODES["DRUID_QUERY_TIMED_OUT"]))
        return meetings(asked)

    kaltura = FakeKaltura(answer)
    rows = WindowReader(kaltura, config_of(max_session_hours=1), ROOMS, logger).read(FIRST_DAY)

    assert rows.requests == 3
    assert len(seconds_of(rows)) == 30


def test_given_a_refusal_when_read_then_it_is_passed_on(logger: logging.Logger) -> None:
    def answer(asked: Asked) -> Table:
        raise Refused(Refusal("REPORT_NOT_FOUND", *CODES["REPORT_NOT_FOUND"]))

    reader = WindowReader(FakeKaltura(answer), config_of(), ROOMS, logger)

    with pytest.raises(Refused) as raised:
        reader.read(FIRST_DAY)
    assert raised.value.refusal.code == "REPORT_NOT_FOUND"
