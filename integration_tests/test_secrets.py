"""Nothing secret in anything the connector prints, with `--debug` too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from integration_tests.connector import configured_catalog, run
from integration_tests.sandbox import Sandbox, rfc3339, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(university(seed=5, until=END, days=3), now=END) as sandbox:
        yield sandbox


@pytest.mark.parametrize("command", ["check", "read"])
@pytest.mark.parametrize("auth_type", ["app_token", "admin_secret", "ks"])
@pytest.mark.parametrize("ended", [False, True], ids=["good session", "ended sessions"])
def test_given_debug_when_run_then_no_secret_and_nobodys_name_is_printed_but_in_records(
    sandbox: Sandbox, tmp_path: Path, command: str, auth_type: str, ended: bool
) -> None:
    sandbox.clear_requests()
    config = sandbox.config(auth_type, start_date=rfc3339(END - DAY), end_date=rfc3339(END))
    if ended:
        sandbox.expire_sessions()
    catalog = configured_catalog() if command == "read" else None

    outcome = run(command, tmp_path, "--debug", config=config, catalog=catalog)

    assert '"type": "DEBUG"' in outcome.output
    sessions = {request.ks for request in sandbox.requests} - {""}
    assert sessions
    secrets = sessions | {
        str(config["credentials"][key])
        for key in ("app_token", "admin_secret", "ks")
        if key in config["credentials"]
    }
    for secret in secrets:
        assert secret not in outcome.output
        assert quote_plus(secret) not in outcome.output
    printed = "\n".join(
        line for line in outcome.output.splitlines() if not line.startswith('{"type":"RECORD"')
    )
    attendees = sandbox.truth("attendees", END - DAY, END)
    names = {str(row["user_name"]) for row in attendees if row["user_name"]}
    assert not [name for name in names if name in printed]
    assert all("ks=" not in request.path for request in sandbox.requests)
