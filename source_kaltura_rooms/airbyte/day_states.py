"""The state of a stream that is read by whole days: the last day that was over when it was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from source_kaltura_rooms.airbyte.failures import configuration_failure
from source_kaltura_rooms.airbyte.state import COMPLETE, Describe, SavedState
from source_kaltura_rooms.custom_reports import DATE
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY, format_day, parse_time, start_of_day


def days_of(start: int, end: int) -> Window:
    """The days (UTC) from that of `start` to the last that begins before `end`, each whole."""
    return Window(start_of_day(start), start_of_day(end + DAY - 1))


def saved_day(stream: str, state: Mapping[str, Any]) -> SavedState | None:
    """What a stream's saved state says, None without a state. Unknown keys are ignored.

    Raises AirbyteTracedException for a state that this connector has not written.
    """
    if DATE not in state and all(key.startswith("__ab") for key in state):
        return None
    try:
        reached = parse_time(f"{state[DATE]}T00:00:00Z") + DAY - 1
    except (KeyError, ValueError):  # anything may stand in a state
        raise configuration_failure(
            f"Stream {stream}: its saved state is not one of this connector's, which look like "
            f'{{"{DATE}": "2026-02-04"}}; clear the stream\'s data to read it anew.'
        ) from None
    return SavedState(reached, None, state.get(COMPLETE) is True)


def day_states_at(now: int) -> Describe:
    """What makes `{"date": …}` of the last second that was read without a gap.

    A day that is not over at `now` (Unix seconds) is read again by the next sync, so it does not
    count.
    """

    def describe(reached: int, start: int | None) -> dict[str, Any]:
        return {DATE: format_day(start_of_day(min(reached + 1, now)) - DAY)}

    return describe
