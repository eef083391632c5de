"""One version, one licence, one base image: the files that name them agree."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
METADATA: dict[str, Any] = yaml.safe_load((ROOT / "metadata.yaml").read_text())
POETRY: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["poetry"]
VERSION = "0.2.0"


def text(path: str) -> str:
    return (ROOT / path).read_text()


def test_given_a_release_then_every_file_names_the_same_version() -> None:
    documented = re.search(
        r"^\| (\d\S*) \|", text("docs/integrations/sources/kaltura-rooms.md"), re.M
    )
    changed = re.search(r"^## \[(\d\S*)\]", text("CHANGELOG.md"), re.M)
    assert documented
    assert changed
    assert {
        "pyproject.toml": POETRY["version"],
        "metadata.yaml": METADATA["data"]["dockerImageTag"],
        "CHANGELOG.md": changed[1],
        "documentation": documented[1],
        "self-managed.md": set(
            re.findall(r"source-kaltura-rooms:(\S+?)[` \n]", text("docs/self-managed.md"))
        ),
        "README.md": set(re.findall(r"source-kaltura-rooms:(\S+?)[` \n]", text("README.md"))),
        "form for issues": re.findall(
            r"placeholder: (\d\S*)", text(".github/ISSUE_TEMPLATE/error.yml")
        ),
    } == {
        "pyproject.toml": VERSION,
        "metadata.yaml": VERSION,
        "CHANGELOG.md": VERSION,
        "documentation": VERSION,
        "self-managed.md": {VERSION},
        "README.md": {VERSION},
        "form for issues": [VERSION],
    }


def test_given_the_image_then_it_takes_its_labels_from_the_metadata() -> None:
    """Numbers that are written nowhere else cannot drift."""
    dockerfile = text("Dockerfile")

    assert "io.airbyte.name=${NAME}" in dockerfile
    assert "io.airbyte.version=${VERSION}" in dockerfile
    assert VERSION not in dockerfile


def test_given_the_image_then_its_base_is_the_one_in_the_metadata() -> None:
    base = METADATA["data"]["connectorBuildOptions"]["baseImage"]

    assert f"ARG BASE_IMAGE={base}\n" in text("Dockerfile")
    assert re.fullmatch(r"docker\.io/airbyte/python-connector-base:\S+@sha256:[0-9a-f]{64}", base)


def test_given_a_licence_then_it_is_the_same_everywhere() -> None:
    assert POETRY["license"] == METADATA["data"]["license"] == "MIT"
    assert text("LICENSE").startswith("MIT License\n")


def test_given_the_icon_then_it_is_a_square_drawing_that_needs_no_other_file() -> None:
    icon = text(METADATA["data"]["icon"])

    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', icon)
    assert box
    assert box[1] == box[2]
    assert "href" not in icon
    assert "<text" not in icon


def test_given_the_package_then_it_is_described_as_airbytes_connectors_are() -> None:
    poe = tomllib.loads(text("pyproject.toml"))["tool"]["poe"]

    assert POETRY["homepage"] == "https://airbyte.com"
    assert POETRY["repository"] == "https://github.com/airbytehq/airbyte"
    assert POETRY["documentation"] == METADATA["data"]["documentationUrl"]
    assert poe == {"include": ["${POE_GIT_DIR}/poe-tasks/poetry-connector-tasks.toml"]}
    assert METADATA["data"]["remoteRegistries"]["pypi"] == {
        "enabled": True,
        "packageName": POETRY["name"],
    }


def test_given_a_command_that_is_installed_then_it_exists() -> None:
    assert POETRY["scripts"] == {
        "source-kaltura-rooms": "source_kaltura_rooms.run:run",
        "kaltura-rooms-facts": "source_kaltura_rooms.facts.command:run",
    }
    for script in POETRY["scripts"].values():
        module, _, function = script.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_given_the_cdk_then_a_range_is_allowed_and_one_version_of_it_is_pinned() -> None:
    assert POETRY["dependencies"]["airbyte-cdk"] == "^7.36"
    assert "\nairbyte-cdk==7.39.1\n" in text("constraints.txt")


def test_given_what_is_left_out_upstream_then_it_exists_and_the_page_says_why() -> None:
    tree = ast.parse(text("tools/upstream.py"))
    left_out: tuple[str, ...] = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LEFT_OUT"
    )
    table = [line for line in text("docs/upstream.md").splitlines() if line.startswith("| `")]
    said = [path for line in table for path in re.findall("`([^`]+)`", line.split("|")[1])]

    assert sorted(said) == sorted(left_out)
    assert all((ROOT / path).exists() for path in left_out)


def test_given_a_connector_laid_out_upstream_then_it_has_what_airbyte_needs(tmp_path: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("only a git repository knows its files")
    subprocess.run([sys.executable, ROOT / "tools/upstream.py", tmp_path], check=True)

    connector = tmp_path / "airbyte-integrations/connectors/source-kaltura-rooms"
    assert {path.name for path in connector.iterdir()} == {
        ".gitattributes",
        "README.md",
        "acceptance-test-config.yml",
        "icon.svg",
        "integration_tests",
        "metadata.yaml",
        "poetry.lock",
        "pyproject.toml",
        "source_kaltura_rooms",
        "unit_tests",
    }
    assert (connector / "source_kaltura_rooms/schemas/rooms.json").is_file()
    assert {path.name for path in (tmp_path / "docs/integrations/sources").iterdir()} == {
        "kaltura-rooms.md",
        "kaltura-rooms-migrations.md",
    }


@pytest.mark.parametrize("path", ["constraints.txt", "poetry.lock"])
def test_given_pinned_dependencies_then_they_name_no_host(path: str) -> None:
    assert "://" not in text(path)


def test_given_pinned_dependencies_then_both_files_pin_the_same_versions() -> None:
    """If not, `tools/lock.sh` makes both anew."""
    locked = {
        (re.sub("[_.]", "-", package["name"]).lower(), package["version"])
        for package in tomllib.loads(text("poetry.lock"))["package"]
    }
    pinned = re.findall(r"^([\w.-]+)==([^ \n]+)", text("constraints.txt"), re.MULTILINE)
    assert {(re.sub("[_.]", "-", name).lower(), version) for name, version in pinned} == locked


@pytest.mark.parametrize(
    "path",
    [
        ".ci/run",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        "docs/self-managed.md",
        "CONTRIBUTING.md",
        "docs/upstream.md",
    ],
)
def test_given_a_make_target_that_is_named_then_it_exists(path: str) -> None:
    targets = re.findall(r"^([a-z-]+):", text("Makefile") + text("release.mk"), re.MULTILINE)
    named = re.findall(r"(?:^|run: |`|  )make ([a-z-]+)", text(path), re.MULTILINE)
    assert named
    assert set(named) <= set(targets)


def variable(name: str) -> str:
    """What a variable of release.mk is set to."""
    return str(re.findall(rf"^{name} := (.*)$", text("release.mk"), re.MULTILINE)[0])


def test_given_the_repositorys_address_then_it_is_in_all_files_that_are_said_to_name_it() -> None:
    files = variable("NAMES_THE_ADDRESS").replace("$(PAGE)", variable("PAGE")).split()

    assert {file for file in files if variable("ADDRESS") in text(file)} == {*files}
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.yml")]:
        if "/OWNER/" in page.read_text():
            assert str(page.relative_to(ROOT)) in files


def test_given_an_address_when_set_then_every_file_and_the_form_name_it(tmp_path: Path) -> None:
    new, old = "https://git.example.com/data/kaltura-rooms", variable("ADDRESS")
    files = variable("NAMES_THE_ADDRESS").replace("$(PAGE)", variable("PAGE")).split()
    for file in [*files, variable("FORM"), "Makefile", "metadata.yaml"]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text(file))

    subprocess.run(
        ["make", "address", f"REPOSITORY={new}"], cwd=tmp_path, check=True, capture_output=True
    )

    for file in files:
        assert new in (tmp_path / file).read_text()
        assert old not in (tmp_path / file).read_text()
    assert (
        (tmp_path / variable("FORM"))
        .read_text()
        .startswith(
            f"documentationUrl: {new}/blob/main/docs/integrations/sources/kaltura-rooms.md\n"
        )
    )
    subprocess.run(["make", "check-address"], cwd=tmp_path, check=True, capture_output=True)
    assert list(tmp_path.rglob("*.bak")) == []


def test_given_the_list_of_targets_when_shown_then_it_fits_eighty_columns() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    assert len(shown.splitlines()) > 20
    assert [line for line in shown.splitlines() if len(line) > 80] == []
