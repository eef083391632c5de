"""Kaltura's dialect of CSV: quotes are ordinary characters, commas tell where a row ends."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.report_csv import read_table
from unit_tests.rows import rows_of

HEADER = b"\xef\xbb\xbfid,name,note\n"


def read(body: bytes) -> list[list[str]]:
    return rows_of(read_table(body, ("id", "name", "note"), ("id",)))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b"1,a,b\n2,c,d\n", [["1", "a", "b"], ["2", "c", "d"]], id="plain"),
        pytest.param(b"1,,\n,,\n", [["1", "", ""], ["", "", ""]], id="blanks"),
        pytest.param(b"1, a ,\tb\n", [["1", " a ", "\tb"]], id="outer_spaces_belong_to_the_value"),
        pytest.param(
            "1,Zoë 数学 🎓,Ж\n".encode(), [["1", "Zoë 数学 🎓", "Ж"]], id="utf_8_beyond_ascii"
        ),
        pytest.param(b"1,A\xff\xfeB,x\n", [["1", "A��B", "x"]], id="invalid_utf_8_is_marked"),
        pytest.param(
            "1,a\u2028b\x0bc\x85d,x\n".encode(),
            [["1", "a\u2028b\x0bc\x85d", "x"]],
            id="only_line_feeds_end_lines",
        ),
        pytest.param(b"1,a\rb,x\n", [["1", "a\rb", "x"]], id="a_carriage_return_inside_a_value"),
        pytest.param(b"1,a\x00b,x\n", [["1", "a\x00b", "x"]], id="a_nul_inside_a_value"),
    ],
)
def test_given_rows_without_quotes_when_read_then_values_are_as_sent(
    content: bytes, rows: list[list[str]]
) -> None:
    assert read(HEADER + content) == rows


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(
            b'1,"Intro to X,a\n2,b,c\n3,d,e\n',
            [["1", '"Intro to X', "a"], ["2", "b", "c"], ["3", "d", "e"]],
            id="leading_and_unpaired",
        ),
        pytest.param(
            b'1,"A,a\n2,B",b\n',
            [["1", '"A', "a"], ["2", 'B"', "b"]],
            id="opened_in_one_row_and_closed_in_the_next",
        ),
        pytest.param(b'1,5" pipe,a\n', [["1", '5" pipe', "a"]], id="stray_in_the_middle"),
        pytest.param(b'1,",a\n', [["1", '"', "a"]], id="nothing_but_a_quote"),
        pytest.param(b'1,""",a\n', [["1", '"""', "a"]], id="nothing_but_three_quotes"),
        pytest.param(b'1,"Intro" to X,a\n', [["1", '"Intro" to X', "a"]], id="a_quoted_word_first"),
        pytest.param(b'1,to "X",a\n', [["1", 'to "X"', "a"]], id="a_quoted_word_last"),
        pytest.param(
            b'1,"Q" and "A",a\n', [["1", '"Q" and "A"', "a"]], id="a_quoted_word_at_both_ends"
        ),
        pytest.param(b'1,a,"b\n2,c,d"\n', [["1", "a", '"b'], ["2", "c", 'd"']], id="last_column"),
    ],
)
def test_given_quotes_in_names_when_read_then_they_are_literal_and_swallow_nothing(
    content: bytes, rows: list[list[str]]
) -> None:
    assert read(HEADER + content) == rows


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b'1,"Intro",a\n', [["1", "Intro", "a"]], id="one_column"),
        pytest.param(b'"1","A","B"\n', [["1", "A", "B"]], id="all_columns"),
        pytest.param(b'1,"say ""hi"" to X",a\n', [["1", 'say "hi" to X', "a"]], id="doubled"),
        pytest.param(b'1,"""Intro"" to X",a\n', [["1", '"Intro" to X', "a"]], id="doubled_first"),
        pytest.param(b'1,"",a\n', [["1", "", "a"]], id="empty"),
        pytest.param(b'1,"""",a\n', [["1", '"', "a"]], id="a_quote_alone"),
        pytest.param(b'1,"Intro  part 2",a\n', [["1", "Intro  part 2", "a"]], id="comma_as_space"),
        pytest.param(
            b'1,"Intro",a\n2,"B,a\n',
            [["1", "Intro", "a"], ["2", '"B', "a"]],
            id="and_a_stray_quote_in_another_row",
        ),
    ],
)
def test_given_columns_quoted_by_the_server_when_read_then_the_quotes_are_taken_off(
    content: bytes, rows: list[list[str]]
) -> None:
    assert read(HEADER + content) == rows


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(
            b"1,Week\none,a\n2,b,c\n",
            [["1", "Week\none", "a"], ["2", "b", "c"]],
            id="two_lines_in_a_middle_column",
        ),
        pytest.param(
            b"1,Week\none\nnew,a\n2,b,c\n",
            [["1", "Week\none\nnew", "a"], ["2", "b", "c"]],
            id="three_lines_in_a_middle_column",
        ),
        pytest.param(
            b"1,a,Week\none\n2,b,c\n",
            [["1", "a", "Week\none"], ["2", "b", "c"]],
            id="two_lines_in_the_last_column",
        ),
        pytest.param(
            b"1,a,Week\none\nnew\n2,b,c\n",
            [["1", "a", "Week\none\nnew"], ["2", "b", "c"]],
            id="three_lines_in_the_last_column",
        ),
        pytest.param(
            b"1,a,b\n2,c,Week\none\n",
            [["1", "a", "b"], ["2", "c", "Week\none"]],
            id="last_column_of_the_last_row",
        ),
        pytest.param(b"1,a\nb,c\nd\n", [["1", "a\nb", "c\nd"]], id="two_columns_of_one_row"),
        pytest.param(
            b"1,a\nb,c\n2,d\ne,f\n",
            [["1", "a\nb", "c"], ["2", "d\ne", "f"]],
            id="two_rows_one_after_the_other",
        ),
        pytest.param(b"1,a\n\nb,c\n", [["1", "a\n\nb", "c"]], id="an_empty_line_in_the_middle"),
        pytest.param(
            b"1,a,b\n\n2,c,d\n",
            [["1", "a", "b\n"], ["2", "c", "d"]],
            id="a_break_that_ends_the_last_column",
        ),
        pytest.param(b"1,\na,b\n", [["1", "\na", "b"]], id="a_break_that_begins_a_value"),
        pytest.param(b"1,a\n,b\n", [["1", "a\n", "b"]], id="a_break_that_ends_a_value"),
        pytest.param(b"1,a\r\nb,c\n", [["1", "a\r\nb", "c"]], id="a_windows_line_break"),
        pytest.param(
            b'1,"Week\none,a\n2,b,c\n',
            [["1", '"Week\none', "a"], ["2", "b", "c"]],
            id="with_a_stray_quote",
        ),
        pytest.param(
            b'1,"Week\none",a\n2,b,c\n',
            [["1", "Week\none", "a"], ["2", "b", "c"]],
            id="in_a_value_quoted_by_the_server",
        ),
    ],
)
def test_given_line_breaks_in_values_when_read_then_the_count_of_commas_ends_rows(
    content: bytes, rows: list[list[str]]
) -> None:
    assert read(HEADER + content) == rows


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        pytest.param(b"id,name,note\r\n1,a,b\r\n", [["1", "a", "b"]], id="plain"),
        pytest.param(
            b'id,name,note\r\n1,"A,b\r\n2,"C",d\r\n',
            [["1", '"A', "b"], ["2", "C", "d"]],
            id="with_quotes",
        ),
        pytest.param(
            b"id,name,note\r\n1,a\nb,c\nd\r\n2,e,f\r\n",
            [["1", "a\nb", "c\nd"], ["2", "e", "f"]],
            id="line_feeds_belong_to_values",
        ),
        pytest.param(
            b"id,name,note\r\n1,a\r\nb,c\r\n", [["1", "a\r\nb", "c"]], id="a_row_over_two_lines"
        ),
    ],
)
def test_given_windows_line_ends_when_read_then_values_do_not_keep_them(
    body: bytes, rows: list[list[str]]
) -> None:
    assert read(b"\xef\xbb\xbf" + body) == rows


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        pytest.param(b"\xef\xbb\xbfid,name\n1,a\n", ("id", "name"), id="after_a_byte_order_mark"),
        pytest.param(b"id,name\n1,a\n", ("id", "name"), id="without_a_byte_order_mark"),
        pytest.param(b'"id","name"\n1,a\n', ("id", "name"), id="quoted"),
        pytest.param(b"id, name\n1,a\n", ("id", "name"), id="with_a_space"),
        pytest.param(b"name,id\na,1\n", ("name", "id"), id="in_another_order"),
        pytest.param(b"id,shoe_size\n1,a\n", ("id", "shoe_size"), id="one_of_them_unknown"),
    ],
)
def test_given_a_header_when_read_then_columns_are_its_names_in_order(
    body: bytes, columns: tuple[str, ...]
) -> None:
    assert read_table(body, ("id", "name", "note"), ("id",)).columns == columns


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        pytest.param(b"\xef\xbb\xbfid,name\n", ("id", "name"), id="header_alone"),
        pytest.param(b"\xef\xbb\xbfid,name\r\n", ("id", "name"), id="header_alone_windows"),
        pytest.param(b"\xef\xbb\xbfid,name\n\n", ("id", "name"), id="header_and_an_empty_line"),
        pytest.param(b"\xef\xbb\xbf\n", (), id="byte_order_mark_and_line_end"),
        pytest.param(b"\xef\xbb\xbf\r\n", (), id="byte_order_mark_and_windows_line_end"),
    ],
)
def test_given_a_report_without_rows_when_read_then_there_are_none(
    body: bytes, columns: tuple[str, ...]
) -> None:
    table = read_table(body, ("id", "name", "note"), ("id",))

    assert table.columns == columns
    assert rows_of(table) == []
