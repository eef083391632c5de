"""The entry point: what it prints, and that a signal ends it at once."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from requests_mock import Mocker

import source_kaltura_rooms
from source_kaltura_rooms.reports import REPORTS
from source_kaltura_rooms.run import run
from unit_tests.reading import report, serve
from unit_tests.stand_ins import FORM


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """The entry point sets these for its process, which here is that of the tests."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    level = logging.getLogger("airbyte").level
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    for number, handler in handlers.items():
        signal.signal(number, handler)
    logging.getLogger("airbyte").setLevel(level)


class Command:
    """A command of the connector, with its files in a folder."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, name: str, **files: object) -> list[dict[str, Any]]:
        """The messages that the command prints; `files` are its arguments."""
        arguments = [name]
        for key, content in files.items():
            path = self._folder / f"{key}.json"
            path.write_text(json.dumps(content))
            arguments += [f"--{key}", str(path)]
        self._monkeypatch.setattr("sys.argv", ["source-kaltura-rooms", *arguments])
        self._capsys.readouterr()
        run()
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Runs a command in this process."""
    return Command(tmp_path, monkeypatch, capsys)


def catalog(*streams: str) -> dict[str, Any]:
    return {
        "streams": [
            {
                "stream": {
                    "name": stream,
                    "json_schema": {},
                    "supported_sync_modes": ["incremental"],
                },
                "sync_mode": "incremental",
                "destination_sync_mode": "append_dedup",
            }
            for stream in streams
        ]
    }


def of_type(name: str, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in messages if one["type"] == name]


def test_given_spec_when_run_then_the_specification_is_printed(command: Command) -> None:
    (message,) = of_type("SPEC", command("spec"))

    assert message["spec"]["connectionSpecification"]["title"] == "Kaltura Rooms"


def test_given_discover_when_run_then_the_catalog_is_printed(
    command: Command, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: b"\xef\xbb\xbf\n")

    (message,) = of_type("CATALOG", command("discover", config=FORM))

    streams = [one["name"] for one in message["catalog"]["streams"]]
    assert streams == list(REPORTS)
    assert streams[:3] == ["rooms", "attendees", "breakouts"]


def test_given_check_when_run_then_the_status_is_printed(
    command: Command, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: b"\xef\xbb\xbf\n")

    (message,) = of_type("CONNECTION_STATUS", command("check", config=FORM))

    assert message["connectionStatus"] == {"status": "SUCCEEDED"}


def test_given_a_wrong_configuration_when_checked_then_the_sentence_is_the_status(
    command: Command,
) -> None:
    (message,) = of_type(
        "CONNECTION_STATUS", command("check", config={**FORM, "window_in_days": 32})
    )

    assert message["connectionStatus"] == {
        "status": "FAILED",
        "message": "window_in_days must be a whole number from 1 to 31.",
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"start_date": "2999-01-01T00:00:00Z"},
            "start_date (2999-01-01T00:00:00Z) is in the future, so there is nothing to read yet; "
            "give the time from which on sessions are to be read.",
        ),
        (
            {"start_date": "0999-01-01T00:00:00Z"},
            "start_date (0999-01-01T00:00:00Z) must be in the years 1000 to 9999.",
        ),
        (
            {"api_url": "http://a..b"},
            "api_url has a host name that cannot exist (a..b); it must be the address of a server, "
            "such as https://www.kaltura.com.",
        ),
    ],
)
def test_given_what_cannot_be_used_when_checked_then_the_sentence_is_the_status(
    changes: dict[str, Any], message: str, command: Command
) -> None:
    form = {**FORM, "end_date": None, **changes}

    (status,) = of_type("CONNECTION_STATUS", command("check", config=form))

    assert status["connectionStatus"] == {"status": "FAILED", "message": message}


