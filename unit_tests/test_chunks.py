"""Records in chunks come out as the CDK's own path for single records would print them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import (
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    Level,
    Type,
)
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.airbyte.chunks import Chunk, chunk_data, chunk_of, expanded
from source_kaltura_rooms.airbyte.records import Records

RECORDS = Records(
    ("entry_id", "entry_name", "count", "ratio"),
    [
        ["1_a", ""],
        ['Zoë\'s "数学"\n🎓\\', None],
        [12, 9_223_372_036_854_775_807],
        [1.0e-5, 1.0],
    ],
)


def carrier(chunk: object) -> AirbyteMessage:
    """The message that carries a chunk through the CDK's queue."""
    record = AirbyteRecordMessage(stream="rooms", data={"chunk": chunk}, emitted_at=5)
    return AirbyteMessage(type=Type.RECORD, record=record)


def log(text: str) -> AirbyteMessage:
    return AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=Level.INFO, message=text))


def test_given_a_chunk_when_printed_then_each_record_has_its_line_and_nulls_are_left_out() -> None:
    assert Chunk("rooms", RECORDS, 1_770_109_200_123).lines().decode() == (
        '{"type":"RECORD","record":{"stream":"rooms","data":{"entry_id":"1_a","entry_name":'
        '"Zoë\'s \\"数学\\"\\n🎓\\\\","count":12,"ratio":0.00001},"emitted_at":1770109200123}}\n'
        '{"type":"RECORD","record":{"stream":"rooms","data":{"entry_id":"","count":'
        '9223372036854775807,"ratio":1.0},"emitted_at":1770109200123}}\n'
    )


def test_given_a_chunk_when_expanded_then_each_record_is_a_message() -> None:
    messages = list(Chunk("rooms", RECORDS, 5).expanded())

    assert [one.type for one in messages] == [Type.RECORD, Type.RECORD]
    assert [(one.record.stream, one.record.emitted_at) for one in messages if one.record] == [
        ("rooms", 5),
        ("rooms", 5),
    ]
    assert [one.record.data for one in messages if one.record] == list(RECORDS)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["null", 'x",', '"', "},", '","', ",", "{,", '},"emitted_at":5}}', ":null", "\\", '"a":null,']
)
values = (
    st.none()
    | texts
    | st.integers(1 - 2**63, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)


@st.composite
def some_records(draw: st.DrawFn) -> Records:
    """Records with up to four fields of any names, in which any values may be null."""
    fields = draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    count = draw(st.integers(1, 4))
    columns = [draw(st.lists(values, min_size=count, max_size=count)) for _ in fields]
    return Records(tuple(fields), columns)


@given(some_records())
def test_given_any_records_when_printed_then_the_lines_are_those_the_cdk_prints(
    some: Records,
) -> None:
    chunk = Chunk("rooms", some, 5)

    by_the_cdk = [
        AirbyteEntrypoint.airbyte_message_to_string(message) + "\n" for message in chunk.expanded()
    ]

    assert chunk.lines().decode() == "".join(by_the_cdk)


def test_given_messages_with_chunks_when_expanded_then_the_others_keep_their_places() -> None:
    before, after = log("before"), log("after")

    messages = list(expanded([before, carrier(Chunk("rooms", RECORDS, 5)), after]))

    assert messages[0] is before
    assert messages[-1] is after
    assert [one.record.data for one in messages[1:-1] if one.record] == list(RECORDS)


def test_given_an_ordinary_message_when_asked_for_its_chunk_then_it_has_none() -> None:
    assert chunk_of(log("said")) is None
    # A record of Kaltura's with a column of that name.
    assert chunk_of(carrier("large")) is None


def test_given_records_when_put_into_a_chunk_then_a_message_with_them_carries_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = SimpleNamespace(time_ns=lambda: 1_770_109_200_123_999_999)
    monkeypatch.setattr("source_kaltura_rooms.airbyte.chunks.time", clock)

    data = chunk_data("rooms", RECORDS)

    record = AirbyteRecordMessage(stream="rooms", data=data, emitted_at=5)
    chunk = chunk_of(AirbyteMessage(type=Type.RECORD, record=record))

    assert chunk is not None
    assert (chunk.stream, chunk.records) == ("rooms", RECORDS)
    assert chunk.emitted_at == 1_770_109_200_123  # milliseconds
