"""The state is the last second of session starts up to which nothing is left to read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from airbyte_cdk.models import AirbyteMessage, AirbyteStateBlob, FailureType
from airbyte_cdk.sources.connector_state_manager import ConnectorStateManager
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_kaltura_rooms.airbyte.state import ReadUpTo, reached_before, window_of
from source_kaltura_rooms.retrieval.windows import Window
from source_kaltura_rooms.times import DAY
from unit_tests.stand_ins import FEBRUARY_1


class Part(Partition):
    """A partition that was read; one whose slice is None was given up."""

    def __init__(self, stream_slice: StreamSlice | None) -> None:
        self._slice = stream_slice

    def read(self) -> Iterable[Record]:
        return []

    def to_slice(self) -> Mapping[str, Any] | None:
        return self._slice

    def stream_name(self) -> str:
        return "rooms"

    def __hash__(self) -> int:
        return id(self)


class Cursor:
    """A cursor of the connector's, with what it emits."""

    def __init__(self, window: Window, *, reached: int | None = None, days: int = 1) -> None:
        self._messages = InMemoryMessageRepository()
        self.itself = ReadUpTo(
            "rooms", reached, window, days * DAY, self._messages, ConnectorStateManager()
        )
        self.slices = list(self.itself.stream_slices())

    def close(self, *numbers: int) -> None:
        for number in numbers:
            self.itself.close_partition(Part(self.slices[number]))

    def emitted(self) -> list[str]:
        return [state_in(message) for message in self._messages.consume_queue()]


def state_in(message: AirbyteMessage) -> str:
    assert message.state is not None
    assert message.state.stream is not None
    blob = message.state.stream.stream_state
    assert isinstance(blob, AirbyteStateBlob)
    assert list(vars(blob)) == ["session_start_time"]
    return str(vars(blob)["session_start_time"])


def three_days() -> Window:
    return Window(FEBRUARY_1, FEBRUARY_1 + 3 * DAY)


@pytest.mark.parametrize(
    ("state", "reached"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"session_start_time": "2026-02-04T23:59:59Z"}, 1_770_249_599, id="ours"),
        pytest.param(
            {"session_start_time": "2026-02-05T01:59:59+02:00"}, 1_770_249_599, id="with_an_offset"
        ),
        pytest.param(
            {"session_start_time": "2026-02-04T23:59:59Z", "__ab_full_refresh": True},
            1_770_249_599,
            id="ours_with_a_mark_of_airbytes",
        ),
        pytest.param({"__ab_no_cursor_state_message": True}, None, id="only_a_mark_of_airbytes"),
    ],
)
def test_given_an_incoming_state_when_read_then_this_is_what_was_reached(
    state: Mapping[str, Any], reached: int | None
) -> None:
    assert reached_before("rooms", state) == reached


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"session_start_time": "yesterday"}, id="no_time"),
        pytest.param({"session_start_time": ""}, id="empty"),
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
        reached_before("rooms", state)

    assert raised.value.failure_type == FailureType.config_error
    assert raised.value.message == (
        "Stream rooms: its saved state is not one of this connector's, which look like "
        '{"session_start_time": "2026-02-04T23:59:59Z"}; clear the stream\'s data to read it anew.'
    )


def test_given_a_range_when_cut_into_slices_then_windows_meet_without_gap_or_overlap() -> None:
    cursor = Cursor(Window(FEBRUARY_1, FEBRUARY_1 + 3 * DAY + 60), days=2)

    assert [dict(one) for one in cursor.slices] == [
        {"start_time": "2026-02-01T00:00:00Z", "end_time": "2026-02-02T23:59:59Z"},
        {"start_time": "2026-02-03T00:00:00Z", "end_time": "2026-02-04T00:00:59Z"},
    ]
    assert [window_of(one) for one in cursor.slices] == [
        Window(1_769_904_000, 1_770_076_800),
        Window(1_770_076_800, 1_770_163_260),
    ]


@pytest.mark.parametrize("seconds", [1, 2, DAY - 1, DAY, DAY + 1, 2 * DAY, 2 * DAY + 1])
def test_given_a_range_of_any_length_when_cut_into_slices_then_every_second_is_in_one(
    seconds: int,
) -> None:
    windows = [window_of(one) for one in Cursor(Window(60, 60 + seconds)).slices]

    assert windows[0].start == 60
    assert windows[-1].end == 60 + seconds
    assert all(one.end == next_one.start for one, next_one in itertools.pairwise(windows))
    # The CDK's last slice may be a second longer than the others.
    assert all(0 < window.length <= DAY + 1 for window in windows)


