"""`custom_reports` of the configuration: what a person can get wrong in it is refused here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast, get_args

from source_kaltura_rooms.config_values import ConfigError, Values
from source_kaltura_rooms.custom_reports import (
    COLUMN_TYPES,
    DATE,
    MARKS,
    CustomReport,
    Dates,
    json_schema_of,
)
from source_kaltura_rooms.reports import PERSONAL_COLUMNS, REPORTS, ColumnType, PersonalKind

KEYS = ("name", "report_id", "dates", "params", "columns", "primary_key")

_OURS = re.compile(
    r"(from|to)_?(date|day)(_?id)?|timezone_?offset|limit|partner_?id", re.IGNORECASE
)
"""Parameters that the connector sets itself, however they are spelt."""


def parse_custom_reports(declared: Any) -> tuple[CustomReport, ...]:
    """The reports that `custom_reports` declares. Raises ConfigError."""
    if declared is None:
        return ()
    if not isinstance(declared, list) or not all(isinstance(one, Mapping) for one in declared):
        raise ConfigError("custom_reports must be a list of objects, one for each report.")
    reports: list[CustomReport] = []
    for place, one in enumerate(declared):
        reports.append(_report(one, place, [*REPORTS, *(before.stream for before in reports)]))
    return tuple(reports)


def unknown_keys(declared: Any) -> list[str]:
    """A sentence for each key of a declared report that has no meaning."""
    return [
        f"custom_reports[{place}].{key} is not a configuration key and has no effect."
        for place, one in enumerate(declared or [])
        for key in one
        if key not in KEYS
    ]


def _report(declared: Mapping[str, Any], place: int, taken: Collection[str]) -> CustomReport:
    where = f"custom_reports[{place}]."
    values = Values(declared, where)
    name = values.string("name")
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise ConfigError(
            f"{where}name ({name}) must begin with a small letter and have only small letters, "
            "digits and underscores."
        )
    if name in taken:
        raise ConfigError(f"{where}name ({name}) is the name of another stream; give it its own.")
    number = values.integer("report_id", None, 1, None)
    for one in REPORTS.values():
        if number == one.id:
            raise ConfigError(
                f"{where}report_id ({number}) is the report of the stream {one.stream}, which this "
                "source has by itself."
            )
    dates = values.string("dates", "seconds")
    if dates not in get_args(Dates):
        raise ConfigError(f"{where}dates must be one of {', '.join(get_args(Dates))}.")
    columns, personal = _columns(f"{where}columns", _texts(declared, where, "columns"))
    key = _primary_key(f"{where}primary_key", _texts(declared, where, "primary_key"), columns)
    return CustomReport(
        stream=name,
        id=number,
        primary_key=(*key, DATE),
        columns={**columns, DATE: "string"},
        json_schema=json_schema_of(number, columns, key),
        dates=cast("Dates", dates),
        fixed_params=_params(f"{where}params", declared.get("params")),
        personal={**PERSONAL_COLUMNS, **personal},
    )


def _texts(declared: Mapping[str, Any], where: str, key: str) -> list[str]:
    """The texts of a list that must have some."""
    value = declared.get(key)
    if not value:
        raise ConfigError(f"{where}{key} is required.")
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ConfigError(f"{where}{key} must be a list of texts.")
    return [one.strip() for one in value]


def _columns(
    where: str, texts: Sequence[str]
) -> tuple[dict[str, ColumnType], dict[str, PersonalKind]]:
    columns: dict[str, ColumnType] = {}
    personal: dict[str, PersonalKind] = {}
    for text in texts:
        name, column_type, kind = _column(where, text)
        if name == DATE:
            raise ConfigError(f"{where} has {DATE}, a column that the connector adds by itself.")
        if name in columns:
            raise ConfigError(f"{where} has {name} twice.")
        columns[name] = column_type
        if kind:
            personal[name] = kind
            if column_type != "string":
                raise ConfigError(
                    f"{where}: {text} says who somebody is, so it must be a text, without a type."
                )
    return columns, personal


def _column(where: str, text: str) -> tuple[str, ColumnType, PersonalKind | None]:
    """Name, type and kind of a column that is written as `name`, `name:type` or `mark:name`."""
    parts = [part.strip() for part in text.split(":")]
    kind: PersonalKind | None = None
    column_type: ColumnType = "string"
    if len(parts) > 1 and parts[-1] in COLUMN_TYPES:
        column_type = cast("ColumnType", parts.pop())
    if len(parts) > 1 and parts[0] in MARKS:
        kind = MARKS[parts.pop(0)]
    if len(parts) > 1:
        raise ConfigError(
            f"{where}: {text} has the unknown type {parts[-1]}; the types are "
            f"{', '.join(COLUMN_TYPES)}."
        )
    (name,) = parts
    if not name or re.search(r'[,;"\x00-\x1f]', name):
        raise ConfigError(
            f"{where} has a name that is blank or has a comma, a semicolon, a quote or a line "
            "break in it; give the names as they stand in the report's first line."
        )
    return name, column_type, kind


def _primary_key(
    where: str, texts: Sequence[str], columns: Mapping[str, ColumnType]
) -> tuple[str, ...]:
    for name in texts:
        if name == DATE:
            raise ConfigError(f"{where} has {DATE}, which the connector adds to it by itself.")
        if name not in columns:
            raise ConfigError(f"{where} has {name}, which is not among the columns.")
        if columns[name] != "string":
            raise ConfigError(
                f"{where} has {name}, which must be a text then: leave :{columns[name]} out."
            )
    if len(set(texts)) < len(texts):
        raise ConfigError(f"{where} has a column twice.")
    return tuple(texts)


def _params(where: str, declared: Any) -> tuple[tuple[str, str], ...]:
    """The parameters of an object, or of a list of texts such as `virtual_event_ids=123`."""
    pairs: list[tuple[str, str]] = []
    if isinstance(declared, Mapping):
        pairs = [(str(name).strip(), _param(where, name, one)) for name, one in declared.items()]
    elif isinstance(declared, list) and all(isinstance(one, str) for one in declared):
        for text in declared:
            name, equals, value = text.partition("=")
            if not equals:
                raise ConfigError(f"{where}: {text} must be a name, = and a value.")
            pairs.append((name.strip(), value.strip()))
    elif declared is not None:
        raise ConfigError(
            f"{where} must be an object with names and values, or a list of texts such as "
            "virtual_event_ids=123."
        )
    for name, value in pairs:
        if re.search(r"[;\x00-\x1f]", name + value) or "=" in name or not name:
            raise ConfigError(
                f"{where} has a name that is blank or has = in it, or a semicolon or line break, "
                "which cannot be sent to Kaltura."
            )
        if _OURS.fullmatch(name):
            raise ConfigError(f"{where} has {name}, which the connector sets by itself.")
    if len({name for name, _ in pairs}) < len(pairs):
        raise ConfigError(f"{where} has a name twice; put several values behind one, with commas.")
    return tuple(pairs)


def _param(where: str, name: Any, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ConfigError(f"{where}.{name} must be a text.")
    return str(value).strip()


def refuse_names_in_keys(reports: Iterable[CustomReport]) -> None:
    """Raises ConfigError if names of people, which pseudonyms leave out, are part of a key."""
    for report in reports:
        if names := [name for name in report.primary_key if name in report.names]:
            raise ConfigError(
                f"custom_reports: the primary_key of {report.stream} has {', '.join(names)}, a "
                "name of people, which is not loaded where personal_data is set to pseudonyms."
            )
