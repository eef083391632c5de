"""What Airbyte's standard tests need: a running sandbox, and configurations that point at it.

`acceptance-test-config.yml` names the files. They are written anew each time, since a session (KS)
lives no longer than the sandbox that started it, into a folder that is never committed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration_tests.sandbox import Sandbox, rfc3339, university

ROOT = Path(__file__).parent.parent
CONFIGURATIONS = Path("secrets/sandbox")

END = 1_772_323_200  # 2026-03-01T00:00:00Z


@contextmanager
def sandbox_for(checkout: Path) -> Iterator[Sandbox]:
    """A sandbox with two weeks of a university, and the configurations for it in `checkout`."""
    folder = checkout / CONFIGURATIONS
    with Sandbox(university(until=END, days=14), now=END) as sandbox:
        write_configurations(sandbox, folder)
        try:
            yield sandbox
        finally:
            shutil.rmtree(folder)


def write_configurations(sandbox: Sandbox, folder: Path) -> None:
    """One file for each way to authenticate, and one that Kaltura refuses.

    The app token's is named `config.json`, which is the one that Airbyte's tools take for the
    default.
    """
    end = rfc3339(int(sandbox.now))
    app_token = sandbox.config("app_token", end_date=end)
    wrong_token = {**app_token["credentials"], "app_token": "not-the-token-of-this-sandbox"}
    configurations = {
        "config": app_token,
        "admin_secret": sandbox.config("admin_secret", end_date=end),
        "ks": sandbox.config("ks", end_date=end),
        "wrong_token": {**app_token, "credentials": wrong_token},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, config in configurations.items():
        (folder / f"{name}.json").write_text(json.dumps(config, indent=2))
