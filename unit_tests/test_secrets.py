"""Secrets stay secret: in no URL, log line, trace, error or status, with `--debug` too."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
import requests
from airbyte_cdk.logger import AirbyteLogFormatter
from airbyte_cdk.models import AirbyteMessageSerializer
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from unit_tests.reading import Outcome, read, report
from unit_tests.stand_ins import FORM, REPORT_URL, error, url_of

# Each with characters that forms, JSON and Python's repr write differently.
CONFIG_KS = "djJ8CONFIGKS/+=|'é"
MINTED_KS = "djJ8MINTEDKS/+=|'é"
WIDGET_KS = "djJ8WIDGETKS/+=|'é"
APP_TOKEN = 'APPTOKEN/+=|"é'
ADMIN_SECRET = "ADMINSECRET/+=|'é"
# sha256 of WIDGET_KS + APP_TOKEN
TOKEN_HASH = "334450427e74526d143d4d2fae07074aa89a0ff01bf7588755cfa3f7b600504a"

NEVER_SHOWN = ["CONFIGKS", "MINTEDKS", "WIDGETKS", "APPTOKEN", "ADMINSECRET", TOKEN_HASH]

CREDENTIALS: dict[str, dict[str, Any]] = {
    "ks": {"auth_type": "ks", "ks": CONFIG_KS},
    "admin_secret": {
        "auth_type": "admin_secret",
        "partner_id": 99,
        "admin_secret": ADMIN_SECRET,
    },
    "app_token": {
        "auth_type": "app_token",
        "partner_id": 99,
        "app_token_id": "1_t",
        "app_token": APP_TOKEN,
    },
}
ROOMS = report("entry_id,cue_point_id,session_start_time", "1_r,1_c,1770109200")
# What was sent to Kaltura by then, and may come back in an answer.
SENT = {
    "ks": CONFIG_KS,
    "admin_secret": ADMIN_SECRET + MINTED_KS,
    "app_token": f"{WIDGET_KS} {TOKEN_HASH} {MINTED_KS}",
    "session/start": ADMIN_SECRET,
    "session/startWidgetSession": "_99",
    "appToken/startSession": f"{WIDGET_KS} {TOKEN_HASH}",
}

Answers = Callable[[str], list[dict[str, Any]]]
ANSWERS: dict[str, Answers] = {
    "a_report": lambda sent: [{"content": ROOMS}],
    "an_invalid_session": lambda sent: [error("INVALID_KS", f'Invalid KS "{sent}"')],
    "an_invalid_session_then_a_report": lambda sent: [
        error("INVALID_KS", f'Invalid KS "{sent}"'),
        {"content": ROOMS},
    ],
    "a_forbidden_service": lambda sent: [error("SERVICE_FORBIDDEN", f"Forbidden for {sent}")],
    "an_unknown_code": lambda sent: [error("A_CODE_OF_TOMORROW", f"It is {sent}")],
    "a_fault": lambda sent: [error("INTERNAL_SERVERL_ERROR", f"With {sent}")],
    "the_rate_limit": lambda sent: [
        error("ACTION_BLOCKED", f"Action blocked {sent}"),
        {"content": ROOMS},
    ],
    "headers": lambda sent: [
        {
            "content": b"",
            "headers": {
                "X-Kaltura": "error- INVALID_KS",
                "X-Kaltura-App": f"exiting on error INVALID_KS - Invalid KS {sent}",
            },
        }
    ],
    "an_error_page": lambda sent: [{"status_code": 500, "content": f"<p>{sent}".encode()}],
    "a_page": lambda sent: [{"content": f"<p>{sent}\n".encode()}],
    "a_web_page": lambda sent: [{"content": f"<html>{sent}\n".encode()}],
    "an_echo_as_code": lambda sent: [error(sent, sent)],
    "an_echo_in_a_list": lambda sent: [{"json": [{"code": sent, "message": sent, "args": [sent]}]}],
    "an_echo_as_reason": lambda sent: [
        {"json": {"code": "INVALID_KS", "message": sent, "args": {"KSID": sent}}}
    ],
    "an_echo_as_parameter": lambda sent: [
        {"json": {"code": "MISSING_MANDATORY_PARAMETER", "args": {"PARAM_NAME": sent}}}
    ],
    "a_redirect": lambda sent: [
        {"status_code": 302, "headers": {"Location": f"https://example.com/?{quote_plus(sent)}"}}
    ],
    "a_broken_line": lambda sent: [{"exc": requests.ConnectionError(f"cannot send {sent}")}],
    "no_answer_in_time": lambda sent: [{"exc": requests.ReadTimeout(f"cannot send {sent}")}],
}


class Printed(logging.Handler):
    """What the CDK would print of each log record, in both ways in which it prints debug ones."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(logging.DEBUG)
        self._monkeypatch = monkeypatch
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        for level in ("info", "debug"):
            self._monkeypatch.setenv("LOG_LEVEL", level)
            self.lines.append(AirbyteLogFormatter("%(message)s").format(record))


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Printed]:
    """Everything that is logged, with `--debug`."""
    handler = Printed(monkeypatch)
    root = logging.getLogger()
    airbyte = logging.getLogger("airbyte")
    levels = root.level, airbyte.level
    root.setLevel(logging.DEBUG)
    airbyte.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    root.setLevel(levels[0])
    airbyte.setLevel(levels[1])


