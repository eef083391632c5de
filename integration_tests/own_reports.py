"""Reports that a configuration declares, as the sandbox serves them."""

from __future__ import annotations

from typing import Any

OwnReport = dict[str, Any]

ATTENDANCE: OwnReport = {
    "name": "session_attendance",
    "report_id": 3009,
    "columns": ["user", "entry_id", "session_id", "view_time:number"],
    "primary_key": ["user", "entry_id", "session_id"],
}
PLAYBACK: OwnReport = {
    "name": "playback",
    "report_id": 1109,
    "dates": "days",
    "columns": [
        "entry_id",
        "playback_context",
        "country",
        "count_plays:integer",
        "count_loads:integer",
        "sum_view_period:number",
        "avg_view_drop_off:number",
        "avg_completion_rate:number",
    ],
    "primary_key": ["entry_id", "playback_context", "country"],
}
OWN_REPORTS = [ATTENDANCE, PLAYBACK]
