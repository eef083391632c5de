"""Time: Unix seconds, RFC 3339, and the intervals that Kaltura is asked for.

Everything inside the connector counts whole Unix seconds in UTC; text appears only at the edges.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pendulum

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE_AND_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", re.ASCII)
EARLIEST_SECOND = -30_610_224_000
"""1000-01-01T00:00:00Z; earlier years are not written with four digits on every system."""
LATEST_SECOND = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that RFC 3339 can write."""


class OutOfRange(ValueError):
    """A date-time before the year 1000 or after the year 9999."""


def parse_time(text: str) -> int:
    """Unix seconds of an RFC 3339 date-time; a fraction of a second is rounded up.

    Rounding up keeps the meaning of "on or after" and of "before" for times in whole seconds.
    Raises ValueError if the text is no date-time, and OutOfRange, which is a ValueError too, if it
    lies before the year 1000 or after the year 9999 (in UTC).
    """
    moment = pendulum.parse(text) if _DATE_AND_TIME.match(text) else None
    if not isinstance(moment, pendulum.DateTime):
        raise ValueError(f"{text!r} is not a date with a time")
    seconds = math.ceil(moment.timestamp())
    if not EARLIEST_SECOND <= seconds <= LATEST_SECOND:
        raise OutOfRange(f"{text!r} is not in the years 1000 to 9999")
    return seconds


@functools.lru_cache(maxsize=4_096)
def format_time(seconds: int) -> str:
    """RFC 3339 in UTC with `Z`, such as `2026-02-04T23:59:59Z`, of Unix seconds up to year 9999."""
    # Each session has another start, and pendulum takes eight times as long.
    moment = _EPOCH + timedelta(seconds=seconds)
    return moment.isoformat().removesuffix("+00:00") + "Z"


def start_of_day(second: int) -> int:
    """The midnight in UTC at or before a Unix second."""
    return second - second % DAY


def format_day(seconds: int) -> str:
    """The day in UTC, such as `2026-02-04`, in which a Unix second lies."""
    return format_time(seconds)[:10]


@dataclass(frozen=True, order=True)
class Interval:
    """A half-open stretch of time `[start, end)` in Unix seconds.

    Kaltura selects events (who was in a room at that moment) by it, not sessions.
    """

    start: int
    end: int

    @classmethod
    def around(cls, start: int, end: int) -> Interval:
        """The shortest interval of whole minutes that contains `[start, end)`.

        Some deployments round the dates they get down to whole minutes, which would cut events off.
        """
        return cls(start - start % MINUTE, end + -end % MINUTE)

    def __str__(self) -> str:
        return f"[{format_time(self.start)}, {format_time(self.end)})"
