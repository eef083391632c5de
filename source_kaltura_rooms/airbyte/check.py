"""The connection check: whether a session can be had, and which reports are there."""

from __future__ import annotations

from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_kaltura_rooms.airbyte.failures import stream_failure
from source_kaltura_rooms.config import Config
from source_kaltura_rooms.kaltura.client import Kaltura
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused
from source_kaltura_rooms.reports import ATTENDEES, REPORTS, ROOMS
from source_kaltura_rooms.times import DAY, Interval

NOT_ENABLED = "REPORT_NOT_FOUND"


def check_reports(kaltura: Kaltura, config: Config, end: int) -> AirbyteConnectionStatus:
    """Asks each report once for one row of the day before `end` (Unix seconds).

    Succeeds, with a message, when only some of the reports are enabled for the account.
    """
    interval = Interval.around(end - DAY, end)
    missing: dict[str, Refused] = {}
    for stream, report in REPORTS.items():
        try:
            kaltura.report(stream, report, report.params(interval, config.filters, limit=1))
        except Refused as refused:
            if refused.refusal.code == NOT_ENABLED:
                missing[stream] = refused
            # What is too much for one query is read in parts; the report is there.
            elif refused.refusal.action is not ErrorAction.SPLIT:
                return _failed(stream, refused)
    if not missing:
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)
    # Attendees take the start of their sessions from the report of rooms.
    unusable = {stream: REPORTS[stream].id for stream in missing}
    if ROOMS.stream in missing:
        unusable.setdefault(ATTENDEES.stream, ROOMS.id)
    if len(unusable) == len(REPORTS):
        return _failed(*next(iter(missing.items())))
    names = " and ".join(f"{stream} (report {id})" for stream, id in unusable.items())
    return AirbyteConnectionStatus(
        status=Status.SUCCEEDED,
        message=f"Not enabled for this account: {names}. Deselect them, or ask Kaltura to enable "
        "them; the other streams work.",
    )


def _failed(stream: str, refused: Refused) -> AirbyteConnectionStatus:
    return AirbyteConnectionStatus(
        status=Status.FAILED, message=stream_failure(stream, refused).message
    )
