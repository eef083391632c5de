"""Texts of a report → typed values, a column at a time.

Numbers come as PHP prints them, and what is missing in many forms (`docs/kaltura.md`, "The CSV").
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence

from source_kaltura_rooms.reports import ColumnType, Value
from source_kaltura_rooms.times import LATEST_SECOND, format_time

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,20}", re.ASCII)
_LARGEST_INTEGER = 2**63 - 1

NO_VALUES = frozenset({"", "NaN", "Unknown", "Error"})
_NO_IDS = NO_VALUES | {"0"}


def convert(
    column_type: ColumnType, texts: Sequence[str], *, key: bool = False
) -> tuple[Sequence[Value], int]:
    """The values of one column, and how many texts did not fit its type and became None.

    What stands for no value is None, without counting as a misfit; so is a negative duration. In a
    key column, where no value is the blank text, texts stay as they are.

    `Infinity` counts as a misfit: Kaltura did say something, and JSON has no word for it.
    """
    if column_type == "string" and key:
        return texts, 0
    if NO_VALUES.isdisjoint(texts):
        return _convert(column_type, texts)
    values, misfits = _convert(column_type, [text for text in texts if text not in NO_VALUES])
    following = iter(values)
    return [None if text in NO_VALUES else next(following) for text in texts], misfits


def _convert(column_type: ColumnType, texts: Sequence[str]) -> tuple[Sequence[Value], int]:
    if column_type == "string":
        return texts, 0
    try:
        return _FAST[column_type](texts), 0
    except (ValueError, OverflowError):
        return _one_by_one(_CAREFUL[column_type], texts)


def blank_where_no_id(texts: Sequence[str]) -> Sequence[str]:
    """The texts of ids that Kaltura makes, blank for what stands for no id.

    Kaltura prints an id that is null as `0`, and `Unknown` or `Error` where it could not look up.
    """
    if _NO_IDS.isdisjoint(texts):
        return texts
    return ["" if text in _NO_IDS else text for text in texts]


def may_lack_ids(keys: Sequence[str]) -> bool:
    """Whether some of the texts, each of which is some texts joined by commas, stand for no id."""
    together = f",{','.join(keys)},"
    return any(f",{text}," in together for text in _NO_IDS if text)


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
    if text in NO_VALUES or text.lower() == "nan":
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


def _durations(texts: Sequence[str]) -> Sequence[Value]:
    if "-" in "".join(texts):
        raise ValueError("some may be negative")
    return _integers(texts)


def _duration(text: str) -> int | None:
    seconds = _integer(text)
    return None if seconds is None or seconds < 0 else seconds


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
    "duration": _durations,
}
_CAREFUL: dict[ColumnType, Callable[[str], Value]] = {
    "integer": _integer,
    "number": _number,
    "time": _time,
    "duration": _duration,
}
