"""All that is done to an answer about attendees, from bytes to lines, as a program to be measured.

Its argument is a file with the answer. It imports no CDK, which takes longer than many rows do.
"""

from __future__ import annotations

import logging
import sys
from collections import Counter
from pathlib import Path

from source_kaltura_rooms.airbyte.lines import record_lines
from source_kaltura_rooms.airbyte.records import RecordMaker
from source_kaltura_rooms.kaltura.report_csv import read_table
from source_kaltura_rooms.reports import ATTENDEES
from source_kaltura_rooms.retrieval.deduplication import Deduplication
from source_kaltura_rooms.retrieval.merging import merge_equal_keys
from source_kaltura_rooms.retrieval.placement import place_by_session, rows_by_session
from source_kaltura_rooms.retrieval.windows import Window

SESSIONS = {f"1_session{number}": 1_769_904_000 + number for number in range(50)}


def answer(count: int) -> bytes:
    """A report of so many attendees: names with quotes in them, some without an address."""
    rows = "".join(
        f'1_room,1_session{number % 50},user{number},"Zoë" {number},'
        f"{f'z{number}@uni.example' if number % 5 else ''},User,{number / 60:.13g},"
        "0.33333333333333\n"
        for number in range(count)
    )
    header = (
        "entry_id,cue_point_id,user_id,user_name,user_email,user_type,meeting_view_time,"
        "meeting_engaged_play_time_ratio\n"
    )
    return b"\xef\xbb\xbf" + (header + rows).encode()


def process(body: bytes) -> int:
    """How many lines the answer becomes."""
    table = read_table(body, ATTENDEES.columns, ATTENDEES.required_columns)
    if not SESSIONS.keys() >= table.distinct("cue_point_id"):
        raise ValueError("the answer has other sessions")
    table.key_hashes(ATTENDEES.primary_key)  # what a first answer is remembered by
    if len(rows_by_session(ATTENDEES, [table])) > len(SESSIONS):
        raise ValueError("the answer has other rooms")
    placed = place_by_session(
        ATTENDEES,
        merge_equal_keys(ATTENDEES, [table]).tables,
        Window(1_769_904_000, 1_769_904_000 + 86_400),
        lambda session: SESSIONS[session[1]],
    )
    maker = RecordMaker(ATTENDEES, logging.getLogger())
    misfits: Counter[str] = Counter()
    return sum(
        record_lines(ATTENDEES.stream, maker.records(batch, misfits), 0).count(b"\n")
        for batch in Deduplication(ATTENDEES).only_new(placed, Counter())
    )


if __name__ == "__main__":
    print(process(Path(sys.argv[1]).read_bytes()))
