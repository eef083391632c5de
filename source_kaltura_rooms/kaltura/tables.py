"""Rows of text by column, which is how they are worked on, and how many at a time.

What is done to a column at once costs Python one call instead of one for each value. What is done
to a thousand rows at a time stays in the processor's cache, and takes little memory.
"""

from __future__ import annotations

import functools
import itertools
from abc import ABC, abstractmethod
from array import array
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

BATCH = 1_000
"""Rows in a batch, but for the last one of a table."""

KeyHashes: TypeAlias = "array[int]"
"""The hashes of the keys of some rows, 8 bytes for each row."""


@dataclass(frozen=True)
class Batch:
    """Some rows of a table: for each of its columns their texts, row by row.

    `key_hashes` has the hash of each row's key, if the table was asked for them.
    """

    columns: tuple[str, ...]
    texts: Sequence[Sequence[str]]
    key_hashes: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.texts[0]) if self.texts else 0

    def column(self, name: str) -> Sequence[str]:
        """The texts of one column, row by row."""
        return self.texts[self.columns.index(name)]

    def having(self, name: str, texts: Sequence[str]) -> Batch:
        """The same rows with these texts as the column of this name."""
        if name not in self.columns:
            return replace(self, columns=(*self.columns, name), texts=[*self.texts, texts])
        at = self.columns.index(name)
        return replace(self, texts=[*self.texts[:at], texts, *self.texts[at + 1 :]])

    def where(self, chosen: Sequence[object]) -> Batch:
        """The rows for which `chosen`, row by row, is true; none if it is empty."""
        if not any(chosen):
            return Batch(self.columns, [()] * len(self.columns))
        if all(chosen):
            return self
        return Batch(
            self.columns,
            [list(itertools.compress(some, chosen)) for some in self.texts],
            list(itertools.compress(self.key_hashes, chosen)),
        )


class Table(ABC):
    """All rows of one answer, or some of them, under its columns."""

    columns: tuple[str, ...]

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def where(self, chosen: Sequence[bool]) -> Table:
        """The rows for which `chosen`, row by row, is true."""

    @abstractmethod
    def without(self, names: Collection[str]) -> Table:
        """All rows without the columns of these names; nothing of them is kept."""

    @abstractmethod
    def column(self, name: str) -> Sequence[str]:
        """The texts of one column in all rows."""

    @abstractmethod
    def texts(self, first: int, last: int) -> Sequence[Sequence[str]]:
        """The texts of each column in the rows from `first` up to, but without, `last`."""

    def batches(self, key: Sequence[str] = ()) -> Iterator[Batch]:
        """The rows in order; none of the batches is empty.

        They have the hashes of their keys if the columns of a `key` are given.
        """
        hashes: Sequence[int] = self.key_hashes(key) if key else ()
        for first in range(0, len(self), BATCH):
            last = first + BATCH
            yield Batch(self.columns, self.texts(first, last), hashes[first:last])

    def distinct(self, name: str) -> set[str]:
        """The different texts of one column."""
        return set(self.column(name))

    def count_by(self, names: Sequence[str]) -> Counter[tuple[str, ...]]:
        """How many rows have the same texts in these columns."""
        return Counter(zip(*map(self.column, names), strict=True))

    def key_hashes(self, names: Sequence[str]) -> KeyHashes:
        """The hash of each row's key in `keys`; kept for those who ask for it again."""
        key = tuple(names)
        if key not in self._key_hashes:
            hashes = array("q")
            for first in range(0, len(self), BATCH):
                hashes.extend(map(hash, self.keys(names, first, first + BATCH)))
            self._key_hashes[key] = hashes
        return self._key_hashes[key]

    @functools.cached_property
    def _key_hashes(self) -> dict[tuple[str, ...], KeyHashes]:
        return {}

    def keys(
        self, names: Sequence[str], first: int = 0, last: int | None = None
    ) -> Sequence[Hashable]:
        """A value for each row from `first` up to, but without, `last`; by default for all rows.

        Two are equal exactly where the texts of these columns are. That holds for rows of different
        tables too, if the names are given in the same order.
        """
        if not len(self):  # An empty report may come without its columns.
            return []
        texts = self.texts(first, len(self) if last is None else last)
        return _joined_keys([texts[self.columns.index(name)] for name in names])


@dataclass(frozen=True)
class RowTable(Table):
    """Rows that are kept as they are, with one text for each column."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def __len__(self) -> int:
        return len(self.rows)

    def where(self, chosen: Sequence[bool]) -> RowTable:
        return RowTable(self.columns, list(itertools.compress(self.rows, chosen)))

    def without(self, names: Collection[str]) -> RowTable:
        kept = [at for at, name in enumerate(self.columns) if name not in names]
        rows = [[row[at] for at in kept] for row in self.rows]
        return RowTable(tuple(self.columns[at] for at in kept), rows)

    def column(self, name: str) -> Sequence[str]:
        if not self.rows:  # An empty report may come without its columns.
            return []
        position = self.columns.index(name)
        return [row[position] for row in self.rows]

    def texts(self, first: int, last: int) -> Sequence[Sequence[str]]:
        return list(zip(*self.rows[first:last], strict=True))


def _joined_keys(columns: Sequence[Sequence[str]]) -> Sequence[Hashable]:
    """For each row its texts, joined by commas, which few texts have; else side by side."""
    rows = zip(*columns, strict=True)
    if not any("," in "".join(column) for column in columns):
        return list(map(",".join, rows))
    return [row if any("," in text for text in row) else ",".join(row) for row in rows]
