"""PyAirbyte, kept from calling home and from leaving files behind: import it from here only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_FOLDER = tempfile.TemporaryDirectory(prefix="pyairbyte-")

# It reads these when it is imported. Without the first it waits minutes for a registry and for
# telemetry wherever there is no network.
os.environ |= {
    "AIRBYTE_OFFLINE_MODE": "1",
    "DO_NOT_TRACK": "1",
    "AIRBYTE_LOGGING_ROOT": str(Path(_FOLDER.name, "logs")),
    "AIRBYTE_CACHE_ROOT": str(Path(_FOLDER.name, "cache")),
}

import airbyte  # noqa: E402  # the environment comes first
from airbyte import caches  # noqa: E402

__all__ = ["airbyte", "caches"]
