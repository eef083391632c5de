"""Reports as data: the three of Kaltura Rooms. To add a fourth, add an entry here and its schema.

Numbers, columns and filters are those of Kaltura's guide "Retrieve Kaltura Room data with the
Kaltura API in webinars".
"""

from __future__ import annotations

import json
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from source_kaltura_rooms.times import Interval

CURSOR = "session_start_time"
SESSION_END = "session_end_time"

ColumnType = Literal["string", "integer", "number", "time", "duration"]
"""How the text of a column is read. A duration is a whole number of seconds, 0 or more."""

Value = str | int | float | None
"""What a text becomes."""

ID_COLUMNS = frozenset({"entry_id", "parent_entry_id", "breakout_entry_id", "cue_point_id"})
"""Ids that Kaltura makes: one word, in which no line break can be, and never `0`."""

PersonalKind = Literal["id", "address", "name"]
"""What a column says of a person: an id of hers, an e-mail address, or a name."""

PERSONAL_COLUMNS: Mapping[str, PersonalKind] = {
    "user_id": "id",
    "session_host_user_id": "id",
    "user_email": "address",
    "user_name": "name",
    "session_initiator": "name",
}
"""The columns of Kaltura Rooms that say who somebody is."""

PERSON_COLUMNS = frozenset({"user_id", "user_name", "user_email", "user_type"})
"""What report 6001 says of a person, which the server never puts in quotes."""


@dataclass(frozen=True, kw_only=True)
class Report(ABC):
    """One report of Kaltura's, and the stream that carries it.

    `columns` are the declared columns and how their texts are read, in the order of `json_schema`,
    which is that of the stream. `cursor` is the field that a state is about. `from_configuration`
    tells that a person declared the report in `custom_reports`. `personal` are the columns that say
    who somebody is, whether they are declared or not.
    """

    stream: str
    id: int
    primary_key: tuple[str, ...]
    columns: Mapping[str, ColumnType] = field(repr=False)
    json_schema: Mapping[str, Any] = field(repr=False)
    cursor: str = CURSOR
    from_configuration: bool = False
    personal: Mapping[str, PersonalKind] = field(default_factory=lambda: PERSONAL_COLUMNS)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are names of people."""
        return tuple(column for column, kind in self.personal.items() if kind == "name")

    @property
    @abstractmethod
    def required_columns(self) -> tuple[str, ...]:
        """Columns without which a row can be neither named nor placed in time."""

    @property
    @abstractmethod
    def needed_columns(self) -> frozenset[str]:
        """Columns to ask for even where nobody wants to see them."""

    @property
    @abstractmethod
    def group_key(self) -> tuple[str, ...]:
        """Some columns of the primary key: rows that differ in them are seldom read together."""

    @abstractmethod
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


@dataclass(frozen=True, kw_only=True)
class SessionReport(Report):
    """A report whose rows are about sessions.

    `primary_key` begins with the room and the session. `first_column` is an id, with which every
    row begins. `filters` names, for each key of the configuration, the parameters that carry its
    values, `filter_columns` the column that has to hold one of these values. `session_filter` is
    the key of the filter that asks for the sessions of some rows.

    `start_column` and `end_column` have the times of a session; the first is None where report 6000
    must tell them. `size_column` tells which of two rows with the same key is the larger one. Where
    `summed_column` is set, such rows are added up: it is summed, and each of `weighted_columns`
    becomes the mean weighted by it.
    """

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
    def group_key(self) -> tuple[str, ...]:
        return self.session_key

    @property
    def required_columns(self) -> tuple[str, ...]:
        return self.primary_key + ((self.start_column,) if self.start_column else ())

    @property
    def needed_columns(self) -> frozenset[str]:
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
        pairs = [(name, str(interval.start)) for name in self.from_date]
        pairs += [(name, str(interval.end)) for name in self.to_date]
        for key, names in self.filters.items():
            ids = ",".join(filters.get(key, ()))
            pairs += [(name, ids) for name in names if ids]
        if limit is not None:
            pairs.append(("limit", str(limit)))
        return ";".join(f"{name}={value}" for name, value in pairs)


def _declared(stream: str) -> dict[str, Any]:
    """The JSON schema of a stream, from `schemas/<stream>.json`."""
    content = pkgutil.get_data(__package__, f"schemas/{stream}.json")
    if content is None:
        raise FileNotFoundError(f"schemas/{stream}.json is not in the package")
    schema: dict[str, Any] = json.loads(content)
    return schema


def _columns(schema: Mapping[str, Any]) -> Mapping[str, ColumnType]:
    """Every declared column and how its text is read, in the schema's order."""
    return {name: _column_type(name, one) for name, one in schema["properties"].items()}


def _column_type(column: str, declared: Mapping[str, Any]) -> ColumnType:
    if declared.get("format") == "date-time":
        return "time"
    if column == "duration":
        return "duration"
    names: list[ColumnType] = ["string", "integer", "number"]
    return next(name for name in names if name in declared["type"])


ROOMS = SessionReport(
    stream="rooms",
    columns=_columns(_declared("rooms")),
    json_schema=_declared("rooms"),
    id=6000,
    primary_key=("entry_id", "cue_point_id"),
    first_column="entry_id",
    filters={"entry_ids": ("entry_ids",), "virtual_event_ids": ("virtual_event_ids",)},
    filter_columns={"entry_ids": "entry_id"},
    session_filter="entry_ids",
    size_column="meeting_view_period_unique_users",
)

ATTENDEES = SessionReport(
    stream="attendees",
    columns=_columns(_declared("attendees")),
    json_schema=_declared("attendees"),
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

BREAKOUTS = SessionReport(
    stream="breakouts",
    columns=_columns(_declared("breakouts")),
    json_schema=_declared("breakouts"),
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
"""The streams that every account has."""
