"""A later server may write RFC 4180, with commas inside quotes; both are read."""

from __future__ import annotations

import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        pytest.param(
            b'1,"Intro, part 1",a\n2,b,c\n',
            [["1", "Intro, part 1", "a"], ["2", "b", "c"]],
            id="a_comma",
        ),
        pytest.param(
            b'"1","a, b","c, d"\n"2","e","f"\n',
            [["1", "a, b", "c, d"], ["2", "e", "f"]],
            id="everything_quoted",
        ),
        pytest.param(
            b'1,"the ""one"", and only",a\n',
            [["1", 'the "one", and only', "a"]],
            id="a_comma_and_doubled_quotes",
        ),
        pytest.param(
            b'1,"Intro, part\n1",a\n2,"Intro, part\n2",b\n',
            [["1", "Intro, part\n1", "a"], ["2", "Intro, part\n2", "b"]],
            id="a_comma_before_a_line_break",
        ),
        pytest.param(
            b'1,"Intro, part 1","two\nlines"\n',
            [["1", "Intro, part 1", "two\nlines"]],
            id="a_comma_in_one_column_and_a_line_break_in_the_next",
        ),
        pytest.param(
            b'1,b,c\n2,"Intro, part 1","d"\n',
            [["1", "b", "c"], ["2", "Intro, part 1", "d"]],
            id="only_the_last_row_gives_it_away",
        ),
        pytest.param(
            b'1,"a, b, c",d\n2,"two\nlines",e\n',
            [["1", "a, b, c", "d"], ["2", "two\nlines", "e"]],
            id="as_many_commas_in_all_as_three_rows_have",
        ),
    ],
)
def test_given_commas_in_quotes_when_read_then_they_belong_to_the_value(
    content: bytes, rows: list[list[str]]
) -> None:
    assert read(HEADER + content) == rows


def test_given_commas_in_quotes_and_windows_line_ends_when_read_then_rows_are_whole() -> None:
    body = b'id,name,note\r\n1,"Intro, part 1",a\r\n2,b,"c\r\nd"\r\n'

    assert read(body) == [["1", "Intro, part 1", "a"], ["2", "b", "c\r\nd"]]


def test_given_a_value_longer_than_pythons_limit_when_read_then_it_is_whole() -> None:
    """The limit of Python's reader is 131,072 characters, and one for the whole process."""
    csv.field_size_limit(131_072)
    value = "a, " * 70_000

    assert read(HEADER + f'1,"{value}",b\n'.encode()) == [["1", value, "b"]]
    assert csv.field_size_limit() >= 2**28


def test_given_another_part_of_the_process_with_a_higher_limit_when_read_then_it_stays() -> None:
    csv.field_size_limit(2**30)
    try:
        read(HEADER + b'1,"a, b",c\n')
        assert csv.field_size_limit() == 2**30
    finally:
        csv.field_size_limit(2**28)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'1,"a, b","1,5"\n', id="a_comma"),
        pytest.param(b'1,"a, b","1\n5"\n', id="a_line_break"),
    ],
)
def test_given_what_no_number_has_where_one_should_be_when_read_then_it_is_no_report(
    content: bytes,
) -> None:
    with pytest.raises(NotAReport, match="several lines or a comma"):
        read_table(HEADER + content, {**DECLARED, "note": "number"}, ("id",))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(
            b'1,"two\nlines","a"\n2,"b","c"\n',
            [["1", "two\nlines", "a"], ["2", "b", "c"]],
            id="every_name_in_quotes",
        ),
        pytest.param(
            b'1,b,"two\nlines"\n', [["1", "b", "two\nlines"]], id="a_line_break_at_the_end_of_a_row"
        ),
        pytest.param(
            b'"1","say ""hi""","a"\n"2","b","c"\n',
            [["1", 'say "hi"', "a"], ["2", "b", "c"]],
            id="everything_in_quotes",
        ),
        pytest.param(
            b'1,"say ""hi""",a\n2,b,c\n',
            [["1", '"say ""hi"""', "a"], ["2", "b", "c"]],
            id="one_name_in_quotes_which_kaltura_writes_only_if_they_were_typed",
        ),
    ],
)
def test_given_no_comma_in_any_value_when_read_then_it_is_kalturas_dialect_if_it_can_be(
    content: bytes, rows: list[list[str]]
) -> None:
    assert read(HEADER + content) == rows


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(
            b"1,a,b,c\n2,d,e\n", "row 1 has 4 values for 3 columns", id="a_comma_too_many"
        ),
        pytest.param(b"1,a\n", "row 1 has 2 values for 3 columns", id="a_column_too_few"),
        pytest.param(b"1\n", "row 1 has 1 values for 3 columns", id="an_id_alone"),
        pytest.param(
            b'1,a,b\n2,"x, y",c\n3,d,e,f\n',
            "row 3 has 4 values for 3 columns",
            id="a_comma_too_many_among_quoted_ones",
        ),
        pytest.param(b'1,"a, b,c,d\n2,e,f\n', "unexpected end of data", id="a_quote_never_closed"),
        pytest.param(b'1,"a, b"c,d,e\n2,f,g\n', "',' expected after '\"'", id="text_after_a_quote"),
    ],
)
def test_given_rows_that_fit_neither_form_when_read_then_it_is_no_report(
    content: bytes, reason: str
) -> None:
    with pytest.raises(NotAReport) as raised:
        read(HEADER + content)

    assert reason in str(raised.value)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)
rows_of_texts = st.lists(st.lists(texts, min_size=3, max_size=3), max_size=6)


def written(rows: list[list[str]], quoting: Literal[0, 1, 2], line_end: str) -> bytes:
    """The rows as Python's own writer renders RFC 4180."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator=line_end).writerows(
        [["id", "name", "note"], *rows]
    )
    return text.getvalue().encode()


@given(
    rows=rows_of_texts,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_given_any_values_written_as_rfc_4180_when_read_then_they_come_back(
    rows: list[list[str]], quoting: Literal[0, 1, 2], line_end: str
) -> None:
    # One comma inside quotes shows that it is RFC 4180. Without any it could be Kaltura's dialect.
    rows = [["0", "Intro, part 1", ""], *rows]

    assert read(written(rows, quoting, line_end)) == rows


ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\r\n,"'), max_size=6)
values_without_commas = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n,"), max_size=12
)


@given(rows=st.lists(st.tuples(ids, values_without_commas, values_without_commas), max_size=6))
def test_given_values_without_commas_all_in_quotes_when_read_then_they_come_back(
    rows: list[tuple[str, str, str]],
) -> None:
    as_lists = [list(row) for row in rows]

    assert read(written(as_lists, csv.QUOTE_ALL, "\n")) == as_lists
