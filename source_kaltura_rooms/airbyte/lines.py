"""Records → lines of JSON, byte for byte as the CDK prints RECORD messages, field by field.

The values of a field are dumped in one call, and all pieces of all lines are joined in one more.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from source_kaltura_rooms.airbyte.records import Records
from source_kaltura_rooms.reports import Value


def record_lines(stream: str, records: Records, emitted_at: int) -> bytes:
    """A RECORD message for each record, each on a line; what is null is left out, as the CDK does.

    `emitted_at` is in Unix milliseconds.
    """
    begin = b'{"type":"RECORD","record":{"stream":%s,"data":{' % orjson.dumps(stream)
    end = b'},"emitted_at":%d}}\n' % emitted_at
    count = len(records)
    pieces = [[begin] * count]
    for position, (field, column) in enumerate(zip(records.fields, records.columns, strict=True)):
        name = (b"," if position else b"") + orjson.dumps(field) + b":"
        values = _dumped(column)
        if None in column:
            pieces.append([b"" if value == b"null" else name + value for value in values])
        else:
            pieces += [[name] * count, values]
    pieces.append([end] * count)
    together = [b""] * (count * len(pieces))
    for position, some in enumerate(pieces):
        together[position :: len(pieces)] = some
    lines = b"".join(together)
    # Where the first member is null. No text holds the beginning, for its quotes are escaped.
    return lines.replace(begin + b",", begin) if None in records.columns[0] else lines


def _dumped(column: Sequence[Value]) -> list[bytes]:
    """Each value as JSON; in one call where no value has a comma, as in Kaltura's dialect."""
    values = orjson.dumps(column)[1:-1].split(b",")
    if len(values) != len(column):
        return [orjson.dumps(value) for value in column]
    return values
