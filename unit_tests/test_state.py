"""The state is the last second of session starts up to which nothing is left to read."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from queue import Queue
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteStateBlob, FailureType
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.streams.concurrent.partitions.types import QueueItem
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.heartbeat import Heartbeat
from source_kaltura_rooms.airbyte.messages import QueuedMessages
from source_kaltura_rooms.airbyte.state import (
    Plan,
    SavedState,
    WindowCursor,
    plan,
    saved_state,
)
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY
from unit_tests.stand_ins import FEBRUARY_1

State = dict[str, Any]
NO_THREAD = 0


def states_in(queue: Queue[QueueItem]) -> list[State]:
    """The states in the queue, which is empty then."""
    return [state_in(queue.get_nowait()) for _ in range(queue.qsize())]


def state_in(message: QueueItem) -> State:
    assert isinstance(message, AirbyteMessage)
    assert message.state is not None
    assert message.state.stream is not None
    blob = message.state.stream.stream_state
    assert isinstance(blob, AirbyteStateBlob)
    return dict(vars(blob))


class Reading:
    """A cursor of a sync, with what it emits; days are counted from the first of February."""

    def __init__(
        self,
        first_day: int = 1,
        last_day: int = 3,
        before: SavedState | None = None,
        *,
        full_refresh: bool = False,
        room: int = 0,
    ) -> None:
        self.now = 1_000.0
        self.queue: Queue[QueueItem] = Queue(room)
        window = Window(FEBRUARY_1 + (first_day - 1) * DAY, FEBRUARY_1 + last_day * DAY)
        self.cursor = WindowCursor(
            "rooms",
            Plan(window, before, full_refresh),
            QueuedMessages(self.queue, NO_THREAD),
            ConnectorStateManager(),
            clock=lambda: self.now,
        )

    def read(self, *days: int) -> list[State]:
        """Reads these days, one after the other; the states that come out."""
        for day in days:
            self.cursor.mark_read(Window(FEBRUARY_1 + (day - 1) * DAY, FEBRUARY_1 + day * DAY))
        return states_in(self.queue)

    def end(self) -> State:
        """The last state of the stream."""
        self.cursor.ensure_at_least_one_state_emitted()
        return states_in(self.queue)[-1]


def from_february(reached: str, **more: object) -> State:
    """The state of a stream that was read from the first of February on."""
    return {
        "session_start_time": f"2026-02-{reached}Z",
        "start_date": "2026-02-01T00:00:00Z",
        **more,
    }


def up_to_day(day: int, start: int | None = FEBRUARY_1) -> SavedState:
    """A saved state that says the days up to this one, included, were read."""
    return SavedState(FEBRUARY_1 + day * DAY - 1, start)


@pytest.mark.parametrize(
    ("state", "saved"),
    [
        pytest.param({}, None, id="none"),
        pytest.param(
            {"session_start_time": "2026-02-04T23:59:59Z"}, SavedState(1_770_249_599), id="ours"
        ),
        pytest.param(
            {"session_start_time": "2026-02-05T01:59:59+02:00"},
            SavedState(1_770_249_599),
            id="with_an_offset",
        ),
        pytest.param(
            {"session_start_time": "2026-02-04T23:59:59Z", "__ab_full_refresh": True},
            SavedState(1_770_249_599),
            id="ours_with_a_mark_of_airbytes",
        ),
        pytest.param(
            {
                "session_start_time": "2026-02-04T23:59:59Z",
                "start_date": "2026-02-01T00:00:00Z",
                "complete": True,
            },
            SavedState(1_770_249_599, 1_769_904_000, is_complete=True),
            id="of_a_completed_full_refresh",
        ),
        pytest.param(
            {"session_start_time": "2026-02-04T23:59:59Z", "complete": "yes", "of_tomorrow": [1]},
            SavedState(1_770_249_599),
            id="with_keys_that_are_not_known",
        ),
        pytest.param(
            {"session_start_time": "9999-12-31T23:59:59Z"},
            SavedState(253_402_300_799),
            id="the_last_second_there_is",
        ),
        pytest.param({"__ab_no_cursor_state_message": True}, None, id="only_a_mark_of_airbytes"),
    ],
)
def test_given_an_incoming_state_when_read_then_this_is_what_was_read(
    state: Mapping[str, Any], saved: SavedState | None
) -> None:
    assert saved_state("rooms", state) == saved


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"session_start_time": "yesterday"}, id="no_time"),
        pytest.param({"session_start_time": ""}, id="empty"),
        pytest.param(
            {"session_start_time": "2026-02-04T23:59:59Z", "start_date": "once"}, id="no_start"
        ),
        pytest.param({"session_start_time": None, "other": 1}, id="null"),
        pytest.param({"session_start_time": 1_770_249_599}, id="a_number"),
        pytest.param({"session_start_time": ["2026-02-04T23:59:59Z"]}, id="a_list"),
        pytest.param({"updated_at": "2026-02-04T23:59:59Z"}, id="another_connectors"),
        pytest.param(
            {"state_type": "date-range", "slices": []}, id="the_concurrent_form_of_the_cdk"
        ),
    ],
)
def test_given_a_state_of_others_when_read_then_it_is_refused_with_the_remedy(
    state: Mapping[str, Any],
) -> None:
    with pytest.raises(AirbyteTracedException) as raised:
        saved_state("rooms", state)

    assert raised.value.failure_type == FailureType.config_error
    assert raised.value.message == (
        "Stream rooms: its saved state is not one of this connector's, which look like "
        '{"session_start_time": "2026-02-04T23:59:59Z"}; clear the stream\'s data to read it anew.'
    )


def test_given_days_read_in_order_when_read_then_the_state_is_the_end_of_each() -> None:
    assert Reading().read(1, 2, 3) == [
        from_february("01T23:59:59"),
        from_february("02T23:59:59"),
        from_february("03T23:59:59"),
    ]


@pytest.mark.parametrize(
    ("order", "days"),
    [
        pytest.param((1, 3, 2), ["01", "01", "03"], id="a_gap_later"),
        pytest.param((2, 3, 1), ["", "", "03"], id="a_gap_first"),
        pytest.param((3, 2, 1), ["", "", "03"], id="backwards"),
    ],
)
def test_given_days_read_out_of_order_when_read_then_the_state_stops_before_the_first_gap(
    order: tuple[int, ...], days: list[str]
) -> None:
    nothing = {
        "session_start_time": "2026-01-31T23:59:59Z",
        "start_date": "2026-02-01T00:00:00Z",
    }

    states = Reading().read(*order)

    assert states == [from_february(f"{day}T23:59:59") if day else nothing for day in days]


def test_given_records_when_observed_then_their_times_do_not_move_the_state() -> None:
    reading = Reading()
    reading.read(1)

    reading.cursor.observe(Record({"session_start_time": "2026-02-03T12:00:00Z"}, "rooms"))

    assert reading.cursor.state == from_february("01T23:59:59")


def test_given_a_lookback_when_interrupted_then_the_state_stays_what_it_was() -> None:
    """What came late before the saved state is only read once the whole lookback has been."""
    reading = Reading(before=up_to_day(2))

    assert reading.read(1) == [from_february("02T23:59:59")]
    assert reading.read(3) == [from_february("02T23:59:59")]
    assert reading.read(2) == [from_february("03T23:59:59")]


def test_given_nothing_read_when_ended_then_the_state_does_not_claim_even_a_second() -> None:
    assert Reading().end() == {
        "session_start_time": "2026-01-31T23:59:59Z",
        "start_date": "2026-02-01T00:00:00Z",
    }
    assert Reading(3, 3, up_to_day(2)).end() == from_february("02T23:59:59")


def test_given_nothing_new_when_synced_then_the_saved_state_is_said_again() -> None:
    assert Reading(6, 5, up_to_day(5)).end() == from_february("05T23:59:59")


def test_given_a_start_in_the_future_when_synced_then_the_state_is_not_later_than_now() -> None:
    reading = Reading(36_500, 3)

    assert reading.end()["session_start_time"] == "2026-02-03T23:59:59Z"


def test_given_a_state_of_0_1_when_synced_then_it_goes_on_as_it_is() -> None:
    """It does not say from where it was read, so the next one cannot either."""
    reading = Reading(2, 3, up_to_day(2, start=None))

    assert reading.read(2, 3)[-1] == {"session_start_time": "2026-02-03T23:59:59Z"}


def test_given_a_start_date_that_leaves_a_gap_when_read_then_the_state_begins_after_the_gap() -> (
    None
):
    reading = Reading(5, 6, up_to_day(2))

    assert reading.end() == from_february("02T23:59:59")
    assert reading.read(5) == [
        {"session_start_time": "2026-02-05T23:59:59Z", "start_date": "2026-02-05T00:00:00Z"}
    ]


def test_given_a_start_date_moved_back_within_the_lookback_when_read_then_the_state_says_so() -> (
    None
):
    reading = Reading(1, 3, up_to_day(2, start=FEBRUARY_1 + DAY))

    states = reading.read(1, 2, 3)

    assert [one["start_date"] for one in states] == [
        "2026-02-02T00:00:00Z",
        "2026-02-01T00:00:00Z",
        "2026-02-01T00:00:00Z",
    ]


def test_given_a_full_refresh_when_all_was_read_then_only_its_last_state_is_complete() -> None:
    reading = Reading(full_refresh=True)

    assert reading.read(1, 2, 3)[-1] == from_february("03T23:59:59")
    assert reading.end() == from_february("03T23:59:59", complete=True)


def test_given_a_full_refresh_when_a_day_is_missing_then_it_is_not_complete() -> None:
    reading = Reading(full_refresh=True)
    reading.read(1, 3)

    assert reading.end() == from_february("01T23:59:59")


def test_given_an_incremental_sync_when_all_was_read_then_it_is_not_called_complete() -> None:
    reading = Reading()
    reading.read(1, 2, 3)

    assert reading.end() == from_february("03T23:59:59")


FEBRUARY = Window(FEBRUARY_1, FEBRUARY_1 + 5 * DAY)
NOW = FEBRUARY.end


def planned(
    saved: SavedState | None,
    logger: logging.Logger,
    *,
    configured: Window = FEBRUARY,
    full_refresh: bool = False,
) -> Plan:
    return plan(
        "rooms",
        saved,
        configured,
        lookback=2 * DAY,
        is_full_refresh=full_refresh,
        now=NOW,
        logger=logger,
    )


@pytest.mark.parametrize(
    ("saved", "full_refresh", "first_day"),
    [
        pytest.param(None, False, 1, id="no_state"),
        pytest.param(up_to_day(4), False, 3, id="incremental_with_the_lookback"),
        pytest.param(up_to_day(1), False, 1, id="not_before_start_date"),
        pytest.param(up_to_day(4), True, 5, id="full_refresh_that_was_interrupted"),
        pytest.param(up_to_day(4, start=None), True, 5, id="full_refresh_of_0_1"),
        pytest.param(
            SavedState(NOW - 1, FEBRUARY_1, is_complete=True),
            True,
            1,
            id="full_refresh_that_was_completed",
        ),
        pytest.param(
            SavedState(NOW - 1, FEBRUARY_1, is_complete=True),
            False,
            4,
            id="incremental_after_a_completed_full_refresh",
        ),
    ],
)
def test_given_a_saved_state_when_planned_then_reading_begins_on_this_day(
    saved: SavedState | None,
    full_refresh: bool,
    first_day: int,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    what = planned(saved, logger, full_refresh=full_refresh)

    assert what.window == Window(FEBRUARY_1 + (first_day - 1) * DAY, FEBRUARY_1 + 5 * DAY)
    assert caplog.messages == []


def test_given_a_completed_full_refresh_when_it_begins_anew_and_fails_then_its_state_says_so(
    logger: logging.Logger,
) -> None:
    saved = SavedState(NOW - 1, FEBRUARY_1, is_complete=True)

    assert planned(saved, logger, full_refresh=True).before is None


@pytest.mark.parametrize("reached", [NOW, NOW + 1, 253_402_300_799], ids=["now", "soon", "9999"])
def test_given_a_state_later_than_now_when_planned_then_it_counts_as_now(
    reached: int, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    what = planned(SavedState(reached, FEBRUARY_1), logger)

    assert what.before == SavedState(NOW - 1, FEBRUARY_1)
    assert what.window == Window(FEBRUARY_1 + 3 * DAY, NOW)
    (message,) = caplog.messages
    assert message.startswith("rooms: the saved state (")
    assert message.endswith(" is later than now. It is taken for now.")


def test_given_a_start_date_that_was_moved_back_when_planned_then_it_is_said_how_to_get_the_days(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    earlier = Window(FEBRUARY_1 - 30 * DAY, FEBRUARY.end)

    what = planned(up_to_day(4), logger, configured=earlier)

    assert what.window.start == FEBRUARY_1 + 2 * DAY
    assert caplog.messages == [
        "rooms: start_date is now 2026-01-02T00:00:00Z, but this stream was read from "
        "2026-02-01T00:00:00Z on. The days before that are not read. To get them, clear the stream "
        "and sync it again, or make a second connection with 2026-02-01T00:00:00Z as its end_date."
    ]


@pytest.mark.parametrize(
    ("saved", "start"),
    [
        pytest.param(up_to_day(4), FEBRUARY_1, id="the_same"),
        pytest.param(up_to_day(4), FEBRUARY_1 + DAY, id="later"),
        pytest.param(up_to_day(4, start=None), FEBRUARY_1 - DAY, id="a_state_of_0_1"),
        pytest.param(up_to_day(1), FEBRUARY_1 - DAY, id="within_the_lookback"),
    ],
)
def test_given_a_start_date_that_hides_no_day_when_planned_then_there_is_no_warning(
    saved: SavedState,
    start: int,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
) -> None:
    planned(saved, logger, configured=Window(start, FEBRUARY.end))

    assert caplog.messages == []


class Ticks:
    """Lets the heartbeat look at its streams a number of times, without time passing."""

    def __init__(self, reading: Reading, times: int) -> None:
        self._reading = reading
        self._left = times

    def __call__(self, seconds: float) -> bool:
        self._left -= 1
        self._reading.now += seconds
        return self._left < 0


def test_given_a_silent_stream_when_time_passes_then_it_repeats_its_state_within_five_minutes() -> (
    None
):
    reading = Reading()
    reading.cursor.begin()
    reading.read(1)

    Heartbeat([reading.cursor]).run(Ticks(reading, 300 // 15))

    assert states_in(reading.queue) == [from_february("01T23:59:59")]

    Heartbeat([reading.cursor]).run(Ticks(reading, 3_600 // 15))

    assert 12 <= len(states_in(reading.queue)) <= 14


def test_given_a_stream_that_emits_states_when_time_passes_then_none_is_repeated() -> None:
    reading = Reading()
    reading.cursor.begin()

    for day in (1, 2, 3):
        Heartbeat([reading.cursor]).run(Ticks(reading, 10))
        reading.read(day)

    assert states_in(reading.queue) == []


@pytest.mark.parametrize("has_begun", [False, True], ids=["not_begun", "ended"])
def test_given_a_stream_that_does_not_run_when_time_passes_then_it_is_silent(
    has_begun: bool,
) -> None:
    reading = Reading()
    if has_begun:
        reading.cursor.begin()
        reading.end()

    Heartbeat([reading.cursor]).run(Ticks(reading, 100))

    assert states_in(reading.queue) == []


def test_given_a_full_queue_when_a_state_is_due_then_nobody_waits_and_it_comes_later() -> None:
    reading = Reading(room=1)
    reading.cursor.begin()
    reading.queue.put(Record({}, "rooms"))

    Heartbeat([reading.cursor]).run(Ticks(reading, 30))
    assert isinstance(reading.queue.get_nowait(), Record)

    Heartbeat([reading.cursor]).run(Ticks(reading, 1))
    assert len(states_in(reading.queue)) == 1


def test_given_a_heartbeat_when_stopped_then_its_thread_ends() -> None:
    heartbeat = Heartbeat([])
    heartbeat.start()
    (thread,) = [one for one in threading.enumerate() if one.name == "heartbeat"]

    heartbeat.stop()
    thread.join(timeout=60)

    assert thread.daemon
    assert not thread.is_alive()
