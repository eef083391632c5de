"""The demo from end to end: the connector as a process, through PyAirbyte, into DuckDB."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.__main__ import sync_account, sync_stand_in
from demo.accounts import DAY, Unusable, a_day_apart, configuration, stand_in
from demo.database import STREAMS, ask, rows_and_keys
from demo.show import console_on
from demo.story import show_answers, show_how_to_go_on, show_syncs
from demo.sync import SyncFailed, sync
from integration_tests.sandbox import Sandbox, rfc3339

DIGITS = 9  # what DECIMAL(38, 9) keeps


@dataclass(frozen=True)
class Counts:
    """How many rows of a stream two syncs, a day apart, read and leave in the table.

    `again` and `new` are what the second sync read of sessions that started in the two days before
    the first sync, and after it. `printed` is the row of the table that is shown: read by the first
    and by the second sync, of these new, renewed, in the table, duplicates. Attendees of whom
    Kaltura learned only between the two syncs are new rows of older sessions.
    """

    again: int
    new: int
    printed: list[int]


MONDAY = 1_772_431_200  # 2026-03-02T06:00:00Z, the end of a quiet Sunday
WEDNESDAY = 1_772_654_400  # 2026-03-04T20:00:00Z, three full days after a weekend
SATURDAY = 1_772_884_800  # 2026-03-07T12:00:00Z, after a full week
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
[SHOWN] = re.findall("```text\n(What was read.*?)```", README, re.DOTALL)
"""What the README shows of the demo."""


@pytest.mark.parametrize(
    ("until", "expected"),
    [
        pytest.param(
            MONDAY,
            {
                "rooms": Counts(34, 5, [732, 39, 5, 34, 737, 0]),
                "attendees": Counts(368, 48, [6781, 416, 48, 368, 6829, 0]),
                "breakouts": Counts(9, 0, [267, 9, 0, 9, 267, 0]),
            },
            id="on_a_Monday",
        ),
        pytest.param(
            WEDNESDAY,
            {
                "rooms": Counts(47, 26, [748, 73, 26, 47, 774, 0]),
                "attendees": Counts(514, 252, [6946, 766, 256, 510, 7202, 0]),
                "breakouts": Counts(9, 6, [270, 15, 6, 9, 276, 0]),
            },
            id="on_a_Wednesday",
        ),
        pytest.param(
            SATURDAY,
            {
                "rooms": Counts(56, 30, [742, 86, 30, 56, 772, 0]),
                "attendees": Counts(508, 284, [6881, 792, 284, 508, 7165, 0]),
                "breakouts": Counts(21, 12, [267, 33, 12, 21, 279, 0]),
            },
            id="on_a_Saturday",
        ),
    ],
)
def test_given_two_syncs_a_day_apart_when_done_then_the_second_read_the_lookback_and_what_is_new(
    until: int, expected: dict[str, Counts], tmp_path: Path
) -> None:
    """And the tables hold every row of every stream once, as it is now."""
    database = tmp_path / "demo.duckdb"
    printed = io.StringIO()
    with stand_in(until) as sandbox:
        show_syncs(a_day_apart(sandbox), database, [*STREAMS], console_on(printed))
        for stream in STREAMS:
            assert _stored(database, stream) == _true(sandbox, stream)

    assert _printed_counts(printed.getvalue()) == {
        stream: of.printed for stream, of in expected.items()
    }
    day_before, three_days_before = until - DAY, until - 3 * DAY
    for stream, of in expected.items():
        assert _rows_of_sessions(database, stream, three_days_before, day_before) == of.again
        assert _rows_of_sessions(database, stream, day_before, until) == of.new


def test_given_two_syncs_on_a_wednesday_when_shown_then_the_readme_shows_what_is_printed(
    tmp_path: Path,
) -> None:
    """The counts, and the beginning of an answer."""
    database = tmp_path / "demo.duckdb"
    printed = io.StringIO()
    with stand_in(WEDNESDAY) as sandbox:
        show_syncs(a_day_apart(sandbox), database, [*STREAMS], console_on(printed))
    show_answers(database, console_on(printed))

    text = "\n".join(line.rstrip() for line in printed.getvalue().splitlines())
    counts, answer = SHOWN.split("\n\n")
    assert counts in text
    assert answer in text


def test_given_synced_tables_when_shown_then_the_answers_and_how_to_go_on_are_printed(
    tmp_path: Path,
) -> None:
    """No query fails on the tables that a sync has made."""
    database = tmp_path / "demo.duckdb"
    printed = io.StringIO()
    with stand_in(WEDNESDAY) as sandbox:
        sync(sandbox.config(), database, [*STREAMS], lambda line: None)

    show_answers(database, console_on(printed))
    show_how_to_go_on(database, console_on(printed))

    text = printed.getvalue()
    assert "Which rooms are the busiest?" in text
    assert "Catalog Error" not in text
    assert str(database) in text


def test_given_a_stream_that_was_not_synced_when_shown_then_questions_to_it_are_not_asked(
    tmp_path: Path,
) -> None:
    """And which stream is missing is said in one line."""
    database = tmp_path / "demo.duckdb"
    printed = io.StringIO()
    with stand_in(WEDNESDAY) as sandbox:
        sync(sandbox.config(), database, ["rooms"], lambda line: None)

    show_answers(database, console_on(printed))

    assert [line for line in printed.getvalue().splitlines() if line.startswith("  ")] == [
        "  Not asked, since attendees was not synced.",
        "  Not asked, since attendees was not synced.",
        "  Not asked, since attendees was not synced.",
        "  Not asked, since breakouts was not synced.",
    ]


def test_nothing_is_printed_but_the_connectors_progress(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """PyAirbyte's and the CDK's own lines are kept away."""
    lines: list[str] = []
    with stand_in(WEDNESDAY) as sandbox:
        sync(sandbox.config(), tmp_path / "demo.duckdb", ["rooms"], lines.append)
    assert capfd.readouterr() == ("", "")
    assert lines
    assert [line for line in lines if not line.startswith("rooms: ")] == []


def test_failure_is_told_in_the_connectors_words(tmp_path: Path) -> None:
    """And without the secret."""
    with stand_in(WEDNESDAY) as sandbox:
        config = sandbox.config()
        config["credentials"]["app_token"] = "not-the-token"
        with pytest.raises(SyncFailed) as failed:
            sync(config, tmp_path / "demo.duckdb", ["rooms"], print)
    assert "INVALID_APP_TOKEN_HASH" in str(failed.value)
    assert "not-the-token" not in str(failed.value)


def test_configuration_is_never_readable_for_others(tmp_path: Path) -> None:
    """PyAirbyte writes it to a file for the connector; that file is in a private folder."""
    with stand_in(WEDNESDAY) as sandbox:
        sync(sandbox.config(), tmp_path / "demo.duckdb", ["rooms"], lambda line: None)
    folder = Path(os.environ["AIRBYTE_TEMP_DIR"])
    assert folder.stat().st_mode & 0o077 == 0


def test_given_a_sync_from_the_stand_in_when_whole_then_it_takes_the_place_of_the_file(
    tmp_path: Path,
) -> None:
    """And leaves no other file behind."""
    database = tmp_path / "demo.duckdb"
    database.write_bytes(b"of an earlier run")
    printed = io.StringIO()

    sync_stand_in(database, ["rooms"], console_on(printed), WEDNESDAY)

    assert rows_and_keys(database, "rooms") == (774, 774)
    assert [file.name for file in tmp_path.iterdir()] == ["demo.duckdb"]
    assert "First sync, on Tuesday 2026-03-03 at 20:00 UTC" in printed.getvalue()
    assert "A day passes. Second sync, on Wednesday 2026-03-04 at 20:00 UTC" in printed.getvalue()


def test_given_a_real_account_when_synced_twice_then_the_file_is_kept_and_gone_on_from(
    tmp_path: Path,
) -> None:
    """The second run reads the lookback window, not everything."""
    database = tmp_path / "real.duckdb"
    first, second = io.StringIO(), io.StringIO()
    with stand_in(WEDNESDAY) as sandbox:
        config = sandbox.config(end_date=rfc3339(WEDNESDAY - DAY))
        sync(config, database, ["rooms"], lambda line: None)
        sandbox.now = WEDNESDAY
        config = sandbox.config(end_date=rfc3339(WEDNESDAY))
        sync_account(config, database, ["rooms"], console_on(first))
        sync_account(config, database, ["breakouts"], console_on(second))

    assert "goes on from the state in it" in first.getvalue()
    assert _printed_counts(first.getvalue()) == {"rooms": [73, 26, 47, 774, 0]}
    assert rows_and_keys(database, "rooms") == (774, 774)
    assert rows_and_keys(database, "breakouts") == (276, 276)


@pytest.mark.parametrize("content", ["{", "[]", None])
def test_unusable_configuration_is_refused(content: str | None, tmp_path: Path) -> None:
    """Before anything else happens."""
    file = tmp_path / "config.json"
    if content:
        file.write_text(content)
    with pytest.raises(Unusable, match=r"config\.json"):
        configuration(file)


def _printed_counts(text: str) -> dict[str, list[int]]:
    """Return the numbers of each row of the table with what was read."""
    lines = text.splitlines()
    titles = next(number for number, line in enumerate(lines) if line.startswith("stream "))
    rows = [line.replace(",", "").split() for line in lines[titles + 2 :]]
    return {row[0]: [int(count) for count in row[1:]] for row in rows if row and row[0] in STREAMS}


def _rows_of_sessions(database: Path, stream: str, start: int, end: int) -> int:
    """Return how many rows belong to sessions that started in `[start, end)`, in Unix seconds."""
    [(count,)] = ask(
        database,
        f"select count(*) from {stream} where session_start_time >= '{rfc3339(start)}' "
        f"and session_start_time < '{rfc3339(end)}'",
    ).rows
    return int(count)


def _stored(database: Path, stream: str) -> list[dict[str, Any]]:
    answer = ask(
        database, f"from {stream} select columns(name -> name not like '\\_airbyte%' escape '\\')"
    )
    rows = [
        {column: _plain(value) for column, value in zip(answer.columns, row, strict=True)}
        for row in answer.rows
    ]
    return _by_key(rows, stream)


def _true(sandbox: Sandbox, stream: str) -> list[dict[str, Any]]:
    rows = sandbox.truth(stream, sandbox.world.start, int(sandbox.now))
    return _by_key(
        [{column: _plain(value) for column, value in row.items()} for row in rows], stream
    )


def _plain(value: Any) -> Any:
    match value:
        case Decimal() | float():
            return round(float(value), DIGITS)
        case datetime():
            return rfc3339(int((value - datetime(1970, 1, 1)).total_seconds()))
        case _:
            return value


def _by_key(rows: list[dict[str, Any]], stream: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [row[column] for column in STREAMS[stream]])
