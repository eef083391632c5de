"""What is released to install: a wheel and a source distribution, whole and nothing else.

`make test-wheel` builds them, installs the wheel alone into an environment of its own and names
that environment's program in CONNECTOR.
"""

from __future__ import annotations

import os
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import STREAMS, Outcome, arguments, configured_catalog, messages
from integration_tests.sandbox import Sandbox
from integration_tests.tiny_world import NEXT_DAY, TINY

ROOT = Path(__file__).parent.parent
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["poetry"]["version"]
NAME = f"airbyte_source_kaltura_rooms-{VERSION}"
DATA = {"spec.yaml", "schemas/rooms.json", "schemas/attendees.json", "schemas/breakouts.json"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


def run(command: str, folder: Path, **files: Any) -> Outcome:
    """Runs the installed program from a folder where no source code is at hand."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [os.environ["CONNECTOR"], *arguments(command, folder, **files)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return Outcome(messages(done.stdout), done.returncode, done.stdout + done.stderr)


def code() -> set[str]:
    """The package's files as they stand in the repository."""
    package = ROOT / "source_kaltura_rooms"
    return {
        str(path.relative_to(package))
        for path in package.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_given_the_wheel_then_it_has_the_package_with_its_data_and_nothing_else() -> None:
    with zipfile.ZipFile(ROOT / "dist" / f"{NAME}-py3-none-any.whl") as wheel:
        names = wheel.namelist()
    inside = {name.partition("/")[2] for name in names if name.startswith("source_kaltura_rooms/")}

    assert inside == code()
    assert inside >= DATA
    assert {name.partition("/")[0] for name in names} == {
        "source_kaltura_rooms",
        f"{NAME}.dist-info",
    }


def test_given_the_source_distribution_then_it_has_what_the_wheel_is_made_of() -> None:
    with tarfile.open(ROOT / "dist" / f"{NAME}.tar.gz") as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}

    assert {f"source_kaltura_rooms/{name}" for name in code()} <= names
    assert {"LICENSE", "README.md", "pyproject.toml"} <= names


def test_given_only_the_wheel_when_asked_for_spec_then_the_form_is_printed(tmp_path: Path) -> None:
    outcome = run("spec", tmp_path)

    (message,) = outcome.of_type("SPEC")
    assert message["spec"]["connectionSpecification"]["title"] == "Kaltura Rooms"


def test_given_only_the_wheel_when_checked_then_it_succeeds(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = run("check", tmp_path, config=sandbox.config())

    (message,) = outcome.of_type("CONNECTION_STATUS")
    assert message["connectionStatus"] == {"status": "SUCCEEDED"}


def test_given_only_the_wheel_when_discovered_then_the_schemas_are_printed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = run("discover", tmp_path, config=sandbox.config())

    (message,) = outcome.of_type("CATALOG")
    fields = [len(one["json_schema"]["properties"]) for one in message["catalog"]["streams"]]
    assert fields == [9, 9, 11]


def test_given_only_the_wheel_when_read_then_records_are_printed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    config = sandbox.config(end_date="2026-03-02T00:00:00Z")

    outcome = run("read", tmp_path, config=config, catalog=configured_catalog())

    assert outcome.exit_code == 0, outcome.output
    assert [len(outcome.records(stream)) for stream in STREAMS] == [2, 3, 1]
