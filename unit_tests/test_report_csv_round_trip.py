"""Any rows, rendered the way Kaltura's server renders them, come back as they were."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.report_csv import NotAReport, read_table
from source_kaltura_rooms.reports import ColumnType
from unit_tests.rows import rows_of

QUOTED_COLUMNS = (2, 4)
HEADER = ("id", "name", "title", "user_name", "host", "count")
DECLARED: dict[str, ColumnType] = {**dict.fromkeys(HEADER, "string"), "count": "integer"}
NO_VALUES = ("", "0", "Unknown", "Error")


def doubled_on_one_line(text: str) -> str:
    return '"' + text.replace('"', '""').replace("\r", "").replace("\n", " ") + '"'


def doubled(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def as_it_is(text: str) -> str:
    return f'"{text}"'


def on_one_line(text: str) -> str:
    return text.replace("\r", "").replace("\n", " ")


def unchanged(text: str) -> str:
    return text


Change = Callable[[str], str]
STYLES = pytest.mark.parametrize(
    ("quote", "conveyed"),
    [
        pytest.param(doubled_on_one_line, on_one_line, id="doubled_on_one_line"),
        pytest.param(doubled, unchanged, id="doubled"),
        pytest.param(as_it_is, unchanged, id="as_they_are"),
    ],
)


def rendered(rows: list[list[str]], quote: Change) -> bytes:
    """What the server sends: commas become spaces, some columns are quoted, nothing is escaped.

    Written from Kaltura's public server source, not from the code under test.
    """
    lines = []
    for row in rows:
        values = [value.replace(",", " ") for value in row]
        for column in QUOTED_COLUMNS:
            if values[column] not in NO_VALUES:
                values[column] = quote(values[column])
        lines.append(",".join(values))
    return ("\ufeff" + "\n".join([",".join(HEADER), *lines]) + "\n").encode()


characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from('",\n\r ')
anything = st.text(characters, max_size=12) | st.sampled_from(NO_VALUES)
an_id = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='"\n\r'), min_size=1, max_size=8
)
a_count = st.integers(0, 10**6).map(str)
rows_of_a_report = st.lists(
    st.tuples(an_id, anything, anything, anything, anything, a_count).map(list), max_size=8
)
# Shows which columns are quoted, for a name stands without quotes, and whether quotes are doubled.
TELLING_ROW = ["id", "name", 'a "title"', "a user", 'a "host"', "1"]


@STYLES
@given(rows=rows_of_a_report)
def test_given_any_rows_when_rendered_and_read_then_they_come_back_with_spaces_for_commas(
    rows: list[list[str]], quote: Change, conveyed: Change
) -> None:
    rows = [*rows, TELLING_ROW]
    expected = [[value.replace(",", " ") for value in row] for row in rows]
    for row in expected:
        for column in QUOTED_COLUMNS:
            row[column] = conveyed(row[column])

    table = read_table(rendered(rows, quote), DECLARED, ("id",))

    assert table.columns == HEADER
    assert rows_of(table) == expected


@STYLES
@given(rows=rows_of_a_report)
def test_given_any_rows_when_the_last_byte_is_missing_then_it_is_not_taken_for_a_report(
    rows: list[list[str]], quote: Change, conveyed: Change
) -> None:
    with pytest.raises(NotAReport):
        read_table(rendered(rows, quote)[:-1], DECLARED, ("id",))
