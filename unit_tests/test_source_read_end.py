"""The end of a sync: the last messages, the last error, and a process that ends after them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    FailureType,
    StreamDescriptor,
    Type,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests_mock import Mocker

from source_kaltura_rooms.airbyte.outcome import until_last_status, with_type_of_first_error
from source_kaltura_rooms.airbyte.sync import Sync
from source_kaltura_rooms.kaltura.client import KalturaClient
from unit_tests.reading import LOGGER, configured, read, report, serve
from unit_tests.stand_ins import FORM, config_of

ROOMS = "entry_id,cue_point_id,session_start_time"


@pytest.mark.parametrize(
    ("answer", "failure_type"),
    [
        pytest.param("INTERNAL_SERVERL_ERROR", FailureType.transient_error, id="transient"),
        pytest.param("REPORT_NOT_FOUND", FailureType.config_error, id="configuration"),
        pytest.param("A_CODE_OF_TOMORROW", FailureType.system_error, id="system"),
    ],
)
def test_given_a_stream_that_fails_when_the_sync_ends_then_its_error_has_that_type_and_words(
    answer: str, failure_type: FailureType, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: answer)

    outcome = read("rooms")

    (of_stream,) = outcome.failures
    assert of_stream.failure_type == failure_type
    assert outcome.error is not None
    assert outcome.error.failure_type == failure_type
    assert outcome.error.message == of_stream.message
    trace = outcome.error.as_airbyte_message().trace
    assert trace is not None
    assert trace.error is not None
    assert "did not sync successfully" not in str(trace.error.stack_trace)


def test_given_two_streams_that_fail_when_the_sync_ends_then_the_type_is_that_of_the_first(
    requests_mock: Mocker,
) -> None:
    codes = {"6000": "A_CODE_OF_TOMORROW", "6002": "REPORT_NOT_FOUND"}
    serve(requests_mock, lambda form: codes[form["id"]])

    outcome = read("rooms", "breakouts", num_workers=1)

    assert [one.failure_type for one in outcome.failures] == [
        FailureType.system_error,
        FailureType.config_error,
    ]
    assert outcome.error is not None
    assert outcome.error.failure_type == FailureType.system_error
    assert outcome.error.message == " ".join(one.message for one in outcome.failures)


def test_given_an_error_that_is_no_streams_when_the_sync_ends_then_it_stays_as_it_is() -> None:
    error = AirbyteTracedException(message="Another.", failure_type=FailureType.system_error)

    def messages() -> Any:
        yield AirbyteMessage(type=Type.STATE)
        raise error

    with pytest.raises(AirbyteTracedException) as raised:
        list(with_type_of_first_error(messages()))

    assert raised.value is error


def state(stream: str) -> AirbyteMessage:
    named = AirbyteStreamState(stream_descriptor=StreamDescriptor(name=stream))
    return AirbyteMessage(
        type=Type.STATE, state=AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=named)
    )


def status(stream: str, name: str) -> AirbyteMessage:
    return as_airbyte_message(StreamDescriptor(name=stream), AirbyteStreamStatus(name))


def test_given_a_stream_that_has_ended_when_messages_about_it_were_still_queued_then_they_go() -> (
    None
):
    wanted = [
        status("rooms", "STARTED"),
        status("breakouts", "STARTED"),
        state("rooms"),
        status("rooms", "COMPLETE"),
        state("breakouts"),
        status("breakouts", "RUNNING"),
        status("breakouts", "INCOMPLETE"),
    ]
    late = [state("rooms"), status("rooms", "RUNNING")]

    messages = [*wanted[:4], *late, *wanted[4:], state("breakouts")]

    assert list(until_last_status(messages)) == wanted


class WaitsOnce(KalturaClient):
    """Waits for the rate limit before its first answer, as it says by `on_wait`."""

    def __init__(self, *args: Any, on_wait: Callable[..., None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on_wait = on_wait
        self.requests = {"rooms": 0}

    def report(self, stream: str, *args: Any, **kwargs: Any) -> Any:
        self._on_wait(stream, 12.0, "HTTP 429")
        return super().report(stream, *args, **kwargs)


def test_given_a_wait_for_the_rate_limit_when_read_then_the_platform_is_told_until_when(
    requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("source_kaltura_rooms.airbyte.sync.KalturaClient", WaitsOnce)
    monkeypatch.setattr("source_kaltura_rooms.airbyte.sync.time.time", lambda: 1_770_900_030.5)
    serve(requests_mock, lambda form: report(ROOMS, "1_r,1_c,1770109200"))

    outcome = read("rooms")

    assert outcome.statuses("rooms") == ["STARTED", "RUNNING", "RUNNING", "COMPLETE"]
    reasons = [
        one.trace.stream_status.reasons
        for one in outcome.messages
        if one.trace and one.trace.stream_status and one.trace.stream_status.reasons
    ]
    ((reason,),) = reasons
    assert reason.type.value == "RATE_LIMITED"
    assert reason.rate_limited is not None
    assert reason.rate_limited.quota_reset == 1_770_900_042_500


def test_given_a_sync_that_nobody_goes_on_reading_when_closed_then_its_threads_end(
    requests_mock: Mocker,
) -> None:
    """The queue has room for 8 chunks; here are 35, so workers wait for room in it."""
    before = set(threading.enumerate())
    days = [1_769_904_000 + day * 86_400 for day in range(7)]
    rows = [f"r{one},c{day},{day}" for day in days for one in range(10)]
    serve(requests_mock, lambda form: report(ROOMS, *rows))
    messages = Sync(config_of(window_in_days=1), [], LOGGER, 1_770_900_000).read(
        [configured("rooms")]
    )
    while next(messages).type is not Type.RECORD:
        pass

    messages.close()  # type: ignore[attr-defined]  # it is a generator

    started = set(threading.enumerate()) - before
    for thread in started:
        thread.join(timeout=60)
    assert not [thread for thread in started if thread.is_alive()]


# One report is refused at once; the other does not answer before the process is to have ended.
REFUSED_AT_ONCE = """
import threading
import requests_mock
from source_kaltura_rooms.run import run

