"""What belongs together finds itself in the synced tables."""

from __future__ import annotations

from .destination import Stored
from .scenario import TwoSyncs

ATTENDEES_WITH_SESSION = """
    SELECT COUNT(*) AS n
    FROM {schema}.attendees
    JOIN {schema}.rooms
        ON rooms.entry_id = attendees.entry_id
        AND rooms.cue_point_id = attendees.cue_point_id
        AND rooms.session_start_time = attendees.session_start_time
"""

SESSIONS_WITH_ATTENDEES = """
    SELECT COUNT(*) AS n
    FROM {schema}.rooms
    WHERE EXISTS (
        SELECT 1
        FROM {schema}.attendees
        WHERE attendees.entry_id = rooms.entry_id
            AND attendees.cue_point_id = rooms.cue_point_id
    )
"""

BREAKOUTS_WITH_THEIR_OWN_SESSION = """
    SELECT COUNT(*) AS n
    FROM {schema}.breakouts
    JOIN {schema}.rooms
        ON rooms.entry_id = breakouts.breakout_entry_id
        AND rooms.cue_point_id = breakouts.cue_point_id
        AND rooms.parent_entry_id = breakouts.parent_entry_id
"""

BREAKOUTS_WITH_THE_SESSION_OF_THEIR_MAIN_ROOM = """
    SELECT COUNT(*) AS n
    FROM {schema}.breakouts
    JOIN {schema}.rooms
        ON rooms.entry_id = breakouts.parent_entry_id
        AND rooms.parent_entry_id IS NULL
        AND rooms.session_start_time <= breakouts.session_start_time
        AND rooms.session_end_time >= breakouts.session_end_time
"""


def count(synced: TwoSyncs, sql: str) -> Stored:
    [row] = synced.destination.query(sql.format(schema=synced.destination.cache.schema_name))
    return row["n"]


def test_given_attendees_when_joined_by_room_and_cue_point_then_every_one_finds_its_session(
    synced: TwoSyncs,
) -> None:
    assert count(synced, ATTENDEES_WITH_SESSION) == 4738


def test_given_room_sessions_when_joined_by_room_and_cue_point_then_every_one_finds_attendees(
    synced: TwoSyncs,
) -> None:
    assert count(synced, SESSIONS_WITH_ATTENDEES) == 511


def test_given_breakouts_when_joined_by_cue_point_then_every_one_finds_itself_among_the_rooms(
    synced: TwoSyncs,
) -> None:
    assert count(synced, BREAKOUTS_WITH_THEIR_OWN_SESSION) == 186


def test_given_breakouts_when_joined_by_main_room_then_every_one_finds_the_session_around_it(
    synced: TwoSyncs,
) -> None:
    assert count(synced, BREAKOUTS_WITH_THE_SESSION_OF_THEIR_MAIN_ROOM) == 186
