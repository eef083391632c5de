"""A few sessions by hand, in tables as PyAirbyte makes them in each warehouse.

- Algebra has a session with a breakout and somebody without an ID, one in the next week, and one in
  the next term that has no end yet and its start in that place, as its breakout has.
- Biology has a session across midnight that belongs to Sunday's week, where Ann came early and Cem
  stayed for 80 %, and one to which nobody came.
- Ben was a guest in March and has signed up since.
- Dan's session is not listed anywhere; it has the cue point of another room's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

_TABLES = """
create table {schema}.rooms (
    entry_id {text}, entry_name {text}, parent_entry_id {text}, cue_point_id {text},
    session_start_time {time}, session_end_time {time}, session_host_user_id {text},
    meeting_view_period_unique_users {integer}, meeting_engaged_play_time_ratio {number}
);
insert into {schema}.rooms values
    ('1_alg', 'Algebra', null, 's1', '2026-03-02 10:00', '2026-03-02 11:30', 'ben', 3, 0.5),
    ('1_alg', 'Algebra', null, 's2', '2026-03-10 10:00', '2026-03-10 10:45', 'ben', 1, null),
    ('1_bio', 'Biology', null, 's3', '2026-03-08 23:50', '2026-03-09 02:00', 'cem', 2, 0.25),
    ('1_grp', 'Group 1', '1_alg', 's4', '2026-03-02 10:30', '2026-03-02 11:00', 'ben', 2, 0.3),
    ('1_bio', 'Biology', null, 's5', '2026-03-11 09:00', '2026-03-11 09:20', 'cem', 0, null),
    ('1_grp', 'Group 1', '1_alg', 's6', '2026-03-04 12:00', '2026-03-04 12:20', 'ben', 3, null),
    ('1_alg', 'Algebra', null, 's7', '2026-04-01 10:00', '2026-04-01 10:00', 'ben', 2, 0.5),
    ('1_grp', 'Group 1', '1_alg', 's8', '2026-04-01 10:30', '2026-04-01 10:30', 'ben', 1, null);

create table {schema}.attendees (
    entry_id {text}, cue_point_id {text}, user_id {text}, user_name {text}, user_email {text},
    user_type {text}, meeting_view_time {number}, meeting_engaged_play_time_ratio {number},
    session_start_time {time}
);
insert into {schema}.attendees values
    ('1_alg', 's1', 'ann', 'Ann', 'ann@example.com', 'User', 60, 0.5, '2026-03-02 10:00'),
    ('1_alg', 's1', 'ben', 'Ben', null, 'Guest', 71.9, 0.5, '2026-03-02 10:00'),
    ('1_alg', 's1', '', null, null, null, 10, null, '2026-03-02 10:00'),
    ('1_alg', 's2', 'ann', 'Ann', 'ann@example.com', 'User', 42, null, '2026-03-10 10:00'),
    ('1_bio', 's3', 'ann', 'Ann', 'ann@example.com', 'User', 140, 0.25, '2026-03-08 23:50'),
    ('1_bio', 's3', 'cem', null, null, 'Guest', 104, 0.75, '2026-03-08 23:50'),
    ('1_grp', 's4', 'ann', 'Ann', 'ann@example.com', 'User', 30, 0.4, '2026-03-02 10:30'),
    ('1_grp', 's4', 'ben', 'Ben', null, 'Guest', 30, 0.2, '2026-03-02 10:30'),
    ('1_alg', 's7', 'ann', 'Ann', 'ann@example.com', 'User', 20, null, '2026-04-01 10:00'),
    ('1_alg', 's7', 'ben', 'Ben', null, 'User', null, null, '2026-04-01 10:00'),
    ('1_lost', 's1', 'dan', 'Dan', null, 'User', 18, null, null);

create table {schema}.breakouts (
    parent_entry_id {text}, parent_entry_name {text}, breakout_entry_id {text},
    breakout_entry_name {text}, cue_point_id {text}, session_initiator {text},
    session_start_time {time}, session_end_time {time}, duration {integer},
    participant_count {integer}, engagement_rate {number}
);
insert into {schema}.breakouts values
    ('1_alg', 'Algebra', '1_grp', 'Group 1', 's4', 'Ben', '2026-03-02 10:30', '2026-03-02 11:00',
     1800, 2, 0.3),
    ('1_alg', 'Algebra', '1_grp', 'Group 1', 's6', 'Ben', '2026-03-04 12:00', '2026-03-04 12:20',
     1200, 3, null),
    ('1_alg', 'Algebra', '1_grp', 'Group 1', 's8', 'Ben', '2026-04-01 10:30', '2026-04-01 10:30',
     0, 1, null)
"""

_DUCKDB = {"text": "varchar", "integer": "bigint", "number": "decimal(38, 9)", "time": "timestamp"}


def statements(schema: str, types: Mapping[str, str]) -> Iterator[str]:
    """Yield the SQL that makes the tables in a schema, with a warehouse's names of types."""
    yield from _TABLES.format(schema=schema, **types).split(";")


def make_tables(database: Path) -> None:
    """Write the tables into a new DuckDB file."""
    with duckdb.connect(str(database)) as connection:
        for statement in statements("main", _DUCKDB):
            connection.execute(statement)
