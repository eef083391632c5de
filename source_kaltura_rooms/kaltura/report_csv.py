r"""Bytes of a report → rows of text, in Kaltura's dialect of CSV.

What the server writes (read in Kaltura's public server source, April 2026) is not RFC 4180:

- UTF-8 with a byte order mark, whatever the `Content-Type` says; every line ends with `\n`.
- Commas inside values are replaced by spaces, then values are joined with commas without quoting.
  So a row has exactly one comma less than it has columns, and `"` is an ordinary character: a room
  may be called `"Intro" to X`, or begin with a quote that is never closed.
- Some columns arrive quoted all the same: `"`, the value with `"` doubled, `"`.
- A raw value may contain a line break. The count of commas tells where the row ends, since its
  first value, an id, never has one.
- A report without rows is its header alone, or nothing but the byte order mark and a line end.

A later server may write RFC 4180. A row with more commas than columns allow gives that away, for
the dialect above cannot produce one.

A value that is wholly wrapped in quotes, `"Intro"`, is read as quoted by the server: nothing tells
it from a name that someone typed with quotes around it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from source_kaltura_rooms.kaltura.tables import RowTable, Table

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
EMPTY_WITHOUT_HEADER = (BYTE_ORDER_MARK + b"\n", BYTE_ORDER_MARK + b"\r\n")
_ALL_BUT_STRUCTURE = bytes(set(range(256)) - set(b",\n"))


class NotAReport(ValueError):
    """The bytes are no report at all, or only a part of one; asking again may help."""


class MissingColumns(ValueError):
    """It is a report, but it lacks columns that are needed; asking again does not help."""

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(", ".join(columns))
        self.columns = tuple(columns)


@dataclass(frozen=True)
class LineTable(Table):
    """Rows that stand on a line each, split when they are looked at.

    As lines they take a fifth of the memory, which counts while other windows wait their turn.
    """

    columns: tuple[str, ...]
    lines: Sequence[bytes]

    def __len__(self) -> int:
        return len(self.lines)

    def texts(self, first: int, last: int) -> Sequence[Sequence[str]]:
        together = b",".join(self.lines[first:last])
        values = _decode(together).split(",")
        width = len(self.columns)
        texts = [values[position::width] for position in range(width)]
        return [_unquote_all(column) for column in texts] if b'"' in together else texts

    def distinct(self, name: str) -> set[str]:
        position = self.columns.index(name)
        values = {line.split(b",", position + 1)[position] for line in self.lines}
        return {_unquote(_decode(value)) for value in values}


def read_table(body: bytes, declared: Collection[str], required: Sequence[str]) -> Table:
    """The rows of a report; none for either form of an empty report.

    `declared` are the columns that the report is known to have, `required` those among them that
    must be there. Raises NotAReport if the first line holds none of the declared columns, if the
    body does not end with a line end, or if its rows do not fit its columns; MissingColumns if a
    required column is not there.
    """
    if body in EMPTY_WITHOUT_HEADER:
        return RowTable((), [])
    if not body.endswith(b"\n"):
        raise NotAReport("it does not end with a line end" if body else "it is empty")
    header, _, content = body.removeprefix(BYTE_ORDER_MARK).partition(b"\n")
    columns = tuple(_unquote(name.strip()) for name in _decode(header).split(","))
    if not set(declared).intersection(columns):
        raise NotAReport("its first line names no column of the report")
    if missing := [name for name in required if name not in columns]:
        raise MissingColumns(missing)
    if not content:
        return RowTable(columns, [])
    if header.endswith(b"\r"):
        return _careful_table(columns, content, "\r\n")
    # What is left of the content without the values: all lines must have the same commas.
    structure = content.translate(None, delete=_ALL_BUT_STRUCTURE)
    line = b"," * (len(columns) - 1) + b"\n"
    if structure != line * (len(structure) // len(line)):
        return _careful_table(columns, content, "\n")
    return LineTable(columns, content.split(b"\n")[:-1])


def _decode(text: bytes) -> str:
    try:
        return text.decode()  # twice as fast as with arguments
    except UnicodeDecodeError:
        return text.decode(errors="replace")


def _careful_table(columns: tuple[str, ...], content: bytes, line_end: str) -> Table:
    return RowTable(columns, _careful_rows(_decode(content), line_end, len(columns)))


def _careful_rows(content: str, line_end: str, width: int) -> list[list[str]]:
    lines = content.removesuffix(line_end).split(line_end)
    rows = _join_broken_rows(lines, line_end, width)
    if rows is None:
        return _rfc_4180_rows(content, width)
    return [[_unquote(value) for value in row] for row in rows]


def _join_broken_rows(lines: list[str], line_end: str, width: int) -> list[list[str]] | None:
    """The rows, where values with line breaks spread some of them over several lines.

    None if no reading of the lines gives every row `width` values.
    """
    rows: list[list[str]] = []
    row: list[str] = []
    last_value: list[str] = []  # the lines of the row's last value so far
    for line in lines:
        first, *others = line.split(",")
        # A line without a comma cannot begin a row, for an id and a comma would stand first.
        if len(row) in (0, width) and (others or width == 1):
            _finish(row, last_value, line_end)
            row = [first, *others]
            rows.append(row)
            last_value = [row[-1]]
        elif row:
            last_value.append(first)
            if others:
                _finish(row, last_value, line_end)
                row += others
                last_value = [row[-1]]
        elif line:
            return None
        if len(row) > width:
            return None
    _finish(row, last_value, line_end)
    return rows if len(row) in (0, width) else None


def _finish(row: list[str], last_value: list[str], line_end: str) -> None:
    if len(last_value) > 1:
        row[-1] = line_end.join(last_value)


def _rfc_4180_rows(content: str, width: int) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), strict=True))
    except csv.Error as error:
        raise NotAReport(
            f"its rows are neither in Kaltura's dialect nor RFC 4180: {error}"
        ) from error
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise NotAReport(f"row {number} has {len(row)} values for {width} columns")
    return rows


def _unquote_all(values: list[str]) -> list[str]:
    """Values without line ends. Kaltura quotes all of a column or none, as a rule."""
    together = "\n".join(values)
    if '"' not in together:
        return values
    inner = together[1:-1].split('"\n"')
    if together[0] == together[-1] == '"' and len(inner) == len(values) and len(together) > 1:
        return [_unquote(f'"{value}"') if '"' in value else value for value in inner]
    return [_unquote(value) for value in values]


def _unquote(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    inner = value[1:-1]
    if '"' not in inner:
        return inner
    return value if '"' in inner.replace('""', "") else inner.replace('""', '"')
