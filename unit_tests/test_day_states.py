"""States of streams that are read by whole days."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.day_states import day_states_at, days_of, saved_day
from source_kaltura_rooms.airbyte.plans import plan_of
from source_kaltura_rooms.airbyte.state import SavedState
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.stand_ins import config_of

FEBRUARY_4 = 1_770_163_200  # 2026-02-04T00:00:00Z
HOUR, DAY = 3_600, 86_400
LOGGER = logging.getLogger("airbyte")
REPORT: dict[str, Any] = {
    "name": "playback",
    "report_id": 1109,
    "columns": ["entry_id"],
    "primary_key": ["entry_id"],
}


@pytest.mark.parametrize(
    ("reached", "now", "date"),
    [
        pytest.param(FEBRUARY_4 + DAY - 1, FEBRUARY_4 + 9 * DAY, "2026-02-04", id="over"),
        pytest.param(FEBRUARY_4 + DAY - 1, FEBRUARY_4 + DAY, "2026-02-04", id="over_just_now"),
        pytest.param(FEBRUARY_4 + DAY - 1, FEBRUARY_4 + 12 * HOUR, "2026-02-03", id="today"),
        pytest.param(FEBRUARY_4 - 1, FEBRUARY_4 + 12 * HOUR, "2026-02-03", id="nothing_read_yet"),
    ],
)
def test_given_what_was_read_when_described_then_the_date_is_the_last_day_that_was_over(
    reached: int, now: int, date: str
) -> None:
    assert day_states_at(now)(reached, None) == {"date": date}


def test_given_a_start_and_an_end_within_days_then_their_days_are_whole() -> None:
    assert days_of(FEBRUARY_4 + HOUR, FEBRUARY_4 + DAY + HOUR) == Window(
        FEBRUARY_4, FEBRUARY_4 + 2 * DAY
    )
    assert days_of(FEBRUARY_4, FEBRUARY_4 + DAY) == Window(FEBRUARY_4, FEBRUARY_4 + DAY)


@pytest.mark.parametrize(
    ("state", "saved"),
    [
        ({}, None),
        ({"date": "2026-02-04"}, SavedState(FEBRUARY_4 + DAY - 1)),
        (
            {"date": "2026-02-04", "complete": True, "more": 1},
            SavedState(FEBRUARY_4 + DAY - 1, None, is_complete=True),
        ),
    ],
)
def test_given_a_state_when_read_then_it_says_what_was_read(
    state: dict[str, Any], saved: SavedState | None
) -> None:
    assert saved_day("playback", state) == saved


@pytest.mark.parametrize(
    "state", [{"date": "yesterday"}, {"date": None}, {"session_start_time": "2026-02-04T00:00:00Z"}]
)
def test_given_a_state_of_something_else_when_read_then_the_sentence_shows_a_good_one(
    state: dict[str, Any],
) -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        saved_day("playback", state)
    assert raised.value.message == (
        "Stream playback: its saved state is not one of this connector's, which look like "
        '{"date": "2026-02-04"}; clear the stream\'s data to read it anew.'
    )


def planned(state: dict[str, Any], now: int, *, is_full_refresh: bool = False) -> Window:
    config = config_of(end_date="", custom_reports=[REPORT])
    (report,) = config.custom_reports
    plan, _ = plan_of(config, report, state, now, LOGGER, is_full_refresh=is_full_refresh)
    return plan.window


def test_given_a_state_when_planned_then_whole_days_of_lookback_and_today_are_read() -> None:
    now = FEBRUARY_4 + 2 * DAY + 12 * HOUR  # noon of 2026-02-06

    # Two days of lookback, 2026-02-04 and 05, and today.
    assert planned({"date": "2026-02-05"}, now) == Window(FEBRUARY_4, FEBRUARY_4 + 3 * DAY)


def test_given_an_interrupted_full_refresh_when_planned_then_it_goes_on_without_lookback() -> None:
    now = FEBRUARY_4 + 2 * DAY + 12 * HOUR

    assert planned({"date": "2026-02-04"}, now, is_full_refresh=True) == Window(
        FEBRUARY_4 + DAY, FEBRUARY_4 + 3 * DAY
    )
    assert planned({"date": "2026-02-05", "complete": True}, now, is_full_refresh=True) == Window(
        FEBRUARY_4 - 3 * DAY, FEBRUARY_4 + 3 * DAY
    )


@pytest.mark.parametrize("date", ["2026-02-06", "2027-01-01"])
def test_given_a_state_that_is_not_over_yet_when_planned_then_it_is_taken_for_yesterday(
    date: str, caplog: pytest.LogCaptureFixture
) -> None:
    now = FEBRUARY_4 + 2 * DAY + 12 * HOUR

    assert planned({"date": date}, now) == Window(FEBRUARY_4, FEBRUARY_4 + 3 * DAY)
    assert "is later than now" in caplog.text
