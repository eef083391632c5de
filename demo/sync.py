"""One sync of the installed connector through PyAirbyte into DuckDB, offline and quiet.

PyAirbyte prints a good deal, and calls home unless told otherwise before it is imported. Here it
does neither: what it prints is logged, and only the connector's own lines about its streams are
handed on.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from demo.database import NO_SPACE

CONNECTOR = "source-kaltura-rooms"
EXECUTABLE = Path(__file__).parent.parent / ".venv" / "bin" / CONNECTOR

Show = Callable[[str], None]


class SyncFailed(Exception):
    """A sync that ended early; the text says why, in the connector's words."""


def sync(
    config: Mapping[str, Any], database: Path, streams: Sequence[str], show: Show
) -> dict[str, int]:
    """Sync the streams into the file and return how many rows each of them read.

    The sync goes on from the state in the file, if there is one, and merges rows by primary key.
    `show` is called with the connector's lines about its progress. Raises SyncFailed.
    """
    with _quiet() as folder:
        airbyte = _import_airbyte(folder)
        source = airbyte.get_source(CONNECTOR, dict(config), local_executable=EXECUTABLE)
        with _following(show, streams) as progress:
            try:
                source.check()
                source.select_streams([*streams])
                with airbyte.caches.DuckDBCache(db_path=database, cache_dir=folder) as store:
                    # The connector validates its configuration itself. PyAirbyte's validation
                    # would quote the configuration, secrets and all.
                    result = source.read(store, skip_validation=True)
            except Exception as error:  # PyAirbyte's, the database's, the system's
                raise SyncFailed(_reason(error, progress.errors, database)) from error
        # PyAirbyte counts by stream, but publishes only the total.
        read = result._progress_tracker.stream_read_counts
        return {stream: read.get(stream, 0) for stream in streams}


def _import_airbyte(folder: Path) -> Any:
    os.environ.update(
        AIRBYTE_OFFLINE_MODE="1",
        DO_NOT_TRACK="1",
        NO_LIVE_PROGRESS="1",
        # The configuration is put there for the connector, readable for everybody on the machine;
        # the folder is not.
        AIRBYTE_TEMP_DIR=str(folder),
    )
    os.environ.setdefault("AIRBYTE_LOGGING_ROOT", str(folder))
    import airbyte
    import airbyte.caches
    import airbyte.exceptions

    return airbyte


@cache
def _folder() -> TemporaryDirectory[str]:
    """Return a folder for this user's eyes only, removed when Python exits."""
    return TemporaryDirectory(prefix="kaltura-rooms-demo-")


@contextmanager
def _quiet() -> Iterator[Path]:
    """Print into a file; yield the folder it is in."""
    folder = Path(_folder().name)
    with (folder / "printed.log").open("a") as log, redirect_stdout(log), redirect_stderr(log):
        yield folder


class _Progress(logging.Handler):
    """Hands on what the connector says about its streams, and keeps what went wrong."""

    def __init__(self, show: Show, streams: Sequence[str]) -> None:
        super().__init__()
        self._beginnings = tuple(f"{stream}: " for stream in streams)
        self.errors: list[str] = []
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        line = record.getMessage()
        if record.levelno >= logging.ERROR:
            self.errors.append(line)
        elif line.startswith(self._beginnings):
            self._show(line)


@contextmanager
def _following(show: Show, streams: Sequence[str]) -> Iterator[_Progress]:
    logger = logging.getLogger(f"airbyte.{CONNECTOR}")  # PyAirbyte logs connectors' messages there
    progress = _Progress(show, streams)
    logger.addHandler(progress)
    try:
        yield progress
    finally:
        logger.removeHandler(progress)


def _reason(error: Exception, logged: Sequence[str], database: Path) -> str:
    """Return why the sync failed, in the connector's words if it said anything."""
    if _means_no_space(error):
        return (
            f"The disk is full: {database.absolute().parent} and the folder for temporary files, "
            f"{_folder().name}, need some megabytes more. What earlier syncs loaded is kept."
        )
    failed_check = (getattr(error, "context", None) or {}).get("failure_reason")
    # The CDK sums up at the end, with less to read in it.
    of_streams = [line for line in logged if not line.startswith("During the sync")]
    in_one_line = str(error).partition("\n")[0]
    return failed_check or "\n".join(of_streams or logged) or in_one_line


def _means_no_space(error: BaseException | None) -> bool:
    """Whether the error, or one that it came from, says that a disk is full."""
    while error is not None:
        # The database hands the system's error on as text.
        if getattr(error, "errno", None) == errno.ENOSPC or NO_SPACE in str(error):
            return True
        error = error.__cause__ or error.__context__ or getattr(error, "original_exception", None)
    return False
