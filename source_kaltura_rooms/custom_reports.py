"""Reports that a person declares in `custom_reports`: further reports behind the very same call.

Kaltura has some twenty reports beside those of Kaltura Rooms. Each has a definition that is not
published, so the configuration says which columns it has. A row is about one day in UTC, since
most figures of one day cannot be made of those of its parts, nor those of a week of its days.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from source_kaltura_rooms.reports import ColumnType, PersonalKind, Report
from source_kaltura_rooms.times import DAY, Interval, format_day, start_of_day

DATE = "date"
"""The column that the connector adds: the day in UTC that a row is about, such as 2026-02-04."""

Dates = Literal["seconds", "days"]
"""How a report is told the day: in Unix seconds, or by its number, such as 20260204."""

MARKS: Mapping[str, PersonalKind] = {"user": "id", "mail": "address", "name": "name"}
"""How a column is marked that says who somebody is, and what it is then."""

COLUMN_TYPES: tuple[ColumnType, ...] = ("string", "integer", "number", "time")

_JSON_TYPES: Mapping[ColumnType, Mapping[str, Any]] = {
    "string": {"type": ["null", "string"]},
    "integer": {"type": ["null", "integer"]},
    "number": {"type": ["null", "number"]},
    "time": {
        "type": ["null", "string"],
        "format": "date-time",
        "airbyte_type": "timestamp_with_timezone",
    },
}


@dataclass(frozen=True, kw_only=True)
class CustomReport(Report):
    """A report that the configuration declares; it is asked for one day in UTC at a time.

    `fixed_params` are sent with every request.
    """

    dates: Dates
    fixed_params: tuple[tuple[str, str], ...] = ()
    cursor: str = DATE
    from_configuration: bool = True

    @property
    def unmarked_texts(self) -> tuple[str, ...]:
        """Columns of text, but the date, that are not known to say who somebody is."""
        return tuple(
            name
            for name, column_type in self.columns.items()
            if column_type == "string" and name not in {DATE, *self.personal}
        )

    @property
    def required_columns(self) -> tuple[str, ...]:
        return tuple(name for name in self.primary_key if name != DATE)

    @property
    def needed_columns(self) -> frozenset[str]:
        return frozenset(self.primary_key)

    @property
    def group_key(self) -> tuple[str, ...]:
        return (DATE,)

    def params(
        self,
        interval: Interval,
        filters: Mapping[str, Iterable[str]],
        *,
        limit: int | None = None,
    ) -> str:
        """As for every report, but for the whole day (UTC) in which the interval begins.

        The filters of the configuration do not apply: what the report knows is not known here.
        """
        start = start_of_day(interval.start)
        day = format_day(start).replace("-", "")
        pairs = {
            "seconds": [("from_date", str(start)), ("to_date", str(start + DAY))],
            "days": [("from_date_id", day), ("to_date_id", day), ("timezone_offset", "0")],
        }[self.dates]
        pairs += self.fixed_params
        if limit is not None:
            pairs.append(("limit", str(limit)))
        return ";".join(f"{name}={value}" for name, value in pairs)


def json_schema_of(
    number: int, columns: Mapping[str, ColumnType], key: Collection[str]
) -> dict[str, Any]:
    """The JSON schema of a stream with these columns of the report with this number, and `date`."""
    properties: dict[str, Any] = {}
    for name, column_type in columns.items():
        properties[name] = {
            **({"type": "string"} if name in key else _JSON_TYPES[column_type]),
            "description": f"Column {name} of Kaltura's report {number}."
            + (" Part of the primary key." if name in key else ""),
        }
    properties[DATE] = {
        "type": "string",
        "format": "date",
        "description": "The day in UTC that the row is about. Part of the primary key and the "
        "cursor of the stream.",
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "properties": properties,
    }
