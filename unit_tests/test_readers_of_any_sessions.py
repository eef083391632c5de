"""Whatever the sessions and the cap: every attendee of a window, with the whole session, once."""

from __future__ import annotations

import logging
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.errors import CODES, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import ROOMS
from source_kaltura_rooms.retrieval.readers import AttendeesReader, WindowReader
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, HOUR, MINUTE
from unit_tests.rows import placed, unplaced
from unit_tests.stand_ins import FEBRUARY_1, Asked, FakeKaltura, Meeting, Meetings, config_of

FIRST_DAY = Window(FEBRUARY_1, FEBRUARY_1 + DAY)
LOGGER = logging.getLogger("airbyte")

lengths_and_people = st.tuples(st.integers(1, HOUR), st.sampled_from([1, 100, 200, 299, 499]))
starts = st.lists(st.integers(-2 * HOUR, 26 * HOUR), max_size=8)


@st.composite
def meetings(draw: st.DrawFn) -> list[Meeting]:
    """Sessions of up to an hour around a day, none with as many people as a cap."""
    return [
        Meeting(f"c{number}", start, start + length, tuple(f"user{one}" for one in range(size)))
        for number, start in enumerate(draw(starts))
        for length, size in [draw(lengths_and_people)]
    ]


def too_much_beyond(longest: int, answers: Meetings) -> FakeKaltura:
    """A Kaltura that takes longer intervals for too much, unless sessions are asked for by id."""

    def answer(asked: Asked) -> Table:
        length = int(asked.param["to_date"]) - int(asked.param["from_date"])
        if not asked.ids and length > longest:
            raise Refused(Refusal("DRUID_QUERY_TIMED_OUT", *CODES["DRUID_QUERY_TIMED_OUT"]))
        return answers(asked)

    return FakeKaltura(answer)


@given(meetings=meetings(), longest_query=st.sampled_from([90 * MINUTE, 5 * HOUR, 2 * DAY]))
def test_given_any_sessions_when_attendees_are_read_then_all_of_the_window_come_whole_and_once(
    meetings: list[Meeting], longest_query: int
) -> None:
    kaltura = too_much_beyond(longest_query, Meetings(meetings, cap=500))

    rows = AttendeesReader(kaltura, config_of(max_session_hours=1), LOGGER).read(FIRST_DAY)

    came = Counter((row[1], row[2], row[4]) for row in placed(rows.placed()))
    assert came == Counter(
        (one.id, person, str(one.end - one.start))
        for one in meetings
        if 0 <= one.start < DAY
        for person in one.people
    )
    assert unplaced(rows.placed()) == []
    assert rows.requests == len(kaltura.asked)


@given(meetings=meetings(), longest_query=st.sampled_from([90 * MINUTE, 5 * HOUR, 2 * DAY]))
def test_given_any_sessions_when_rooms_are_read_then_all_of_the_window_come_whole_and_once(
    meetings: list[Meeting], longest_query: int
) -> None:
    kaltura = too_much_beyond(longest_query, Meetings(meetings))

    rows = WindowReader(kaltura, config_of(max_session_hours=1), ROOMS, LOGGER).read(FIRST_DAY)

    came = Counter((row[1], row[-1]) for row in placed(rows.placed()))
    assert came == Counter(
        (one.id, str(one.end - one.start)) for one in meetings if 0 <= one.start < DAY
    )
    assert rows.requests == len(kaltura.asked)


@given(meetings=meetings(), unlisted=st.sets(st.integers(0, 7)))
def test_given_any_unlisted_sessions_when_attendees_are_read_then_theirs_come_unplaced(
    meetings: list[Meeting], unlisted: set[int]
) -> None:
    ids = {f"c{number}" for number in unlisted}
    kaltura = FakeKaltura(Meetings(meetings, unlisted=ids, cap=100_000))

    rows = AttendeesReader(kaltura, config_of(max_session_hours=1), LOGGER).read(FIRST_DAY)

    assert {(row[1], row[2]) for row in unplaced(rows.placed())} == {
        (one.id, person)
        for one in meetings
        if one.id in ids and one.start < DAY + HOUR and one.end > 0
        for person in one.people
    }
