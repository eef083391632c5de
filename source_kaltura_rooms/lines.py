"""Records → lines of JSON, byte for byte as the CDK prints RECORD messages, field by field.

The values of a field are dumped in one call, and all pieces of all lines are joined in one more.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import orjson

from source_kaltura_rooms.records import Records
from source_kaltura_rooms.values import Value


def record_lines(stream: str, records: Records, emitted_at: int) -> bytes:
    """A RECORD message for each record, each on a line; what is null is left out, as the CDK does.

    `emitted_at` is in Unix milliseconds.
    """
    begin = b'{"type":"RECORD","record":{"stream":%s,"data":{' % orjson.dumps(stream)
    end = b'},"emitted_at":%d}}\n' % emitted_at
    *firsts, last = zip(records.fields, records.columns, strict=True)
    members = [_members(field, column, b",") for field, column in firsts]
    members.append(_members(*last, b""))
    count = len(records)
    pieces = [[begin] * count, *itertools.chain.from_iterable(members), [end] * count]
    together = [b""] * (count * len(pieces))
    for position, some in enumerate(pieces):
        together[position :: len(pieces)] = some
    lines = b"".join(together)
    # Where the last member is null. In a text, `},"` would end the text, with no letter behind it.
    return lines.replace(b"," + end, end) if None in last[1] else lines


def _members(field: str, column: Sequence[Value], comma: bytes) -> list[list[bytes]]:
    """The pieces of JSON that a field adds to each line; a null adds nothing."""
    name = orjson.dumps(field) + b":"
    values = _dumped(column)
    if None in column:
        return [[b"" if value == b"null" else name + value + comma for value in values]]
    return [[name] * len(column), values, [comma] * len(column)]


def _dumped(column: Sequence[Value]) -> list[bytes]:
    """Each value as JSON; in one call where no value has a comma, as in Kaltura's dialect."""
    values = orjson.dumps(column)[1:-1].split(b",")
    if len(values) != len(column):
        return [orjson.dumps(value) for value in column]
    return values
