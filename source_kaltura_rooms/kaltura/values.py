"""Texts of a report → typed values, a column at a time.

Numbers come as PHP prints them: `12`, `0.33333333333333`, `1.0E-5`; a ratio that is not defined is
blank or `NaN`; a missing time is blank or `0`. (Read in Kaltura's public server source.)
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence

from source_kaltura_rooms.reports import ColumnType
from source_kaltura_rooms.times import LATEST_SECOND, format_time

Value = str | int | float | None

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_LARGEST_INTEGER = 2**63 - 1


def convert(
    column_type: ColumnType, texts: Sequence[str], *, key: bool = False
) -> tuple[Sequence[Value], int]:
    """The values of one column, and how many texts did not fit its type and became None.

    A blank is None, and so is `NaN` where a number is expected, without counting as a misfit. In a
    key column a blank stays `""`.
    """
    if column_type == "string":
        return (texts if key or "" not in texts else [text or None for text in texts]), 0
    try:
        return _FAST[column_type](texts), 0
    except (ValueError, OverflowError):
        return _one_by_one(_CAREFUL[column_type], texts)


def parse_seconds(text: str) -> int | None:
    """Unix seconds of a time in a report, None if it is missing.

    Raises ValueError if the text is not a time between 1970 and the end of year 9999.
    """
    seconds = _integer(text)
    if seconds is None or seconds == 0:
        return None
    if not 0 < seconds <= LATEST_SECOND:
        raise ValueError(f"{seconds} is outside the years 1970 to 9999")
    return seconds


@functools.lru_cache(maxsize=4_096)
def _time(text: str) -> str | None:
    seconds = parse_seconds(text)
    return None if seconds is None else format_time(seconds)


def _number(text: str) -> float | None:
    text = text.strip()
    if not text or text.lower() == "nan":
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("too large a number")
    return number


def _integer(text: str) -> int | None:
    text = text.strip()
    if _WHOLE.fullmatch(text):
        integer = int(text)
    else:
        number = _number(text)
        if number is None:
            return None
        if not number.is_integer():
            raise ValueError("not a whole number")
        integer = int(number)
    if abs(integer) > _LARGEST_INTEGER:
        raise ValueError("too large an integer")
    return integer


def _plain(texts: Sequence[str]) -> Sequence[str]:
    """The texts, unless Python's own conversions would read more into them than PHP writes."""
    together = "".join(texts)
    if not together.isascii() or "_" in together:
        raise ValueError("underscores and digits of other scripts are not numbers here")
    return texts


def _numbers(texts: Sequence[str]) -> Sequence[Value]:
    numbers = list(map(float, _plain(texts)))
    if not math.isfinite(sum(numbers)):
        raise ValueError("some may be NaN or infinite")
    return numbers


def _integers(texts: Sequence[str]) -> Sequence[Value]:
    integers = list(map(int, _plain(texts)))
    if integers and max(max(integers), -min(integers)) > _LARGEST_INTEGER:
        raise ValueError("not integers of 64 bits")
    return integers


def _times(texts: Sequence[str]) -> Sequence[Value]:
    return list(map(_time, texts))


def _one_by_one(
    careful: Callable[[str], Value], texts: Sequence[str]
) -> tuple[Sequence[Value], int]:
    values: list[Value] = []
    misfits = 0
    for text in texts:
        try:
            values.append(careful(text))
        except ValueError:
            values.append(None)
            misfits += 1
    return values, misfits


_FAST: dict[ColumnType, Callable[[Sequence[str]], Sequence[Value]]] = {
    "integer": _integers,
    "number": _numbers,
    "time": _times,
}
_CAREFUL: dict[ColumnType, Callable[[str], Value]] = {
    "integer": _integer,
    "number": _number,
    "time": _time,
}
