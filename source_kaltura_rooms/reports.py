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

ColumnType = Literal["string", "integer", "number", "time", "duration"]
"""How the text of a column is read. A duration is a whole number of seconds, 0 or more."""

ID_COLUMNS = frozenset({"entry_id", "parent_entry_id", "breakout_entry_id", "cue_point_id"})
"""Ids that Kaltura makes: one word, in which no line break can be, and never `0`."""

PERSON_COLUMNS = frozenset({"user_id", "user_name", "user_email", "user_type"})
"""What report 6001 says of a person, which the server never puts in quotes."""


@dataclass(frozen=True)
class Report:
    """One report of Kaltura's, and the stream that carries it.

    `primary_key` begins with the room and the session. `filters` names, for each key of the
    configuration, the parameters that carry its values. `first_column` is an id, with which every
    row begins. `start_column` is the column with a session's start, None where report 6000 must
    tell it.
    """

    stream: str
    id: int
    primary_key: tuple[str, ...]
    first_column: str
    filters: Mapping[str, tuple[str, ...]]
    from_date: tuple[str, ...] = ("from_date",)
    to_date: tuple[str, ...] = ("to_date",)
    start_column: str | None = CURSOR

    @property
    def required_columns(self) -> tuple[str, ...]:
        """Columns without which a row can be neither named nor placed in time."""
        return self.primary_key + ((self.start_column,) if self.start_column else ())

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
)

ATTENDEES = Report(
    stream="attendees",
    id=6001,
    primary_key=("entry_id", "cue_point_id", "user_id", "user_type"),
    first_column="entry_id",
    filters={
        "entry_ids": ("entry_ids",),
        "virtual_event_ids": ("virtual_event_ids",),
        "user_ids": ("user_ids",),
        "cue_point_ids": ("cue_point_ids",),
    },
    start_column=None,
)

BREAKOUTS = Report(
    stream="breakouts",
    id=6002,
    primary_key=("breakout_entry_id", "cue_point_id"),
    first_column="parent_entry_id",
    # The guide names this report's dates fromDate and toDate and its URL template from_date and
    # to_date. Kaltura ignores keys it does not know, so both spellings are right either way.
    filters={
        "parent_entry_ids": ("parent_entry_ids", "parentEntryIds"),
        "virtual_event_ids": ("virtual_event_ids",),
    },
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
