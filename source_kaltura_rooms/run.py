"""Console entry point of the connector."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from airbyte_cdk.entrypoint import launch

from source_kaltura_rooms.source import SourceKalturaRooms


def run() -> None:
    """Runs one command of the connector: spec, check, discover or read."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave_at_once)
    launch(SourceKalturaRooms(), sys.argv[1:])


def _leave_at_once(number: int, frame: FrameType | None) -> None:
    """Ends the process though workers may wait minutes for an answer of Kaltura's.

    As the first process of a container it would otherwise not even get the signal. What was printed
    is whole up to the last line; the next sync goes on from the last state in it.
    """
    os._exit(128 + number)


if __name__ == "__main__":
    run()
