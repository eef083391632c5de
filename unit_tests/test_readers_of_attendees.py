"""Windows of attendees: joined with sessions by id, and read session by session when too many."""

from __future__ import annotations

import logging
from collections.abc import Collection

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.kaltura.errors import CODES, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.retrieval.readers import AttendeesReader
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR
from unit_tests.rows import placed, unplaced
from unit_tests.stand_ins import FEBRUARY_1, Asked, FakeKaltura, Meeting, Meetings, config_of

FIRST_DAY = Window(FEBRUARY_1, FEBRUARY_1 + DAY)
SECOND_DAY = Window(FEBRUARY_1 + DAY, FEBRUARY_1 + 2 * DAY)
HALF = DAY // 2


def people(count: int) -> tuple[str, ...]:
    return tuple(f"user{one}" for one in range(count))


def params_asked(kaltura: FakeKaltura, report: int) -> list[str]:
    """In order; between reports there is none, since they are asked for at the same time."""
    return [one.params for one in kaltura.asked if one.report == report]


def ids_asked(kaltura: FakeKaltura) -> list[list[str]]:
    return [one.ids for one in kaltura.asked if one.report == 6001]


def test_given_a_window_when_read_then_attendees_are_asked_for_and_their_sessions(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([]))

    rows = AttendeesReader(kaltura, config_of(), logger, ("user_email",)).read(FIRST_DAY)

    sessions, attendees = sorted(kaltura.asked, key=lambda one: one.report)
    assert attendees == Asked(
        "attendees", 6001, "from_date=1769904000;to_date=1770076800", ("user_email",)
    )
    assert (sessions.stream, sessions.report) == ("attendees", 6000)
    assert sessions.params == "from_date=1769904000;to_date=1770076800"
    assert set(sessions.excluded) == {
        "entry_name",
        "parent_entry_id",
        "session_host_user_id",
        "meeting_view_period_unique_users",
        "meeting_engaged_play_time_ratio",
    }
    assert rows.requests == 2


def test_given_filters_when_read_then_each_report_gets_those_it_knows(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([]))
    config = config_of(
        entry_ids=["1_r"], virtual_event_ids=["7"], user_ids=["ada"], cue_point_ids=["1_c"]
    )

    AttendeesReader(kaltura, config, logger).read(FIRST_DAY)

    assert params_asked(kaltura, 6001) == [
        "from_date=1769904000;to_date=1770076800;entry_ids=1_r;virtual_event_ids=7;user_ids=ada;"
        "cue_point_ids=1_c"
    ]
    assert params_asked(kaltura, 6000) == [
        "from_date=1769904000;to_date=1770076800;entry_ids=1_r;virtual_event_ids=7"
    ]


def test_given_sessions_around_the_window_when_read_then_only_its_own_come_and_come_whole(
    logger: logging.Logger,
) -> None:
    meetings = [
        Meeting("before", -HOUR, HOUR),
        Meeting("inside", HOUR, 2 * HOUR, ("ada", "bob")),
        Meeting("over_midnight", DAY - HOUR, DAY + HOUR),
        Meeting("after", DAY, DAY + HOUR),
    ]

    rows = AttendeesReader(FakeKaltura(Meetings(meetings)), config_of(), logger).read(FIRST_DAY)

    assert placed(rows.placed()) == [
        ["room", "inside", "ada", "attendee", "3600", "1769907600"],
        ["room", "inside", "bob", "attendee", "3600", "1769907600"],
        ["room", "over_midnight", "ada", "attendee", "7200", "1769986800"],
    ]
    assert unplaced(rows.placed()) == []


def test_given_too_many_attendees_when_read_then_halves_of_the_sessions_are_asked_for(
    logger: logging.Logger,
) -> None:
    """Over no more time than these need, so that Kaltura has less to do."""
    crowded = [Meeting(f"c{one}", one * HOUR, one * HOUR + 300, people(300)) for one in range(4)]
    kaltura = FakeKaltura(Meetings(crowded, cap=1_000))

    rows = AttendeesReader(kaltura, config_of(), logger).read(FIRST_DAY)

    assert params_asked(kaltura, 6001) == [
        "from_date=1769904000;to_date=1770076800",
        "from_date=1769904000;to_date=1769907900;cue_point_ids=c0,c1",
        "from_date=1769911200;to_date=1769915100;cue_point_ids=c2,c3",
    ]
    assert params_asked(kaltura, 6000) == ["from_date=1769904000;to_date=1770076800"]
    assert len(placed(rows.placed())) == 1_200
    assert rows.requests == 4


def test_given_crowded_halves_when_read_then_sessions_are_asked_for_down_to_one(
    logger: logging.Logger,
) -> None:
    crowded = [Meeting(f"c{one}", one * HOUR, one * HOUR + 300, people(900)) for one in range(3)]
    kaltura = FakeKaltura(Meetings(crowded, cap=1_000))

    rows = AttendeesReader(kaltura, config_of(), logger).read(FIRST_DAY)

    assert ids_asked(kaltura) == [[], ["c0", "c1"], ["c0"], ["c1"], ["c2"]]
    came = placed(rows.placed())
    assert len({(row[1], row[2]) for row in came}) == len(came) == 2_700


