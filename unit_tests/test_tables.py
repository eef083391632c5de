"""Rows by column: batches of a table, and rows chosen from them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from source_kaltura_rooms.kaltura.report_csv import read_table
from source_kaltura_rooms.kaltura.tables import BATCH, Batch, RowTable, Table

COLUMNS = ("id", "name")


@pytest.fixture(autouse=True)
def _small_batches() -> None:
    """Batches are of their real size here."""


def plain(count: int) -> Table:
    """Rows on a line each."""
    rows = "".join(f'{number},"No. ""{number % 2}"""\n' for number in range(count))
    return read_table(("id,name\n" + rows).encode(), COLUMNS, COLUMNS)


def kept(count: int) -> Table:
    """The same rows, kept as they are."""
    return RowTable(COLUMNS, [[str(number), f'No. "{number % 2}"'] for number in range(count)])


BOTH = pytest.mark.parametrize("table", [plain, kept], ids=["on_lines", "kept"])


@BOTH
def test_given_very_many_rows_when_looked_at_then_they_come_in_batches_and_in_order(
    table: Callable[[int], Table],
) -> None:
    batches = list(table(2 * BATCH + 1).batches())

    assert [len(batch) for batch in batches] == [BATCH, BATCH, 1]
    ids = [text for batch in batches for text in batch.column("id")]
    assert ids == [str(number) for number in range(2 * BATCH + 1)]
    assert list(batches[2].column("name")) == ['No. "0"']


@BOTH
def test_given_no_rows_when_looked_at_then_there_is_no_batch(table: Callable[[int], Table]) -> None:
    assert len(table(0)) == 0
    assert list(table(0).batches()) == []
    assert table(0).distinct("name") == set()


@BOTH
def test_given_rows_when_asked_for_what_differs_then_each_text_is_there_once(
    table: Callable[[int], Table],
) -> None:
    assert table(5).distinct("name") == {'No. "0"', 'No. "1"'}
    assert table(3).distinct("id") == {"0", "1", "2"}


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ([True, True, True], ["a", "b", "c"]),
        ([False, False, False], []),
        ([True, False, True], ["a", "c"]),
    ],
)
def test_given_a_batch_when_rows_are_chosen_then_all_columns_keep_only_those(
    chosen: list[bool], ids: list[str]
) -> None:
    batch = Batch(COLUMNS, [["a", "b", "c"], ["A", "B", "C"]]).where(chosen)

    assert len(batch) == len(ids)
    assert list(batch.column("id")) == ids
    assert list(batch.column("name")) == [id.upper() for id in ids]


def test_given_a_batch_when_it_gets_a_column_then_that_is_its_last() -> None:
    batch = Batch(COLUMNS, [["a"], ["A"]]).having("start", ["5"])

    assert batch == Batch(("id", "name", "start"), [["a"], ["A"], ["5"]])


def test_given_a_batch_when_it_gets_a_column_that_it_has_then_it_has_the_new_one_instead() -> None:
    batch = Batch(COLUMNS, [["a"], ["A"]]).having("id", ["b"])

    assert batch == Batch(("id", "name"), [["b"], ["A"]])
