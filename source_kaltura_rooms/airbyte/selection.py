"""Which fields a configured catalog leaves out, and which of them Kaltura need not even send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_kaltura_rooms.reports import CURSOR, Report, column_types


def deselected_fields(report: Report, catalog_schema: Mapping[str, Any]) -> frozenset[str]:
    """Fields that are not to be emitted: those the catalog's schema lacks, but keys and cursor.

    A catalog with an empty schema asks for all fields.
    """
    wanted = catalog_schema.get("properties")
    if not wanted:
        return frozenset()
    always = {*report.primary_key, CURSOR}
    return frozenset(
        name for name in column_types(report.stream) if name not in wanted and name not in always
    )


def excluded_columns(report: Report, deselected: frozenset[str]) -> tuple[str, ...]:
    """Columns for Kaltura to leave out, so that what nobody asked for does not leave it.

    The first one stays: rows are told apart by the id that they begin with.
    """
    return tuple(
        name
        for name in column_types(report.stream)
        if name in deselected and name != report.first_column
    )
