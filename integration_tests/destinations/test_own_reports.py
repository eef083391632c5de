"""Reports of one's own, declared in the configuration alone: synced twice, a day apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from integration_tests.own_reports import ATTENDANCE, OWN_REPORTS, PLAYBACK
from integration_tests.sandbox import Sandbox, rfc3339, university

from .destination import Destination, OpenSchema, Row, as_stored
from .pyairbyte import airbyte
from .scenario import CONNECTOR, DAY, FIRST

START = FIRST - 5 * DAY
DESTINATIONS = ("duckdb",)


@dataclass(frozen=True)
class Synced:
    """What the warehouse held after each sync, and what it should have held."""

    destination: Destination
    tables: Sequence[Mapping[str, list[Row]]]
    truths: Sequence[Mapping[str, list[Row]]]


@pytest.fixture(scope="module")
def synced(warehouse: OpenSchema) -> Synced:
    destination = warehouse("own")
    tables, truths = [], []
    with Sandbox(university(seed=1, until=FIRST + 2 * DAY, without_session=False)) as sandbox:
        for now in (FIRST, FIRST + DAY):
            sandbox.now = now
            config: dict[str, Any] = {
                **sandbox.config(start_date=rfc3339(START), end_date=rfc3339(now)),
                "custom_reports": OWN_REPORTS,
            }
            source = airbyte.get_source(
                "source-kaltura-rooms", local_executable=CONNECTOR, config=config
            )
            destination.load(source)
            tables.append({one["name"]: destination.table(one["name"]) for one in OWN_REPORTS})
            truths.append(
                {
                    one["name"]: as_stored(sandbox.truth_by_day(one["report_id"], START, now))
                    for one in OWN_REPORTS
                }
            )
    return Synced(destination, tables, truths)


def in_order(report: dict[str, Any], rows: Sequence[Row]) -> list[Row]:
    """Rows by key, with days as texts."""
    shown: list[Row] = [{**row, "date": str(row["date"])[:10]} for row in rows]
    key = [*report["primary_key"], "date"]
    return sorted(shown, key=lambda row: [str(row[name]) for name in key])


@pytest.mark.parametrize("report", OWN_REPORTS, ids=lambda report: report["name"])
@pytest.mark.parametrize("number", [0, 1])
def test_given_a_report_number_when_synced_then_its_table_is_what_happened_each_day(
    synced: Synced, report: dict[str, Any], number: int
) -> None:
    table, truth = synced.tables[number][report["name"]], synced.truths[number][report["name"]]

    assert in_order(report, table) == in_order(report, truth)
    assert len({row["date"] for row in truth}) >= 5 + number


def test_given_the_tables_when_described_then_their_types_are_the_declared_ones(
    synced: Synced,
) -> None:
    types = synced.destination.types

    assert synced.destination.column_types("session_attendance") == {
        **dict.fromkeys(ATTENDANCE["primary_key"], types["text"]),
        "view_time": types["number"],
        "date": "DATE",
    }
    assert synced.destination.column_types("playback")["count_plays"] == types["integer"]
    assert set(synced.destination.column_types("playback")) == {
        *(column.partition(":")[0] for column in PLAYBACK["columns"]),
        "date",
    }
