"""Answers as raw bytes, made by hand after what the server sends, and the rows that they hold."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from source_kaltura_rooms.airbyte.records import RecordMaker
from source_kaltura_rooms.kaltura.report_csv import (
    HeaderShorterThanRows,
    MissingColumns,
    NotAReport,
    read_table,
)
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import REPORTS
from unit_tests.golden_pairs import PAIRS, Pair
from unit_tests.rows import rows_of

ERRORS = {error.__name__: error for error in (HeaderShorterThanRows, MissingColumns, NotAReport)}


def read(pair: Pair) -> Table:
    required = REPORTS[pair.stream].required_columns
    return read_table(pair.body, REPORTS[pair.stream].columns, required)


def named(pairs: list[Pair]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("pair", [pytest.param(one, id=one.name) for one in pairs])


@named([pair for pair in PAIRS if pair.rows is not None])
def test_given_an_answer_as_the_server_sends_it_when_read_then_its_rows_are_these(
    pair: Pair,
) -> None:
    table = read(pair)

    rows = [dict(zip(table.columns, row, strict=True)) for row in rows_of(table)]
    assert rows == pair.rows
    assert all(
        list(table.column(name)) == [row[name] for row in pair.rows or ()] for name in table.columns
    )


@named([pair for pair in PAIRS if pair.refused is not None])
def test_given_an_answer_that_cannot_be_right_when_read_then_it_is_refused(pair: Pair) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011  # the type is what is tested
        read(pair)

    assert type(raised.value) is ERRORS[pair.refused or ""]


@named([pair for pair in PAIRS if pair.records is not None and pair.name not in REPORTS])
def test_given_an_answer_when_its_rows_are_made_records_then_they_are_these(pair: Pair) -> None:
    maker = RecordMaker(REPORTS[pair.stream], logging.getLogger())
    misfits: Counter[str] = Counter()

    records = [one for batch in read(pair).batches() for one in maker.records(batch, misfits)]

    assert records == pair.records


@pytest.mark.parametrize("stream", REPORTS)
def test_given_a_report_when_listed_then_it_has_a_golden_answer_with_rows_and_records(
    stream: str,
) -> None:
    (pair,) = [one for one in PAIRS if one.name == stream]

    assert pair.stream == stream
    assert pair.rows
    assert pair.records