def test_given_one_session_with_as_many_rows_as_the_certain_cap_when_read_then_it_fails_by_its_id(
    logger: logging.Logger,
) -> None:
    kaltura = FakeKaltura(Meetings([Meeting("1_crowd", 0, HOUR, people(100_000))]))

    with pytest.raises(AirbyteTracedException) as raised:
        AttendeesReader(kaltura, config_of(), logger).read(FIRST_DAY)

    assert "session 1_crowd alone has that many" in (raised.value.message or "")
    assert raised.value.failure_type == FailureType.config_error


@pytest.mark.parametrize(
    ("chosen", "asked"),
    [
        pytest.param((), [[], ["c0", "c1"], ["c2", "c3"]], id="all"),
        pytest.param(("c1", "c3"), [["c1", "c3"], ["c1"], ["c3"]], id="those_of_the_configuration"),
    ],
)
def test_given_sessions_in_the_configuration_when_split_then_no_others_are_asked_for(
    chosen: Collection[str], asked: list[list[str]], logger: logging.Logger
) -> None:
    crowded = [Meeting(f"c{one}", one * HOUR, one * HOUR + 300, people(300)) for one in range(4)]
    kaltura = FakeKaltura(Meetings(crowded, cap=500 if chosen else 1_000))

    AttendeesReader(kaltura, config_of(cue_point_ids=list(chosen)), logger).read(FIRST_DAY)

    assert ids_asked(kaltura) == asked


def test_given_a_capped_list_of_sessions_when_read_then_it_is_read_in_parts_too(
    logger: logging.Logger,
) -> None:
    crowd = [Meeting(f"c{one}", one * 60, one * 60 + 60) for one in range(700)]
    answers = {6000: Meetings(crowd, cap=500), 6001: Meetings(crowd)}

    def answer(asked: Asked) -> Table:
        return answers[asked.report](asked)

    kaltura = FakeKaltura(answer)
    rows = AttendeesReader(kaltura, config_of(max_session_hours=1), logger).read(FIRST_DAY)

    assert sorted(one.report for one in kaltura.asked) == [6000, 6000, 6000, 6000, 6000, 6001]
    assert len(placed(rows.placed())) == 700
    assert unplaced(rows.placed()) == []
    assert rows.requests == 6


def test_given_a_window_that_was_split_when_the_next_is_read_then_it_is_read_in_pieces(
    logger: logging.Logger,
) -> None:
    """Sessions are listed once for the window, however many pieces it has."""
    crowded = [
        Meeting(f"c{one}", one * 3 * HOUR, one * 3 * HOUR + 300, people(150)) for one in range(16)
    ]
    kaltura = FakeKaltura(Meetings(crowded, cap=1_000))
    reader = AttendeesReader(kaltura, config_of(max_session_hours=1), logger)
    reader.read(FIRST_DAY)
    kaltura.asked.clear()

    rows = reader.read(SECOND_DAY)

    assert sorted(
        (one.report, int(one.param["from_date"]) - FEBRUARY_1, one.ids) for one in kaltura.asked
    ) == [(6000, DAY, []), (6001, DAY, []), (6001, DAY + HALF, [])]
    assert len(placed(rows.placed())) == 1_200
    assert rows.requests == 3


def test_given_single_sessions_that_are_too_much_when_the_next_window_is_read_then_its_pieces_are(
    logger: logging.Logger,
) -> None:
    """No shorter than the longest session, by which every interval reaches past its piece."""
    crowded = [Meeting(f"c{one}", one * 60, one * 60 + 60, people(400)) for one in range(8)]
    kaltura = FakeKaltura(Meetings(crowded, cap=500))
    reader = AttendeesReader(kaltura, config_of(max_session_hours=12), logger)
    reader.read(FIRST_DAY)
    kaltura.asked.clear()

    reader.read(SECOND_DAY)

    assert [
        int(one.param["from_date"]) - FEBRUARY_1 for one in kaltura.asked if one.report == 6001
    ] == [DAY, DAY + HALF]


@pytest.mark.parametrize("refused", [6000, 6001])
def test_given_a_refusal_of_either_report_when_read_then_it_is_raised(
    refused: int, logger: logging.Logger
) -> None:
    meetings = Meetings([])

    def answer(asked: Asked) -> Table:
        if asked.report == refused:
            raise Refused(Refusal("REPORT_NOT_FOUND", *CODES["REPORT_NOT_FOUND"]))
        return meetings(asked)

    with pytest.raises(Refused):
        AttendeesReader(FakeKaltura(answer), config_of(), logger).read(FIRST_DAY)
