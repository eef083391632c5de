"""What is measured: the cases, and the synthetic history each of them reads."""

from __future__ import annotations

from dataclasses import dataclass

HOUR = 3_600
DAY = 24 * HOUR
WINDOW = 7 * DAY
"""Seconds of session starts that one request stands for; the connector's default."""

ATTENDEES_PER_SESSION = 30
"""About how many; they are spread evenly over a window's sessions."""

START = 1_704_067_200  # 2024-01-01T00:00:00Z
LOOKBACK = 2 * DAY
"""Seconds that a later sync reads again; the connector's default."""

FLOOR = "floor"
CONNECTOR = "connector"
BUILDER = "builder"
SINGER = "singer"
READER = "reader"
ONE_WINDOW = "28 days"
ONE_DAY = "1 day"
TEN_WORKERS = "10 workers"
PSEUDONYMS = "pseudonyms"


@dataclass(frozen=True)
class History:
    """`windows` weeks of sessions, the last with `rows` attendees, each earlier one with one more.

    `window` gives them another length than a week, in seconds.

    As in real histories, no two answers have as many rows, neither of attendees nor of sessions:
    the connector would test whether that number is a cap.
    """

    windows: int
    rows: int
    window: int = WINDOW

    def rows_of(self, window: int) -> int:
        """How many attendees a window has; the first is window 0."""
        return self.rows + self.windows - 1 - window

    def sessions_of(self, window: int) -> int:
        """How many sessions a window has; each earlier one has one more."""
        return self.rows // ATTENDEES_PER_SESSION + self.windows - window

    @property
    def end(self) -> int:
        """The end of the last window, Unix seconds."""
        return START + self.windows * self.window


@dataclass(frozen=True)
class Case:
    """A history and who reads it.

    `entrants` names those who run; the others are compared with the first. With `resumes`, all but
    the last day has been read by an earlier sync. `most_runs` is for cases that take long.

    Before every answer the server waits for `latency` seconds, and for `latency_per_day` more for
    each day that the request asks for. A request for more than `longest_request` seconds is
    answered by HTTP 504, after the time that the longest one takes.
    """

    name: str
    title: str
    history: History
    entrants: tuple[str, ...]
    latency: float = 0
    latency_per_day: float = 0
    longest_request: int | None = None
    resumes: bool = False
    most_runs: int | None = None

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
    most_runs=3,
)
SLOW = Case(
    "slow",
    "84 days from a slow Kaltura: 0.2 s and 0.1 s a day for each answer, 60 hours at most",
    # Here a window is a day, so that each day has sessions.
    History(windows=84, rows=51, window=DAY),
    (READER, CONNECTOR),
    latency=0.2,
    latency_per_day=0.1,
    longest_request=60 * HOUR,
    most_runs=3,
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
ONE_LARGE_WINDOW = Case(
    "window",
    "one large window: 28 days of 49,900 attendees a week",
    History(windows=4, rows=49_900),
    (CONNECTOR, ONE_WINDOW),
)
ONE_ANSWER = Case(
    "answer",
    "one large answer: 28 days of 12,475 attendees a week, fewer than the cap",
    History(windows=4, rows=12_475),
    (CONNECTOR, ONE_WINDOW),
)
DAYS = Case(
    "days",
    "56 days of 2,801 attendees a day, in windows of 7 days and of one",
    History(windows=56, rows=2_801, window=DAY),
    (CONNECTOR, ONE_DAY),
)
WORKERS = Case(
    "workers",
    "10 windows of 99,900 attendees, all at the same time",
    History(windows=10, rows=99_900),
    (FLOOR, TEN_WORKERS),
    most_runs=3,
)
WITH_PSEUDONYMS = Case(
    "pseudonyms",
    "8 windows of 20,001 attendees, as they are and with pseudonyms",
    SHORT.history,
    (CONNECTOR, PSEUDONYMS),
)
SMALL = Case(
    "small",
    "one small incremental sync: 301 attendees since the last state",
    History(windows=4, rows=301),
    EVERYBODY,
    resumes=True,
)

CASES = (
    LARGE,
    LATENCY,
    SLOW,
    SHORT,
    LONG,
    ONE_LARGE_WINDOW,
    ONE_ANSWER,
    DAYS,
    WORKERS,
    WITH_PSEUDONYMS,
    SMALL,
)

START_UP = "startup"
"""The name of the case that reads nothing."""

NAMES = (*(case.name for case in CASES), START_UP)
