"""Attendees of sessions that report 6000 does not list, or that have no id: never a row is lost."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Collection

import pytest

from source_kaltura_rooms.kaltura.errors import CODES, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.retrieval.readers import AttendeesReader
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR
from unit_tests.rows import placed, unplaced
from unit_tests.stand_ins import FEBRUARY_1, Asked, FakeKaltura, Meeting, Meetings, config_of

FIRST_DAY = Window(FEBRUARY_1, FEBRUARY_1 + DAY)
SECOND_DAY = Window(FEBRUARY_1 + DAY, FEBRUARY_1 + 2 * DAY)


def people(count: int) -> tuple[str, ...]:
    return tuple(f"user{one}" for one in range(count))


def test_given_a_session_that_report_6000_does_not_list_when_read_then_its_rows_stay_unplaced(
    logger: logging.Logger,
) -> None:
    meetings = Meetings([Meeting("known", 0, HOUR), Meeting("x", 0, HOUR)], unlisted=["x"])

    rows = AttendeesReader(FakeKaltura(meetings), config_of(), logger).read(FIRST_DAY)

    assert [row[1] for row in placed(rows.placed())] == ["known"]
    assert unplaced(rows.placed()) == [["room", "x", "ada", "attendee", "3600", ""]]


def test_given_sessions_that_were_looked_up_in_vain_when_seen_again_then_they_are_not_looked_up(
    logger: logging.Logger,
) -> None:
    """Every window whose interval covers a session sees it, and some have no id at all."""
    over_midnight = Meeting("x", DAY - HOUR, DAY + HOUR)
    another = Meeting("y", 3 * DAY, 3 * DAY + HOUR)
    meetings = [over_midnight, Meeting("", 0, HOUR), Meeting("", DAY, DAY + HOUR), another]
    kaltura = FakeKaltura(Meetings(meetings, unlisted=["x", "", "y"]))
    reader = AttendeesReader(kaltura, config_of(max_session_hours=1), logger)

    windows = [FIRST_DAY, SECOND_DAY, Window(another.start + FEBRUARY_1, another.end + FEBRUARY_1)]
    first, second, third = map(reader.read, windows)

    assert (first.requests, second.requests, third.requests) == (3, 2, 3)
    assert [row[1] for row in unplaced(second.placed())] == ["x", ""]


def sometimes_unlisted(
    meetings: list[Meeting], unlisted: Callable[[int], Collection[str]]
) -> FakeKaltura:
    """Report 6000 lacks other sessions each time: those of `unlisted`, by the number of the ask."""
    asks = itertools.count(1)

    def answer(asked: Asked) -> Table:
        missing = unlisted(next(asks)) if asked.report == 6000 else ()
        return Meetings(meetings, unlisted=missing)(asked)

    return FakeKaltura(answer)


def test_given_a_session_that_a_second_look_showed_when_missed_again_then_it_is_looked_up_again(
    logger: logging.Logger,
) -> None:
    over_midnight = [Meeting("x", DAY - HOUR, DAY + HOUR)]
    kaltura = sometimes_unlisted(over_midnight, lambda ask: ["x"] if ask % 2 else [])
    reader = AttendeesReader(kaltura, config_of(max_session_hours=1), logger)

    first, second = reader.read(FIRST_DAY), reader.read(SECOND_DAY)

    assert [row[1] for row in placed(first.placed())] == ["x"]
    assert second.requests == 3
    assert placed(second.placed()) == unplaced(second.placed()) == []


def test_given_one_session_looked_up_in_vain_when_another_is_missing_too_then_that_is_looked_up(
    logger: logging.Logger,
) -> None:
    meetings = [Meeting("x", DAY - HOUR, DAY + HOUR), Meeting("y", DAY, DAY + HOUR)]
    kaltura = sometimes_unlisted(meetings, lambda ask: ["x", "y"] if ask < 4 else ["x"])
    reader = AttendeesReader(kaltura, config_of(max_session_hours=1), logger)
    reader.read(Window(FIRST_DAY.start, FIRST_DAY.end - HOUR))

    second = reader.read(SECOND_DAY)

    assert [one.report for one in kaltura.asked].count(6000) == 4
    assert [row[1] for row in placed(second.placed())] == ["y"]
    assert [row[1] for row in unplaced(second.placed())] == ["x"]


def test_given_a_session_in_the_second_half_of_a_window_when_not_listed_then_it_is_looked_up(
    logger: logging.Logger,
) -> None:
    meetings = Meetings([Meeting("x", 20 * HOUR, 21 * HOUR)], unlisted=["x"])

    def answer(asked: Asked) -> Table:
        length = int(asked.param["to_date"]) - int(asked.param["from_date"])
        if asked.report == 6001 and length > 14 * HOUR:
            raise Refused(Refusal("DRUID_QUERY_TIMED_OUT", *CODES["DRUID_QUERY_TIMED_OUT"]))
        return meetings(asked)

    kaltura = FakeKaltura(answer)
    AttendeesReader(kaltura, config_of(max_session_hours=1), logger).read(FIRST_DAY)

    assert [one.report for one in kaltura.asked].count(6001) == 3
    assert [one.report for one in kaltura.asked].count(6000) == 2


def test_given_unknown_sessions_in_a_cut_off_answer_when_read_then_they_are_asked_for_too(
    logger: logging.Logger,
) -> None:
    crowded = [Meeting("known", 0, HOUR, people(600)), Meeting("x", 0, HOUR, people(700))]
    kaltura = FakeKaltura(Meetings(crowded, unlisted=["x"], cap=1_000))

    rows = AttendeesReader(kaltura, config_of(), logger).read(FIRST_DAY)

    assert [one.params for one in kaltura.asked if one.ids] == [
        "from_date=1769904000;to_date=1769907600;cue_point_ids=known",
        "from_date=1769904000;to_date=1770076800;cue_point_ids=x",
    ]
    assert len(placed(rows.placed())) == 600
    assert len(unplaced(rows.placed())) == 700


def test_given_no_listed_session_when_attendees_are_too_much_for_a_query_then_none_is_lost(
    logger: logging.Logger,
) -> None:
    """They cannot be asked for by session, so they are by time."""
    meetings = Meetings([Meeting("x", 0, HOUR)], unlisted=["x"])

    def answer(asked: Asked) -> Table:
        length = int(asked.param["to_date"]) - int(asked.param["from_date"])
        if asked.report == 6001 and not asked.ids and length > DAY:
            raise Refused(Refusal("DRUID_QUERY_TIMED_OUT", *CODES["DRUID_QUERY_TIMED_OUT"]))
        return meetings(asked)

    reader = AttendeesReader(FakeKaltura(answer), config_of(max_session_hours=1), logger)

    assert unplaced(reader.read(FIRST_DAY).placed()) == [
        ["room", "x", "ada", "attendee", "3600", ""]
    ]


def test_given_attendees_without_a_session_when_an_answer_is_split_then_they_are_not_lost(
    logger: logging.Logger,
) -> None:
    """They cannot be asked for by session either."""
    meetings = [Meeting("c1", 0, HOUR, people(499)), Meeting("", 60, 120, ("eve",))]
    kaltura = FakeKaltura(Meetings(meetings, unlisted=[""]))

    rows = AttendeesReader(kaltura, config_of(), logger).read(FIRST_DAY)

    assert sorted(row[2] for row in placed(rows.placed())) == sorted(people(499))
    assert unplaced(rows.placed()) == [["room", "", "eve", "attendee", "60", ""]]


def test_given_a_listed_session_without_an_id_when_split_then_not_everything_is_asked_for_again(
    logger: logging.Logger,
) -> None:
    """A filter with nothing but a blank id is left out, so that it asks for all sessions."""
    meetings = [Meeting("c1", 0, HOUR, people(499)), Meeting("", 60, 120)]
    kaltura = FakeKaltura(Meetings(meetings))

    AttendeesReader(kaltura, config_of(), logger).read(FIRST_DAY)

    assert [one.ids for one in kaltura.asked if one.report == 6001] == [[], ["c1"]]


CAVEAT = (
    "attendees: Where one answer cannot hold all attendees, they are asked for by session, which "
    "leaves out those of sessions that report 6000 does not list, should there be any."
)


def test_given_attendees_asked_for_by_session_when_read_then_what_that_may_miss_is_said_once(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer that was cut off need not show those of a session that is not listed."""
    meetings = [
        Meeting("c1", 0, HOUR, people(300)),
        Meeting("c2", 0, HOUR, people(300)),
        Meeting("x", 12 * HOUR, 13 * HOUR),
    ]
    kaltura = FakeKaltura(Meetings(meetings, unlisted=["x"], cap=500))
    reader = AttendeesReader(kaltura, config_of(max_session_hours=1), logger)

    assert unplaced(reader.read(FIRST_DAY).placed()) == []
    reader.read(SECOND_DAY)
    reader.read(FIRST_DAY)

    warnings = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert warnings == [CAVEAT]


