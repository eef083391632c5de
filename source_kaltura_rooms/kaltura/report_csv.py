r"""Bytes of a report → rows of text, in Kaltura's dialect of CSV.

What the server writes is not RFC 4180 (`docs/kaltura.md`, "The CSV"). Values have no commas, so a
row has exactly one comma less than it has columns, and `"` is an ordinary character. A value may
contain a line break, but not the first one, which is an id, nor any other id or number. The last
value of a row is a number. So the count of commas tells where the row ends.

A later server may write RFC 4180. Rows that cannot be in the dialect above give that away.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence

from source_kaltura_rooms.kaltura.line_table import LineTable, decoded
from source_kaltura_rooms.kaltura.quotes import quotes_of, without_quotes
from source_kaltura_rooms.kaltura.tables import BATCH, RowTable, Table
from source_kaltura_rooms.kaltura.values import blank_where_no_id
from source_kaltura_rooms.reports import ID_COLUMNS, ColumnType

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
EMPTY_WITHOUT_HEADER = (BYTE_ORDER_MARK + b"\n", BYTE_ORDER_MARK + b"\r\n")
_NO_ROWS = (b"", b"\n", b"\r\n")
_ALL_BUT_STRUCTURE = bytes(set(range(256)) - set(b",\n"))
_LONGEST_VALUE = 2**28
"""Characters; Python's own limit is 131,072."""

Rows = Sequence[Sequence[str]]


class NotAReport(ValueError):
    """The bytes are no report at all, or only a part of one; asking again may help."""


class HeaderShorterThanRows(NotAReport):
    """Every row has the same number of values, more than the first line has names.

    Servers that run reports as SQL write this if some columns are to be left out: they leave them
    out of the first line only. Asking again for all columns helps.
    """

    def __init__(self, names: int, values: int) -> None:
        super().__init__(f"its rows have {values} values for {names} columns")


class UnknownColumns(NotAReport):
    """The first line names no column that the report is known to have.

    `header` is that line. It may be anything, such as a sentence of some server on the way.
    """

    def __init__(self, header: str) -> None:
        super().__init__("its first line names no column of the report")
        self.header = header


class MissingColumns(ValueError):
    """It is a report, but it lacks columns that are needed; asking again does not help.

    `header` is its first line.
    """

    def __init__(self, columns: Sequence[str], header: str) -> None:
        super().__init__(", ".join(columns))
        self.columns = tuple(columns)
        self.header = header


def read_table(
    body: bytes, declared: Mapping[str, ColumnType], required: Sequence[str], left_out: int = 0
) -> Table:
    """The rows of a report; none for either form of an empty report.

    `declared` are the columns that the report is known to have, `required` those among them that
    must be there, `left_out` tells how many columns the server was asked to leave out. Ids that
    Kaltura makes are blank where they stand for no id.

    Raises NotAReport if the first line holds none of the declared columns, if the body does not end
    with a line end, or if its rows do not fit its columns; MissingColumns if a required column is
    not there.
    """
    if body in EMPTY_WITHOUT_HEADER:
        return RowTable((), [])
    if not body.endswith(b"\n"):
        raise NotAReport("it does not end with a line end" if body else "it is empty")
    # A report may have 15 MB, so nothing here copies it needlessly.
    start = body.index(b"\n") + 1
    header = body[: start - 1].removeprefix(BYTE_ORDER_MARK)
    columns = tuple(_name(cell) for cell in decoded(header).split(","))
    if not set(declared).intersection(columns):
        raise UnknownColumns(decoded(header))
    if missing := [name for name in required if name not in columns]:
        raise MissingColumns(missing, decoded(header))
    if body[start : start + 3] in _NO_ROWS:
        return RowTable(columns, [])
    line_end = "\r\n" if header.endswith(b"\r") else "\n"
    if line_end == "\n":
        lines = body.split(b"\n")[1:-1]
        if _are_rows(lines, len(columns)):
            has_quotes = body.find(b'"', start) >= 0
            return LineTable.of(columns, lines) if has_quotes else LineTable(columns, lines)
        del lines
    one_line = {
        position
        for position, name in enumerate(columns)
        if name in ID_COLUMNS or declared.get(name, "string") != "string"
    }
    texts = decoded(body[start:]).removesuffix(line_end).split(line_end)
    rows = _rows_of_lines(texts, line_end, len(columns))
    # The first value is an id, whatever its column is called.
    if rows is not None and _are_on_one_line(rows, {0, *one_line}):
        rows = _without_quotes(columns, rows)
    else:
        rows = _rfc_4180_rows(texts, line_end, len(columns), one_line, left_out)
    return RowTable(columns, _with_blank_ids(columns, rows))


