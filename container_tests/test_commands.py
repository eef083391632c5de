"""The four commands in a container: unprivileged, read-only, with 1 GiB of memory."""

from __future__ import annotations

from pathlib import Path

from container_tests.airbyte import Image
from integration_tests.connector import STREAMS, configured_catalog
from integration_tests.sandbox import Sandbox, faults
from integration_tests.waiting import SECONDS_AT_MOST, wait_until

END_DATE = "2026-03-02T00:00:00Z"


def test_given_nothing_when_asked_for_spec_then_the_form_is_printed(
    image: Image, tmp_path: Path
) -> None:
    outcome = image.run("spec", tmp_path)

    (message,) = outcome.of_type("SPEC")
    assert outcome.exit_code == 0
    assert message["spec"]["connectionSpecification"]["required"] == ["credentials", "start_date"]


def test_given_a_configuration_when_checked_then_it_succeeds(
    image: Image, sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = image.run("check", tmp_path, config=sandbox.config(end_date=END_DATE))

    (message,) = outcome.of_type("CONNECTION_STATUS")
    assert outcome.exit_code == 0
    assert message["connectionStatus"] == {"status": "SUCCEEDED"}


def test_given_a_configuration_when_discovered_then_the_streams_are_printed(
    image: Image, sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = image.run("discover", tmp_path, config=sandbox.config())

    (message,) = outcome.of_type("CATALOG")
    assert outcome.exit_code == 0
    assert [stream["name"] for stream in message["catalog"]["streams"]] == list(STREAMS)


def test_given_a_catalog_when_read_then_records_and_states_are_printed(
    image: Image, sandbox: Sandbox, tmp_path: Path
) -> None:
    outcome = image.run(
        "read",
        tmp_path,
        config=sandbox.config(end_date=END_DATE),
        catalog=configured_catalog(),
        state=[],
    )

    assert outcome.exit_code == 0, outcome.output
    assert [len(outcome.records(stream)) for stream in STREAMS] == [2, 3, 1]
    assert [outcome.states[stream] for stream in STREAMS] == [
        {"session_start_time": "2026-03-01T23:59:59Z", "start_date": "2026-02-28T23:30:00Z"}
    ] * 3


def test_given_a_read_that_waits_for_kaltura_when_told_to_end_then_it_ends_without_the_answer(
    image: Image, sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.faults.script(faults.slow(3_600), report=6000, times=None)
    container = image.start(
        "read",
        tmp_path,
        config=sandbox.config(end_date=END_DATE),
        catalog=configured_catalog(["rooms"]),
    )
    try:
        # A request is listed before its answer is held back.
        wait_until(lambda: any(seen.report_id for seen in sandbox.requests))
        container.kill("SIGTERM")
        exit_code = container.wait(timeout=SECONDS_AT_MOST)["StatusCode"]
    finally:
        container.remove(force=True)

    assert exit_code == 143  # 128 and the signal's number
