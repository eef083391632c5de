"""The image, built once by `make image`, and a sandbox for it to read from."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from container_tests.airbyte import Image
from integration_tests.sandbox import Sandbox
from integration_tests.tiny_world import NEXT_DAY, TINY

ROOT = Path(__file__).parent.parent
NAME = "localhost/source-kaltura-rooms:test"


@pytest.fixture(scope="session")
def image() -> Iterator[Image]:
    """Fails without an engine: `engine.sh` is there to find one or to say that there is none."""
    subprocess.run(
        [
            "make",
            "image",
            f"ENGINE={os.environ['ENGINE']}",
            f"BASE_IMAGE={os.environ['BASE_IMAGE']}",
            f"IMAGE={NAME}",
        ],
        cwd=ROOT,
        check=True,
    )
    client = docker.from_env(timeout=180)
    yield Image(client, NAME)
    client.close()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox
