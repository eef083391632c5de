"""The cursor: windows to read, and the state that says up to where was read without a gap."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, MutableMapping
from typing import Any

from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import MessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, CursorField
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.streams.concurrent.state_converters.datetime_stream_state_converter import (  # noqa: E501 - the CDK's name alone is that long
    CustomFormatConcurrentStreamStateConverter,
)
from airbyte_cdk.sources.types import Record, StreamSlice

from source_kaltura_rooms.airbyte.failures import configuration_failure
from source_kaltura_rooms.reports import CURSOR
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import TEXT_FORMAT, format_time, parse_time

SLICE_START, SLICE_END = "start_time", "end_time"
_SECOND = datetime.timedelta(seconds=1)


def reached_before(stream: str, state: Mapping[str, Any]) -> int | None:
    """The last second of session starts that earlier syncs read, None without a state.

    Raises AirbyteTracedException for a state that this connector has not written.
    """
    text = state.get(CURSOR)
    if text is None and not any(not key.startswith("__ab") for key in state):
        return None
    try:
        return parse_time(text)  # type: ignore[arg-type]  # anything may stand in a state
    except (ValueError, TypeError):
        raise configuration_failure(
            f"Stream {stream}: its saved state is not one of this connector's, which look like "
            f'{{"{CURSOR}": "2026-02-04T23:59:59Z"}}; clear the stream\'s data to read it anew.'
        ) from None


def window_of(stream_slice: Mapping[str, Any]) -> Window:
    """The half-open window of a slice, whose two ends both belong to it."""
    return Window(parse_time(stream_slice[SLICE_START]), parse_time(stream_slice[SLICE_END]) + 1)


class ReadUpTo(ConcurrentCursor):
    """A cursor whose state is the end of what was read, so that empty windows move it too.

    The stock cursor takes the newest record's value. It also starts the lookback behind a state
    that counts as read: a sync that was interrupted while it read the recent past again would move
    the state on all the same, and what came late would never be read. Here the lookback is part of
    what has to be read; until it has been, the state stays what it was.
    """

    def __init__(
        self,
        stream: str,
        reached: int | None,
        window: Window,
        window_length: int,
        message_repository: MessageRepository,
        state_manager: ConnectorStateManager,
    ) -> None:
        converter = CustomFormatConcurrentStreamStateConverter(
            TEXT_FORMAT, is_sequential_state=True, cursor_granularity=_SECOND
        )
        self._reached = window.start - 1 if reached is None else reached
        self._first = format_time(window.start)
        self._has_read_first = False
        super().__init__(
            stream_name=stream,
            stream_namespace=None,
            stream_state={},
            message_repository=message_repository,
            connector_state_manager=state_manager,
            connector_state_converter=converter,
            cursor_field=CursorField(CURSOR),
            slice_boundary_fields=(SLICE_START, SLICE_END),
            start=converter.parse_value(format_time(window.start)),
            end_provider=lambda: converter.parse_value(format_time(window.end - 1)),
            slice_range=datetime.timedelta(seconds=window_length),
            cursor_granularity=_SECOND,
        )

    @property
    def state(self) -> MutableMapping[str, Any]:
        """`{"session_start_time": …}`: the last second up to which nothing is left to read."""
        state = super().state
        # Before anything was read, the inherited state would count the first second as read.
        if not self._has_read_first or parse_time(state[CURSOR]) < self._reached:
            return {CURSOR: format_time(self._reached)}
        return state

    def observe(self, record: Record) -> None:
        """Does nothing: the slice's end counts, not the record's time."""

    def close_partition(self, partition: Partition) -> None:
        """Counts the partition's slice as read up to its end; one without a slice was given up."""
        stream_slice = partition.to_slice()
        if stream_slice is None:
            return
        self._has_read_first |= stream_slice[SLICE_START] == self._first
        whole_slice = StreamSlice(partition={}, cursor_slice=dict(stream_slice))
        end = {CURSOR: stream_slice[SLICE_END]}
        super().observe(Record(end, partition.stream_name(), whole_slice))
        super().close_partition(partition)