def _name(cell: str) -> str:
    name = cell.strip()
    return name[1:-1] if len(name) > 1 and name[0] == name[-1] == '"' else name


def _are_rows(lines: Sequence[bytes], width: int) -> bool:
    """Whether each line has the commas of a row of its own, looked at some lines at a time."""
    commas = b"," * (width - 1) + b"\n"
    for first in range(0, len(lines), BATCH):
        some = b"\n".join(lines[first : first + BATCH]) + b"\n"
        # What is left without the values: all lines must have the same commas.
        structure = some.translate(None, delete=_ALL_BUT_STRUCTURE)
        if structure != commas * (len(structure) // len(commas)):
            return False
    return True


def _rows_of_lines(lines: Sequence[str], line_end: str, width: int) -> Rows | None:
    """The rows, where values with line breaks spread some of them over several lines.

    A row ends with the first line that completes it. None if that does not give every row `width`
    values.
    """
    rows = []
    first = commas = 0
    for number, line in enumerate(lines, start=1):
        commas += line.count(",")
        if commas == width - 1:
            rows.append(line_end.join(lines[first:number]).split(","))
            first, commas = number, 0
    return rows if first == len(lines) else None


def _are_on_one_line(rows: Rows, positions: Collection[int]) -> bool:
    """Whether no value at these positions has a line break or a comma.

    One has if something stands between or after the rows, such as an error text of PHP's.
    """
    return not any("\n" in row[at] or "," in row[at] for row in rows for at in positions)


def _without_quotes(columns: Sequence[str], rows: Rows) -> Rows:
    texts: list[Sequence[str]] = list(zip(*rows, strict=True))
    for position, quotes in quotes_of(columns, [texts]).items():
        texts[position] = without_quotes(texts[position], quotes)
    return list(zip(*texts, strict=True))


def _with_blank_ids(columns: Sequence[str], rows: Rows) -> Rows:
    texts: list[Sequence[str]] = list(zip(*rows, strict=True))
    for position, name in enumerate(columns):
        if name in ID_COLUMNS:
            texts[position] = blank_where_no_id(texts[position])
    return list(zip(*texts, strict=True))


def _rfc_4180_rows(
    lines: Sequence[str], line_end: str, width: int, one_line: Collection[int], left_out: int
) -> Rows:
    # The limit is that of the whole process. It is only ever raised, which disturbs no thread.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_VALUE))
    text = io.StringIO(line_end.join(lines) + line_end, newline="")
    try:
        rows = list(csv.reader(text, strict=True))
    except csv.Error as error:
        reason = f"its rows are neither in Kaltura's dialect nor RFC 4180: {error}"
        raise _misfit(lines, line_end, width, left_out, reason) from error
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            reason = f"row {number} has {len(row)} values for {width} columns"
            raise _misfit(lines, line_end, width, left_out, reason)
    if not _are_on_one_line(rows, one_line):
        raise NotAReport("a value that should be an id or a number has several lines or a comma")
    return rows


def _misfit(
    lines: Sequence[str], line_end: str, width: int, left_out: int, reason: str
) -> NotAReport:
    """The error for rows that do not fit the header, for this reason.

    A line has all commas of its row, unless the values of every row have line breaks.
    """
    for wider in (width + left_out, 1 + max(line.count(",") for line in lines)):
        if wider > width:
            rows = _rows_of_lines(lines, line_end, wider)
            if rows is not None and _are_on_one_line(rows, {0}):
                return HeaderShorterThanRows(width, wider)
    return NotAReport(reason)