def test_given_a_configuration_that_cannot_be_read_when_checked_then_the_reason_is_the_status(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (status,) = of_type("CONNECTION_STATUS", command("check", config=[]))

    assert status["connectionStatus"] == {
        "status": "FAILED",
        "message": f"The configuration in {tmp_path / 'config.json'} is not a JSON object.",
    }


def test_given_an_error_nobody_thought_of_when_checked_then_there_is_a_status_all_the_same(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*anything: object) -> None:
        raise UnicodeError("s3cret")

    monkeypatch.setattr("source_kaltura_rooms.source.check_reports", fail)

    (status,) = of_type("CONNECTION_STATUS", command("check", config=FORM))

    assert status["connectionStatus"] == {
        "status": "FAILED",
        "message": "The check ended with an error of the connector's own (UnicodeError). Please "
        "report it to the connector's maintainers, with the log of the check.",
    }


@pytest.mark.parametrize("name", ["discover", "read"])
def test_given_a_wrong_configuration_when_run_then_it_ends_with_the_sentence(
    name: str, command: Command
) -> None:
    files = {"catalog": catalog("rooms")} if name == "read" else {}

    with pytest.raises(AirbyteTracedException) as raised:
        command(name, config={**FORM, "api_url": "kaltura"}, **files)

    assert raised.value.message == (
        "api_url must be a URL with its scheme, such as https://www.kaltura.com."
    )


IN_ITS_OWN_PROCESS = """
import requests_mock
from source_kaltura_rooms.run import run

days = [1_769_904_000 + day * 86_400 for day in range(7)]
rows = [f'1_r{room},"Intro" to X,1_c{day}{room},{day}' for day in days for room in range(5)]
lines = ["entry_id,entry_name,cue_point_id,session_start_time", *rows, ""]
with requests_mock.Mocker() as mocker:
    content = "\\n".join(lines).encode()
    length = {"Content-Length": str(len(content))}
    mocker.post(requests_mock.ANY, content=content, headers=length)
    run()
"""


def read_in_its_own_process(folder: Path, program: str, **options: Any) -> Any:
    """Starts `program` with the arguments of a read; `options` are those of Popen."""
    files = {"config": {**FORM, "window_in_days": 1}, "catalog": catalog("rooms"), "state": []}
    arguments = ["read"]
    for name, content in files.items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(content))
        arguments += [f"--{name}", str(path)]
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        **options,
    )


