"""Kaltura's dialect of CSV: quotes are ordinary characters, commas tell where a row ends."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.report_csv import NotAReport, read_table
from source_kaltura_rooms.reports import ColumnType
from unit_tests.rows import rows_of

HEADER = b"\xef\xbb\xbfid,name,note\n"
DECLARED: dict[str, ColumnType] = {"id": "string", "name": "string", "note": "string"}


def read(body: bytes) -> list[list[str]]:
    return rows_of(read_table(body, DECLARED, ("id",)))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b"1,a,b\n2,c,d\n", [["1", "a", "b"], ["2", "c", "d"]], id="plain"),
        pytest.param(b"1,,\n,,\n", [["1", "", ""], ["", "", ""]], id="blanks"),
        pytest.param(b"1, a ,\tb\n", [["1", " a ", "\tb"]], id="outer_spaces_belong_to_the_value"),
        pytest.param(
            "1,Zoë 数学 🎓,Ж\n".encode(), [["1", "Zoë 数学 🎓", "Ж"]], id="utf_8_beyond_ascii"
        ),
        pytest.param(
            b"1,A\xff\xfeB,x\n2,A\xfe\xffB,x\n",
            [["1", r"A\xff\xfeB", "x"], ["2", r"A\xfe\xffB", "x"]],
            id="different_bytes_that_are_not_utf_8_stay_different",
        ),
        pytest.param(
            b"1,=1+2,007\n", [["1", "=1+2", "007"]], id="formulas_and_leading_zeros_stay_text"
        ),
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
        pytest.param(
            b'1,""",a\n2,b,c\n', [["1", '"""', "a"], ["2", "b", "c"]], id="nothing_but_three_quotes"
        ),
        pytest.param(
            b'1,"all quoted",a\n2,b,c\n',
            [["1", '"all quoted"', "a"], ["2", "b", "c"]],
            id="typed_around_the_whole_name",
        ),
        pytest.param(
            b'1,"a ""doubled"" word",a\n2,b,c\n',
            [["1", '"a ""doubled"" word"', "a"], ["2", "b", "c"]],
            id="typed_around_the_whole_name_and_twice_inside",
        ),
        pytest.param(
            b'1,"A",a\n2,"B",b\n3,"C",c\n4,D,d\n',
            [["1", '"A"', "a"], ["2", '"B"', "b"], ["3", '"C"', "c"], ["4", "D", "d"]],
            id="around_all_names_but_the_last",
        ),
        pytest.param(
            b'1,"A",a\n2,",b\n3,"C",c\n',
            [["1", '"A"', "a"], ["2", '"', "b"], ["3", '"C"', "c"]],
            id="around_all_names_but_one_that_is_a_single_quote",
        ),
        pytest.param(
            b'1,",a\n2,",b\n', [["1", '"', "a"], ["2", '"', "b"]], id="single_quotes_alone"
        ),
        pytest.param(b'1,"Intro" to X,a\n', [["1", '"Intro" to X', "a"]], id="a_quoted_word_first"),
        pytest.param(b'1,to "X",a\n', [["1", 'to "X"', "a"]], id="a_quoted_word_last"),
        pytest.param(
            b'1,"Q" and "A",a\n2,B,a\n',
            [["1", '"Q" and "A"', "a"], ["2", "B", "a"]],
            id="a_quoted_word_at_both_ends",
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
        pytest.param(b'1,"=1+2","007"\n', [["1", "=1+2", "007"]], id="formulas_stay_text"),
        pytest.param(b'1,"",a\n2,"",b\n', [["1", "", "a"], ["2", "", "b"]], id="all_of_them_empty"),
        pytest.param(b'1,"""all""",a\n', [["1", '"all"', "a"]], id="typed_quotes_inside"),
        pytest.param(
            b'1,"A",a\n2,,b\n3,0,c\n4,Unknown,d\n5,Error,e\n6,"F",f\n',
            [
                ["1", "A", "a"],
                ["2", "", "b"],
                ["3", "0", "c"],
                ["4", "Unknown", "d"],
                ["5", "Error", "e"],
                ["6", "F", "f"],
            ],
            id="beside_what_stands_for_no_value",
        ),
        pytest.param(
            b'1,"say "hi"",a\n2,"B",b\n',
            [["1", 'say "hi"', "a"], ["2", "B", "b"]],
            id="quotes_inside_not_doubled",
        ),
        pytest.param(
            b'1,"5""",a\n2,"6" or 6""",b\n3,"C",c\n',
            [["1", '5""', "a"], ["2", '6" or 6""', "b"], ["3", "C", "c"]],
            id="not_doubled_in_one_row_so_doubled_in_none",
        ),
        pytest.param(
            b'1,"""","5"" pipe"\n2,"B","7"" pipe"\n',
            [["1", '"', '5" pipe'], ["2", "B", '7" pipe']],
            id="two_columns_each_judged_on_its_own",
        ),
        pytest.param(
            b'1,"A "a"","B ""b"""\n', [["1", 'A "a"', 'B "b"']], id="two_columns_in_two_styles"
        ),
        pytest.param(
            b'1,"all quoted",a\n',
            [["1", "all quoted", "a"]],
            id="a_single_row_cannot_show_that_somebody_typed_them",
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
            b"1,a,b\n2,Week\none,c\n",
            [["1", "a", "b"], ["2", "Week\none", "c"]],
            id="in_the_last_row",
        ),
        pytest.param(
            b"1,a\nb,c\n2,d\ne,f\n",
            [["1", "a\nb", "c"], ["2", "d\ne", "f"]],
            id="two_rows_one_after_the_other",
        ),
        pytest.param(b"1,a\n\nb,c\n", [["1", "a\n\nb", "c"]], id="an_empty_line_in_the_middle"),
        pytest.param(b"1,\na,b\n", [["1", "\na", "b"]], id="a_break_that_begins_a_value"),
        pytest.param(b"1,a\n,b\n", [["1", "a\n", "b"]], id="a_break_that_ends_a_value"),
        pytest.param(b"1,a\r\nb,c\n", [["1", "a\r\nb", "c"]], id="a_windows_line_break"),
        pytest.param(
            b'1,"Week\none,a\n2,b,c\n',
            [["1", '"Week\none', "a"], ["2", "b", "c"]],
            id="with_a_stray_quote",
        ),
        pytest.param(
            b'1,"Week\none",a\n2,"b",c\n',
            [["1", "Week\none", "a"], ["2", "b", "c"]],
            id="in_a_column_quoted_by_the_server",
        ),
        pytest.param(
            b'1,"a ""new"" \n""start""",a\n2,"b",c\n',
            [["1", 'a "new" \n"start"', "a"], ["2", "b", "c"]],
            id="in_a_column_quoted_by_the_server_with_quotes_doubled",
        ),
        pytest.param(
            b'1,"a "new" \n"start"",a\n2,"b",c\n',
            [["1", 'a "new" \n"start"', "a"], ["2", "b", "c"]],
            id="in_a_column_quoted_by_the_server_with_quotes_as_they_are",
        ),
        pytest.param(
            b'1,"Week\none",a\n2,b,c\n',
            [["1", '"Week\none"', "a"], ["2", "b", "c"]],
            id="in_a_name_that_somebody_typed_with_quotes_around_it",
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
            b'id,name,note\r\n1,"A,"b"\r\n2,"C","d"\r\n',
            [["1", '"A', "b"], ["2", '"C"', "d"]],
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
    assert read_table(body, DECLARED, ("id",)).columns == columns


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
    table = read_table(body, DECLARED, ("id",))

    assert table.columns == columns
    assert rows_of(table) == []


PERSONS: dict[str, ColumnType] = {
    "entry_id": "string",
    "user_id": "string",
    "user_name": "string",
    "user_email": "string",
    "user_type": "string",
    "entry_name": "string",
}


def test_given_all_that_is_said_of_people_in_quotes_when_read_then_they_were_typed_and_stay() -> (
    None
):
    body = b"entry_id,user_id,user_name,user_email,user_type,entry_name\n" + (
        b'1_r,"whole","Bo","b@x","User","Room"\n'
    )

    assert rows_of(read_table(body, PERSONS, ("entry_id",))) == [
        ["1_r", '"whole"', '"Bo"', '"b@x"', '"User"', "Room"]
    ]


def test_given_no_ids_at_all_when_read_then_what_is_said_of_people_stays_all_the_same() -> None:
    body = b"entry_id,user_id,user_name,user_email,user_type,entry_name\n" + (
        b'0,"whole","Bo","b@x","User","Room"\n,"whole","Bo",,,0\n'
    )

    assert rows_of(read_table(body, PERSONS, ("entry_id",))) == [
        ["", '"whole"', '"Bo"', '"b@x"', '"User"', "Room"],
        ["", '"whole"', '"Bo"', "", "", "0"],
    ]


def test_given_ids_in_quotes_when_read_then_the_server_has_quoted_everything() -> None:
    body = b"entry_id,user_id,user_name,user_email,user_type,entry_name\n" + (
        b'"1_r","ada","Ada","","User","Room"\n"1_r","bob","","b@x","Guest","Room"\n'
    )

    assert rows_of(read_table(body, PERSONS, ("entry_id",))) == [
        ["1_r", "ada", "Ada", "", "User", "Room"],
        ["1_r", "bob", "", "b@x", "Guest", "Room"],
    ]


NUMBERS: tuple[ColumnType, ...] = ("integer", "number", "time", "duration")
IDS: dict[str, ColumnType] = {
    "parent_entry_id": "string",
    "breakout_entry_id": "string",
    "cue_point_id": "string",
    "entry_id": "string",
    "user_id": "string",
    "entry_name": "string",
    "duration": "duration",
}


@pytest.mark.parametrize("text", ["0", "Unknown", "Error", "NaN"])
@pytest.mark.parametrize("name", ["a", "a\nb"], ids=["on_lines", "with_a_line_break"])
def test_given_what_stands_for_no_id_when_read_then_ids_are_blank_and_other_texts_as_sent(
    text: str, name: str
) -> None:
    body = (
        ",".join(IDS)
        + f"\n{','.join([text] * 6)},1\n1_p,1_b,1_c,1_e,ada,{name},2\n00,0_0,0 ,unknown,x,y,3\n"
    ).encode()

    assert rows_of(read_table(body, IDS, ("entry_id",))) == [
        ["", "", "", "", text, text, "1"],
        ["1_p", "1_b", "1_c", "1_e", "ada", name, "2"],
        ["00", "0_0", "0 ", "unknown", "x", "y", "3"],
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"1,a\nb,c\n", id="in_a_name"),
        pytest.param(b'1,"a\n""b""",c\n', id="in_a_quoted_name"),
    ],
)
def test_given_a_line_break_where_none_can_be_when_read_then_it_is_no_report(
    content: bytes,
) -> None:
    """The same rows are read where the second column is a name, and refused where it is not."""
    assert len(read_table(HEADER + content, DECLARED, ("id",))) == 1

    for number in NUMBERS:
        with pytest.raises(NotAReport):
            read_table(HEADER + content, {**DECLARED, "name": number}, ("id",))
    with pytest.raises(NotAReport):
        read_table(b"id,cue_point_id,note\n" + content, DECLARED, ("id",))
