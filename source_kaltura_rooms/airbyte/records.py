"""Rows of text → records: typed, with the fields the catalog asks for."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from source_kaltura_rooms.kaltura.tables import Batch
from source_kaltura_rooms.kaltura.values import convert
from source_kaltura_rooms.pseudonyms import Pseudonyms
from source_kaltura_rooms.reports import ColumnType, Report, Value

RecordData = dict[str, Value]

NOT_IN_CATALOG = "the catalog does not have. It is left out; refresh the source schema to load it."
NOT_DECLARED = (
    "custom_reports does not name. It is left out; to load it, add it to columns there and refresh "
    "the source schema."
)
OF_UNKNOWN_PEOPLE = (
    "the connector does not know. It is left out, since it may say who somebody is and "
    "personal_data is set to pseudonyms."
)


@dataclass(frozen=True)
class Records:
    """Some records with the same fields: for each field its values, record by record."""

    fields: tuple[str, ...]
    columns: Sequence[Sequence[Value]]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[RecordData]:
        for values in zip(*self.columns, strict=True):
            yield dict(zip(self.fields, values, strict=True))


class RecordMaker:
    """Makes the records of one stream; shared by its workers.

    `deselected` are declared fields that the configured catalog leaves out, `further` are fields
    that it has beyond the declared ones; these are read as text. Other columns are not emitted, as
    Airbyte would drop what the catalog does not have. With `pseudonyms`, no `further` ones are
    either, since nobody knows what they say of a person.
    """

    def __init__(
        self,
        report: Report,
        logger: logging.Logger,
        deselected: Collection[str] = (),
        further: Collection[str] = (),
        pseudonyms: Pseudonyms | None = None,
    ) -> None:
        self._stream = report.stream
        self._keys = frozenset(report.primary_key)
        self._declared = report.columns
        self._types: dict[str, ColumnType] = {
            **{name: one for name, one in self._declared.items() if name not in set(deselected)},
            **dict.fromkeys(() if pseudonyms else further, "string"),
        }
        self._is_custom = report.from_configuration
        if pseudonyms:
            self._types |= dict.fromkeys(self._types.keys() & report.personal.keys(), "string")
        self._pseudonyms = pseudonyms
        self._personal = report.personal
        self._logger = logger
        self._said: set[str] = set()

    def records(self, batch: Batch, misfits: Counter[str]) -> Records:
        """The batch's rows as records.

        `misfits` counts, by column, the values that did not fit their type and became null.
        """
        present = [name for name in dict.fromkeys(batch.columns) if name in self._types]
        missing = [name for name in self._types if name not in batch.columns]
        self._report_once(batch.columns, missing)
        columns: list[Sequence[Value]] = []
        for name in present:
            values, misfitting = convert(
                self._types[name], batch.column(name), key=name in self._keys
            )
            misfits[name] += misfitting
            kind = self._personal.get(name)
            if self._pseudonyms and kind:
                values = self._pseudonyms.instead_of(kind, values)
            columns.append(values)
        columns += [[None] * len(batch)] * len(missing)
        return Records((*present, *missing), columns)

    def _report_once(self, columns: Collection[str], missing: Collection[str]) -> None:
        for name in columns:
            if name not in self._types and name not in self._declared:
                self._say_once(
                    f"{self._stream}: Kaltura sends the column {name}, which "
                    + (
                        OF_UNKNOWN_PEOPLE
                        if self._pseudonyms
                        else NOT_DECLARED
                        if self._is_custom
                        else NOT_IN_CATALOG
                    )
                )
        for name in missing:
            if self._pseudonyms and self._personal.get(name) == "name":
                continue
            self._say_once(f"{self._stream}: Kaltura does not send the column {name}; it is null.")

    def _say_once(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.add(sentence)
            self._logger.warning(sentence)
