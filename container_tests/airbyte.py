"""Runs the image as Airbyte's platform runs it: as a job of one command with mounted files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker import DockerClient
from docker.models.containers import Container

from integration_tests.connector import Outcome, arguments, messages

GIBIBYTE = 2**30
HARDENED: dict[str, Any] = {
    # What Airbyte's jobs get in a cluster that restricts them as far as it can.
    "read_only": True,
    "tmpfs": {"/tmp": "size=64m"},
    "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges"],
    "mem_limit": GIBIBYTE,
    # The sandbox listens on the machine's own loopback.
    "network_mode": "host",
}
MOUNTED_AT = Path("/config")


@dataclass(frozen=True)
class Image:
    """The image under test, on an engine."""

    client: DockerClient
    name: str

    @property
    def attributes(self) -> dict[str, Any]:
        """What the engine knows of the image."""
        attributes: dict[str, Any] = self.client.images.get(self.name).attrs
        return attributes

    def start(self, command: str, folder: Path, **files: Any) -> Container:
        """Starts one of the connector's commands; its files are mounted from `folder`."""
        given = arguments(command, folder, **files)
        for path in folder.iterdir():
            path.chmod(0o644)  # the image's user is not the one who wrote them
        folder.chmod(0o755)
        inside = [argument.replace(str(folder), str(MOUNTED_AT)) for argument in given]
        volumes = {str(folder): {"bind": str(MOUNTED_AT), "mode": "ro"}}
        return self.client.containers.run(
            self.name, inside, detach=True, volumes=volumes, **HARDENED
        )

    def run(self, command: str, folder: Path, **files: Any) -> Outcome:
        """What a command printed, and how it ended."""
        container = self.start(command, folder, **files)
        try:
            exit_code = container.wait(timeout=120)["StatusCode"]
            printed = container.logs(stdout=True, stderr=False).decode()
            complaints = container.logs(stdout=False, stderr=True).decode()
        finally:
            container.remove(force=True)
        return Outcome(messages(printed), exit_code, printed + complaints)

    def shell(self, script: str) -> str:
        """What a shell prints in the image, as its user."""
        output: bytes = self.client.containers.run(
            self.name, ["-c", script], entrypoint="sh", remove=True, network_mode="host"
        )
        return output.decode().strip()


def labels(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Airbyte's labels among those of an image."""
    every: dict[str, str] = json.loads(json.dumps(attributes["Config"]["Labels"]))
    return {name: text for name, text in every.items() if name.startswith("io.airbyte.")}
