"""What a sync says of itself, and warns of: once, with a count, and with nobody's data."""

from __future__ import annotations

import itertools
import logging
import re
from typing import Any

import pytest
from requests_mock import Mocker

from unit_tests.reading import read, report, serve

ROOMS = "entry_id,cue_point_id,session_start_time"
ROOM = "1_r,1_c,1770109200"
FIVE_WEEKS: dict[str, Any] = {"end_date": "2026-03-08T00:00:00Z"}


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]


def test_given_a_row_without_a_start_in_many_windows_when_read_then_it_goes_out_once_and_is_said(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, lambda form: report(ROOMS, "1_r,1_c,0", "1_r,1_d,"))

    outcome = read("rooms", **FIVE_WEEKS)

    assert sorted(one["cue_point_id"] for one in outcome.records("rooms")) == ["1_c", "1_d"]
    assert all(one["session_start_time"] is None for one in outcome.records("rooms"))
    assert [one for one in warnings_in(caplog) if "session_start_time" in one] == [
        "rooms: emitted once, with null as session_start_time: 2 rows. Kaltura tells no start of "
        "the session."
    ]


def test_given_values_that_do_not_fit_when_read_then_one_warning_counts_them_and_quotes_none(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [f"1_r,1_c{one},1770109200,ada@example.com" for one in range(3)]
    serve(requests_mock, lambda form: report(f"{ROOMS},meeting_view_period_unique_users", *rows))

    outcome = read("rooms")

    assert [one["meeting_view_period_unique_users"] for one in outcome.records("rooms")] == [
        None,
        None,
        None,
    ]
    assert [one for one in warnings_in(caplog) if "do not fit" in one] == [
        "rooms: 2026-02-01T00:00:00Z to 2026-02-08T00:00:00Z: null in place of values of "
        "meeting_view_period_unique_users that do not fit its type, in 3 rows."
    ]
    assert "ada@example.com" not in caplog.text


def test_given_a_key_twice_when_read_then_it_goes_out_once_and_is_said(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, lambda form: report(ROOMS, ROOM, ROOM))

    assert len(read("rooms").records("rooms")) == 1
    assert (
        "rooms: 1 row had the primary key of another row of the same answer. Rows with the same "
        "key went out as one."
    ) in warnings_in(caplog)


def test_given_columns_that_differ_from_the_schema_when_read_then_each_is_said_once(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    """In a sync with many windows and workers, too."""
    numbers = itertools.count()
    serve(
        requests_mock,
        lambda form: report(f"{ROOMS},shoe_size", f"1_r,1_c{next(numbers)},1770109200,40"),
    )

    read("rooms", **FIVE_WEEKS)

    said = warnings_in(caplog)
    assert len([one for one in said if "shoe_size" in one]) == 1
    assert len([one for one in said if "does not send the column entry_name" in one]) == 1


def test_given_an_empty_report_without_a_header_when_read_then_no_column_is_missed(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, lambda form: b"\xef\xbb\xbf\n")

    read("rooms", "attendees", "breakouts")

    assert warnings_in(caplog) == []


def test_given_a_short_lookback_when_read_then_it_is_said(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, lambda form: b"\xef\xbb\xbf\n")

    read("rooms", lookback_window_days=0, window_days=1)

    assert warnings_in(caplog) == [
        "window_days is not a configuration key and has no effect; is window_in_days meant?",
        "lookback_window_days (0) is shorter than max_session_hours (24): sessions that are still "
        "running when a sync reads them keep the metrics they had then.",
    ]


def test_given_a_sync_when_read_then_windows_and_their_sum_are_said(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(
        requests_mock,
        lambda form: report(
            ROOMS, "1_r,1_c,1770109200", "1_r,1_d,1770595200", "1_s,1_e,1770595200"
        ),
    )

    read("rooms", end_date="2026-02-15T00:00:00Z", num_workers=1)

    said = [re.sub(r"\d+\.\d s", "… s", one) for one in caplog.messages if "request" in one]
    assert said == [
        "rooms: 2026-02-01T00:00:00Z to 2026-02-08T00:00:00Z: 1 row, 1 request, … s.",
        "rooms: 2026-02-08T00:00:00Z to 2026-02-15T00:00:00Z: 2 rows, 1 request, … s.",
        "rooms: 3 rows in 2 requests. Kaltura took … s for the answers.",
    ]
