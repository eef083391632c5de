"""Runs Airbyte's quality checks of connectors (connectors_qa) on this one.

They expect Airbyte's repository, so the connector is laid out as a part of it in a temporary
folder (`upstream.py`). Some checks ask Airbyte's registries, its repository on GitHub and Docker
Hub. These are answered here instead, so that the result depends on this repository alone: no
connector of this name was ever released, and the base image is there.

`make connectors-qa` runs this in an environment that has airbyte-internal-ops. Exits with a status
other than 0 if a check fails.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import requests
from airbyte_ops_mcp.connector_qa.cli import connectors_qa
from upstream import NAME, ROOT, lay_out

BASE_IMAGE = "airbyte/python-connector-base"


def commit(repository: Path) -> None:
    """Makes the folder a git repository with one commit; the checks look for both."""
    author = ("-c", "user.name=connectors-qa", "-c", "user.email=connectors-qa@example.com")
    for arguments in (
        ("init", "--quiet"),
        ("add", "--all"),
        (*author, "commit", "--quiet", "--message", "Add the connector"),
    ):
        subprocess.run(["git", *arguments], cwd=repository, check=True)


def answer(session: requests.Session, method: str, url: str, **options: Any) -> requests.Response:
    """What the registries, GitHub and Docker Hub are taken to answer."""
    status, content = 404, dict[str, Any]()
    if "/registries/" in url:
        status, content = 200, {"sources": [], "destinations": []}
    elif f"/{BASE_IMAGE}/tags/" in url:
        digest = re.findall(r"baseImage: .*@(\S+)", (ROOT / "metadata.yaml").read_text())[0]
        status, content = 200, {"digest": digest}
    response = requests.Response()
    response.url, response.status_code = url, status
    response._content = json.dumps(content).encode()
    return response


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder))
        commit(Path(folder))
        os.chdir(folder)  # the checks look for the repository from here
        with mock.patch("requests.Session.request", answer):
            connectors_qa(["run", "--name", NAME])
