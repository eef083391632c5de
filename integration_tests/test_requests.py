"""What a sync costs Kaltura: requests, connections, and bytes on the wire."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from integration_tests.connector import STREAMS, configured_catalog, run
from integration_tests.sandbox import Sandbox, rfc3339, university

DAY = 86_400
END = 1_772_323_200  # 2026-03-01T00:00:00Z
WINDOWS = 12


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(
        university(seed=8, until=END, days=WINDOWS, without_session=False), now=END
    ) as sandbox:
        yield sandbox


def read(sandbox: Sandbox, folder: Path, streams: Sequence[str], *, workers: int = 4) -> None:
    config = sandbox.config(
        start_date=rfc3339(END - WINDOWS * DAY),
        end_date=rfc3339(END),
        window_in_days=1,
        num_workers=workers,
    )
    outcome = run("read", folder, config=config, catalog=configured_catalog(streams))
    assert outcome.exit_code == 0
    assert all(outcome.records(stream) for stream in streams)


@pytest.mark.parametrize(
    ("streams", "reports"),
    [
        (STREAMS, {6000: WINDOWS, 6001: WINDOWS, 6002: WINDOWS}),
        (["rooms"], {6000: WINDOWS}),
        (["attendees"], {6000: WINDOWS, 6001: WINDOWS}),
        (["breakouts"], {6002: WINDOWS}),
    ],
    ids=["all", "rooms", "attendees", "breakouts"],
)
def test_given_twelve_windows_when_synced_then_each_report_is_asked_for_each_once(
    sandbox: Sandbox, tmp_path: Path, streams: Sequence[str], reports: dict[int, int]
) -> None:
    read(sandbox, tmp_path, streams)

    asked = [(one.report_id, one.params["from_date"]) for one in sandbox.requests if one.report_id]
    assert Counter(id for id, _ in asked) == reports
    assert len(set(asked)) == len(asked)
    # The others open a session with an app token: one for its widget, one for the token.
    assert len(sandbox.requests) == sum(reports.values()) + 2


@pytest.mark.parametrize("without_session", [False, True])
def test_given_an_ordinary_month_when_synced_then_each_report_is_asked_once_for_each_week(
    tmp_path: Path, without_session: bool
) -> None:
    world = university(seed=8, until=END, days=35, without_session=without_session)
    with Sandbox(world, now=END) as sandbox:
        config = sandbox.config(start_date="2026-02-01T00:00:00Z", end_date="2026-03-01T00:00:00Z")

        outcome = run("read", tmp_path, config=config, catalog=configured_catalog())

        assert outcome.exit_code == 0
        asked = Counter(one.report_id for one in sandbox.requests if one.report_id)
        assert asked == {6000: 4, 6001: 4, 6002: 4}


@pytest.mark.parametrize("workers", [1, 4])
def test_given_many_requests_when_synced_then_connections_are_used_again(
    sandbox: Sandbox, tmp_path: Path, workers: int
) -> None:
    read(sandbox, tmp_path, STREAMS, workers=workers)

    assert len(sandbox.requests) == 3 * WINDOWS + 2
    # A worker that reads attendees asks for their sessions at the same time.
    assert sandbox.connections <= 2 * workers


def test_given_a_server_that_compresses_when_synced_then_every_answer_comes_compressed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    read(sandbox, tmp_path, STREAMS)

    assert sandbox.compressed_answers == len(sandbox.requests)