def test_given_too_much_for_a_query_when_asked_for_by_session_then_what_that_may_miss_is_said(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    meetings = Meetings([Meeting("listed", 0, HOUR), Meeting("x", 0, HOUR)], unlisted=["x"])

    def answer(asked: Asked) -> Table:
        if asked.report == 6001 and not asked.ids:
            raise Refused(Refusal("SEARCH_TOO_GENERAL", *CODES["SEARCH_TOO_GENERAL"]))
        return meetings(asked)

    AttendeesReader(FakeKaltura(answer), config_of(), logger).read(FIRST_DAY)

    assert CAVEAT in caplog.messages


def test_given_rows_kept_from_a_cut_off_answer_when_the_next_window_is_read_then_it_is_in_pieces(
    logger: logging.Logger,
) -> None:
    """What was too much does not count as read whole for the sake of a few rows kept of it."""
    crowded = [
        Meeting("", one * HOUR, one * HOUR + 60, ("eve",))
        if one % 3 == 0
        else Meeting(f"c{one}", one * HOUR, one * HOUR + 60, people(40))
        for one in range(48)
    ]
    kaltura = FakeKaltura(Meetings(crowded, cap=500))
    reader = AttendeesReader(kaltura, config_of(max_session_hours=1), logger)
    reader.read(FIRST_DAY)
    kaltura.asked.clear()

    reader.read(SECOND_DAY)

    assert [one.params.split(";")[0] for one in kaltura.asked if one.report == 6001] == [
        "from_date=1769990400",
        "from_date=1770033600",
    ]
