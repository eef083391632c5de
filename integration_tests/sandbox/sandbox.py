"""The sandbox: a stand-in Kaltura over real HTTP, for tests, demos and benchmarks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from .analytics import Filters, Row
from .answers import Answer
from .app_tokens import DAY_IN_SECONDS, AppToken
from .calls import Call
from .day_reports import truth_by_day
from .dialect import Dialect
from .dispatch import Kaltura
from .report_action import Analytics, get_csv
from .requests_seen import RequestSeen, request_seen
from .server import Server
from .sessions import ADMIN, Account, Sessions
from .switches import Faults
from .truth import rfc3339, truth
from .world import World

PARTNER_ID = 4242
ADMIN_SECRET = "sandbox-admin-secret-4f1d2c9ab07e4c55"
APP_TOKEN = AppToken("1_sandbox0", "sandbox-app-token-b51ce77d0c2a4b1e")


class Sandbox:
    """A Kaltura account on a server of its own at 127.0.0.1.

    Use it as a context manager, or `start` and `stop` it. `world`, `now`, `dialect`, `prerendered`,
    `session_clock` and the switches of `faults` may be set at any time, also while it
    serves. `on_request` is called with each request, before its answer is sent.

    There are two clocks. Analytics knows what happened up to `now` (Unix seconds; the real time if
    `None` was set). Sessions expire by `session_clock`, a function that returns Unix seconds; by
    default the real time, by which the connector renews them.

    With `prerendered`, a repeated report call is answered from memory, for benchmarks; changing the
    world, the clock or the dialect empties it, switching a fault does not. Switch off
    `faults.gzip` as well, or every answer is compressed anew.
    """

    def __init__(
        self,
        world: World,
        *,
        now: float | None = None,
        port: int = 0,
        account: Account | None = None,
        dialect: Dialect | None = None,
        on_request: Callable[[RequestSeen], None] | None = None,
    ) -> None:
        self.account = account or Account(PARTNER_ID, ADMIN_SECRET, (APP_TOKEN,))
        self.faults = Faults()
        self.session_clock: Callable[[], float] = time.time
        self.sessions = Sessions(self.account, lambda: self.session_clock())
        self.prerendered = False
        self._world = world
        self._now = now
        self._dialect = dialect or Dialect()
        self._rendered: dict[object, Answer] = {}
        self._port = port
        self._on_request = on_request
        self._requests: list[RequestSeen] = []
        self._lock = threading.Lock()
        self._kaltura = Kaltura(self.account, self.sessions, self.faults, self._get_csv)
        self._server: Server | None = None

    def start(self) -> Self:
        """Start serving; raise `OSError` if the port is taken."""
        self._server = Server(self._port, self._answer, lambda: self.faults.gzip)
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        if self._server:
            self._server.stop()
            self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, e.g. `http://127.0.0.1:43210`; raises `RuntimeError` unless started."""
        if self._server is None:
            raise RuntimeError("The sandbox has not been started")
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def connections(self) -> int:
        """How many connections clients have opened."""
        return self._server.connections if self._server else 0

    @property
    def compressed_answers(self) -> int:
        """How many answers were compressed, as their clients accept."""
        return self._server.compressed if self._server else 0

    @property
    def world(self) -> World:
        """What has happened."""
        return self._world

    @world.setter
    def world(self, world: World) -> None:
        self._world = world
        self._rendered = {}

    @property
    def now(self) -> float:
        """What time analytics thinks it is, Unix seconds."""
        return time.time() if self._now is None else self._now

    @now.setter
    def now(self, now: float | None) -> None:
        self._now = now
        self._rendered = {}

    @property
    def dialect(self) -> Dialect:
        """How answers are written."""
        return self._dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._rendered = {}

    @property
    def requests(self) -> list[RequestSeen]:
        """A copy of what was requested so far, in the order of the answers."""
        with self._lock:
            return list(self._requests)

    def clear_requests(self) -> None:
        """Forget the requests seen so far."""
        with self._lock:
            self._requests.clear()

    def expire_sessions(self) -> None:
        """End every session that is live now."""
        self.sessions.expire_all()

    def ks(self) -> str:
        """Return a new ADMIN session's text, good for a day and for every action."""
        ks = self.sessions.mint(
            session_type=ADMIN, user_id="", seconds=DAY_IN_SECONDS, privileges=""
        )
        return ks.text

    def credentials(self, auth_type: str = "app_token") -> dict[str, Any]:
        """Return the connector's `credentials` for `app_token`, `admin_secret` or `ks`."""
        match auth_type:
            case "app_token":
                token = self.account.app_tokens[0]
                given: dict[str, Any] = {
                    "partner_id": self.account.partner_id,
                    "app_token_id": token.token_id,
                    "app_token": token.token,
                    "hash_type": token.hash_type,
                }
            case "admin_secret":
                given = {
                    "partner_id": self.account.partner_id,
                    "admin_secret": self.account.admin_secret,
                }
            case "ks":
                given = {"ks": self.ks()}
            case _:
                raise ValueError(f"No such auth_type: {auth_type}")
        return {"auth_type": auth_type, **given}

    def config(self, auth_type: str = "app_token", **overrides: Any) -> dict[str, Any]:
        """Return a configuration for the connector, from the first session on."""
        return {
            "api_url": self.url,
            "credentials": self.credentials(auth_type),
            "start_date": rfc3339(self.world.start),
            **overrides,
        }

    def truth(
        self,
        stream: str,
        start: int,
        end: int,
        filters: Filters | None = None,
        *,
        without_session: bool = False,
    ) -> list[Row]:
        """Return what a connector must emit for sessions that start in `[start, end)`, by `now`.

        With `without_session`, the rows that belong to no session, of what happened in that time.
        """
        return truth(
            self.world,
            stream,
            start,
            end,
            int(self.now),
            filters=filters,
            dialect=self.dialect,
            without_session=without_session,
        )

    def truth_by_day(self, report_id: int, start: int, end: int) -> list[Row]:
        """Return what a connector must emit of report 3009 or 1109, by `now`.

        The days run from that of `start` to the last that begins before `end`, each whole.
        """
        return truth_by_day(report_id, self.world, start, end, int(self.now))

    def _answer(self, call: Call) -> Answer:
        answer = self._kaltura.answer(call)
        seen = request_seen(call, answer)
        with self._lock:
            self._requests.append(seen)
        if self._on_request:
            self._on_request(seen)
        return replace(answer, pause=answer.pause + self.faults.latency)

    def _get_csv(self, call: Call) -> Answer:
        rendered = self._rendered
        request = (call.report_id, call.given.get("params"), call.given.get("excludedFields"))
        if self.prerendered and request in rendered:
            return rendered[request]
        analytics = Analytics(self.world, int(self.now), self.dialect)
        answer = get_csv(call, self.account.partner_id, analytics, self.faults)
        if self.prerendered:
            rendered[request] = answer
        return answer
