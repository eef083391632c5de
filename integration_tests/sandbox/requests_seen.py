"""What a test can look at afterwards: the requests that came in, and what they got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .answers import Answer
from .calls import Call


@dataclass(frozen=True)
class RequestSeen:
    """One request as it came in: service and action as spelled by the caller.

    `answered_rows` and `columns_sent` are `None` and empty unless a report was put together.
    """

    service: str
    action: str
    report_id: int | None
    params: Mapping[str, str]
    excluded_fields: tuple[str, ...]
    answered_rows: int | None
    columns_sent: tuple[str, ...]
    method: str
    path: str
    ks: str


def request_seen(call: Call, answer: Answer) -> RequestSeen:
    """Return the request of this call, which gets this answer."""
    return RequestSeen(
        service=call.given.get("service", ""),
        action=call.given.get("action", ""),
        report_id=call.report_id,
        params=call.params,
        excluded_fields=call.excluded_fields,
        answered_rows=answer.rows,
        columns_sent=answer.columns,
        method=call.method,
        path=call.path,
        ks=call.ks,
    )
