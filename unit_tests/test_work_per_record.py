"""How much work a record takes, counted in function calls: these do not vary as seconds do."""

from __future__ import annotations

import cProfile
import logging
import pstats
from collections import Counter

from source_kaltura_rooms.chunks import Chunk
from source_kaltura_rooms.once import OncePerSync
from source_kaltura_rooms.placement import place_attendees
from source_kaltura_rooms.records import RecordMaker
from source_kaltura_rooms.report_csv import read_table
from source_kaltura_rooms.reports import ATTENDEES, column_types

ROWS = 10_000
MOST_CALLS = 16
"""A little more than the 13 that were counted; one more for every cell would be 9 more."""


def answer() -> bytes:
    header = (
        "entry_id,cue_point_id,user_id,user_name,user_email,user_type,meeting_view_time,"
        "meeting_engaged_play_time_ratio\n"
    )
    rows = "".join(
        f'1_room,1_session{number % 50},user{number},"Zoë ""Z"" {number}",z@uni.example,attendee,'
        f"{number / 60:.13g},0.33333333333333\n"
        for number in range(ROWS)
    )
    return b"\xef\xbb\xbf" + (header + rows).encode()


def process(body: bytes, starts: dict[str, int]) -> int:
    table = read_table(body, column_types("attendees"), ATTENDEES.required_columns)
    placed = place_attendees(table, starts, lambda cue_point_id, start: True)
    new = OncePerSync(ATTENDEES).only_new([placed])
    maker = RecordMaker(ATTENDEES, logging.getLogger())
    return sum(
        Chunk("attendees", records, 0).lines().count(b"\n")
        for rows in new.tables
        for records in maker.chunks(rows, Counter())
    )


def test_given_an_answer_when_it_becomes_lines_then_a_record_takes_few_calls() -> None:
    body = answer()
    starts = {f"1_session{number}": 1_769_904_000 + number for number in range(50)}
    profile = cProfile.Profile()

    lines = profile.runcall(process, body, starts)

    assert lines == ROWS
    calls = pstats.Stats(profile).total_calls / ROWS  # type: ignore[attr-defined]  # not in stubs
    assert calls < MOST_CALLS
