"""`check` of reports of one's own: each is asked once, and has to be read as it was declared."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteConnectionStatus, Status

from source_kaltura_rooms.airbyte.check import check_reports
from source_kaltura_rooms.kaltura.errors import CODES, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import REPORTS
from unit_tests.stand_ins import Asked, FakeKaltura, config_of

NOW = 1_770_900_030  # 2026-02-12T12:40:30Z
REPORT: dict[str, Any] = {
    "name": "playback",
    "report_id": 1109,
    "dates": "days",
    "columns": ["entry_id"],
    "primary_key": ["entry_id"],
}
LOGGER = logging.getLogger("airbyte")


def answering(code_of: Callable[[int], str | None]) -> Callable[[Asked], Table]:
    """Refuses each report with the code that `code_of` gives for its number, if it gives one."""

    def answer(asked: Asked) -> Table:
        if code := code_of(asked.report):
            raise Refused(Refusal(code, *CODES[code]))
        return RowTable((), [])

    return answer


def check(code_of: Callable[[int], str | None]) -> tuple[AirbyteConnectionStatus, FakeKaltura]:
    kaltura = FakeKaltura(answering(code_of))
    return check_reports(kaltura, config_of(custom_reports=[REPORT]), NOW), kaltura


def test_given_a_report_of_ones_own_when_checked_then_one_row_of_the_day_before_is_asked_for() -> (
    None
):
    status, kaltura = check(lambda report: None)

    assert status == AirbyteConnectionStatus(status=Status.SUCCEEDED)
    assert [one.params for one in kaltura.asked if one.report == 1109] == [
        "from_date_id=20260211;to_date_id=20260211;timezone_offset=0;limit=1"
    ]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "REPORT_NOT_FOUND",
            "Stream playback: Kaltura answered REPORT_NOT_FOUND when asked for 2026-02-11. This "
            "server does not have report 1109. Check report_id of playback in custom_reports, and "
            "that api_url is the server of your account's region, or ask Kaltura for the report.",
        ),
        (
            "INTERNAL_SERVERL_ERROR",
            "Stream playback: Kaltura answered INTERNAL_SERVERL_ERROR when asked for 2026-02-11. "
            "Either it was too much for one request, or Kaltura's analytics are down, or the "
            "report needs a parameter that `params` lacks (Kaltura does not say which). Try again "
            "later, and compare with what Kaltura says of report 1109.",
        ),
        (
            "REPORT_PARAMETER_MISSING",
            "Stream playback: Kaltura answered REPORT_PARAMETER_MISSING when asked for 2026-02-11. "
            "Kaltura did not accept what it was asked; look for unusual characters in the filters "
            "of the configuration, or report it to the connector's maintainers. See params of "
            "playback in custom_reports.",
        ),
    ],
)
def test_given_a_report_that_cannot_be_read_when_checked_then_it_fails_and_says_what_to_mend(
    code: str, message: str
) -> None:
    status, _ = check(lambda report: code if report == 1109 else None)

    assert status == AirbyteConnectionStatus(status=Status.FAILED, message=message)


def test_given_an_internal_error_of_all_reports_when_checked_then_that_of_rooms_is_told() -> None:
    status, _ = check(lambda report: "INTERNAL_SERVERL_ERROR")

    assert status.status is Status.FAILED
    assert status.message is not None
    assert status.message.startswith("Stream rooms: ")


def test_given_a_server_with_that_report_alone_when_checked_then_it_succeeds() -> None:
    status, _ = check(lambda report: None if report == 1109 else "REPORT_NOT_FOUND")

    assert status.status is Status.SUCCEEDED
    assert status.message is not None
    assert status.message.startswith(
        "This server does not have the reports of rooms (report 6000) and attendees (report 6001) "
        "and breakouts (report 6002)"
    )
    for stream, report in REPORTS.items():
        assert f"{stream} (report {report.id})" in status.message
    assert "playback" not in status.message
