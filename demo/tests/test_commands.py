"""The commands of the documentation, run as they stand, in a copy of the project.

The copy's path has a space. Every block of `bash` and `python` is run, but for what `NOT_RUN` and
`PYTHON_NOT_RUN` name with the reason.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integration_tests.sandbox import Sandbox, university

ROOT = Path(__file__).parents[2]
END = 1_772_323_200  # 2026-03-01T00:00:00Z
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("examples/**/*.md")]
)
OF_ANOTHER_TARGET = "minutes long, or with an environment of its own: other targets and CI run it"
NEEDS_AN_ENGINE = "needs a container engine, a registry or a cluster; `make test-image` has its own"
NOT_RUN = {
    r"make (test|long-tests|bench|connectors-qa|test-\S+)\b": OF_ANOTHER_TARGET,
    r"make (image|push)\b": NEEDS_AN_ENGINE,
    r"(docker|kind|kubectl) ": NEEDS_AN_ENGINE,
    r"chmod a\+r ": "prepares for a container",
    r"API=|PARTNER_ID=|printf 'Administrator|KS=|echo \"\$KS\"|curl ": (
        "run by integration_tests/test_setup_guide.py"
    ),
    r"python3 tools/upstream\.py": "run by unit_tests/test_release_files.py",
}
PYTHON_NOT_RUN = {
    "docs/pseudonyms.md": "run by demo/tests/test_pseudonyms.py",
    "docs/sandbox.md": "shows how a test is written, and leaves out what it is about",
}
SANDBOX = "python3 -m integration_tests.sandbox"


def blocks(page: str, language: str) -> list[str]:
    """The page's blocks of code in a language, without what they are indented by."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return ["\n".join(line[len(by) :] for line in code.splitlines()) for by, code in found]


def commands(page: str) -> list[str]:
    """The page's commands, each with the lines that it goes on in."""
    return [
        command.strip()
        for block in blocks(page, "bash")
        for command in re.split(r"(?<!\\)\n", block)
        if command.strip() and not command.startswith("#")
    ]


def reason_not_to_run(command: str) -> str | None:
    """Why a command is left out, None if it is run."""
    reasons = [reason for start, reason in NOT_RUN.items() if re.match(start, command)]
    return reasons[0] if reasons else None


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the environments of this one."""
    folder = tmp_path_factory.mktemp("with a space") / "source-kaltura-rooms"
    shutil.copytree(  # with its times, by which make knows that the environments are up to date
        ROOT,
        folder,
        ignore=shutil.ignore_patterns(".git", ".venv*", "secrets", "*.duckdb", "dist", ".*_cache"),
    )
    for environment in (".venv", ".venv-airbyte"):
        (folder / environment).symlink_to(ROOT / environment)
    return folder


@pytest.fixture
def sandbox(checkout: Path) -> Iterator[Sandbox]:
    """A stand-in for Kaltura, with its configuration where the commands look for one's own."""
    with Sandbox(university(until=END, days=7, without_session=False), now=END) as sandbox:
        secrets = checkout / "secrets"
        secrets.mkdir(exist_ok=True)
        config = sandbox.config(end_date="2026-03-01T00:00:00Z")
        for name in ("config.json", "sandbox.json"):
            (secrets / name).write_text(json.dumps(config))
        yield sandbox


@contextmanager
def started(command: str, folder: Path) -> Iterator[None]:
    """The sandbox's command, on a free port and with a file of its own, until the block ends."""
    own = re.sub(r"secrets/\w+\.json", "secrets/by_hand.json", command)
    own = re.sub(r" --port \d+", "", own) + " --port 0"
    with subprocess.Popen(
        ["bash", "-c", f"exec {own}"], cwd=folder, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert "Serving. Stop with Ctrl-C.\n" in iter(process.stdout.readline, "")
            yield
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)])
@pytest.mark.usefixtures("sandbox")
def test_given_a_page_when_its_commands_are_run_as_they_stand_then_each_succeeds(
    page: str, checkout: Path
) -> None:
    """One after the other, as somebody would who follows the page."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    for command in commands(page):
        if reason_not_to_run(command):
            continue
        if command.startswith(SANDBOX):
            with started(command, checkout):
                continue
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "python") and page not in PYTHON_NOT_RUN]
)
@pytest.mark.usefixtures("sandbox")
def test_given_a_page_when_its_python_is_run_as_it_stands_then_it_succeeds(
    page: str, checkout: Path
) -> None:
    """All blocks of a page in one go, since later ones use what earlier ones made."""
    if "dist" in (code := "\n".join(blocks(page, "python"))):
        subprocess.run(["make", "dist"], cwd=checkout, check=True, capture_output=True)
    programs = ROOT / ".venv-airbyte" / "bin"
    environment = {
        **os.environ,
        "DO_NOT_TRACK": "1",
        "AIRBYTE_OFFLINE_MODE": "1",
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",  # as in an activated environment
    }
    done = subprocess.run(
        [programs / "python", "-c", code],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_given_what_is_not_run_then_a_page_has_it() -> None:
    """A reason for a command that is gone would hide the next one that begins like it."""
    every = [command for page in PAGES for command in commands(page)]
    assert [
        start for start in NOT_RUN if not any(re.match(start, command) for command in every)
    ] == []
