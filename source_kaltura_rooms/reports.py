"""The three reports as data. To add a fourth, add an entry here and its schema.

Numbers, columns and filters are those of Kaltura's guide "Retrieve Kaltura Room data with the
Kaltura API in webinars".
"""

from __future__ import annotations

import functools
import json
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from source_kaltura_rooms.times import Interval

CURSOR = "session_start_time"
SESSION_END = "session_end_time"

ColumnType = Literal["string", "integer", "number", "time", "duration"]
"""How the text of a column is read. A duration is a whole number of seconds, 0 or more."""

ID_COLUMNS = frozenset({"entry_id", "parent_entry_id", "breakout_entry_id", "cue_point_id"})
"""Ids that Kaltura makes: one word, in which no line break can be, and never `0`."""

PERSON_COLUMNS = frozenset({"user_id", "user_name", "user_email", "user_type"})
"""What report 6001 says of a person, which the server never puts in quotes."""


@dataclass(frozen=True)
class Report:
    """One report of Kaltura's, and the stream that carries it.

    `primary_key` begins with the room and the session. `first_column` is an id, with which every
    row begins. `filters` names, for each key of the configuration, the parameters that carry its
    values, `filter_columns` the column that has to hold one of these values. `session_filter` is
    the key of the filter that asks for the sessions of some rows.

    `start_column` and `end_column` have the times of a session; the first is None where report 6000
    must tell them. `size_column` tells which of two rows with the same key is the larger one. Where
    `summed_column` is set, such rows are added up: it is summed, and each of `weighted_columns`
    becomes the mean weighted by it.
    """

    stream: str
    id: int
    primary_key: tuple[str, ...]
    first_column: str
    filters: Mapping[str, tuple[str, ...]]
    filter_columns: Mapping[str, str]
    session_filter: str
    size_column: str
    from_date: tuple[str, ...] = ("from_date",)
    to_date: tuple[str, ...] = ("to_date",)
    start_column: str | None = CURSOR
    end_column: str | None = SESSION_END
    summed_column: str | None = None
    weighted_columns: tuple[str, ...] = ()

    @property
    def session_key(self) -> tuple[str, str]:
        """The columns that tell sessions apart: a room and a cue point."""
        return self.primary_key[0], self.primary_key[1]

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns without which a row can be neither named nor placed in time."""
        return self.primary_key + ((self.start_column,) if self.start_column else ())

    @property
    def needed_columns(self) -> frozenset[str]:
        """Columns to ask for even where nobody wants to see them."""
        times = {column for column in (self.start_column, self.end_column) if column}
        filtered = set(self.filter_columns.values())
        return frozenset(
            {*self.primary_key, self.first_column, self.size_column, *times, *filtered}
        )

    def params(
        self,
        interval: Interval,
        filters: Mapping[str, Iterable[str]],
        *,
        limit: int | None = None,
    ) -> str:
        """The `params` argument of the report call: `key=value;key=value`, without escaping.

        `filters` maps keys of the configuration to ids; those that the report does not know are
        left out.
        """
        pairs = [(name, str(interval.start)) for name in self.from_date]
        pairs += [(name, str(interval.end)) for name in self.to_date]
        for key, names in self.filters.items():
            ids = ",".join(filters.get(key, ()))
            pairs += [(name, ids) for name in names if ids]
        if limit is not None:
            pairs.append(("limit", str(limit)))
        return ";".join(f"{name}={value}" for name, value in pairs)


ROOMS = Report(
    stream="rooms",
    id=6000,
    primary_key=("entry_id", "cue_point_id"),
    first_column="entry_id",
    filters={"entry_ids": ("entry_ids",), "virtual_event_ids": ("virtual_event_ids",)},
    filter_columns={"entry_ids": "entry_id"},
    session_filter="entry_ids",
    size_column="meeting_view_period_unique_users",
)

ATTENDEES = Report(
    stream="attendees",
    id=6001,
    primary_key=("entry_id", "cue_point_id", "user_id"),
    first_column="entry_id",
    filters={
        "entry_ids": ("entry_ids",),
        "virtual_event_ids": ("virtual_event_ids",),
        "user_ids": ("user_ids",),
        "cue_point_ids": ("cue_point_ids",),
    },
    filter_columns={
        "entry_ids": "entry_id",
        "user_ids": "user_id",
        "cue_point_ids": "cue_point_id",
    },
    session_filter="cue_point_ids",
    size_column="meeting_view_time",
    start_column=None,
    end_column=None,
    summed_column="meeting_view_time",
    weighted_columns=("meeting_engaged_play_time_ratio",),
)

BREAKOUTS = Report(
    stream="breakouts",
    id=6002,
    primary_key=("breakout_entry_id", "cue_point_id"),
    first_column="parent_entry_id",
    # Kaltura's guide has two spellings; both are sent, see docs/kaltura.md, "The call".
    filters={
        "parent_entry_ids": ("parent_entry_ids", "parentEntryIds"),
        "virtual_event_ids": ("virtual_event_ids",),
    },
    filter_columns={"parent_entry_ids": "parent_entry_id"},
    session_filter="parent_entry_ids",
    size_column="participant_count",
    from_date=("from_date", "fromDate"),
    to_date=("to_date", "toDate"),
)

REPORTS = {report.stream: report for report in (ROOMS, ATTENDEES, BREAKOUTS)}


@functools.cache
def json_schema(stream: str) -> dict[str, Any]:
    """The stream's JSON schema, from `schemas/<stream>.json`."""
    content = pkgutil.get_data(__package__, f"schemas/{stream}.json")
    if content is None:
        raise FileNotFoundError(f"schemas/{stream}.json is not in the package")
    schema: dict[str, Any] = json.loads(content)
    return schema


@functools.cache
def column_types(stream: str) -> dict[str, ColumnType]:
    """Every declared column of the stream and how its text is read, in the schema's order."""
    return {
        name: _column_type(name, declared)
        for name, declared in json_schema(stream)["properties"].items()
    }


def _column_type(column: str, declared: Mapping[str, Any]) -> ColumnType:
    if declared.get("format") == "date-time":
        return "time"
    if column == "duration":
        return "duration"
    names: list[ColumnType] = ["string", "integer", "number"]
    return next(name for name in names if name in declared["type"])