def answer(request, context):
    if "id=6001" not in request.text:
        threading.Event().wait()
    return '{"code": "REPORT_NOT_FOUND", "message": "", "objectType": "KalturaAPIException"}'

with requests_mock.Mocker() as mocker:
    mocker.post(requests_mock.ANY, text=answer)
    run()
"""


def test_given_an_answer_that_nobody_waits_for_when_the_sync_has_failed_then_the_process_ends(
    tmp_path: Path,
) -> None:
    catalog = {
        "streams": [
            {
                "stream": {
                    "name": "attendees",
                    "json_schema": {},
                    "supported_sync_modes": ["incremental"],
                },
                "sync_mode": "incremental",
                "destination_sync_mode": "append",
            }
        ]
    }
    arguments = ["read"]
    for name, content in {"config": FORM, "catalog": catalog}.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(content))
        arguments += [f"--{name}", str(path)]

    ended = subprocess.run(
        [sys.executable, "-c", REFUSED_AT_ONCE, *arguments],
        capture_output=True,
        check=False,
        cwd=Path(__file__).parent.parent,
        timeout=120,
    )

    messages = [json.loads(line) for line in ended.stdout.splitlines()]
    statuses = [
        one["trace"]["stream_status"]["status"]
        for one in messages
        if one["type"] == "TRACE" and one["trace"]["type"] == "STREAM_STATUS"
    ]
    assert statuses == ["STARTED", "INCOMPLETE"]
    assert ended.returncode == 1


def test_given_a_catalog_with_the_key_of_0_1_when_read_then_it_works_and_is_warned_of(
    requests_mock: Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    serve(
        requests_mock,
        lambda form: (
            report(ROOMS, "1_r,1_c,1770109200")
            if form["id"] == "6000"
            else report("entry_id,cue_point_id,user_id,user_type", "1_r,1_c,ada,User")
        ),
    )
    attendees = configured("attendees")
    attendees.primary_key = [["entry_id"], ["cue_point_id"], ["user_id"], ["user_type"]]

    outcome = read(attendees)

    assert len(outcome.records("attendees")) == 1
    assert outcome.error is None
    said = [one for one in caplog.messages if "Refresh the source schema" in one]
    assert len(said) == 1


@pytest.mark.parametrize(
    ("fields", "record"),
    [
        pytest.param(
            ("shoe_size", "entry_name"),
            {"entry_name": "R", "shoe_size": "042"},
            id="a_column_that_was_discovered",
        ),
        pytest.param(("entry_name",), {"entry_name": "R"}, id="a_column_that_was_not"),
    ],
)
def test_given_a_column_beyond_the_schema_when_read_then_the_catalog_says_whether_it_is_emitted(
    fields: tuple[str, ...], record: dict[str, str], requests_mock: Mocker
) -> None:
    serve(
        requests_mock,
        lambda form: report(f"{ROOMS},entry_name,shoe_size", "1_r,1_c,1770109200,R,042"),
    )

    outcome = read(configured("rooms", fields=fields))

    assert outcome.records("rooms") == [
        {
            "entry_id": "1_r",
            "cue_point_id": "1_c",
            "session_start_time": "2026-02-03T09:00:00Z",
            **record,
        }
    ]
