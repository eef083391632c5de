"""One sync: the streams of a configured catalog, wired from configuration and state."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from queue import Queue

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteStream,
    SyncMode,
)
from airbyte_cdk.sources.concurrent_source.concurrent_source import ConcurrentSource
from airbyte_cdk.sources.concurrent_source.thread_pool_manager import ThreadPoolManager
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams.concurrent.cursor import CursorField
from airbyte_cdk.sources.streams.concurrent.default_stream import DefaultStream
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.utils.slice_logger import DebugSliceLogger

from source_kaltura_rooms.airbyte.heartbeat import Heartbeat
from source_kaltura_rooms.airbyte.messages import QueuedMessages, rate_limited_status
from source_kaltura_rooms.airbyte.outcome import until_last_status, with_type_of_first_error
from source_kaltura_rooms.airbyte.plans import plan_of
from source_kaltura_rooms.airbyte.records import RecordMaker
from source_kaltura_rooms.airbyte.selection import (
    deselected_fields,
    excluded_columns,
    further_fields,
    other_key_warning,
)
from source_kaltura_rooms.airbyte.state import WindowCursor
from source_kaltura_rooms.airbyte.streams import StreamRead, WindowPartitions
from source_kaltura_rooms.airbyte.workers import PriorityThreadPool
from source_kaltura_rooms.config import Config
from source_kaltura_rooms.custom_reports import CustomReport
from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.reports import ATTENDEES, ROOMS, Report, SessionReport
from source_kaltura_rooms.retrieval.attendees import AttendeesReader
from source_kaltura_rooms.retrieval.complete import ReportReader
from source_kaltura_rooms.retrieval.days import DaysReader
from source_kaltura_rooms.retrieval.readers import Reader, SessionsReader
from source_kaltura_rooms.retrieval.session_lists import SessionLists
from source_kaltura_rooms.times import DAY

QUEUE_SIZE = 8
"""Chunks of records that wait for the main thread to print them; then workers wait for it."""


class Sync:
    """Reads streams, several windows at a time, and keeps records and states in order.

    Its threads, all daemons, so that the process ends after the last message whatever they wait
    for:

    - The one that calls `read` takes messages from the queue and yields them. It alone empties the
      queue, and it never waits for anything else.
    - `num_workers` workers read windows, the earliest of all streams first: they ask Kaltura, turn
      answers into records, and put these into the queue, and the state behind them.
    - As many again ask for the sessions of report 6000 while a worker asks for the attendees of the
      same window.
    - One repeats the state of each stream that has been silent for almost five minutes.

    Its locks, beside those of the queue and of each stream's totals, cursor and deduplication:

    - `computing` is held by the one thread that turns answers into rows or rows into records.
      Python computes on one core. Three streams at a time would only have more in memory: 23 MB
      more were measured.
    """

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
        self._computing = threading.Lock()
        self._client = KalturaClient(
            config, logger, on_wait=self._report_wait, computing=self._computing
        )
        self._states = ConnectorStateManager(list(state))
        self._queue: Queue[QueueItem] = Queue(maxsize=QUEUE_SIZE)
        self.reads: list[StreamRead] = []
        self._session_lists: SessionLists | None = None

    def read(self, configured: Sequence[ConfiguredAirbyteStream]) -> Iterator[AirbyteMessage]:
        """The messages of the sync, with records in chunks.

        Raises AirbyteTracedException for a state that cannot be used, and at the end if a stream
        failed.
        """
        if not configured:
            return  # the CDK would wait for a first stream for ever
        messages = QueuedMessages(self._queue, threading.get_ident())
        session_threads = PriorityThreadPool(self._config.num_workers, "sessions")
        streams = self.prepare(configured, messages, session_threads)
        workers = PriorityThreadPool(self._config.num_workers, "window")
        heartbeat = Heartbeat([one.cursor for one in self.reads])
        heartbeat.start()
        source = ConcurrentSource(
            # All windows may wait: the worker that lists them must not wait for one to be read,
            # since it may be the only one.
            ThreadPoolManager(workers, self._logger, sys.maxsize),  # type: ignore[arg-type]  # it asks for submit and shutdown alone
            _quieter(self._logger),
            DebugSliceLogger(),
            self._queue,
            messages,
        )
        try:
            yield from with_type_of_first_error(until_last_status(source.read([*streams])))
        finally:
            heartbeat.stop()
            for pool in (workers, session_threads):
                pool.shutdown(wait=False, cancel_futures=True)
            for read in self.reads:
                read.log_summary(self._client.calls[read.report.stream])
            self._let_workers_end()

    def prepare(
        self,
        configured: Sequence[ConfiguredAirbyteStream],
        messages: QueuedMessages,
        session_threads: Executor,
    ) -> list[DefaultStream]:
        """The streams of the catalog, wired; `reads` has what reads their windows.

        Raises AirbyteTracedException for a state that cannot be used.
        """
        self._messages = messages
        self._session_lists = self._lists(configured)
        return [self._stream(one, order, session_threads) for order, one in enumerate(configured)]

    def _let_workers_end(self) -> None:
        """Lets workers that are still busy end, though nobody takes their records any more."""
        for read in self.reads:
            read.give_up()
        with self._queue.not_full:
            self._queue.maxsize = sys.maxsize
            self._queue.not_full.notify_all()

    def _report_wait(self, stream: str, seconds: float, reason: str) -> None:
        """Tells the platform that a stream waits for Kaltura's rate limit, which it shows to users.

        The client itself logs the reason.
        """
        self._messages.emit_message(rate_limited_status(stream, time.time() + seconds))

    def _lists(self, configured: Sequence[ConfiguredAirbyteStream]) -> SessionLists:
        """Report 6000 for the streams that need it, with the columns that rooms ask for."""
        rooms = next((one for one in configured if one.stream.name == ROOMS.stream), None)
        excluded = self._excluded(rooms) if rooms else tuple(ROOMS.columns)
        # As many windows as are in flight, and as many again that the other stream comes to next.
        # A stream that reads report 6000 alone shares its answers with none.
        sharing = [one for one in configured if one.stream.name in (ROOMS.stream, ATTENDEES.stream)]
        most = 2 * self._config.num_workers if len(sharing) > 1 else 0
        return SessionLists(self._report_reader(ROOMS, excluded), most)

    def _stream(
        self, configured: ConfiguredAirbyteStream, order: int, session_threads: Executor
    ) -> DefaultStream:
        report = self._config.reports[configured.stream.name]
        if warning := other_key_warning(report, configured):
            self._logger.warning(warning)
        schema = configured.stream.json_schema
        cursor = self._cursor(report, configured.sync_mode)
        read = StreamRead(
            report,
            self._reader(report, self._excluded(configured), session_threads),
            RecordMaker(
                report,
                self._logger,
                deselected_fields(report, schema),
                further_fields(report, schema),
                self._config.pseudonyms,
            ),
            cursor,
            self._logger,
            self._computing,
        )
        self.reads.append(read)
        return DefaultStream(
            partition_generator=WindowPartitions(read, self._config.window_length // DAY, order),
            name=report.stream,
            json_schema=report.json_schema,
            primary_key=list(report.primary_key),
            cursor_field=CursorField(report.cursor),
            logger=self._logger,
            cursor=cursor,
        )

    def _excluded(self, configured: ConfiguredAirbyteStream) -> tuple[str, ...]:
        report = self._config.reports[configured.stream.name]
        return excluded_columns(report, deselected_fields(report, configured.stream.json_schema))

    def _report_reader(self, report: SessionReport, excluded: tuple[str, ...]) -> ReportReader:
        return ReportReader(self._client, self._config, report, self._logger, excluded)

    def _reader(
        self,
        report: SessionReport | CustomReport,
        excluded: tuple[str, ...],
        session_threads: Executor,
    ) -> Reader:
        config, logger, lists = self._config, self._logger, self._session_lists
        if isinstance(report, CustomReport):
            return DaysReader(self._client, report, logger, excluded)
        if report is ROOMS and lists is not None:
            return SessionsReader(lists.reader, config, report, logger, lists)
        reader = self._report_reader(report, excluded)
        if report.start_column is None and lists is not None:
            return AttendeesReader(reader, config, report, logger, lists, session_threads)
        return SessionsReader(reader, config, report, logger)

    def _cursor(self, report: Report, sync_mode: SyncMode) -> WindowCursor:
        plan, describe = plan_of(
            self._config,
            report,
            self._states.get_stream_state(report.stream, namespace=None),
            self._now,
            self._logger,
            is_full_refresh=sync_mode is SyncMode.full_refresh,
        )
        return WindowCursor(report.stream, plan, self._messages, self._states, describe)


def _quieter(logger: logging.Logger) -> logging.Logger:
    """A logger for the CDK's messages about every step, in which chunks count as records."""
    quieter = logger.getChild("concurrent")
    quieter.setLevel(logging.NOTSET if logger.isEnabledFor(logging.DEBUG) else logging.WARNING)
    return quieter
