"""Which windows a sync reads, from where to where."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest
from airbyte_cdk.models import FailureType, SyncMode
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


def one_session(form: Mapping[str, str]) -> bytes:
    """A session that starts two hours after the request's interval begins."""
    begin = int(form["params"].split(";")[0].split("=")[1]) + 7_200
    columns = "entry_id,breakout_entry_id,parent_entry_id,cue_point_id,session_start_time"
    return report(columns, f"1_r,1_b,1_m,1_c{begin},{begin}")


def intervals(mocker: Mocker) -> list[tuple[int, int]]:
    """What was asked for, in order of time; windows are read at the same time."""
    params = [
        dict(pair.split("=") for pair in form["params"].split(";")) for form in forms_of(mocker)
    ]
    return sorted((int(one["from_date"]), int(one["to_date"])) for one in params)


@STREAMS
def test_given_two_weeks_when_read_then_two_windows_are_asked_for_each_with_its_margins(
    stream: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, one_session)

    read(stream, end_date="2026-02-10T00:00:30Z")

    assert intervals(requests_mock) == [
        (1_769_900_400, 1_770_598_800),  # 2026-01-31T23:00 to 2026-02-09T01:00
        (1_770_505_200, 1_770_775_200),  # 2026-02-07T23:00 to 2026-02-11T02:00
    ]


@STREAMS
@pytest.mark.parametrize("end_date", ["", "2030-01-01T00:00:00Z"], ids=["none", "in_the_future"])
def test_given_no_end_or_one_to_come_when_read_then_it_is_read_up_to_now(
    end_date: str, stream: str, requests_mock: Mocker
) -> None:
    serve(requests_mock, one_session)

    outcome = read(stream, end_date=end_date, window_in_days=31)

    assert intervals(requests_mock) == [(1_769_900_400, 1_770_991_200)]
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
            SyncMode.incremental, {}, 1_770_073_200, id="incremental_two_days_before_the_state"
        ),
        pytest.param(
            SyncMode.incremental,
            {"lookback_window_days": 0},
            1_770_246_000,
            id="incremental_without_a_lookback_after_the_state",
        ),
        pytest.param(
            SyncMode.incremental,
            {"lookback_window_days": 90},
            1_769_900_400,
            id="incremental_not_before_start_date",
        ),
        pytest.param(
            SyncMode.full_refresh, {}, 1_770_246_000, id="full_refresh_goes_on_after_the_state"
        ),
    ],
)
def test_given_a_state_when_read_then_it_begins(
    sync_mode: SyncMode, changes: Mapping[str, int], from_date: int, requests_mock: Mocker
) -> None:
    serve(requests_mock, one_session)

    outcome = read(
        configured("rooms", sync_mode), state=[state_of("rooms", "2026-02-04T23:59:59Z")], **changes
    )

    assert intervals(requests_mock) == [(from_date, 1_770_598_800)]
    assert outcome.states("rooms")[-1] == "2026-02-07T23:59:59Z"


@pytest.mark.parametrize(
    ("second", "records"),
    [
        pytest.param(1_770_249_599, 0, id="the_last_one_of_the_state"),
        pytest.param(1_770_249_600, 1, id="the_one_after_it"),
    ],
)
def test_given_a_session_at_the_edge_of_the_state_when_read_then_it_is_read_in_one_sync_only(
    second: int, records: int, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: report(ROOMS, f"1_r,1_c,{second}"))

    outcome = read(
        "rooms", state=[state_of("rooms", "2026-02-04T23:59:59Z")], lookback_window_days=0
    )

    assert len(outcome.records("rooms")) == records


@pytest.mark.parametrize(
    ("second", "records"),
    [
        pytest.param(1_769_903_999, 0, id="before_start_date"),
        pytest.param(1_769_904_000, 1, id="at_start_date"),
        pytest.param(1_770_508_799, 1, id="just_before_end_date"),
        pytest.param(1_770_508_800, 0, id="at_end_date"),
    ],
)
def test_given_a_session_at_the_edge_of_the_configuration_when_read_then_it_starts_in_it_or_not(
    second: int, records: int, requests_mock: Mocker
) -> None:
    serve(requests_mock, lambda form: report(ROOMS, f"1_r,1_c,{second}"))

    assert len(read("rooms").records("rooms")) == records


def test_given_no_state_when_read_in_full_then_it_begins_at_start_date(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, one_session)

    read(configured("rooms", SyncMode.full_refresh))

    assert intervals(requests_mock) == [(1_769_900_400, 1_770_598_800)]


def test_given_a_state_of_one_stream_when_read_then_others_begin_at_start_date(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    read("rooms", "breakouts", state=[state_of("breakouts", "2026-02-06T23:59:59Z")])

    begun = {form["id"]: form["params"].split(";")[0] for form in forms_of(requests_mock)}
    assert begun == {"6000": "from_date=1769900400", "6002": "from_date=1770246000"}


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


def test_given_a_start_date_in_the_future_when_read_then_it_is_refused(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, nothing)

    outcome = read("rooms", start_date="2030-01-01T00:00:00Z", end_date="")

    assert requests_mock.call_count == 0
    assert outcome.messages == []
    assert outcome.error is not None
    assert outcome.error.failure_type is FailureType.config_error
    assert outcome.error.message == (
        "start_date (2030-01-01T00:00:00Z) is in the future, so there is nothing to read yet; give "
        "the time from which on sessions are to be read."
    )


def test_given_a_stream_twice_in_the_catalog_when_read_then_it_is_refused(
    requests_mock: Mocker,
) -> None:
    """Each of its keys would be emitted twice."""
    serve(requests_mock, nothing)

    outcome = read("rooms", "breakouts", "rooms")

    assert requests_mock.call_count == 0
    assert outcome.error is not None
    assert outcome.error.failure_type is FailureType.config_error
    assert outcome.error.message == (
        "The catalog names rooms more than once; a stream can be read only once in a sync, so "
        "leave the others out."
    )
