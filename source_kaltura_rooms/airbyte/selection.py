"""What a configured catalog asks for, and what Kaltura need not even send."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import ConfiguredAirbyteStream

from source_kaltura_rooms.reports import Report


def deselected_fields(report: Report, catalog_schema: Mapping[str, Any]) -> frozenset[str]:
    """Declared fields that are not to be emitted: those the catalog lacks, but keys and cursor.

    A catalog with an empty schema asks for all declared fields.
    """
    wanted = catalog_schema.get("properties")
    if not wanted:
        return frozenset()
    always = {*report.primary_key, report.cursor}
    return frozenset(name for name in report.columns if name not in wanted and name not in always)


def further_fields(report: Report, catalog_schema: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields that the catalog asks for and the schema does not declare, in the catalog's order."""
    wanted = catalog_schema.get("properties") or {}
    return tuple(name for name in wanted if name not in report.columns)


def excluded_columns(report: Report, deselected: frozenset[str]) -> tuple[str, ...]:
    """Columns for Kaltura to leave out, so that what nobody asked for does not leave it.

    Those that the connector needs to read the others right stay.
    """
    return tuple(
        name for name in report.columns if name in deselected and name not in report.needed_columns
    )


def other_key_warning(report: Report, configured: ConfiguredAirbyteStream) -> str | None:
    """A sentence if the catalog's primary key of the stream is not the source's, else None."""
    key = [list(path) for path in configured.primary_key or []]
    key = key or [list(path) for path in configured.stream.source_defined_primary_key or []]
    if not key or sorted(key) == sorted([name] for name in report.primary_key):
        return None
    return (
        f"{report.stream}: the primary key in the catalog is "
        f"{', '.join('.'.join(path) for path in key)}, but that of the source is "
        f"{', '.join(report.primary_key)}. Refresh the source schema, then clear the stream and "
        "sync it again."
    )
