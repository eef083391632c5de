"""The sandbox run by itself, as somebody would who points an Airbyte at it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

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
        config = json.loads(printed[printed.index("{") :])
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
    assert answer.headers["Content-Type"] == "text/csv"
    assert log.startswith("report.getCsvFromStringParams 6000 {'from_date': '1772236800'")
    assert ks not in log
