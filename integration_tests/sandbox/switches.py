"""How the sandbox behaves: everything that a test can switch, at any moment.

Two kinds: standing switches, plain attributes of `Faults`, and scripted faults (see `faults`).
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from .calls import Call
from .faults import Fault, json_error

DEFAULT_CAP = 100_000
HOUR = 3_600


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
    - `aggregation_seconds`: analytics keeps events by this unit, an hour; 60 or 1 for finer ones.
    - `cap`: the most rows of one answer, any number; `caps` overrides it by report id. The rows
      with the least view time or the fewest people are left out.
    - `limit_is_fixed`: the parameter `limit` is ignored, as when a report's configuration sets one.
    - `ignores_excluded_fields`: as an older server does.
    - `ignored_filters`: names of parameters without effect, as when the data store lacks a column.
    - `ignores_dates`: every event is reported, whatever interval was asked for.
    - `longest_id_list`: of a longer list of ids only so many count.
    - `without_druid`: reports run as SQL: `excludedFields` shortens the header and not the rows,
      there is no cap, and `limit` is ignored.
    - `whole_minutes`: dates are rounded down to whole minutes, as some deployments do.
    - `missing_reports`: ids of reports that are not enabled for the account: REPORT_NOT_FOUND.
    - `longest_interval` (seconds) and `most_rows`: what is more is answered by `too_much`, e.g.
      `json_error("INTERNAL_SERVERL_ERROR")`, `server_error_without_body()`, `html(504)`.
    - `rate_limit`: at most so many report calls in any second, else ACTION_BLOCKED.
    - `unlisted_sessions`: cue points that reports 6000 and 6002 do not know, though 6001 does.
    - `untimed_sessions`: cue points without start, end and duration.
    - `gzip`: compress for clients that accept it.
    - `clock`: returns the time by which `rate_limit` counts, in seconds; the real time by default.
    """

    latency: float = 0
    aggregation_seconds: int = HOUR
    cap: int = DEFAULT_CAP
    caps: dict[int, int] = field(default_factory=dict)
    limit_is_fixed: bool = False
    ignores_excluded_fields: bool = False
    ignored_filters: Collection[str] = ()
    ignores_dates: bool = False
    longest_id_list: int | None = None
    without_druid: bool = False
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
        if self.without_druid:
            return sys.maxsize
        cap = self.caps.get(report_id, self.cap)
        if self.limit_is_fixed or limit is None or not limit.isdigit():
            return cap
        return min(cap, int(limit))
