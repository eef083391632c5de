"""Rows of one answer with the same primary key → one row.

Kaltura prints several rows for people whose record is gone, all with a blank id, and for records
that share an id. Their minutes are added up. A ratio is engaged time divided by time, so the mean
weighted by minutes is exact. Rows of rooms and breakouts cannot be added up: the one with most
people stays.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.kaltura.values import convert
from source_kaltura_rooms.reports import SessionReport

Row = Sequence[str]


@dataclass(frozen=True)
class Merged:
    """Tables in which no key occurs twice, and how many rows went into others or were left out."""

    tables: tuple[Table, ...]
    rows: int


def merge_equal_keys(report: SessionReport, tables: Iterable[Table]) -> Merged:
    """The rows of the tables, with one row for each primary key."""
    filled = [table for table in tables if len(table)]
    if not _may_have_equal_keys(report, filled):
        return Merged(tuple(filled), 0)
    keys = [table.keys(report.primary_key) for table in filled]
    counts: Counter[Hashable] = Counter()
    for some in keys:
        counts.update(some)
    single: list[Table] = []
    repeated: dict[Hashable, list[Row]] = defaultdict(list)
    # A server that is updated between two answers may send a column in one of them only.
    columns = tuple(dict.fromkeys(name for table in filled for name in table.columns))
    for table, some in zip(filled, keys, strict=True):
        single.append(table.where([counts[key] == 1 for key in some]))
        again = table.where([counts[key] > 1 for key in some])
        blank = [""] * len(again)
        rows = zip(
            *(again.column(name) if name in again.columns else blank for name in columns),
            strict=True,
        )
        for key, row in zip((key for key in some if counts[key] > 1), rows, strict=True):
            repeated[key].append(row)
    merged = [_merge(report, columns, rows) for rows in repeated.values()]
    return Merged(
        (*(one for one in single if len(one)), RowTable(columns, merged)),
        counts.total() - len(counts),
    )


def _may_have_equal_keys(report: SessionReport, tables: Sequence[Table]) -> bool:
    """Whether the keys' hashes, which take a quarter of the memory of the keys, show some twice."""
    hashes: set[int] = set()
    for table in tables:
        hashes.update(table.key_hashes(report.primary_key))
    return len(hashes) < sum(map(len, tables))


def _merge(report: SessionReport, columns: tuple[str, ...], rows: Sequence[Row]) -> Row:
    """The row of the largest size, or the first of these, with the sum and the weighted means."""
    sizes = _numbers(report.size_column, columns, rows)
    merged = list(rows[sizes.index(max(sizes))])
    if report.summed_column is None or report.summed_column not in columns:
        return merged
    minutes = _numbers(report.summed_column, columns, rows)
    total = sum(minutes, Decimal())
    merged[columns.index(report.summed_column)] = f"{total.normalize():f}"
    for name in set(report.weighted_columns).intersection(columns):
        at = columns.index(name)
        if total and any(_number(row[at]) is not None for row in rows):
            ratios = _numbers(name, columns, rows)
            engaged = (ratio * time for ratio, time in zip(ratios, minutes, strict=True))
            merged[at] = f"{sum(engaged, Decimal()) / total:f}"
    return merged


def _numbers(name: str, columns: tuple[str, ...], rows: Sequence[Row]) -> list[Decimal]:
    """The numbers of a column as they were printed, 0 where there is none."""
    if name not in columns:
        return [Decimal()] * len(rows)
    at = columns.index(name)
    return [_number(row[at]) or Decimal() for row in rows]


def _number(text: str) -> Decimal | None:
    ((value,), _) = convert("number", [text])
    return Decimal(repr(value)) if isinstance(value, float) else None
