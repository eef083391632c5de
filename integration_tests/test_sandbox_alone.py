"""The sandbox run by itself, as somebody would who points an Airbyte at it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "integration_tests.sandbox")


def test_given_the_printed_configuration_when_used_then_it_serves_until_stopped() -> None:
    options = ("--port", "0", "--days", "2", "--until", "2026-03-01T00:00:00Z")
    with subprocess.Popen(
        [*COMMAND, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        printed = "".join(iter(process.stdout.readline, "Serving. Stop with Ctrl-C.\n"))
        config = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])
        ks = printed.partition("KS, one day")[2].split()[0]
        answer = requests.post(
            f"{config['api_url']}/api_v3/service/report/action/getCsvFromStringParams",
            data={"id": 6000, "ks": ks, "params": "from_date=1772236800;to_date=1772323200"},
            timeout=60,
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        log = process.stderr.read()
    assert config["start_date"].startswith("2026-02-27T")
    assert config["end_date"] == "2026-03-01T00:00:00Z"
    assert answer.headers["Content-Type"] == "text/csv"
    assert log.startswith("report.getCsvFromStringParams 6000 {'from_date': '1772236800'")
    assert ks not in log


def test_given_a_file_to_write_when_started_then_each_way_to_sign_in_has_a_configuration(
    tmp_path: Path,
) -> None:
    options = ("--port", "0", "--days", "2", "--write-config", str(tmp_path / "new" / "box.json"))
    with subprocess.Popen(
        [*COMMAND, *options], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        printed = "".join(iter(process.stdout.readline, "Serving. Stop with Ctrl-C.\n"))
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)

    written = {file.name: file for file in (tmp_path / "new").iterdir()}
    ways = {
        name: json.loads(file.read_text())["credentials"]["auth_type"]
        for name, file in written.items()
    }
    assert ways == {
        "box.json": "app_token",
        "box_admin_secret.json": "admin_secret",
        "box_ks.json": "ks",
    }
    assert {file.stat().st_mode & 0o777 for file in written.values()} == {0o600}
    assert all(str(file) in printed for file in written.values())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--scale", "0"], "argument --scale: 0 is not a whole number from 1 to 1,000"),
        (["--days", "-3"], "argument --days: -3 is not a whole number from 1 to 3,650"),
        (["--days", "1.5"], "argument --days: 1.5 is not a whole number from 1 to 3,650"),
        (["--port", "70000"], "argument --port: 70000 is not a whole number from 0 to 65,535"),
        (
            ["--latency", "nan"],
            "argument --latency: nan is not a number of seconds from 0 to 3,600",
        ),
        (
            ["--until", "yesterday"],
            "argument --until: yesterday is not a time such as 2026-03-01T00:00:00Z",
        ),
        (
            ["--until", "0001-01-01T00:00:00Z"],
            "argument --until: 0001-01-01T00:00:00Z is not in the years 2000 to 2100",
        ),
    ],
)
def test_given_an_option_that_makes_no_sense_when_started_then_one_sentence_says_so(
    options: list[str], sentence: str
) -> None:
    done = subprocess.run(
        [*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 2
    assert (
        done.stderr.splitlines()[-1] == f"python3 -m integration_tests.sandbox: error: {sentence}"
    )
    assert "Traceback" not in done.stderr


def test_given_a_port_that_is_taken_when_started_then_one_sentence_says_so() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--port", str(port), "--days", "1"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr == (
        f"Port {port} is taken by another program. Give another one with --port, or 0.\n"
    )


def test_given_a_folder_that_cannot_be_made_when_started_then_one_sentence_says_so() -> None:
    done = subprocess.run(
        [*COMMAND, "--port", "0", "--days", "1", "--write-config", "/proc/no/sandbox.json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "/proc/no/sandbox.json cannot be written: No such file or directory.\n"


def test_given_a_file_that_is_somebodys_when_to_be_written_then_it_is_kept(tmp_path: Path) -> None:
    own = tmp_path / "config.json"
    own.write_text('{"start_date": "2026-01-01T00:00:00Z"}')

    done = subprocess.run(
        [*COMMAND, "--port", "0", "--days", "1", "--write-config", str(own)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        f"{own} cannot be written: it is there already and is no configuration of a sandbox's.\n"
    )
    assert own.read_text() == '{"start_date": "2026-01-01T00:00:00Z"}'
