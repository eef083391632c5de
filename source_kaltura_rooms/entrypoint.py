"""The CDK's entry point, with chunks of records, sentences about what is wrong, and signals."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.models import AirbyteMessage, ConnectorSpecification
from airbyte_cdk.sources.connector_state_manager import HashableStreamDescriptor
from airbyte_cdk.utils import PrintBuffer
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.chunks import chunk_of
from source_kaltura_rooms.airbyte.failures import configuration_failure
from source_kaltura_rooms.config import ConfigError, parse_config
from source_kaltura_rooms.source import SourceKalturaRooms

if TYPE_CHECKING:
    from typing_extensions import Buffer


RECORDS_LIKE_A_MESSAGE = 10
"""Records in chunks that count as one message when the CDK decides to look at the memory in use.

They are printed in less time than one record on the CDK's own path. To count each of them took a
twentieth of a sync.
"""


def main() -> None:
    """Runs the command in the process's arguments: spec, check, discover or read."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave_at_once)
    if sys.stdout is sys.__stdout__:
        sys.stdout = sys.__stdout__ = _standard_output()  # type: ignore[misc] # "Final", but ours
    entrypoint = Entrypoint(SourceKalturaRooms(in_chunks=True))
    arguments = entrypoint.parse_args(sys.argv[1:])
    with PRINT_BUFFER:
        for message in entrypoint.run(arguments):
            print(f"{message}\n", end="")


class Entrypoint(AirbyteEntrypoint):
    """The CDK's entry point, but that it prints chunks of records and names what is wrong."""

    def run(self, parsed_args: argparse.Namespace) -> Iterable[str]:
        """The lines to print; `check` has a status though its configuration cannot be read."""
        try:
            yield from super().run(parsed_args)
        except AirbyteTracedException as error:
            status = error.as_connection_status_message()
            if parsed_args.command != "check" or status is None:
                raise
            yield self.airbyte_message_to_string(status)

    def read(
        self, source_spec: ConnectorSpecification, config: Any, catalog: Any, state: list[Any]
    ) -> Iterable[AirbyteMessage]:
        """The messages that are not records; chunks of records are printed in between."""
        for message in super().read(source_spec, config, catalog, state):
            chunk = chunk_of(message)
            if chunk is None:
                yield message
            else:
                _print(chunk.lines())
                # After so many messages, the CDK compares the memory in use with the limit; it
                # counts the chunk as one.
                for _ in range(len(chunk.records) // RECORDS_LIKE_A_MESSAGE - 1):
                    self._memory_monitor.check_memory_usage()

    @staticmethod
    def handle_record_counts(
        message: AirbyteMessage,
        stream_message_count: defaultdict[HashableStreamDescriptor, float],
    ) -> AirbyteMessage:
        """Counts the records of a chunk, for the states to tell."""
        chunk = chunk_of(message)
        if chunk is not None:
            stream_message_count[HashableStreamDescriptor(chunk.stream)] += len(chunk.records) - 1
        return AirbyteEntrypoint.handle_record_counts(message, stream_message_count)

    @staticmethod
    def validate_connection(source_spec: ConnectorSpecification, config: Mapping[str, Any]) -> None:
        """Refuses what cannot be used with one sentence that names the key."""
        try:
            parse_config(config)
        except ConfigError as error:
            raise configuration_failure(str(error)) from error


class _Output(io.FileIO):
    """Ends the process when nobody reads on, as in `read … | head -1`, whoever writes.

    Most programs are ended by the signal SIGPIPE then, without a message. Python ignores the
    signal, and to enable it would be wrong: a connection that Kaltura closes raises it as well.
    """

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            os._exit(128 + signal.SIGPIPE)


def _standard_output() -> io.TextIOWrapper:
    """Standard output as Airbyte reads it: in UTF-8, whatever the locale."""
    output = _Output(1, "wb", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(output), "utf-8", line_buffering=output.isatty())


def _print(lines: bytes) -> None:
    """Prints after what was printed before; the CDK's buffer would turn it into text and back."""
    with PRINT_BUFFER.lock:
        PRINT_BUFFER.flush()
        stdout = sys.__stdout__ if isinstance(sys.stdout, PrintBuffer) else sys.stdout
        if stdout is None:
            raise RuntimeError("there is no standard output to print records to")
        stdout.buffer.write(lines)


def _leave_at_once(number: int, frame: FrameType | None) -> None:
    """Ends the process though workers may wait minutes for an answer of Kaltura's.

    What was printed is whole up to the last line; the next sync goes on from the last state in it.
    """
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)  # so that whoever waits is told of the signal
    os._exit(128 + number)  # the first process of a container is spared its own signals
