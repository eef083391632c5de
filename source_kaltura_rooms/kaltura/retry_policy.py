"""How often a call is repeated after each kind of refusal, and how long it waits before."""

from __future__ import annotations

import random
from dataclasses import dataclass

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is repeated after each kind of refusal, and how long it waits before.

    `backoff` is the first wait in seconds and doubles each time. The counters of Kaltura's rate
    limit live about 10 s, which `rate_limit_wait` is longer than.
    """

    retries: int = 5
    reconnects: int = 3
    retries_then_split: int = 2
    retries_of_too_much: int = 0
    rate_limit_waits: int = 40
    backoff: float = 1.0
    rate_limit_wait: float = 12.0

    def tries(self, action: ErrorAction) -> int:
        """How often a request may be sent in all, if each answer is of this kind."""
        return 1 + {
            ErrorAction.RETRY: self.retries,
            ErrorAction.RETRY_ONCE: 1,
            ErrorAction.RECONNECT: self.reconnects,
            ErrorAction.RETRY_THEN_SPLIT: self.retries_then_split,
            ErrorAction.SPLIT: self.retries_of_too_much,
            ErrorAction.WAIT: self.rate_limit_waits,
        }.get(action, 0)

    def wait(self, refused: Refusal, times: int) -> float:
        """Seconds to wait after this kind of refusal came for the `times`-th time.

        Spread at random, so that workers do not come back all at once, but never shorter than
        the server asked for.
        """
        if refused.retry_after is not None:
            return max(1.0, refused.retry_after * random.uniform(1, 1.1))
        if refused.action is ErrorAction.WAIT:
            return self.rate_limit_wait * random.uniform(1, 1.5)
        return float(self.backoff * 2 ** (times - 1) * random.uniform(0.5, 1))
