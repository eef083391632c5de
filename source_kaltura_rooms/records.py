"""Rows of text → records: typed, with the fields the catalog asks for."""

from __future__ import annotations

import itertools
import logging
from collections import Counter
from collections.abc import Collection, Iterator

from source_kaltura_rooms.report_csv import Table
from source_kaltura_rooms.reports import Report, column_types
from source_kaltura_rooms.values import Value, convert

RecordData = dict[str, Value]

CHUNK = 1_000
"""Rows that are converted at a time, so that a window's records do not all stand in memory."""


class RecordMaker:
    """Makes the records of one stream; shared by its workers.

    `deselected` are the fields that the configured catalog leaves out. If it does, columns that the
    schema does not know are left out as well: nobody asked for them.
    """

    def __init__(
        self, report: Report, logger: logging.Logger, deselected: Collection[str] = ()
    ) -> None:
        self._stream = report.stream
        self._keys = frozenset(report.primary_key)
        self._types = column_types(report.stream)
        self._deselected = frozenset(deselected)
        self._logger = logger
        self._said: set[str] = set()

    def chunks(self, table: Table, misfits: Counter[str]) -> Iterator[list[RecordData]]:
        """The table's rows as records, some at a time.

        `misfits` counts, by column, the values that did not fit their type and became null.
        """
        known = self._types if self._deselected else table.columns
        present = [name for name in table.columns if name in known and name not in self._deselected]
        expected = [name for name in self._types if name not in self._deselected]
        missing = [name for name in expected if name not in table.columns]
        self._report_once(present, missing)
        positions = [table.columns.index(name) for name in present]
        names = [*present, *missing]
        for first in range(0, len(table.rows), CHUNK):
            rows = table.rows[first : first + CHUNK]
            texts = list(zip(*rows, strict=True))
            columns: list[Collection[Value]] = []
            for name, position in zip(present, positions, strict=True):
                values, misfitting = convert(
                    self._types.get(name, "string"), texts[position], key=name in self._keys
                )
                misfits[name] += misfitting
                columns.append(values)
            nulls: Iterator[Value] = itertools.repeat(None, len(rows))
            columns += [list(nulls)] * len(missing)
            yield [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]

    def _report_once(self, present: Collection[str], missing: Collection[str]) -> None:
        for name in present:
            if name not in self._types:
                self._say_once(
                    f"{self._stream}: Kaltura sends a column that is not in the schema, {name}; it "
                    "is passed on as text."
                )
        for name in missing:
            self._say_once(f"{self._stream}: Kaltura does not send the column {name}; it is null.")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._logger.warning(sentence)
