"""First sync, second sync, merge by primary key: every row and type, in every warehouse."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from .destination import Row, Stored
from .scenario import STREAMS, Tables, TwoSyncs

KEYS = {
    "rooms": ("entry_id", "cue_point_id"),
    "attendees": ("entry_id", "cue_point_id", "user_id"),
    "breakouts": ("breakout_entry_id", "cue_point_id"),
}

COLUMNS = {
    "rooms": {
        "entry_id": "text",
        "entry_name": "text",
        "parent_entry_id": "text",
        "cue_point_id": "text",
        "session_start_time": "time",
        "session_end_time": "time",
        "session_host_user_id": "text",
        "meeting_view_period_unique_users": "integer",
        "meeting_engaged_play_time_ratio": "number",
    },
    "attendees": {
        "entry_id": "text",
        "cue_point_id": "text",
        "user_id": "text",
        "user_name": "text",
        "user_email": "text",
        "user_type": "text",
        "meeting_view_time": "number",
        "meeting_engaged_play_time_ratio": "number",
        "session_start_time": "time",
    },
    "breakouts": {
        "parent_entry_id": "text",
        "parent_entry_name": "text",
        "breakout_entry_id": "text",
        "breakout_entry_name": "text",
        "cue_point_id": "text",
        "session_initiator": "text",
        "session_start_time": "time",
        "session_end_time": "time",
        "duration": "integer",
        "participant_count": "integer",
        "engagement_rate": "number",
    },
}


def key_of(stream: str, row: Row) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in KEYS[stream])


def in_order(stream: str, rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: key_of(stream, row))


def by_key(tables: Tables, stream: str) -> dict[tuple[str, ...], Row]:
    return {key_of(stream, row): row for row in tables[stream]}


def first(row: Row) -> Stored:
    return next(iter(row.values()))


@pytest.mark.parametrize(
    ("stream", "rows"), [("rooms", 500), ("attendees", 4605), ("breakouts", 183)]
)
def test_given_an_empty_warehouse_when_synced_then_its_tables_are_the_truth_so_far(
    synced: TwoSyncs, stream: str, rows: int
) -> None:
    assert len(synced.after_first[stream]) == rows
    assert in_order(stream, synced.after_first[stream]) == in_order(
        stream, synced.true_at_first[stream]
    )


@pytest.mark.parametrize(
    ("stream", "rows"), [("rooms", 511), ("attendees", 4738), ("breakouts", 186)]
)
def test_given_a_synced_warehouse_when_synced_a_day_later_then_its_tables_are_the_whole_truth(
    synced: TwoSyncs, stream: str, rows: int
) -> None:
    assert len(synced.after_second[stream]) == rows
    assert in_order(stream, synced.after_second[stream]) == in_order(
        stream, synced.true_at_second[stream]
    )


@pytest.mark.parametrize(("stream", "rows"), [("rooms", 10), ("attendees", 43), ("breakouts", 2)])
def test_given_rows_that_changed_late_when_synced_again_then_they_are_merged_by_primary_key(
    synced: TwoSyncs, stream: str, rows: int
) -> None:
    before, after = by_key(synced.after_first, stream), by_key(synced.after_second, stream)

    assert len([key for key in before if after[key] != before[key]]) == rows


@pytest.mark.parametrize("stream", STREAMS)
def test_given_two_syncs_when_counted_then_every_primary_key_is_there_once(
    synced: TwoSyncs, stream: str
) -> None:
    schema = synced.destination.cache.schema_name
    keys = ", ".join(KEYS[stream])
    repeated = f"SELECT {keys} FROM {schema}.{stream} GROUP BY {keys} HAVING COUNT(*) > 1"
    null = " OR ".join(f"{key} IS NULL" for key in KEYS[stream])

    assert synced.destination.query(repeated) == []
    assert synced.destination.query(f"SELECT * FROM {schema}.{stream} WHERE {null}") == []


@pytest.mark.parametrize("stream", STREAMS)
def test_given_a_synced_table_when_described_then_its_types_are_those_of_the_data_type_map(
    synced: TwoSyncs, stream: str
) -> None:
    types = synced.destination.types

    assert synced.destination.column_types(stream) == {
        column: types[kind] for column, kind in COLUMNS[stream].items()
    }


def test_given_ids_that_look_like_numbers_when_synced_then_their_zeros_are_kept(
    synced: TwoSyncs,
) -> None:
    ids = {row["user_id"] for row in synced.after_second["attendees"]}

    assert {"00003", "00008"} <= ids
