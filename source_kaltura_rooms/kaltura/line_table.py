"""Rows that stand on a line each, split when they are looked at.

As lines they take a fifth of the memory, which counts while other windows wait their turn.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from source_kaltura_rooms.kaltura import tables
from source_kaltura_rooms.kaltura.quotes import Quotes, quotes_of, without_quotes
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.kaltura.values import blank_where_no_id, may_lack_ids
from source_kaltura_rooms.reports import ID_COLUMNS


@dataclass(frozen=True)
class LineTable(Table):
    """Lines with exactly one comma less than there are columns, and without their line ends.

    `quotes` are the columns that the server has put in quotes, by position.
    """

    columns: tuple[str, ...]
    lines: Sequence[bytes]
    quotes: Mapping[int, Quotes] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: tuple[str, ...], lines: Sequence[bytes]) -> LineTable:
        """All lines of an answer; finds out which columns are in quotes."""
        raw = cls(columns, lines)
        some = tables.BATCH
        batches = (raw.raw_texts(first, first + some) for first in range(0, len(lines), some))
        return cls(columns, lines, quotes_of(columns, batches))

    def __len__(self) -> int:
        return len(self.lines)

    def where(self, chosen: Sequence[bool]) -> LineTable:
        lines = list(itertools.compress(self.lines, chosen))
        return LineTable(self.columns, lines, self.quotes)

    def without(self, names: Collection[str]) -> LineTable:
        kept = [at for at, name in enumerate(self.columns) if name not in names]
        rows = (line.split(b",") for line in self.lines)
        lines = [b",".join([row[at] for at in kept]) for row in rows]
        quotes = {now: self.quotes[at] for now, at in enumerate(kept) if at in self.quotes}
        return LineTable(tuple(self.columns[at] for at in kept), lines, quotes)

    def texts(self, first: int, last: int) -> Sequence[Sequence[str]]:
        raw = self.raw_texts(first, last)
        return [self._cleaned(position, texts) for position, texts in enumerate(raw)]

    def raw_texts(self, first: int, last: int) -> Sequence[Sequence[str]]:
        """As `texts`, but as they stand in the answer."""
        lines = self.lines[first:last]
        if not lines:
            return [()] * len(self.columns)
        values = decoded(b",".join(lines)).split(",")
        width = len(self.columns)
        return [values[position::width] for position in range(width)]

    def column(self, name: str) -> Sequence[str]:
        position = self.columns.index(name)
        return self._cleaned(position, _decoded_all(self._values(position)))

    def distinct(self, name: str) -> set[str]:
        position = self.columns.index(name)
        return set(self._cleaned(position, _decoded_all(set(self._values(position)))))

    def count_by(self, names: Sequence[str]) -> Counter[tuple[str, ...]]:
        if not self._are_first(names):
            return super().count_by(names)
        counts: Counter[tuple[str, ...]] = Counter()
        lines_with = Counter(_common_beginnings(self.lines, len(self.columns) - len(names)))
        # Only the different beginnings of lines are decoded and split.
        texts = [text.removesuffix(",").split(",") for text in _decoded_all(lines_with)]
        columns = map(self._cleaned, range(len(names)), zip(*texts, strict=True))
        for key, count in zip(zip(*columns, strict=True), lines_with.values(), strict=True):
            counts[key] += count
        return counts

    def keys(
        self, names: Sequence[str], first: int = 0, last: int | None = None
    ) -> Sequence[Hashable]:
        if not self._are_first(names):
            return super().keys(names, first, last)
        # The beginning of a line is its values joined by commas, as keys of other tables are.
        keys = _decoded_all(_beginnings(self.lines[first:last], len(self.columns) - len(names)))
        return super().keys(names, first, last) if may_lack_ids(keys) else keys

    def _are_first(self, names: Sequence[str]) -> bool:
        """Whether these are the first columns, and none of them is quoted."""
        count = len(names)
        return tuple(names) == self.columns[:count] and all(at >= count for at in self.quotes)

    def _cleaned(self, position: int, texts: Sequence[str]) -> Sequence[str]:
        if position in self.quotes:
            texts = without_quotes(texts, self.quotes[position])
        return blank_where_no_id(texts) if self.columns[position] in ID_COLUMNS else texts

    def _values(self, position: int) -> list[bytes]:
        """The value at this position of each line, split off from the nearer end."""
        if position <= len(self.columns) // 2:
            return [line.split(b",", position + 1)[position] for line in self.lines]
        splits = len(self.columns) - position
        return [line.rsplit(b",", splits)[1] for line in self.lines]


def _beginnings(lines: Sequence[bytes], others: int) -> list[bytes]:
    """Each line without its last `others` values, and the commas before them."""
    return [line.rsplit(b",", others)[0] for line in lines]


def _common_beginnings(lines: Sequence[bytes], others: int) -> Iterator[bytes]:
    """The same, with the comma after it; fast where lines with the same one stand together."""
    beginning = b"\n"  # which is in no line
    for line in lines:
        if not line.startswith(beginning):
            beginning = line.rsplit(b",", others)[0] + b","
        yield beginning


def decoded(text: bytes) -> str:
    r"""The text of UTF-8; a byte that is none becomes `\xff`, so that different bytes differ."""
    try:
        return text.decode()  # twice as fast as with arguments
    except UnicodeDecodeError:
        return text.decode(errors="backslashreplace")


def _decoded_all(values: Collection[bytes]) -> list[str]:
    """The texts of values without line ends."""
    return decoded(b"\n".join(values)).split("\n") if values else []
