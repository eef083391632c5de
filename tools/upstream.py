"""Lays this connector out as a part of Airbyte's repository: `tools/upstream.py FOLDER`.

FOLDER is a checkout of that repository, or an empty folder. docs/upstream.md says what is left to
be changed by hand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

NAME = "source-kaltura-rooms"
PAGES = (
    "docs/integrations/sources/kaltura-rooms.md",
    "docs/integrations/sources/kaltura-rooms-migrations.md",
)
LEFT_OUT = (
    ".ci",
    ".dockerignore",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "SECURITY.md",
    "benchmarks",
    "constraints.txt",
    "container_tests",
    "demo",
    "docs",
    "examples",
    "integration_tests/destinations",
    "integration_tests/test_setup_guide.py",
    "new_report_tests",
    "release.mk",
    "release_tests",
    "tools",
    "integration_tests/test_facts_page.py",
    "unit_tests/test_breaking_changes.py",
    "unit_tests/test_documentation.py",
    "unit_tests/test_examples.py",
    "unit_tests/test_kaltura_page.py",
    "unit_tests/test_release_files.py",
)
"""Files and folders that Airbyte's repository has its own of, or that only make sense here."""
ROOT = Path(__file__).resolve().parent.parent


def lay_out(repository: Path) -> Path:
    """Copies the files that git knows, without `LEFT_OUT`; returns the connector's folder.

    A folder of the connector that is there already is replaced. The page for users and the
    migration guide go to where Airbyte's repository has those of all connectors.
    """
    connector = repository / "airbyte-integrations/connectors" / NAME
    if connector.exists():
        shutil.rmtree(connector)
    for path in known_to_git():
        if not any(one == path or path.startswith(f"{one}/") for one in LEFT_OUT):
            _copy(path, connector / path)
    for page in PAGES:
        _copy(page, repository / page)
    _name_airbytes_page(connector)
    return connector


def _name_airbytes_page(connector: Path) -> None:
    """Let the form lead to the page that Airbyte publishes, whose address is in the metadata."""
    [address] = re.findall(r"documentationUrl: .*\n", (ROOT / "metadata.yaml").read_text())
    spec = connector / "source_kaltura_rooms" / "spec.yaml"
    spec.write_text(re.sub(r"documentationUrl: .*\n", address, spec.read_text(), count=1))


def known_to_git() -> list[str]:
    """The paths of all files in the working tree that are under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [path for path in listed.stdout.split("\0") if path and (ROOT / path).is_file()]


def _copy(path: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / path, target)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: tools/upstream.py FOLDER (a checkout of Airbyte's repository)")
    print(lay_out(Path(sys.argv[1])))
