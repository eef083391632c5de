"""A few sessions by hand, in tables as PyAirbyte makes them.

Algebra has a session with a breakout, a guest without an ID and a promoted person, and one in the
next week. Biology has a session across midnight that belongs to Sunday's week, and one to which
nobody came. Dan's session is not listed anywhere.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

_TABLES = """
create table rooms (
    entry_id varchar, entry_name varchar, parent_entry_id varchar, cue_point_id varchar,
    session_start_time timestamp, session_end_time timestamp, session_host_user_id varchar,
    meeting_view_period_unique_users bigint, meeting_engaged_play_time_ratio decimal(38, 9)
);
insert into rooms values
    ('1_alg', 'Algebra', null, 's1', '2026-03-02 10:00', '2026-03-02 11:30', 'ben', 3, 0.5),
    ('1_alg', 'Algebra', null, 's2', '2026-03-10 10:00', '2026-03-10 10:45', 'ben', 1, null),
    ('1_bio', 'Biology', null, 's3', '2026-03-08 23:50', '2026-03-09 02:00', 'cem', 2, 0.25),
    ('1_grp', 'Group 1', '1_alg', 's4', '2026-03-02 10:30', '2026-03-02 11:00', 'ben', 2, 0.3),
    ('1_bio', 'Biology', null, 's5', '2026-03-11 09:00', '2026-03-11 09:20', 'cem', 0, null),
    ('1_grp', 'Group 1', '1_alg', 's6', '2026-03-04 12:00', '2026-03-04 12:20', 'ben', 3, null);

create table attendees (
    entry_id varchar, cue_point_id varchar, user_id varchar, user_name varchar, user_email varchar,
    user_type varchar, meeting_view_time decimal(38, 9),
    meeting_engaged_play_time_ratio decimal(38, 9), session_start_time timestamp
);
insert into attendees values
    ('1_alg', 's1', 'ann', 'Ann', 'ann@example.com', 'attendee', 60, 0.5, '2026-03-02 10:00'),
    ('1_alg', 's1', 'ben', 'Ben', null, 'attendee', 30, 1, '2026-03-02 10:00'),
    ('1_alg', 's1', 'ben', 'Ben', null, 'moderator', 30, 0, '2026-03-02 10:00'),
    ('1_alg', 's1', '', null, null, 'guest', 10, null, '2026-03-02 10:00'),
    ('1_alg', 's2', 'ann', 'Ann', 'ann@example.com', 'attendee', 42, null, '2026-03-10 10:00'),
    ('1_bio', 's3', 'ann', 'Ann', 'ann@example.com', 'attendee', 120, 0.25, '2026-03-08 23:50'),
    ('1_bio', 's3', 'cem', null, null, 'moderator', 60, 0.75, '2026-03-08 23:50'),
    ('1_grp', 's4', 'ann', 'Ann', 'ann@example.com', 'attendee', 30, 0.4, '2026-03-02 10:30'),
    ('1_grp', 's4', 'ben', 'Ben', null, 'attendee', 30, 0.2, '2026-03-02 10:30'),
    ('1_lost', 's9', 'dan', 'Dan', null, 'attendee', 18, null, null);

create table breakouts (
    parent_entry_id varchar, parent_entry_name varchar, breakout_entry_id varchar,
    breakout_entry_name varchar, cue_point_id varchar, session_initiator varchar,
    session_start_time timestamp, session_end_time timestamp, duration bigint,
    participant_count bigint, engagement_rate decimal(38, 9)
);
insert into breakouts values
    ('1_alg', 'Algebra', '1_grp', 'Group 1', 's4', 'Ben', '2026-03-02 10:30', '2026-03-02 11:00',
     1800, 2, 0.3),
    ('1_alg', 'Algebra', '1_grp', 'Group 1', 's6', 'Ben', '2026-03-04 12:00', '2026-03-04 12:20',
     1200, 3, null);

create table roster (entry_id varchar, user_id varchar);
insert into roster values ('1_alg', 'ann'), ('1_alg', 'cem'), ('1_bio', 'ann'), ('1_bio', 'ben');
"""


def make_tables(database: Path) -> None:
    """Write the tables into a new DuckDB file."""
    with duckdb.connect(str(database)) as connection:
        connection.execute(_TABLES)
