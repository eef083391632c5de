"""Everything a test can switch about how this Kaltura behaves, at any moment.

Two kinds: standing switches, plain attributes of `Faults`, and scripted faults, which replace or
spoil the answers of the calls they are meant for.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from . import answers
from .answers import Answer, Delivery
from .calls import Call
from .errors import kaltura_error

Fault: TypeAlias = Callable[[Call, Callable[[], Answer]], Answer]
"""Given the call and a way to get its proper answer, returns the answer to send instead."""

DEFAULT_CAP = 100_000


def json_error(code: str, **arguments: str) -> Fault:
    """Answer an error of this code as the dispatcher does, in the format the call asked for."""
    return lambda call, _: answers.error(call, kaltura_error(code, **arguments))


def header_error(code: str, **arguments: str) -> Fault:
    """Answer an empty body and the code in headers only, as an action that serves files does."""
    return lambda call, _: answers.error_of_action(kaltura_error(code, **arguments))


def nothing() -> Fault:
    """Answer HTTP 200 with a body of zero bytes and no word why."""
    return lambda call, _: Answer(b"", "text/html")


def html(status: int, title: str = "Something went wrong") -> Fault:
    """Answer a page of a proxy's or web server's making, with any HTTP status, 200 too."""
    return lambda call, _: answers.page(status, title)


def dropped() -> Fault:
    """Close the connection without an answer."""
    return _delivered(Delivery.DROPPED)


def reset() -> Fault:
    """Reset the connection (RST) without an answer."""
    return _delivered(Delivery.RESET)


def short_of_length() -> Fault:
    """Announce the whole body's length, send half of it and close."""
    return _delivered(Delivery.SHORT_OF_LENGTH)


def without_last_chunk() -> Fault:
    """Send the body in chunks and close without the chunk that ends it."""
    return _delivered(Delivery.WITHOUT_LAST_CHUNK)


def without_last_line_end(cut: int = 1) -> Fault:
    """Send a body that lost its last `cut` bytes before its length was taken."""

    def fault(call: Call, proper: Callable[[], Answer]) -> Answer:
        answer = proper()
        return replace(answer, body=answer.body[:-cut])

    return fault


def slow(seconds: float) -> Fault:
    """Answer properly, but only after so many seconds: for a client's time-out."""
    return lambda call, proper: replace(proper(), pause=seconds)


def _delivered(delivery: Delivery) -> Fault:
    return lambda call, proper: replace(proper(), delivery=delivery)


@dataclass
class _Scripted:
    fault: Fault
    applies: Callable[[Call], bool]
    after: int
    every: int
    times: int | None
    seen: int = 0
    struck: int = 0

    def strikes(self, call: Call) -> bool:
        if self.struck == self.times or not self.applies(call):
            return False
        self.seen += 1
        if self.seen <= self.after or (self.seen - self.after) % self.every:
            return False
        self.struck += 1
        return True


@dataclass
class Faults:
    """How the sandbox behaves; as created, like a Kaltura in good health.

    Standing switches:
    - `latency`: seconds before every answer.
    - `cap`: the most rows of one answer; `caps` overrides it by report id.
    - `limit_is_fixed`: the parameter `limit` is ignored, as when a report's configuration sets one.
    - `ignores_excluded_fields`: as an older server does.
    - `whole_minutes`: dates are rounded down to whole minutes, as some deployments do.
    - `missing_reports`: ids of reports that are not enabled for the account: REPORT_NOT_FOUND.
    - `longest_interval` (seconds) and `most_rows`: what is more is answered by `too_much`.
    - `rate_limit`: at most so many report calls in any second, else ACTION_BLOCKED.
    - `unlisted_sessions`: cue points that reports 6000 and 6002 do not know, though 6001 does.
    - `untimed_sessions`: cue points without start, end and duration.
    - `gzip`: compress for clients that accept it.
    - `clock`: returns the time by which `rate_limit` counts, in seconds; the real time by default.
    """

    latency: float = 0
    cap: int = DEFAULT_CAP
    caps: dict[int, int] = field(default_factory=dict)
    limit_is_fixed: bool = False
    ignores_excluded_fields: bool = False
    whole_minutes: bool = False
    missing_reports: Collection[int] = ()
    longest_interval: int | None = None
    most_rows: int | None = None
    too_much: Fault = field(default_factory=lambda: json_error("DRUID_QUERY_TIMED_OUT"))
    rate_limit: int | None = None
    unlisted_sessions: Collection[str] = ()
    untimed_sessions: Collection[str] = ()
    gzip: bool = True
    clock: Callable[[], float] = time.monotonic
    _scripted: list[_Scripted] = field(default_factory=list, repr=False)
    _report_calls: deque[float] = field(default_factory=deque, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def script(
        self,
        fault: Fault,
        *,
        report: int | None = None,
        action: str | None = None,
        when: Callable[[Call], bool] | None = None,
        after: int = 0,
        every: int = 1,
        times: int | None = 1,
    ) -> None:
        """Let a fault strike the calls it fits: `times` of them (`None`: for good).

        It fits calls for this `report` id, of this `action` (e.g. `startSession`), for which `when`
        is true; none of them given, calls for any report. It passes over the first `after` calls
        that fit and then strikes every `every`-th. Faults are tried in the order of their
        scripting; once one strikes, the later ones do not get to see that call.
        """

        def applies(call: Call) -> bool:
            if report is None and action is None and when is None:
                return call.is_report
            return (
                (report is None or call.report_id == report)
                and (action is None or call.action == action.lower())
                and (when is None or when(call))
            )

        with self._lock:
            self._scripted.append(_Scripted(fault, applies, after, every, times))

    def clear_script(self) -> None:
        """Forget every scripted fault."""
        with self._lock:
            self._scripted.clear()

    def striking(self, call: Call) -> Fault | None:
        """Return the scripted fault that strikes this call, and count it as struck."""
        with self._lock:
            return next((s.fault for s in self._scripted if s.strikes(call)), None)

    def blocks(self, call: Call) -> bool:
        """Return whether the call is one too many for `rate_limit`; blocked calls do not count."""
        if self.rate_limit is None or not call.is_report:
            return False
        now = self.clock()
        with self._lock:
            while self._report_calls and self._report_calls[0] <= now - 1:
                self._report_calls.popleft()
            if len(self._report_calls) >= self.rate_limit:
                return True
            self._report_calls.append(now)
            return False

    def cap_for(self, report_id: int, limit: str | None) -> int:
        """Return the most rows this call may get: the cap, or a lower `limit` that it asks for."""
        cap = self.caps.get(report_id, self.cap)
        if self.limit_is_fixed or limit is None or not limit.isdigit():
            return cap
        return min(cap, int(limit))
