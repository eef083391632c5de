"""The demo from end to end: the connector as a process, through PyAirbyte, into DuckDB."""

from __future__ import annotations

import io
import os
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from demo.accounts import Unusable, a_day_apart, stand_in, twice
from demo.database import STREAMS, ask
from demo.show import console_on
from demo.story import show_answers, show_how_to_go_on, show_syncs
from demo.sync import SyncFailed, sync
from integration_tests.sandbox import Sandbox, rfc3339

DIGITS = 9  # what DECIMAL(38, 9) keeps


def test_two_syncs_leave_the_truth_and_nothing_else(tmp_path: Path) -> None:
    """Every row of every stream, whole and once, with the second sync reading much less."""
    database = tmp_path / "demo.duckdb"
    printed = io.StringIO()
    console = console_on(printed)
    with stand_in() as sandbox:
        show_syncs(a_day_apart(sandbox), database, [*STREAMS], console)
        for stream in STREAMS:
            assert _stored(database, stream) == _true(sandbox, stream)
    show_answers(database, console)
    show_how_to_go_on(database, console)
    text = printed.getvalue()
    counts = {line.split()[0]: line.split()[1:] for line in _lines(text, "stream ", "Rows that")}
    for stream in STREAMS:
        first, second, in_table, duplicates = (
            int(count.replace(",", "")) for count in counts[stream]
        )
        assert 0 < second < first / 10
        assert in_table == len(_stored(database, stream))
        assert duplicates == 0
    assert "Which rooms are the busiest?" in text
    assert "Catalog Error" not in text


def test_nothing_is_printed_but_the_connectors_progress(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """PyAirbyte's and the CDK's own lines are kept away."""
    lines: list[str] = []
    with stand_in() as sandbox:
        sync(sandbox.config(), tmp_path / "demo.duckdb", ["rooms"], lines.append)
    assert capfd.readouterr() == ("", "")
    assert lines
    assert [line for line in lines if not line.startswith("rooms: ")] == []


def test_failure_is_told_in_the_connectors_words(tmp_path: Path) -> None:
    """And without the secret."""
    with stand_in() as sandbox:
        config = sandbox.config()
        config["credentials"]["app_token"] = "not-the-token"
        with pytest.raises(SyncFailed) as failed:
            sync(config, tmp_path / "demo.duckdb", ["rooms"], print)
    assert "INVALID_APP_TOKEN_HASH" in str(failed.value)
    assert "not-the-token" not in str(failed.value)


def test_configuration_is_never_readable_for_others(tmp_path: Path) -> None:
    """PyAirbyte writes it to a file for the connector; that file is in a private folder."""
    with stand_in() as sandbox:
        sync(sandbox.config(), tmp_path / "demo.duckdb", ["rooms"], lambda line: None)
    folder = Path(os.environ["AIRBYTE_TEMP_DIR"])
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", ["{", "[]", None])
def test_unusable_configuration_is_refused(content: str | None, tmp_path: Path) -> None:
    """Before anything else happens."""
    file = tmp_path / "config.json"
    if content:
        file.write_text(content)
    with pytest.raises(Unusable, match=r"config\.json"):
        next(twice(file))


def _lines(text: str, after: str, before: str) -> list[str]:
    """Return the lines between the two that start so, without the rule under the titles."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(after))
    end = next(number for number, line in enumerate(lines) if line.startswith(before))
    return lines[start + 2 : end]


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
