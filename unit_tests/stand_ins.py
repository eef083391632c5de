"""What stands in for Kaltura and for a user's configuration."""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

from requests_mock import Mocker

from source_kaltura_rooms.config import Config, parse_config
from source_kaltura_rooms.kaltura.client import Answer, KalturaClient
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import Report

FEBRUARY_1 = 1_769_904_000
"""2026-02-01T00:00:00Z, a whole day."""

FORM: Mapping[str, Any] = {
    "credentials": {"auth_type": "ks", "ks": "djJ8MTIzfO+/kl=="},
    "start_date": "2026-02-01T00:00:00Z",
    "end_date": "2026-02-08T00:00:00Z",
}
"""A filled-in form with one window, for tests of everything but the configuration itself."""


def config_of(**changes: Any) -> Config:
    """The configuration of `FORM` with some keys changed."""
    return parse_config({**FORM, **changes})


@dataclasses.dataclass(frozen=True)
class Asked:
    """What one report call asked for."""

    stream: str
    report: int
    params: str
    excluded: tuple[str, ...]

    @property
    def param(self) -> dict[str, str]:
        return dict(pair.split("=", 1) for pair in self.params.split(";"))

    @property
    def ids(self) -> list[str]:
        """The sessions that were asked for by name."""
        return self.param["cue_point_ids"].split(",") if "cue_point_ids" in self.param else []


class FakeKaltura(KalturaClient):
    """Answers every report call with what `answer` makes of it, and remembers the calls."""

    def __init__(self, answer: Callable[[Asked], Table]) -> None:
        super().__init__(config_of(), logging.getLogger("airbyte"))
        self._answer = answer
        self._asking = threading.Lock()
        self.asked: list[Asked] = []

    def report(
        self, stream: str, report: Report, params: str, excluded: Collection[str] = ()
    ) -> Answer:
        asked = Asked(stream, report.id, params, tuple(excluded))
        with self._asking:
            self.asked.append(asked)
        return Answer(self._answer(asked), 1.0)


@dataclasses.dataclass(frozen=True)
class Meeting:
    """A session, in seconds after the first of February, with the people who stayed throughout."""

    id: str
    start: int
    end: int
    people: tuple[str, ...] = ("ada",)


@dataclasses.dataclass(frozen=True)
class Meetings:
    """Reports 6000 and 6001 over some sessions, as Kaltura counts: what happened in the interval.

    Sessions in `unlisted` are missing in report 6000. No answer has more than `cap` rows.
    """

    meetings: Collection[Meeting]
    unlisted: Collection[str] = ()
    cap: int = 100_000

    def __call__(self, asked: Asked) -> Table:
        first, last = (int(asked.param[name]) - FEBRUARY_1 for name in ("from_date", "to_date"))
        seen = [
            (one, min(one.end, last) - max(one.start, first))
            for one in self.meetings
            if one.start < last and one.end > first and (not asked.ids or one.id in asked.ids)
        ]
        rows = [
            ["room", one.id, person, "attendee", str(seconds)]
            for one, seconds in seen
            for person in one.people
        ]
        if asked.report == 6001:
            columns = ("entry_id", "cue_point_id", "user_id", "user_type", "seconds")
            return RowTable(columns, rows[: self.cap])
        sessions = [
            ["room", one.id, str(one.start + FEBRUARY_1), str(one.end + FEBRUARY_1), str(seconds)]
            for one, seconds in seen
            if one.id not in self.unlisted
        ]
        names = ("entry_id", "cue_point_id", "session_start_time", "session_end_time", "seconds")
        return RowTable(names, sessions[: self.cap])


def url_of(action: str, server: str = "https://www.kaltura.com") -> str:
    """Where an action, such as `session/start`, is called."""
    service, _, name = action.partition("/")
    return f"{server}/api_v3/service/{service}/action/{name}"


REPORT_URL = url_of("report/getCsvFromStringParams")


def forms_of(mocker: Mocker) -> list[dict[str, str]]:
    """The forms that were sent, in order."""
    return [
        dict(parse_qsl(request.text or "", keep_blank_values=True, strict_parsing=True))
        for request in mocker.request_history
    ]


def error(code: str, message: str = "what it says") -> dict[str, Any]:
    """An answer that refuses, as requests-mock takes it."""
    return {"json": {"code": code, "message": message, "objectType": "KalturaAPIException"}}
