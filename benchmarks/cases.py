"""What is measured: the cases, and the synthetic history each of them reads."""

from __future__ import annotations

from dataclasses import dataclass

HOUR = 3_600
DAY = 24 * HOUR
WINDOW = 7 * DAY
"""Seconds of session starts that one request stands for; the connector's default."""

START = 1_704_067_200  # 2024-01-01T00:00:00Z
LOOKBACK = 2 * DAY
"""Seconds that a later sync reads again; the connector's default."""

FLOOR = "floor"
CONNECTOR = "connector"
BUILDER = "builder"
SINGER = "singer"


@dataclass(frozen=True)
class History:
    """`windows` weeks of sessions, the first with `rows` attendees, each later one with one more.

    As in real histories, no two answers have as many rows: the connector would test whether that
    number is a cap.
    """

    windows: int
    rows: int

    def rows_of(self, window: int) -> int:
        """How many attendees a window has; the first is window 0."""
        return self.rows + window

    @property
    def end(self) -> int:
        """The end of the last window, Unix seconds."""
        return START + self.windows * WINDOW


@dataclass(frozen=True)
class Case:
    """A history and who reads it.

    `entrants` names those who run. `latency` is what the server waits before every answer, in
    seconds. With `resumes`, all but the last day has been read by an earlier sync.
    """

    name: str
    title: str
    history: History
    entrants: tuple[str, ...]
    latency: float = 0
    resumes: bool = False

    @property
    def start(self) -> int:
        """From when on sessions are to be read, Unix seconds; without what the lookback adds."""
        return self.history.end - DAY if self.resumes else START

    @property
    def expected_rows(self) -> int:
        """How many rows every entrant has to write."""
        windows = range(self.history.windows - 1 if self.resumes else 0, self.history.windows)
        return sum(map(self.history.rows_of, windows))


EVERYBODY = (FLOOR, CONNECTOR, SINGER, BUILDER)

LARGE = Case(
    "large",
    "4 windows of 50,001 attendees, no latency",
    History(windows=4, rows=50_001),
    EVERYBODY,
)
LATENCY = Case(
    "latency",
    "12 windows of 2,001 attendees, every answer takes 1 s",
    History(windows=12, rows=2_001),
    EVERYBODY,
    latency=1.0,
)
# Both are long enough to keep all workers busy from the first window to the last but a few.
SHORT = Case(
    "short",
    "8 windows of 20,001 attendees",
    History(windows=8, rows=20_001),
    (FLOOR, CONNECTOR),
)
LONG = Case(
    "long",
    "ten times that history: 80 windows of 20,001 attendees",
    History(windows=80, rows=20_001),
    (FLOOR, CONNECTOR),
)
SMALL = Case(
    "small",
    "one small incremental sync: 301 attendees since the last state",
    History(windows=4, rows=301),
    EVERYBODY,
    resumes=True,
)

CASES = (LARGE, LATENCY, SHORT, LONG, SMALL)

START_UP = "startup"
"""The name of the case that reads nothing."""

NAMES = (*(case.name for case in CASES), START_UP)
