"""One sync: the streams of a configured catalog, wired from configuration and state."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator, Sequence
from queue import Empty, Queue

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteStream,
    SyncMode,
)
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger

from source_kaltura_rooms.airbyte.records import RecordMaker
from source_kaltura_rooms.airbyte.selection import deselected_fields, excluded_columns
from source_kaltura_rooms.airbyte.state import ReadUpTo, reached_before
from source_kaltura_rooms.airbyte.streams import Reader, StreamRead, WindowPartitions
from source_kaltura_rooms.airbyte.workers import EarliestFirst
from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import Kaltura
from source_kaltura_rooms.reports import ATTENDEES, CURSOR, REPORTS, ROOMS, Report, json_schema
from source_kaltura_rooms.retrieval.asking import ReportReader, SharedReadings
from source_kaltura_rooms.retrieval.placement import SESSION_END
from source_kaltura_rooms.retrieval.readers import AttendeesReader, WindowReader
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import format_time

QUEUE_SIZE = 8
"""Chunks of records that wait for the main thread to print them; then workers wait for it."""

LONGEST_WAIT = 900
"""Seconds; no worker waits longer for an answer of Kaltura's."""


class Sync:
    """Reads streams, several windows at a time, and keeps records and states in order."""

    def __init__(
        self,
        config: Config,
        state: Sequence[AirbyteStateMessage],
        logger: logging.Logger,
        now: int,
    ) -> None:
        self._config = config
        self._logger = logger
        self._now = now
        self._kaltura = Kaltura(config, logger)
        self._states = ConnectorStateManager(list(state))
        self._queue: Queue[QueueItem] = Queue(maxsize=QUEUE_SIZE)
        # Sharing the queue keeps a state behind the records it covers.
        self._messages = ConcurrentMessageRepository(self._queue, InMemoryMessageRepository())
        self._reads: list[StreamRead] = []
        self._sessions: SharedReadings | None = None

    def read(self, configured: Sequence[ConfiguredAirbyteStream]) -> Iterator[AirbyteMessage]:
        """The messages of the sync, with records in chunks.

        Raises AirbyteTracedException for a state that cannot be used, and at the end if a stream
        failed.
        """
        if not configured:
            return  # the CDK would wait for a first stream for ever
        selected = [one.stream.name for one in configured]
        if {ROOMS.stream, ATTENDEES.stream} <= set(selected):
            self._share_sessions(configured[selected.index(ROOMS.stream)])
        streams = [self._stream(one, order) for order, one in enumerate(configured)]
        workers = EarliestFirst(self._config.num_workers)
        source = ConcurrentSource(
            # All windows may wait: the worker that lists them must not wait for one to be read,
            # since it may be the only one.
            ThreadPoolManager(workers, self._logger, sys.maxsize),
            _quieter(self._logger),
            DebugSliceLogger(),
            self._queue,
            self._messages,
        )
        try:
            yield from source.read([*streams])
        except GeneratorExit:
            self._abandon(workers)
            raise
        finally:
            for read in self._reads:
                read.log_summary()

    def _abandon(self, workers: EarliestFirst) -> None:
        """Lets the workers end though nobody takes their records any more."""
        for read in self._reads:
            read.give_up()
        workers.shutdown(wait=False, cancel_futures=True)
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                self._queue.get(timeout=LONGEST_WAIT)

    def _share_sessions(self, rooms: ConfiguredAirbyteStream) -> None:
        excluded = self._excluded(rooms)
        asker = ReportReader(
            self._kaltura,
            self._config,
            ROOMS,
            self._logger,
            [name for name in excluded if name != SESSION_END],
        )
        # As many windows as are in flight, and as many again that the other stream comes to next.
        self._sessions = SharedReadings(asker, most=2 * self._config.num_workers)

    def _stream(self, configured: ConfiguredAirbyteStream, order: int) -> DefaultStream:
        report = REPORTS[configured.stream.name]
        deselected = deselected_fields(report, configured.stream.json_schema)
        read = StreamRead(
            report,
            self._reader(report, self._excluded(configured)),
            RecordMaker(report, self._logger, deselected),
            self._logger,
            self._kaltura.computing,
        )
        self._reads.append(read)
        cursor = self._cursor(report, configured.sync_mode)
        return DefaultStream(
            partition_generator=WindowPartitions(read, cursor, order),
            name=report.stream,
            json_schema=json_schema(report.stream),
            primary_key=list(report.primary_key),
            cursor_field=CursorField(CURSOR),
            logger=self._logger,
            cursor=cursor,
        )

    def _excluded(self, configured: ConfiguredAirbyteStream) -> tuple[str, ...]:
        report = REPORTS[configured.stream.name]
        return excluded_columns(report, deselected_fields(report, configured.stream.json_schema))

    def _reader(self, report: Report, excluded: tuple[str, ...]) -> Reader:
        shared = self._sessions
        if report is ATTENDEES:
            return AttendeesReader(self._kaltura, self._config, self._logger, excluded, shared)
        return WindowReader(
            self._kaltura,
            self._config,
            report,
            self._logger,
            excluded,
            shared if report is ROOMS else None,
        )

    def _cursor(self, report: Report, sync_mode: SyncMode) -> ReadUpTo:
        config = self._config
        reached = reached_before(
            report.stream, self._states.get_stream_state(report.stream, namespace=None)
        )
        end = min(config.end or self._now, self._now)
        start = config.start
        if reached is not None:
            if reached >= self._now:
                self._logger.warning(
                    f"{report.stream}: the saved state ({format_time(reached)}) lies in the "
                    "future; nothing after it can be read yet."
                )
            # A full refresh with a state goes on with one that was interrupted: what is behind it
            # has been delivered, and repeating it would leave it twice where nothing is merged.
            lookback = config.lookback if sync_mode is SyncMode.incremental else 0
            start = max(start, reached + 1 - lookback)
        return ReadUpTo(
            report.stream,
            reached,
            Window(start, end),
            config.window_length,
            self._messages,
            self._states,
        )


def _quieter(logger: logging.Logger) -> logging.Logger:
    """A logger for the CDK's messages about every step, in which chunks count as records."""
    quieter = logger.getChild("concurrent")
    quieter.setLevel(logging.NOTSET if logger.isEnabledFor(logging.DEBUG) else logging.WARNING)
    return quieter