@pytest.mark.parametrize("seconds", [0, -1, -DAY])
def test_given_nothing_to_read_when_cut_into_slices_then_there_are_none(seconds: int) -> None:
    assert Cursor(Window(FEBRUARY_1, FEBRUARY_1 + seconds)).slices == []


def test_given_windows_closed_in_order_when_closed_then_the_state_is_the_end_of_each() -> None:
    cursor = Cursor(three_days())

    cursor.close(0, 1, 2)

    assert cursor.emitted() == [
        "2026-02-01T23:59:59Z",
        "2026-02-02T23:59:59Z",
        "2026-02-03T23:59:59Z",
    ]


@pytest.mark.parametrize(
    ("order", "states"),
    [
        pytest.param((0, 2, 1), ["01T23:59:59", "01T23:59:59", "03T23:59:59"], id="a_gap_later"),
        pytest.param((1, 0, 2), ["01T12:00:00", "02T23:59:59", "03T23:59:59"], id="a_gap_first"),
        pytest.param((2, 1, 0), ["01T12:00:00", "01T12:00:00", "03T23:59:59"], id="backwards"),
    ],
)
def test_given_windows_closed_out_of_order_when_closed_then_the_state_stops_before_the_first_gap(
    order: tuple[int, ...], states: list[str]
) -> None:
    cursor = Cursor(three_days(), reached=FEBRUARY_1 + DAY // 2)

    cursor.close(*order)

    assert cursor.emitted() == [f"2026-02-{state}Z" for state in states]


def test_given_records_when_observed_then_their_times_do_not_move_the_state() -> None:
    cursor = Cursor(three_days())
    cursor.close(0)

    late = Record({"session_start_time": "2026-02-03T12:00:00Z"}, "rooms", cursor.slices[2])
    cursor.itself.observe(late)

    assert cursor.itself.state == {"session_start_time": "2026-02-01T23:59:59Z"}


def test_given_a_window_that_was_given_up_when_closed_then_it_does_not_count() -> None:
    cursor = Cursor(three_days())

    cursor.close(0)
    cursor.itself.close_partition(Part(None))
    cursor.close(2)

    assert cursor.emitted() == ["2026-02-01T23:59:59Z", "2026-02-01T23:59:59Z"]


def test_given_a_lookback_when_interrupted_then_the_state_stays_what_it_was() -> None:
    """What came late before the old state is only read once the whole lookback has been."""
    reached = FEBRUARY_1 + 2 * DAY - 1
    cursor = Cursor(three_days(), reached=reached)

    cursor.close(0)

    assert cursor.emitted() == ["2026-02-02T23:59:59Z"]


def test_given_a_lookback_when_a_window_inside_it_is_missing_then_later_ones_do_not_count() -> None:
    reached = FEBRUARY_1 + 2 * DAY - 1
    cursor = Cursor(three_days(), reached=reached)

    cursor.close(0, 2)

    assert cursor.emitted() == ["2026-02-02T23:59:59Z", "2026-02-02T23:59:59Z"]


def test_given_a_lookback_when_all_of_it_was_read_then_the_state_moves_on() -> None:
    reached = FEBRUARY_1 + 2 * DAY - 1
    cursor = Cursor(three_days(), reached=reached)

    cursor.close(1, 2, 0)

    assert cursor.emitted()[-1] == "2026-02-03T23:59:59Z"


def test_given_no_lookback_when_nothing_could_be_read_then_the_state_does_not_move() -> None:
    """A second further, and who starts in that second would never be read."""
    cursor = Cursor(three_days(), reached=FEBRUARY_1 - 1)

    cursor.itself.ensure_at_least_one_state_emitted()
    cursor.close(1)

    assert cursor.emitted() == ["2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"]


def test_given_a_first_sync_when_nothing_could_be_read_then_its_first_second_is_still_to_read() -> (
    None
):
    cursor = Cursor(three_days())

    cursor.itself.ensure_at_least_one_state_emitted()
    cursor.close(1)

    assert cursor.emitted() == ["2026-01-31T23:59:59Z", "2026-01-31T23:59:59Z"]


def test_given_nothing_new_when_synced_then_the_old_state_is_said_again() -> None:
    reached = FEBRUARY_1 + 5 * DAY
    cursor = Cursor(Window(reached - DAY, reached - 2 * DAY), reached=reached)

    cursor.itself.ensure_at_least_one_state_emitted()

    assert cursor.emitted() == ["2026-02-06T00:00:00Z"]
