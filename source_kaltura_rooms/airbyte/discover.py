"""The catalog: the declared streams, and the columns that this account's reports have beyond them.

The columns of reports 6000 to 6002 are configured on Kaltura's server and not published, so an
account may have some that the schemas do not know. Airbyte and PyAirbyte drop what the catalog
lacks, so each report is asked for its header. If that fails, the declared schemas have to do.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Any

from airbyte_cdk.models import AirbyteCatalog, AirbyteStream, SyncMode

from source_kaltura_rooms.airbyte.all_reports import ask_all
from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.kaltura.errors import ReportError
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.pseudonyms import Pseudonyms
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.times import DAY, Interval

Columns = tuple[str, ...]

DAYS = (1, 7, 31)
"""How far back a report is asked for, in days: further if it had no rows and thus no header."""

BUDGET = 60.0
"""Seconds for all answers together; somebody waits for the list of streams."""

DESCRIPTION = (
    "A column that Kaltura sends for this account and that the connector does not know; its text "
    "as Kaltura writes it."
)


def catalog(
    reports: Mapping[str, Report],
    columns: Mapping[str, Collection[str]],
    pseudonyms: Pseudonyms | None = None,
) -> AirbyteCatalog:
    """The streams of these reports; `columns` are those that each was seen to have.

    With `pseudonyms`, fields are described as they are emitted then.
    """
    return AirbyteCatalog(
        streams=[
            AirbyteStream(
                name=stream,
                json_schema=_schema(report, columns.get(stream, ()), pseudonyms),
                supported_sync_modes=[SyncMode.full_refresh, SyncMode.incremental],
                source_defined_cursor=True,
                default_cursor_field=[report.cursor],
                source_defined_primary_key=[[key] for key in report.primary_key],
                is_resumable=True,
            )
            for stream, report in reports.items()
        ]
    )


def ask_for_columns(
    kaltura: KalturaClient,
    reports: Mapping[str, Report],
    end: int,
    logger: logging.Logger,
    budget: float = BUDGET,
) -> Mapping[str, Columns]:
    """The columns of each stream's report, from answers with one row before `end` (Unix seconds).

    A stream is left out, and a warning says why, if its report cannot be had within `budget`
    seconds, which are for all together.
    """
    outcomes = ask_all(reports.values(), lambda report: _columns(kaltura, report, end), budget)
    columns: dict[str, Columns] = {}
    reasons: dict[str, str] = {}
    for stream in reports:
        if stream not in outcomes:
            reasons[stream] = f"Kaltura did not answer within {budget:.0f} seconds."
            continue
        error = outcomes[stream].exception()
        if error is None:
            columns[stream] = outcomes[stream].result()
        elif isinstance(error, ReportError):
            reasons[stream] = error.sentence
        else:  # no error is worth a catalog without streams
            name = type(error).__name__
            reasons[stream] = f"The connector met an error of its own ({name})."
    _warn(reasons, logger)
    return columns


def _columns(kaltura: KalturaClient, report: Report, end: int) -> Columns:
    """The header of the report, empty if there are no rows in the longest of `DAYS` either.

    Filters of the configuration would only make an answer without rows more likely.
    """
    for days in DAYS:
        params = report.params(Interval.around(end - days * DAY, end), {}, limit=1)
        columns = _header(kaltura.report(report.stream, report, params).table)
        if columns:
            return columns
    return ()


def _header(answer: Table) -> Columns:
    return tuple(name for name in answer.columns if name)


def _schema(
    report: Report, columns: Collection[str], pseudonyms: Pseudonyms | None
) -> dict[str, Any]:
    declared = pseudonyms.schema(report) if pseudonyms else report.json_schema
    further = {
        name: {"type": ["null", "string"], "description": DESCRIPTION}
        for name in columns
        if name not in report.columns
    }
    return {**declared, "properties": {**declared["properties"], **further}}


def _warn(reasons: Mapping[str, str], logger: logging.Logger) -> None:
    """One warning for each reason, however many streams it holds for."""
    streams: dict[str, list[str]] = {}
    for stream, reason in reasons.items():
        streams.setdefault(reason, []).append(stream)
    for reason, names in streams.items():
        logger.warning(
            f"{', '.join(names)}: Kaltura could not be asked for the columns of this account, so "
            f"the catalog has those that every account has. {reason}"
        )
