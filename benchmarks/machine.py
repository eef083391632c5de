"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.entrants import BIN, PROJECT, SINGER_PYTHON

_VERSION = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"


def description() -> dict[str, str]:
    """Machine, versions, date and commit, as pairs of a word and what stands behind it."""
    python = BIN / "python"
    return {
        "CPU": f"{_cpu()}, {os.cpu_count()} cores",
        "memory": f"{_memory_in_bytes() / 2**30:.0f} GiB",
        "OS": _operating_system(),
        "Python": platform.python_version(),
        "source-kaltura-rooms": _own_version(),
        "airbyte-cdk": _version(python, "airbyte-cdk"),
        "orjson": _version(python, "orjson"),
        "singer-sdk": _version(SINGER_PYTHON, "singer-sdk"),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": _commit(),
    }


def _cpu() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _memory_in_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _operating_system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _own_version() -> str:
    pyproject = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    return str(pyproject["tool"]["poetry"]["version"])


def _version(python: Path, package: str) -> str:
    return _said_by([str(python), "-c", _VERSION, package])


def _commit() -> str:
    commit = _said_by(["git", "rev-parse", "--short", "HEAD"])
    measured = ["source_kaltura_rooms", "benchmarks", ":!benchmarks/results.*"]
    changed = _said_by(["git", "status", "--porcelain", "--", *measured])
    return f"{commit} with changes" if changed else commit


def _said_by(command: list[str]) -> str:
    try:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
