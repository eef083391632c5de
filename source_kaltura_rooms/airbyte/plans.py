"""What a sync reads of a stream, by its configuration and its saved state."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from source_kaltura_rooms.airbyte.day_states import day_states_at, days_of, saved_day
from source_kaltura_rooms.airbyte.state import Describe, Plan, plan, saved_state, session_state
from source_kaltura_rooms.config import Config
from source_kaltura_rooms.custom_reports import CustomReport
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import start_of_day


def plan_of(
    config: Config,
    report: Report,
    state: Mapping[str, Any],
    now: int,
    logger: logging.Logger,
    *,
    is_full_refresh: bool,
) -> tuple[Plan, Describe]:
    """What to read of a report's stream, and what describes the state of it.

    Reports of the configuration are read by whole days (UTC). `now` is in Unix seconds. Raises
    AirbyteTracedException for a state that this connector has not written.
    """
    stream, end = report.stream, min(config.end or now, now)
    if isinstance(report, CustomReport):
        saved, window = saved_day(stream, state), days_of(config.start, end)
        up_to, describe = start_of_day(now), day_states_at(now)
    else:
        saved, window = saved_state(stream, state), Window(config.start, end)
        up_to, describe = now, session_state
    planned = plan(
        stream,
        saved,
        window,
        lookback=config.lookback,
        is_full_refresh=is_full_refresh,
        now=up_to,
        logger=logger,
    )
    return planned, describe
