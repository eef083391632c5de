"""A later server may write RFC 4180, with commas inside quotes; both are read."""

from __future__ import annotations

import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.report_csv import NotAReport, read_table
from unit_tests.rows import rows_of

HEADER = b"\xef\xbb\xbfid,name,note\n"


def read(body: bytes) -> list[list[str]]:
    return rows_of(read_table(body, ("id", "name", "note"), ("id",)))


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


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"1,a,b,c\n", "row 1 has 4 values for 3 columns", id="a_comma_too_many"),
        pytest.param(b"1,a\n", "row 1 has 2 values for 3 columns", id="a_column_too_few"),
        pytest.param(b"1\n", "row 1 has 1 values for 3 columns", id="an_id_alone"),
        pytest.param(
            b'1,a,b\n2,"x, y",c\n3,d,e,f\n',
            "row 3 has 4 values for 3 columns",
            id="a_comma_too_many_among_quoted_ones",
        ),
        pytest.param(b'1,"a, b,c,d\n', "unexpected end of data", id="a_quote_never_closed"),
        pytest.param(b'1,"a, b"c,d,e\n', "',' expected after '\"'", id="text_after_a_quote"),
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
    # One plain comma inside quotes shows that it is RFC 4180. Without any, some line breaks between
    # commas could be read either way.
    rows = [["0", "Intro, part 1", ""], *rows]

    assert read(written(rows, quoting, line_end)) == rows


values_without_commas = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r,"), max_size=12
)
ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='\r\n,"'), max_size=6)


@given(
    rows=st.lists(st.tuples(ids, values_without_commas, values_without_commas), max_size=6),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_given_values_without_commas_written_as_rfc_4180_when_read_then_they_come_back(
    rows: list[tuple[str, str, str]], quoting: Literal[0, 1]
) -> None:
    as_lists = [list(row) for row in rows]

    assert read(written(as_lists, quoting, "\n")) == as_lists