def test_given_read_when_run_then_records_are_printed_before_the_state_that_counts_them(
    tmp_path: Path,
) -> None:
    """In a process of its own, as records go past what a test could capture of its own output."""
    process = read_in_its_own_process(tmp_path, IN_ITS_OWN_PROCESS)
    stdout, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    messages = [json.loads(line) for line in stdout.splitlines()]

    printed = counted = 0
    for message in messages:
        if message["type"] == "RECORD":
            printed += 1
        if message["type"] == "STATE":
            counted += int(message["state"]["sourceStats"]["recordCount"])
            assert counted == printed
    assert printed == counted == 35
    first = of_type("RECORD", messages)[0]["record"]
    assert (first["stream"], first["data"]["entry_name"]) == ("rooms", '"Intro" to X')
    statuses = [one["trace"]["stream_status"]["status"] for one in of_type("TRACE", messages)]
    assert statuses == ["STARTED", "RUNNING", "COMPLETE"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-16"])
def test_given_any_encoding_of_the_system_when_read_then_what_is_printed_is_utf_8(
    encoding: str, tmp_path: Path
) -> None:
    """Also what does not go past Python's text layer: a column's name in a warning."""
    program = IN_ITS_OWN_PROCESS.replace("Intro", "数学").replace("entry_name", "entry_name,täg")
    program = program.replace("to X", "to X,ß")
    process = read_in_its_own_process(
        tmp_path, program, env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    )
    stdout, _ = process.communicate(timeout=120)

    assert process.returncode == 0
    messages = [json.loads(line) for line in stdout.decode("utf-8").splitlines()]
    records = of_type("RECORD", messages)
    assert len(records) == 35
    assert records[0]["record"]["data"]["entry_name"] == '"数学" to X'
    assert [one for one in of_type("LOG", messages) if "täg" in one["log"]["message"]]


@pytest.mark.parametrize(
    ("records", "messages_like_them"), [(1, 1), (20, 2), (35, 3), (1_000, 100)]
)
def test_given_a_chunk_when_printed_then_ten_records_count_as_a_message_for_the_look_at_memory(
    command: Command,
    requests_mock: Mocker,
    monkeypatch: pytest.MonkeyPatch,
    records: int,
    messages_like_them: int,
) -> None:
    """The CDK counts its messages to know when to compare the memory in use with the limit."""
    monkeypatch.setattr("source_kaltura_rooms.kaltura.tables.BATCH", 1_000)
    looked: list[None] = []
    monkeypatch.setattr(
        "airbyte_cdk.entrypoint.MemoryMonitor.check_memory_usage", lambda self: looked.append(None)
    )
    monkeypatch.setattr("source_kaltura_rooms.entrypoint._print", lambda lines: None)
    rows = [f"1_r,1_c{number},1769904000" for number in range(records)]
    serve(requests_mock, lambda form: report("entry_id,cue_point_id,session_start_time", *rows))

    messages = command("read", config=FORM, catalog=catalog("rooms"))

    others = len(of_type("STATE", messages)) + len(of_type("TRACE", messages))
    assert len(looked) == messages_like_them + others


def test_given_too_little_memory_when_chunks_are_printed_then_the_sync_fails(
    command: Command, requests_mock: Mocker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the fourth look; there are two after each chunk of twenty records."""
    monkeypatch.setattr("source_kaltura_rooms.kaltura.tables.BATCH", 20)
    left = iter([None] * 3)
    printed: list[bytes] = []

    def look(monitor: object) -> None:
        if printed and next(left, "none") == "none":
            raise AirbyteTracedException("memory")

    monkeypatch.setattr("airbyte_cdk.entrypoint.MemoryMonitor.check_memory_usage", look)
    monkeypatch.setattr("source_kaltura_rooms.entrypoint._print", printed.append)
    rows = [f"1_r,1_c{number},1769904000" for number in range(100)]
    serve(requests_mock, lambda form: report("entry_id,cue_point_id,session_start_time", *rows))

    with pytest.raises(AirbyteTracedException, match="memory"):
        command("read", config=FORM, catalog=catalog("rooms"))

    assert len(printed) == 2


ENDLESS = IN_ITS_OWN_PROCESS.replace(
    "with requests_mock",
    """
import itertools, logging, threading

def answer(request: object, context: object) -> str:
    threading.Thread(target=log, daemon=True).start()
    return "\\n".join(lines)

def log() -> None:
    for number in itertools.count():
        logging.getLogger("airbyte").info("still there %d", number)

with requests_mock""",
).replace('text="\\n".join(lines)', "text=answer")


def test_given_nobody_who_reads_on_when_printing_then_the_process_ends_quietly(
    tmp_path: Path,
) -> None:
    """As in `read … | head -1`. Another thread logs all the while, as workers do."""
    process = read_in_its_own_process(tmp_path, ENDLESS)
    assert json.loads(process.stdout.readline())["type"]
    process.stdout.close()

    assert process.wait(timeout=120) == 141  # what shells show of a process ended by SIGPIPE
    assert process.stderr.read() == b""
    process.stderr.close()


STARTS = """
import gc
import attributes_doc

asked = []
def get_attributes_doc(cls):
    asked.append(cls)
    return {}
attributes_doc.get_attributes_doc = get_attributes_doc

from source_kaltura_rooms.run import run
run()
assert not asked, asked
assert attributes_doc.get_attributes_doc is get_attributes_doc
assert gc.get_freeze_count() > 100_000
"""


def test_given_a_command_when_it_starts_then_no_source_is_read_for_docstrings() -> None:
    """It took more than a third of the time. In a process of its own, as imports happen once."""
    ended = subprocess.run(
        [sys.executable, "-c", STARTS, "spec"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
        timeout=120,
    )

    assert ended.returncode == 0, ended.stdout
    assert of_type("SPEC", [json.loads(line) for line in ended.stdout.splitlines()])


@pytest.mark.parametrize("module", [None, types.ModuleType("attributes_doc")])
def test_given_a_cdk_that_does_not_read_docstrings_when_a_command_starts_then_it_runs_as_well(
    module: types.ModuleType | None, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "attributes_doc", module)

    assert of_type("SPEC", command("spec"))


def test_given_the_package_when_asked_for_what_it_does_not_have_then_it_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'SourceKaltura'"):
        source_kaltura_rooms.SourceKaltura  # noqa: B018 - looking is the test


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_given_a_signal_when_running_then_the_process_ends_at_once_and_tells_of_it(
    number: signal.Signals, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers may be waiting minutes for an answer of Kaltura's."""
    command("spec")
    ended: list[tuple[str, int]] = []
    monkeypatch.setattr("os.kill", lambda process, by: ended.append(("killed", by)))
    monkeypatch.setattr("os._exit", lambda status: ended.append(("left", status)))

    handler = signal.getsignal(number)
    assert callable(handler)
    handler(number, None)

    assert ended[-1] == ("left", 128 + number)
