"""What is in the image, and what is not."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from container_tests.airbyte import Image, labels

METADATA = yaml.safe_load((Path(__file__).parent.parent / "metadata.yaml").read_text())["data"]


def test_given_the_image_then_its_labels_are_those_of_the_metadata(image: Image) -> None:
    assert labels(image.attributes) == {
        "io.airbyte.name": METADATA["dockerRepository"],
        "io.airbyte.version": METADATA["dockerImageTag"],
    }


def test_given_the_image_then_its_entry_point_is_the_one_that_airbyte_is_told(
    image: Image,
) -> None:
    config = image.attributes["Config"]

    assert config["Entrypoint"] == ["/airbyte/venv/bin/source-kaltura-rooms"]
    assert "AIRBYTE_ENTRYPOINT=/airbyte/venv/bin/source-kaltura-rooms" in config["Env"]


def test_given_the_image_then_it_runs_as_the_unprivileged_user_of_the_base(image: Image) -> None:
    assert image.attributes["Config"]["User"] == "airbyte"
    assert image.shell("id -u") == "1000"


def test_given_the_image_then_its_user_can_change_nothing_of_the_connector(image: Image) -> None:
    assert image.shell("find /airbyte/venv -writable ! -type l | wc -l") == "0"


def test_given_the_image_then_no_tools_caches_or_tests_are_left_behind(image: Image) -> None:
    packages = "/airbyte/venv/lib/python3*/site-packages"

    assert (
        image.shell("ls /airbyte/venv/bin | grep -cE '^(pip|poetry|uv|pytest|ruff)' || true") == "0"
    )
    assert image.shell(f"ls -d {packages}/pip {packages}/poetry* 2>/dev/null | wc -l") == "0"
    assert image.shell("ls -d /build /root/.cache /tmp/* 2>/dev/null | wc -l") == "0"
    assert image.shell(f"ls {packages} | grep -cE '^(unit|integration)_tests$' || true") == "0"


def test_given_the_image_then_its_dependencies_are_the_pinned_ones(image: Image) -> None:
    pinned = dict(
        re.findall(
            r"^([\w.-]+)==([\w.]+)",
            (Path(__file__).parent.parent / "constraints.txt").read_text(),
            re.M,
        )
    )
    script = (
        "/airbyte/venv/bin/python -c 'import importlib.metadata as m; "
        'print(*(d.name + "==" + d.version for d in m.distributions()))\''
    )
    installed = dict(one.split("==") for one in image.shell(script).split())

    assert installed.pop("airbyte-source-kaltura-rooms") == METADATA["dockerImageTag"]
    names = {name.lower().replace("_", "-"): version for name, version in installed.items()}
    assert {name for name, version in names.items() if pinned.get(name) != version} <= {
        "numpy"  # pinned for each version of Python on its own
    }
