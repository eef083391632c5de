"""The three Kaltura Rooms reports as data: ids, columns and filters.

From Kaltura's public guide "Retrieve Kaltura Room data with the Kaltura API in webinars". The
guide is of two minds on how report 6002 spells its dates and its filter, so it takes both here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TIMES = frozenset({"session_start_time", "session_end_time"})
RATIOS = frozenset({"meeting_engaged_play_time_ratio", "engagement_rate"})
ROOM_NAMES = frozenset({"entry_name", "parent_entry_name", "breakout_entry_name"})


@dataclass(frozen=True)
class Report:
    """One report.

    `filters` maps a parameter to the column or attribute whose values it lists. `keys` are the
    columns that identify a session or a person in it. `order` is the metric of which a cut-off row
    has the least. `dates` are the spellings of (from, to) that the report understands.
    """

    report_id: int
    stream: str
    columns: tuple[str, ...]
    keys: frozenset[str]
    order: str
    filters: Mapping[str, str]
    dates: tuple[tuple[str, str], ...] = (("from_date", "to_date"),)


ROOMS = Report(
    report_id=6000,
    stream="rooms",
    columns=(
        "entry_id",
        "entry_name",
        "parent_entry_id",
        "cue_point_id",
        "session_start_time",
        "session_end_time",
        "session_host_user_id",
        "meeting_view_period_unique_users",
        "meeting_engaged_play_time_ratio",
    ),
    keys=frozenset({"entry_id", "cue_point_id"}),
    order="meeting_view_period_unique_users",
    filters={"entry_ids": "entry_id", "virtual_event_ids": "virtual_event_id"},
)

ATTENDEES = Report(
    report_id=6001,
    stream="attendees",
    columns=(
        "entry_id",
        "cue_point_id",
        "user_id",
        "user_name",
        "user_email",
        "user_type",
        "meeting_view_time",
        "meeting_engaged_play_time_ratio",
    ),
    keys=frozenset({"entry_id", "cue_point_id", "user_id"}),
    order="meeting_view_time",
    filters={
        "entry_ids": "entry_id",
        "virtual_event_ids": "virtual_event_id",
        "user_ids": "user_id",
        "cue_point_ids": "cue_point_id",
    },
)

BREAKOUTS = Report(
    report_id=6002,
    stream="breakouts",
    columns=(
        "parent_entry_id",
        "parent_entry_name",
        "breakout_entry_id",
        "breakout_entry_name",
        "cue_point_id",
        "session_initiator",
        "session_start_time",
        "session_end_time",
        "duration",
        "participant_count",
        "engagement_rate",
    ),
    keys=frozenset({"breakout_entry_id", "cue_point_id"}),
    order="participant_count",
    filters={
        "parent_entry_ids": "parent_entry_id",
        "parentEntryIds": "parent_entry_id",
        "virtual_event_ids": "virtual_event_id",
    },
    dates=(("from_date", "to_date"), ("fromDate", "toDate")),
)

BY_ID = {report.report_id: report for report in (ROOMS, ATTENDEES, BREAKOUTS)}
BY_STREAM = {report.stream: report for report in BY_ID.values()}
