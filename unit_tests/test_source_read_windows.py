"""Which windows a sync reads, and how its state moves over them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from airbyte_cdk.models import SyncMode
from requests_mock import Mocker

from unit_tests.reading import configured, read, report, serve, state_of
from unit_tests.stand_ins import forms_of

NOW = 1_770_900_030  # 2026-02-12T12:40:30Z
ROOMS = "entry_id,cue_point_id,session_start_time"
STREAMS = pytest.mark.parametrize("stream", ["rooms", "breakouts"])


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_kaltura_rooms.source.time", SimpleNamespace(time=lambda: NOW + 0.7))


def nothing(form: Mapping[str, str]) -> bytes:
    return b"\xef\xbb\xbf\n"


def intervals(mocker: Mocker) -> list[tuple[int, int]]:
    """What was asked for, in order of time; windows are read at the same time."""
    params = [
        dict(pair.split("=") for pair in form["params"].split(";")) for form in forms_of(mocker)
    ]
    return sorted((int(one["from_date"]), int(one["to_date"])) for one in params)


@STREAMS
def test_given_two_weeks_when_read_then_two_windows_are_asked_for_each_a_day_past_its_end(
    stream: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, nothing)

    read(stream, end_date="2026-02-10T00:00:30Z")

    assert intervals(requests_mock) == [
        (1_769_904_000, 1_770_595_200),  # 2026-02-01 to 2026-02-09
        (1_770_508_800, 1_770_768_060),  # 2026-02-08 to 2026-02-11T00:01:00
    ]


@STREAMS
@pytest.mark.parametrize("end_date", ["", "2030-01-01T00:00:00Z"], ids=["none", "in_the_future"])
def test_given_no_end_or_one_to_come_when_read_then_it_is_read_up_to_now(
    end_date: str, stream: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, nothing)

    outcome = read(stream, end_date=end_date, window_in_days=31)

    assert intervals(requests_mock) == [(1_769_904_000, 1_770_986_460)]
    assert outcome.states(stream)[-1] == "2026-02-12T12:40:29Z"


@STREAMS
def test_given_no_rows_when_read_then_the_state_moves_all_the_same(
    stream: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, nothing)

    outcome = read(stream)

    assert outcome.records(stream) == []
    assert set(outcome.states(stream)) == {"2026-02-07T23:59:59Z"}
    assert outcome.statuses(stream)[-1] == "COMPLETE"


@pytest.mark.parametrize(
    ("sync_mode", "changes", "from_date"),
    [
        pytest.param(
            SyncMode.incremental, {}, 1_770_076_800, id="incremental_two_days_before_the_state"
        ),
        pytest.param(
            SyncMode.incremental,
            {"lookback_window_days": 0},
            1_770_249_600,
            id="incremental_without_a_lookback_after_the_state",
        ),
        pytest.param(
            SyncMode.incremental,
            {"lookback_window_days": 90},
            1_769_904_000,
            id="incremental_not_before_start_date",
        ),
        pytest.param(
            SyncMode.full_refresh, {}, 1_770_249_600, id="full_refresh_goes_on_after_the_state"
        ),
    ],
)
def test_given_a_state_when_read_then_it_begins(
    sync_mode: SyncMode, changes: Mapping[str, int], from_date: int, requests_mock: Mocker
) -> None:
    serve(requests_mock, nothing)

    outcome = read(
        configured("rooms", sync_mode), state=[state_of("rooms", "2026-02-04T23:59:59Z")], **changes
    )

    assert intervals(requests_mock) == [(from_date, 1_770_595_200)]
    assert outcome.states("rooms")[-1] == "2026-02-07T23:59:59Z"


def test_given_no_state_when_read_in_full_then_it_begins_at_start_date(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    read(configured("rooms", SyncMode.full_refresh))

    assert intervals(requests_mock) == [(1_769_904_000, 1_770_595_200)]


def test_given_a_state_of_one_stream_when_read_then_others_begin_at_start_date(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    read("rooms", "breakouts", state=[state_of("breakouts", "2026-02-06T23:59:59Z")])

    begun = {form["id"]: form["params"].split(";")[0] for form in forms_of(requests_mock)}
    assert begun == {"6000": "from_date=1769904000", "6002": "from_date=1770249600"}


def test_given_a_state_at_the_end_when_read_without_lookback_then_nothing_is_asked_for(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    outcome = read(
        "rooms", state=[state_of("rooms", "2026-02-07T23:59:59Z")], lookback_window_days=0
    )

    assert requests_mock.call_count == 0
    assert outcome.states("rooms") == ["2026-02-07T23:59:59Z"]
    assert outcome.statuses("rooms")[-1] == "COMPLETE"


def test_given_a_state_in_the_future_when_read_then_there_is_a_warning_and_it_stays(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, nothing)

    outcome = read("rooms", state=[state_of("rooms", "2031-01-01T00:00:00Z")], end_date="")

    assert requests_mock.call_count == 0
    assert set(outcome.states("rooms")) == {"2031-01-01T00:00:00Z"}
    assert (
        "rooms: the saved state (2031-01-01T00:00:00Z) lies in the future; nothing after it can be "
        "read yet."
    ) in caplog.messages


def test_given_a_start_date_in_the_future_when_read_then_nothing_is_asked_for(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    outcome = read("rooms", start_date="2030-01-01T00:00:00Z", end_date="")

    assert requests_mock.call_count == 0
    assert outcome.statuses("rooms")[-1] == "COMPLETE"


def test_given_a_window_that_fails_when_read_then_the_state_stops_before_it(
    requests_mock: Mocker,
) -> None:
    """Three windows of a day each; the second one is refused."""

    def answer(form: Mapping[str, str]) -> bytes | str:
        second = "from_date=1769990400" in form["params"]
        return "SERVICE_FORBIDDEN" if second else nothing(form)

    serve(requests_mock, answer)

    outcome = read("rooms", window_in_days=1, end_date="2026-02-04T00:00:00Z", num_workers=1)

    assert outcome.states("rooms")[-1] == "2026-02-01T23:59:59Z"
    assert outcome.statuses("rooms")[-1] == "INCOMPLETE"


def test_given_a_sync_that_fails_at_once_when_repeated_then_it_begins_where_it_would_have(
    requests_mock: Mocker,
) -> None:
    """Its state must not claim even a second, as that would never be read."""
    serve(requests_mock, lambda form: "SERVICE_FORBIDDEN")
    failed = read("rooms", lookback_window_days=0)
    requests_mock.reset_mock()
    serve(requests_mock, nothing)

    read("rooms", state=[state_of("rooms", failed.states("rooms")[-1])], lookback_window_days=0)

    assert intervals(requests_mock)[0][0] == 1_769_904_000


@pytest.mark.parametrize("num_workers", [1, 4, 10])
def test_given_many_windows_when_read_then_no_state_leaves_before_the_records_it_covers(
    num_workers: int, requests_mock: Mocker
) -> None:
    """Cut the output anywhere: what a state says is done has been put out before it."""
    days = [1_769_904_000 + day * 86_400 for day in range(7)]
    serve(
        requests_mock,
        lambda form: report(ROOMS, *(f"r{one},c{day},{day}" for day in days for one in range(5))),
    )

    outcome = read("rooms", window_in_days=1, num_workers=num_workers)

    put_out: set[str] = set()
    states = 0
    for message in outcome.messages:
        if message.record:
            put_out.add(str(message.record.data["session_start_time"]))
        if message.state and message.state.stream and message.state.stream.stream_state:
            reached = vars(message.state.stream.stream_state)["session_start_time"]
            covered = {f"2026-02-0{day}T00:00:00Z" for day in range(1, 8)}
            assert {one for one in covered if one <= reached} <= put_out
            states += 1
    assert states >= 7
    assert len(put_out) == 7
