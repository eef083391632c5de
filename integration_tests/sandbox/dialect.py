"""CSV as Kaltura writes it, which is not RFC 4180.

From Kaltura's public server source: a byte order mark, the column names, one row a line; commas
inside values become spaces and nothing is quoted, so `"` is an ordinary character and a raw line
break splits a row. Columns that the server looks up itself come in quotes, with `"` doubled and
line breaks turned to spaces. Numbers look as PHP prints them, with 14 significant digits.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from .analytics import Row, Value
from .reports import RATIOS, TIMES, Report

BYTE_ORDER_MARK = "\ufeff"
_SIGNIFICANT_DIGITS = 14


@dataclass(frozen=True)
class Dialect:
    """How this server writes its answers.

    - `header_when_empty`: a report without rows is the header alone; else it is a blank line, as
      when the report's configuration names no header.
    - `rfc4180`: what a later server may do: quote properly, keep commas and line breaks.
    - `undefined_ratio`: `""` or `"NaN"`.
    - `missing_time`: `""` or `"0"`.
    """

    header_when_empty: bool = True
    rfc4180: bool = False
    undefined_ratio: str = ""
    missing_time: str = ""

    def write(self, report: Report, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return the report's body: the given columns of the given rows."""
        if not rows and not self.header_when_empty:
            return (BYTE_ORDER_MARK + "\n").encode()
        lines = [list(columns), *([self._text(c, row[c]) for c in columns] for row in rows)]
        body = io.StringIO()
        body.write(BYTE_ORDER_MARK)
        if self.rfc4180:
            csv.writer(body, lineterminator="\n").writerows(lines)
            return body.getvalue().encode()
        quoted = [column in report.quoted for column in columns]
        body.write(",".join(columns) + "\n")
        for row, line in zip(rows, lines[1:], strict=True):
            cells = (
                _quote(text) if quote and row[column] is not None else _without_commas(text)
                for column, text, quote in zip(columns, line, quoted, strict=True)
            )
            body.write(",".join(cells) + "\n")
        return body.getvalue().encode()

    def conveyed(self, report: Report, column: str, text: str) -> str:
        """Return what a faithful reader gets for this text: some characters do not survive."""
        if self.rfc4180:
            return text
        text = _without_commas(text)
        return _on_one_line(text) if column in report.quoted else text

    def _text(self, column: str, value: Value) -> str:
        if value is not None:
            return value if isinstance(value, str) else php_number(value)
        if column in RATIOS:
            return self.undefined_ratio
        return self.missing_time if column in TIMES else ""


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


def _without_commas(text: str) -> str:
    return text.replace(",", " ")


def _on_one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _quote(text: str) -> str:
    return '"' + _on_one_line(_without_commas(text)).replace('"', '""') + '"'
