"""One call of Kaltura's API: a form by POST, tried again for as long as that makes sense.

How long a call may last is said here, in `connections` and in `retry_policy`, nowhere else:
- one try: CONNECT_TIMEOUT + DEADLINE, about 15 minutes, if its bytes come slowly;
- passing faults: `retries` more tries, after about 1, 2, 4, 8 and 16 seconds;
- a server that was never reached: RECONNECT_SECONDS and one more try. After that every further
  call fails at once with the same error, so a sync does not repeat this for each worker;
- the rate limit: `rate_limit_waits` waits, and RATE_LIMIT_SECONDS in total.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from source_kaltura_rooms.kaltura.connections import HttpAnswer, open_session, post
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.refusals import announces_code, no_answer, refusal
from source_kaltura_rooms.kaltura.retry_policy import RetryPolicy

Value = TypeVar("Value")

RECONNECT_SECONDS = 25
"""Seconds from the first try, after which a server that was never reached is not tried again."""
RATE_LIMIT_SECONDS = 1_200
"""Seconds of waiting for the rate limit, after which a call is given up."""
UNPROVEN = no_answer("a report whose end is not proven (no length, no chunks, no compression)")

OnWait = Callable[[str, float, str], None]
"""Is told of a wait for the rate limit: the stream, the seconds, and the reason in a few words."""
OnRequest = Callable[[str], None]
"""Is told of each request before it is sent: its action. Raises Refused to have it not sent."""


@dataclass(frozen=True)
class Clock:
    """Time as a call sees it: `now` in seconds from anywhere, and how to let seconds pass."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


SYSTEM_CLOCK = Clock()


@dataclass(frozen=True)
class Reply(Generic[Value]):
    """What a call was answered with, and in how many seconds, waits between tries left out."""

    value: Value
    seconds: float


class Caller:
    """Calls actions of one Kaltura server. Threads may share it.

    What one thread learns holds for all: that the server cannot be reached, that it has answered,
    and that it does not prove the ends of its answers.
    """

    def __init__(
        self,
        api_url: str,
        logger: logging.Logger,
        policy: RetryPolicy | None = None,
        *,
        on_wait: OnWait | None = None,
        on_request: OnRequest | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.policy = policy or RetryPolicy()
        self.answered = False
        self._api_url = api_url
        self._server = urlsplit(api_url).netloc
        self._logger = logger
        self._on_wait = on_wait
        self._on_request = on_request
        self._clock = clock or SYSTEM_CLOCK
        self._session = open_session()
        self._unreachable: Refused | None = None
        self._two_equal_suffice = False
        self._lock = threading.Lock()  # lets one thread alone warn of answers without proof

    def call(
        self,
        stream: str,
        action: str,
        form: Mapping[str, str],
        read: Callable[[bytes], Value],
        *,
        policy: RetryPolicy | None = None,
        read_timeout: float | None = None,
        proof_needed: bool = True,
    ) -> Reply[Value]:
        """What `read` makes of the answer's body.

        `action` is `service/action` in Kaltura's terms. `read` raises Refused for a body that is
        not what was asked for. `proof_needed` is False where `read` itself sees that the end is
        missing. Raises Refused when all tries have ended.
        """
        call = _Call(stream, action, form, read_timeout, proof_needed)
        policy = policy or self.policy
        began, waited = self._clock.now(), 0.0
        met: Counter[ErrorAction] = Counter()
        last_unproven: set[int] = set()
        while True:
            if self._unreachable is not None and not self.answered:
                raise Refused(self._unreachable.refusal, self._unreachable.tried)
            outcome = self._try_once(call, read, last_unproven)
            if isinstance(outcome, Reply):
                return outcome
            refused, unproven = outcome
            if refused.action is ErrorAction.RECONNECT and self.answered:
                # It was reached before, so this is a fault of the network that passes.
                refused = replace(refused, action=ErrorAction.RETRY)
            met[refused.action] += 1
            times, tries = met[refused.action], policy.tries(refused.action)
            if times >= tries or self._too_long(refused, self._clock.now() - began, waited):
                if unproven is not None:
                    return self._take_unproven(stream, unproven)
                raise self._final(refused, met.total(), self._clock.now() - began)
            del outcome, unproven  # an answer that does not count is not kept while waiting
            wait = policy.wait(refused, times)
            self._logger.info(
                f"{stream}: {refused.happened}; trying again in {wait:.1f} s "
                f"(try {times + 1} of {tries})."
            )
            if refused.action is ErrorAction.WAIT:
                waited += wait
                if self._on_wait is not None:
                    self._on_wait(stream, wait, refused.code)
            self._clock.sleep(wait)

    def _try_once(
        self, call: _Call, read: Callable[[bytes], Value], last_unproven: set[int]
    ) -> Reply[Value] | tuple[Refusal, Reply[Value] | None]:
        """The reply; or why it does not count, with the reply if only its proof is missing.

        `last_unproven` has a hash of the last answer without proof.
        """
        sent = self._clock.now()
        try:
            answer = self._answer(call)
            seconds = self._clock.now() - sent
            value = read(answer.body)
        except Refused as refused:
            return refused.refusal, None
        self.answered = True
        if answer.proven or not call.proof_needed:
            return Reply(value, seconds)
        lines = hash(tuple(sorted(answer.body.splitlines())))
        again = lines in last_unproven
        last_unproven.clear()
        last_unproven.add(lines)
        if again and self._two_equal_suffice:
            return Reply(value, seconds)
        return UNPROVEN, Reply(value, seconds) if again else None

    def _answer(self, call: _Call) -> HttpAnswer:
        """Raises Refused unless Kaltura answered without an error."""
        if self._on_request is not None:
            self._on_request(call.action)
        service, _, name = call.action.partition("/")
        url = f"{self._api_url}/api_v3/service/{service}/action/{name}"
        self._logger.debug(f"{call.stream}: POST {url}")
        form = {**call.form, "format": "1"}
        answer = post(self._session, url, form, self._server, call.read_timeout)
        self._logger.debug(
            f"{call.stream}: HTTP {answer.status}, {len(answer.body):,} bytes, end "
            + ("proven" if answer.proven else "not proven")
        )
        refused = refusal(answer.status, answer.headers, answer.body, answered_before=self.answered)
        if refused is None:
            return answer
        if announces_code(refused):
            self.answered = True
        raise Refused(refused)

    def _too_long(self, refused: Refusal, seconds: float, waited: float) -> bool:
        """Whether a kind of refusal has been met for so long that it is not tried again."""
        if refused.action is ErrorAction.RECONNECT:
            return seconds > RECONNECT_SECONDS
        return refused.action is ErrorAction.WAIT and waited > RATE_LIMIT_SECONDS

    def _take_unproven(self, stream: str, reply: Reply[Value]) -> Reply[Value]:
        with self._lock:
            first, self._two_equal_suffice = not self._two_equal_suffice, True
        if first:
            self._logger.warning(
                f"{stream}: Kaltura's reports come without a length, so that nothing proves that "
                "they are whole; is a proxy in the way? The same report came twice, which is taken "
                "for whole, here and in the rest of this sync."
            )
        return reply

    def _final(self, refused: Refusal, tries: int, seconds: float) -> Refused:
        tried = f"{tries} tries in {seconds:.0f} s" if tries > 1 else ""
        error = Refused(refused, tried)
        if refused.action is ErrorAction.RECONNECT:
            self._unreachable = error
        return error


@dataclass(frozen=True)
class _Call:
    stream: str
    action: str
    form: Mapping[str, str]
    read_timeout: float | None
    proof_needed: bool
