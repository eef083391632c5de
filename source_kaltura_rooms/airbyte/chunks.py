"""Records in chunks: the way around the CDK's path for single records.

On the CDK's path every record crosses the queue between workers and main thread by itself and is
converted three times before it is printed, which takes several times as long as everything else.
Here a RECORD message carries a chunk of records as its data, so that statuses, states and their
order remain the CDK's doing. It is expanded into ordinary messages (`expanded`) or printed at once
(`lines`), with the same bytes. Where a CDK is fast enough, `expanded` records can be put into the
queue instead, and this module and `lines` can go.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.models import AirbyteMessage, AirbyteRecordMessage, Type

from source_kaltura_rooms.airbyte.lines import record_lines
from source_kaltura_rooms.airbyte.records import Records

_KEY = "chunk"


@dataclass(frozen=True)
class Chunk:
    """Records of one stream, all emitted at the same Unix millisecond."""

    stream: str
    records: Records
    emitted_at: int

    def expanded(self) -> Iterator[AirbyteMessage]:
        """An ordinary message for each record."""
        for data in self.records:
            record = AirbyteRecordMessage(stream=self.stream, data=data, emitted_at=self.emitted_at)
            yield AirbyteMessage(type=Type.RECORD, record=record)

    def lines(self) -> bytes:
        """What the CDK prints for the messages of `expanded`."""
        return record_lines(self.stream, self.records, self.emitted_at)


def chunk_data(stream: str, records: Records) -> dict[str, Any]:
    """The data of a record that carries a chunk; `records` must not be empty."""
    return {_KEY: Chunk(stream, records, time.time_ns() // 1_000_000)}


def chunk_of(message: AirbyteMessage) -> Chunk | None:
    """The chunk that a message carries, None if it is an ordinary one."""
    if message.type is not Type.RECORD or message.record is None:
        return None
    chunk = message.record.data.get(_KEY)
    return chunk if isinstance(chunk, Chunk) else None


def expanded(messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
    """The messages, with an ordinary one for each record of a chunk."""
    for message in messages:
        chunk = chunk_of(message)
        if chunk is None:
            yield message
        else:
            yield from chunk.expanded()
