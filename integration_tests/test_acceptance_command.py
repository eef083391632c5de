"""Airbyte's standard tests, run by Airbyte's own command in a folder named as it wants it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from integration_tests.acceptance import ROOT, sandbox_for

# The command wants to be told the folder, and takes its name for the connector's.
CHECKOUT = "source-kaltura-rooms"
PARTS = (
    "source_kaltura_rooms",
    "integration_tests",
    "acceptance-test-config.yml",
    "metadata.yaml",
    "pyproject.toml",
)
OPTIONS = (
    "-m",
    "not image_tests",
    "-Werror::airbyte_cdk.test.standard_tests.DiscoveredCatalogWarning",
)


def test_given_a_checkout_when_airbytes_command_tests_it_then_every_test_passes(
    tmp_path: Path,
) -> None:
    checkout = tmp_path / CHECKOUT
    copy_checkout(checkout)

    with sandbox_for(checkout):
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "airbyte-cdk"),
                "connector",
                "test",
                str(checkout),
                *(f"--pytest-arg={option}" for option in OPTIONS),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    assert done.returncode == 0, done.stdout + done.stderr
    # Skipped are discover and twice read for wrong_token, with which there is nothing to read.
    assert summary(done.stdout) == {"passed": 18, "skipped": 3}


def copy_checkout(checkout: Path) -> None:
    """A copy rather than a link: the command follows links, and so sees the folder's own name."""
    checkout.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, checkout / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, checkout / part)


def summary(output: str) -> dict[str, int]:
    """How many tests ended how, by pytest's last line; deselected ones and warnings left out."""
    counts = re.findall(r"(\d+) (passed|failed|errors?|skipped)", output.splitlines()[-1])
    return {outcome: int(count) for count, outcome in counts}
