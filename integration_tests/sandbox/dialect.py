"""CSV as Kaltura writes it, which is not RFC 4180.

From Kaltura's public server source: a byte order mark, the column names, one row a line; commas
inside values become spaces and nothing is quoted, so `"` is an ordinary character and a raw line
break splits a row. Some columns that the server looks up come in quotes, always the whole column:
every value but those that could not be looked up. A null dimension is printed as `0`. Numbers look
as PHP prints them, with 14 significant digits.
"""

from __future__ import annotations

import csv
import enum
import io
from collections.abc import Sequence
from dataclasses import dataclass

from .analytics import Row
from .reports import RATIOS, ROOM_NAMES, TIMES

BYTE_ORDER_MARK = "\ufeff"
_SIGNIFICANT_DIGITS = 14


class Quotes(enum.Enum):
    """How the server puts the values of a column in quotes that it looked up; seen are all four."""

    NONE = enum.auto()
    DOUBLED_ON_ONE_LINE = enum.auto()
    """`"` is doubled, line feeds become spaces, carriage returns are removed."""
    DOUBLED = enum.auto()
    """`"` is doubled, line breaks stay."""
    NOT_DOUBLED = enum.auto()
    """`"` and line breaks stay."""


@dataclass(frozen=True)
class Dialect:
    """How this server writes its answers.

    - `header_when_empty`: a report without rows is the header alone; else it is a blank line, as
      when the report's configuration names no header.
    - `rfc4180`: what a later server may do: quote properly, keep commas and line breaks.
    - `quotes`: the style of quotes; `quoted_columns`: the columns in quotes, by default the names
      of rooms, `session_initiator` on some servers. Columns about persons never are.
    - `undefined_ratio`: `"NaN"`, `""` or `"0"`.
    - `missing_time`: what is printed for a session's times that are not there: `""`, `"0"`,
      `"Unknown"` or `"Error"`. The two words also stand for the duration, and for the host of a row
      without a session.
    """

    header_when_empty: bool = True
    rfc4180: bool = False
    undefined_ratio: str = "NaN"
    missing_time: str = ""
    quotes: Quotes = Quotes.DOUBLED_ON_ONE_LINE
    quoted_columns: frozenset[str] = ROOM_NAMES

    def write(
        self, columns: Sequence[str], rows: Sequence[Row], header: Sequence[str] | None = None
    ) -> bytes:
        """Return the report's body: the given columns of the given rows, below their names.

        `header` replaces the names.
        """
        if not rows and not self.header_when_empty:
            return (BYTE_ORDER_MARK + "\n").encode()
        names = columns if header is None else header
        body = io.StringIO()
        body.write(BYTE_ORDER_MARK)
        if self.rfc4180:
            lines = [list(names), *([self._text(c, row) for c in columns] for row in rows)]
            csv.writer(body, lineterminator="\n").writerows(lines)
            return body.getvalue().encode()
        body.write(",".join(names) + "\n")
        for row in rows:
            body.write(",".join(self._cell(column, row) for column in columns) + "\n")
        return body.getvalue().encode()

    def conveyed(self, column: str, text: str) -> str:
        """Return what a faithful reader gets for this text: some characters do not survive."""
        if self.rfc4180:
            return text
        text = text.replace(",", " ")
        if self.quotes is Quotes.DOUBLED_ON_ONE_LINE and column in self.quoted_columns:
            return text.replace("\r", "").replace("\n", " ")
        return text

    def _cell(self, column: str, row: Row) -> str:
        text = self.conveyed(column, self._text(column, row))
        if (
            self.quotes is Quotes.NONE
            or column not in self.quoted_columns
            or row[column] is None  # it could not be looked up
        ):
            return text
        return f'"{text}"' if self.quotes is Quotes.NOT_DOUBLED else _in_doubled_quotes(text)

    def _text(self, column: str, row: Row) -> str:
        value = row[column]
        if value is not None:
            return value if isinstance(value, str) else php_number(value)
        if column == "cue_point_id":
            return "0"
        if column in RATIOS:
            return self.undefined_ratio
        if column in TIMES:
            return self.missing_time
        is_looked_up = column == "duration" or (
            row.get("cue_point_id") is None and column == "session_host_user_id"
        )
        return self.missing_time if is_looked_up and self.missing_time != "0" else ""


def php_number(number: float) -> str:
    """Return the number as PHP prints it with `precision=14`: `12`, `0.33333333333333`, `1.0E-5`.

    Whole floats have no point. PHP turns to scientific notation below 0.0001 and from 1.0E+14 on.
    """
    if isinstance(number, int):
        return str(number)
    digits, _, exponent = f"{number:.{_SIGNIFICANT_DIGITS - 1}e}".partition("e")
    if number == 0 or -5 < int(exponent) < _SIGNIFICANT_DIGITS:
        fixed = f"{number:.{max(0, _SIGNIFICANT_DIGITS - 1 - int(exponent))}f}"
        return fixed.rstrip("0").rstrip(".") if "." in fixed else fixed
    mantissa = digits.rstrip("0")
    return f"{mantissa}{'0' if mantissa.endswith('.') else ''}E{int(exponent):+d}"


def _in_doubled_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
