"""What is no report is refused, and a report that lacks needed columns is told from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.report_csv import (
    HeaderShorterThanRows,
    MissingColumns,
    NotAReport,
    read_table,
)
from source_kaltura_rooms.reports import ColumnType
from unit_tests.counted_work import work_of
from unit_tests.rows import rows_of

DECLARED: dict[str, ColumnType] = {"id": "string", "name": "string", "note": "string"}
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


ROOMS = b"entry_id,entry_name,session_start_time,participants\n1_a,Room,1770109200,3\n"
ROOM_COLUMNS: dict[str, ColumnType] = {
    "entry_id": "string",
    "entry_name": "string",
    "session_start_time": "time",
    "participants": "integer",
}
PHP_ERROR = (
    b"<br />\n<b>Fatal error</b>:  Allowed memory size of 268435456 bytes exhausted (tried to "
    b"allocate 20480 bytes) in <b>/opt/kaltura/app/KalturaReport.php</b> on line <b>12</b><br />\n"
)


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(PHP_ERROR, id="after_a_whole_row"),
        pytest.param(b"1_b,Ro" + PHP_ERROR, id="inside_a_name"),
        pytest.param(b"1_b,Room,17701" + PHP_ERROR, id="inside_a_time"),
        pytest.param(b"1_b" + PHP_ERROR, id="inside_an_id"),
        pytest.param(b'1_b,"Ro' + PHP_ERROR, id="inside_a_quoted_name"),
        pytest.param(b"\nFatal error: Out of time in a.php on line 5\n", id="as_plain_text"),
        pytest.param(
            b"<br />\n<b>Fatal error</b>: Uncaught Error: f('a', 'b', 'c') in <b>a.php</b><br />\n",
            id="with_as_many_commas_as_a_row",
        ),
        pytest.param(
            b"<br />\n<b>Fatal error</b>: Uncaught Error: f('a', 'b', 'c', 'd', 'e')<br />\n",
            id="with_more_commas_than_a_row",
        ),
        pytest.param(
            b"1_b,Ro<br />\n<b>Fatal error</b>: Uncaught Error: f(1, 2)<br />\n",
            id="that_completes_a_row_begun",
        ),
        pytest.param(
            b"<br />\n<b>Warning</b>: Undefined index in <b>a.php</b><br />\n1_b,Room,,3\n",
            id="before_another_row",
        ),
        pytest.param(b"\n", id="nothing_but_an_empty_line"),
    ],
)
def test_given_an_error_text_of_phps_among_the_rows_when_read_then_it_is_no_report(
    rest: bytes,
) -> None:
    assert len(read_table(ROOMS, ROOM_COLUMNS, ("entry_id",))) == 1

    with pytest.raises(NotAReport) as raised:
        read_table(ROOMS + rest, ROOM_COLUMNS, ("entry_id",))

    assert not isinstance(raised.value, HeaderShorterThanRows)


@pytest.mark.parametrize(
    ("content", "names", "values"),
    [
        pytest.param(b"1,a,b,c\n", 3, 4, id="one_row"),
        pytest.param(b"1,a,b,c,d\n2,e,f,g,h\n", 3, 5, id="two_names_missing"),
        pytest.param(b'1,"a",b,c\n2,"d",e,f\n', 3, 4, id="with_a_column_in_quotes"),
        pytest.param(b'1,"a,b,c\n2,d,e,f\n', 3, 4, id="with_an_unpaired_quote"),
        pytest.param(b"1,a\nb,c,d\n2,e,f,g\n", 3, 4, id="with_a_line_break_in_a_name"),
    ],
)
def test_given_fewer_names_than_values_in_each_row_when_read_then_that_is_told_from_other_refusals(
    content: bytes, names: int, values: int
) -> None:
    for line_end in (b"\n", b"\r\n"):
        with pytest.raises(HeaderShorterThanRows) as raised:
            read_table(
                b"id,name,note" + line_end + content.replace(b"\n", line_end), DECLARED, REQUIRED
            )

        assert str(raised.value) == f"its rows have {values} values for {names} columns"


@pytest.mark.parametrize(
    ("content", "left_out", "values"),
    [
        pytest.param(b"1,a\nb,c,d\n", 1, 4, id="the_only_row"),
        pytest.param(b"1,a\nb,c,d\n2,e,f\ng,h\n", 1, 4, id="all_rows"),
        pytest.param(b'1,"a\nb ""c""",d,e\n', 1, 4, id="with_doubled_quotes"),
        pytest.param(b"1,a\nb\n,c,d,e\n", 2, 5, id="two_columns_left_out"),
    ],
)
def test_given_line_breaks_in_every_row_below_a_short_header_when_read_then_that_is_told(
    content: bytes, left_out: int, values: int
) -> None:
    with pytest.raises(HeaderShorterThanRows) as raised:
        read_table(b"id,name,note\n" + content, DECLARED, REQUIRED, left_out)

    assert str(raised.value) == f"its rows have {values} values for 3 columns"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"1,a\n", id="fewer_values_than_names"),
        pytest.param(b"1,a,b\n2,c,d,e\n", id="more_values_in_one_row"),
        pytest.param(b"1,a,b,c\n2,d,e,f\n3,g\n", id="the_last_row_cut_off"),
        pytest.param(b"1,a,b,c\n2,d,e\n3,f,g,h\n", id="one_value_less_in_one_row"),
        pytest.param(b"1,a,b,c\nd\n2,e,f,g\n", id="a_line_between_rows_that_are_too_wide"),
        pytest.param(b"1,a,b\nc\n2,d,e\n", id="a_line_between_rows_that_fit"),
    ],
)
def test_given_rows_of_different_widths_when_read_then_it_is_no_report_and_not_for_its_header(
    content: bytes,
) -> None:
    with pytest.raises(NotAReport) as raised:
        read_table(b"id,name,note\n" + content, DECLARED, REQUIRED)

    assert not isinstance(raised.value, HeaderShorterThanRows)


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


def assert_work_in_proportion(body: Callable[[int], bytes]) -> None:
    """Reading the body that `body` makes of 8,000 pieces is four times the work of 2,000 pieces.

    If each piece took work in proportion to all pieces before it, it would be 16 times the work.
    """
    small, large = body(2_000), body(8_000)

    less = work_of(lambda: read_table(small, DECLARED, REQUIRED))
    more = work_of(lambda: read_table(large, DECLARED, REQUIRED))

    assert more.lines < 5 * less.lines
    assert more.allocated < 5 * less.allocated


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
def test_given_more_rows_when_read_then_work_grows_in_proportion(row: bytes) -> None:
    assert_work_in_proportion(lambda count: b"id,name,note\n" + row * count)


def test_given_a_value_of_more_lines_when_read_then_work_grows_in_proportion() -> None:
    """Lines are not added one by one to a growing text, which would be copied each time."""
    start = b"id,name,note\n1,a"

    assert_work_in_proportion(lambda count: start + b"a line\n" * count + b",b\n")


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b"1,a,b\n" * 100_000, 100_000, id="rows"),
        pytest.param(b"1,a\nb,c\n" * 100_000, 100_000, id="broken_rows"),
        pytest.param(b"1,a" + b"a line\n" * 300_000 + b",b\n", 1, id="lines_in_the_middle"),
    ],
)
def test_given_the_largest_answer_when_read_then_every_row_is_there(
    content: bytes, rows: int
) -> None:
    assert len(read_table(b"id,name,note\n" + content, DECLARED, REQUIRED)) == rows
