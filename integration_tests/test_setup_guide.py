"""The commands of the setup guide, run as they stand in the page, make an app token that works."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration_tests.connector import run
from integration_tests.sandbox import Account, Sandbox
from integration_tests.tiny_world import NEXT_DAY, TINY

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None,
    reason="the guide's commands need curl, which is not installed here",
)

PAGE = Path(__file__).parent.parent / "docs" / "integrations" / "sources" / "kaltura-rooms.md"
SECRET = "a+secret/with = signs & that forms encode"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY, account=Account(4242, SECRET)) as sandbox:
        yield sandbox


def commands() -> list[str]:
    """The guide's blocks of commands, in order."""
    guide = PAGE.read_text(encoding="utf-8").partition("## Setup guide")[2]
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```$", guide, re.DOTALL | re.MULTILINE)
    return blocks[:3]


def run_as_they_stand(sandbox: Sandbox, secret: str) -> str:
    """What the blocks print, with the address and the number of one's own account put in."""
    settings, *calls = commands()
    for placeholder, own in (("https://www.kaltura.com", sandbox.url), ("123456", "4242")):
        assert placeholder in settings
        settings = settings.replace(placeholder, own)
    done = subprocess.run(
        ["bash", "-eu"],
        # The secret is typed at the prompt, which reads the next line of the terminal.
        input=f"{settings}{secret}\n{''.join(calls)}",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert secret not in done.stdout + done.stderr
    return done.stdout


def test_given_the_guides_commands_when_run_then_the_connector_can_sign_in_with_the_token(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    printed = run_as_they_stand(sandbox, SECRET)

    token = json.loads(printed[printed.index("{") :])
    credentials = {
        "auth_type": "app_token",
        "partner_id": 4242,
        "app_token_id": token["id"],
        "app_token": token["token"],
        "hash_type": "SHA256",
    }
    config = {**sandbox.config("admin_secret"), "credentials": credentials}
    outcome = run("check", tmp_path, config=config)
    (message,) = outcome.of_type("CONNECTION_STATUS")
    assert message["connectionStatus"]["status"] == "SUCCEEDED"
    assert token["sessionDuration"] == 3_600
    assert token["sessionPrivileges"] == (
        "urirestrict:/api_v3/service/report/action/getCsvFromStringParams*"
    )


def test_given_a_wrong_secret_when_the_guides_commands_run_then_kalturas_error_is_printed(
    sandbox: Sandbox,
) -> None:
    assert "START_SESSION_ERROR" in run_as_they_stand(sandbox, "wrong")


def test_given_the_guides_calls_then_they_send_every_value_encoded() -> None:
    sent = [line.split()[0] for line in "".join(commands()).splitlines() if "=" in line]

    assert {option for option in sent if option.startswith("-")} == {"--data-urlencode"}
