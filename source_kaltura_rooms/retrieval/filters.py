"""Whether rows are what the configuration's filters ask for.

Kaltura ignores a filter on a dimension that its data store lacks, without a sign: all rows come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import SessionReport

WITHOUT_REGARD_TO_CASE = frozenset({"user_ids"})


def rows_that_fit(
    report: SessionReport, filters: Mapping[str, Sequence[str]], table: Table
) -> tuple[Table, tuple[str, ...]]:
    """The rows that fit all filters, and the filters that some rows did not fit.

    `filters` maps keys of the configuration to ids. Those that stand in no column of the report,
    such as `virtual_event_ids`, cannot be checked here.
    """
    unfit: list[str] = []
    for key, column in report.filter_columns.items():
        if key not in filters or column not in table.columns:
            continue
        fold = key in WITHOUT_REGARD_TO_CASE
        wanted = {id.casefold() if fold else id for id in filters[key]}
        texts = table.column(column)
        chosen = [(text.casefold() if fold else text) in wanted for text in texts]
        if not all(chosen):
            unfit.append(key)
            table = table.where(chosen)
    return table, tuple(unfit)
