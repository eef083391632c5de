"""What is no report is refused, and a report that lacks needed columns is told from it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.report_csv import MissingColumns, NotAReport, read_table
from unit_tests.rows import rows_of

DECLARED = ("id", "name", "note")
REQUIRED = ("id", "name")
GOOD = '\ufeffid,name,note\n1,Zoë,\n2,"Intro\nto X,b\n3,"say ""hi""",c\n'.encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "it is empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf", "line end", id="a_byte_order_mark_alone"),
        pytest.param(b"\n", "no column of the report", id="a_line_end_alone"),
        pytest.param(b"\xef\xbb\xbfid,name,note", "line end", id="a_header_cut_off"),
        pytest.param(b"\xef\xbb\xbfid,name,note\n1,a", "line end", id="a_row_cut_off"),
        pytest.param(b"\xef\xbb\xbfid,name,note\n1,a,b", "line end", id="a_last_line_end_missing"),
        pytest.param(b"\xef\xbb\xbfid,name,note\n1,a\n", "2 values", id="cut_off_at_a_line_break"),
        pytest.param(
            b"<html>\n<body>502 Bad Gateway</body>\n</html>\n",
            "no column of the report",
            id="html",
        ),
        pytest.param(
            b'{"code":"INVALID_KS","objectType":"KalturaAPIException"}\n',
            "no column of the report",
            id="json",
        ),
        pytest.param(b"shoe,size\n1,2\n", "no column of the report", id="a_header_of_others"),
        pytest.param(b"1,a,b\n2,c,d\n", "no column of the report", id="rows_without_a_header"),
        pytest.param(b"ID,NAME\n1,2\n", "no column of the report", id="names_in_capitals"),
    ],
)
def test_given_something_else_when_read_then_it_is_no_report(body: bytes, reason: str) -> None:
    with pytest.raises(NotAReport) as raised:
        read_table(body, DECLARED, REQUIRED)

    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        pytest.param(b"id,note", ("name",), id="one"),
        pytest.param(b"note,shoe_size", ("id", "name"), id="all_in_the_order_they_are_needed"),
    ],
)
@pytest.mark.parametrize("rows", [b"", b"1,2\n"], ids=["without_rows", "with_rows"])
def test_given_a_report_without_needed_columns_when_read_then_it_names_them(
    header: bytes, rows: bytes, missing: tuple[str, ...]
) -> None:
    with pytest.raises(MissingColumns) as raised:
        read_table(header + b"\n" + rows, DECLARED, REQUIRED)

    assert raised.value.columns == missing
    assert str(raised.value) == ", ".join(missing)


def test_given_a_report_without_a_column_that_is_not_needed_when_read_then_that_is_fine() -> None:
    table = read_table(b"name,id\na,1\n", DECLARED, REQUIRED)

    assert table.columns == ("name", "id")
    assert rows_of(table) == [["a", "1"]]


def test_given_an_error_when_raised_then_no_value_of_a_row_is_in_it() -> None:
    with pytest.raises(NotAReport) as raised:
        read_table(b'id,name,note\n1,ada@example.com,"a, b\n', DECLARED, REQUIRED)

    assert "ada" not in str(raised.value)


def assert_read_or_refused(body: bytes) -> None:
    """Only the two errors that are announced, or rows that fit their columns."""
    try:
        table = read_table(body, DECLARED, REQUIRED)
    except (NotAReport, MissingColumns):
        return
    assert all(len(row) == len(table.columns) for row in rows_of(table))


@given(st.binary(max_size=400))
def test_given_any_bytes_when_read_then_only_announced_errors_are_raised(body: bytes) -> None:
    assert_read_or_refused(body)


@given(st.lists(st.sampled_from([b'"', b'""', b",", b"\n", b"\r\n", b"a", b"\xff"]), max_size=60))
def test_given_any_rows_below_a_header_when_read_then_only_announced_errors_are_raised(
    pieces: list[bytes],
) -> None:
    assert_read_or_refused(b"id,name,note\n" + b"".join(pieces))


@given(st.data())
def test_given_a_report_with_some_bytes_changed_when_read_then_only_announced_errors_are_raised(
    data: st.DataObject,
) -> None:
    body = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(body)))
        last = data.draw(st.integers(first, min(first + 5, len(body))))
        body[first:last] = data.draw(st.binary(max_size=4))

    assert_read_or_refused(bytes(body))


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(b"1,a,b\n", id="plain"),
        pytest.param(b'1,"a,b\n', id="unpaired_quotes"),
        pytest.param(b'1,"a, b","c"\n', id="rfc_4180"),
        pytest.param(b"1,a\nb,c\n", id="broken_rows"),
        pytest.param(b'1,""""""""""""""""",""\n', id="quotes_alone"),
    ],
)
def test_given_the_largest_answer_when_read_then_time_stays_in_proportion(row: bytes) -> None:
    """100,000 rows take a fraction of a second; more than linear growth would take minutes."""
    started = time.perf_counter()
    table = read_table(b"id,name,note\n" + row * 100_000, DECLARED, REQUIRED)

    assert time.perf_counter() - started < 5
    assert len(table) == 100_000


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"a line\n" * 300_000 + b",b\n", id="in_the_middle"),
        pytest.param(b",b" + b"\n" * 1_000_000, id="in_the_last_column"),
    ],
)
def test_given_a_value_of_very_many_lines_when_read_then_time_stays_in_proportion(
    value: bytes,
) -> None:
    """If lines were added one by one to a growing text, this would take a minute."""
    started = time.perf_counter()
    table = read_table(b"id,name,note\n1,a" + value, DECLARED, REQUIRED)

    assert time.perf_counter() - started < 5
    assert len(table) == 1
