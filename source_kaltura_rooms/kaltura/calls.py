"""One call of Kaltura's API: a form by POST, tried again for as long as that makes sense.

The CDK's HttpClient sends and waits. What an answer means is said by `errors`; how often it is
worth another try, by `RetryPolicy`. The client is never told to fail or to log an answer, for it
would print bodies, and with them the session or people's names; `Refused` is raised here instead.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import requests
from airbyte_cdk.sources.streams.http import HttpClient
from airbyte_cdk.sources.streams.http.error_handlers import (
    BackoffStrategy,
    ErrorHandler,
    ErrorResolution,
    ResponseAction,
)
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ContentDecodingError
from urllib3.exceptions import ReadTimeoutError

from source_kaltura_rooms.kaltura.errors import (
    ErrorAction,
    Refusal,
    Refused,
    no_answer,
    refusal,
    timed_out,
    unreachable,
)

Answer = TypeVar("Answer")

CONNECT_TIMEOUT = 30
READ_TIMEOUT = 660
"""Seconds. Kaltura gives itself 600 s for a report; leaving earlier only makes it work twice."""

READ_SIZE = 2**20
"""Bytes to take from a connection at a time; requests takes 10 KiB, which costs more to handle."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is repeated, and how long it waits before each time.

    `backoff` is the first wait in seconds after a passing fault and doubles each time. The counters
    of Kaltura's rate limit live about 10 s, which `rate_limit_wait` is longer than.
    """

    retries: int = 5
    rate_limit_waits: int = 40
    backoff: float = 1.0
    rate_limit_wait: float = 12.0

    def allows(self, action: ErrorAction, times: int) -> bool:
        """Whether a call that met this action `times` times is to be tried again."""
        return times <= {
            ErrorAction.RETRY: self.retries,
            ErrorAction.RETRY_THEN_SPLIT: 1,
            ErrorAction.WAIT: self.rate_limit_waits,
        }.get(action, 0)

    def wait(self, action: ErrorAction, times: int) -> float:
        """Seconds to wait, spread at random so that workers do not come back all at once."""
        if action is ErrorAction.WAIT:
            return self.rate_limit_wait * random.uniform(1, 1.5)
        return float(self.backoff * 2 ** (times - 1) * random.uniform(0.5, 1))


class Caller:
    """Calls actions of one Kaltura server, over connections that all workers share."""

    def __init__(
        self, api_url: str, logger: logging.Logger, patience: RetryPolicy | None = None
    ) -> None:
        self._api_url = api_url
        self._logger = logger
        self._patience = patience or RetryPolicy()
        self._session = requests.Session()
        for scheme in ("http", "https"):
            self._session.mount(f"{scheme}://", HTTPAdapter(pool_maxsize=32))

    def call(
        self,
        stream: str,
        action: str,
        form: Mapping[str, str],
        read: Callable[[bytes], Answer],
    ) -> Answer:
        """What `read` makes of the answer's body.

        `action` is `service/action` in Kaltura's terms; `read` raises Refused for a body that is
        not what was asked for. Raises Refused when Kaltura refuses and patience has ended.
        """
        service, _, name = action.partition("/")
        attempt = _Attempts(
            read, self._patience, lambda said: self._logger.info(f"{stream}: {said}")
        )
        client = HttpClient(
            name=stream,
            logger=self._logger,
            error_handler=attempt,
            backoff_strategy=attempt,
            session=self._session,
            request_timeout=(CONNECT_TIMEOUT, READ_TIMEOUT),
        )
        client.send_request(
            "POST",
            f"{self._api_url}/api_v3/service/{service}/action/{name}",
            data={**form, "format": "1"},
            # Streamed answers are not printed by --debug. A redirect would carry the session away.
            request_kwargs={"stream": True, "allow_redirects": False},
        )
        return attempt.result()


class _Attempts(ErrorHandler, BackoffStrategy, Generic[Answer]):
    """The attempts of one call: judges each answer, and says whether and when to try again."""

    # RetryPolicy sets the bounds, per action; these only keep the client's own out of the way.
    max_retries = 1_000
    max_time = 86_400

    def __init__(
        self, read: Callable[[bytes], Answer], patience: RetryPolicy, say: Callable[[str], None]
    ) -> None:
        self._read = read
        self._patience = patience
        self._say = say
        self._started = time.monotonic()
        self._met: Counter[ErrorAction] = Counter()
        self._answers: list[Answer] = []
        self._refusal: Refusal | None = None

    def interpret_response(self, response: requests.Response | Exception | None) -> ErrorResolution:
        try:
            self._answers = [self._read(_body(response))]
            return ErrorResolution(ResponseAction.SUCCESS)
        except Refused as refused:
            self._refusal = refused.refusal
        action = self._refusal.action
        self._met[action] += 1
        if not self._patience.allows(action, self._met[action]):
            return ErrorResolution(ResponseAction.SUCCESS)
        self._say(f"Kaltura answered {self._refusal.code}; it is asked again after a while.")
        waiting = action is ErrorAction.WAIT
        return ErrorResolution(
            ResponseAction.RATE_LIMITED if waiting else ResponseAction.RETRY,
            error_message=f"Kaltura answered {self._refusal.code}",
        )

    def backoff_time(
        self,
        response_or_exception: requests.Response | requests.RequestException | None,
        attempt_count: int,
    ) -> float | None:
        if self._refusal is None:
            return None
        action = self._refusal.action
        return self._patience.wait(action, self._met[action])

    def result(self) -> Answer:
        if self._answers:
            return self._answers[0]
        if self._refusal is None:
            raise RuntimeError("the call was judged neither answered nor refused")
        tries = self._met.total()
        seconds = time.monotonic() - self._started
        tried = f"{tries} tries in {seconds:.0f} s" if tries > 1 else ""
        raise Refused(self._refusal, tried)


def _body(response: requests.Response | Exception | None) -> bytes:
    """The whole body of an answer that Kaltura does not announce as an error.

    Raises Refused for anything else. urllib3 compares what came with `Content-Length` and with the
    chunks that were announced, so a body that was cut on the way does not pass.
    """
    try:
        if isinstance(response, Exception):
            raise response
        if response is None:
            raise requests.ConnectionError("no answer")
        body = b"".join(response.iter_content(READ_SIZE))
    except requests.ReadTimeout as error:
        raise Refused(timed_out(str(error))) from error
    except (ChunkedEncodingError, ContentDecodingError) as error:
        raise Refused(no_answer("an answer that broke off", str(error))) from error
    except requests.RequestException as error:
        slow = bool(error.args) and isinstance(error.args[0], ReadTimeoutError)
        raise Refused(timed_out(str(error)) if slow else unreachable(str(error))) from error
    if refused := refusal(response.status_code, response.headers, body):
        raise Refused(refused)
    return body