def serve_sessions(mocker: Mocker) -> None:
    mocker.post(url_of("session/start"), json=MINTED_KS)
    mocker.post(url_of("session/startWidgetSession"), json={"ks": WIDGET_KS})
    mocker.post(url_of("appToken/startSession"), json={"ks": MINTED_KS})


def shown_of(outcome: Outcome) -> str:
    """Everything that a sync puts out, and what it ended with."""
    messages = [str(AirbyteMessageSerializer.dump(one)) for one in outcome.messages]
    return "\n".join([*messages, repr(outcome.error), str(outcome.error)])


def assert_secret(shown: str) -> None:
    assert [one for one in NEVER_SHOWN if one in shown] == []


@pytest.mark.parametrize("auth_type", list(CREDENTIALS))
@pytest.mark.parametrize("answers", list(ANSWERS))
def test_given_any_answer_when_read_with_debug_then_no_secret_is_shown(
    answers: str,
    auth_type: str,
    requests_mock: Mocker,
    printed: Printed,
    capsys: pytest.CaptureFixture[str],
) -> None:
    serve_sessions(requests_mock)
    requests_mock.post(REPORT_URL, ANSWERS[answers](SENT[auth_type]))

    outcome = read("rooms", credentials=CREDENTIALS[auth_type])

    assert any("rooms: POST https://" in line for line in printed.lines), "no debug logs"
    assert_secret("\n".join(printed.lines))
    assert_secret(shown_of(outcome))
    assert_secret(capsys.readouterr().out)
    assert all(
        secret not in str(request.url)
        for request in requests_mock.request_history
        for secret in NEVER_SHOWN
    )


@pytest.mark.parametrize("auth_type", list(CREDENTIALS))
@pytest.mark.parametrize("answers", list(ANSWERS))
def test_given_any_answer_when_checked_with_debug_then_no_secret_is_shown(
    answers: str,
    auth_type: str,
    requests_mock: Mocker,
    printed: Printed,
) -> None:
    serve_sessions(requests_mock)
    requests_mock.post(REPORT_URL, ANSWERS[answers](SENT[auth_type]))

    status = SourceKalturaRooms().check(
        logging.getLogger("airbyte"), {**FORM, "credentials": CREDENTIALS[auth_type]}
    )

    assert_secret("\n".join(printed.lines))
    assert_secret(str(status))


@pytest.mark.parametrize(
    "action", ["session/start", "session/startWidgetSession", "appToken/startSession"]
)
@pytest.mark.parametrize("answers", [key for key in ANSWERS if key != "a_report"])
def test_given_any_refusal_when_a_session_is_started_with_debug_then_no_secret_is_shown(
    answers: str, action: str, requests_mock: Mocker, printed: Printed
) -> None:
    serve_sessions(requests_mock)
    requests_mock.post(REPORT_URL, content=ROOMS)
    requests_mock.post(url_of(action), ANSWERS[answers](SENT[action]))
    auth_type = "admin_secret" if action == "session/start" else "app_token"

    outcome = read("rooms", credentials=CREDENTIALS[auth_type])

    assert_secret("\n".join(printed.lines))
    assert_secret(shown_of(outcome))
