"""Any rows, rendered the way Kaltura's server renders them, come back as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.report_csv import NotAReport, read_table
from unit_tests.rows import rows_of

QUOTED_COLUMNS = (2, 4)
HEADER = ("id", "name", "title", "count", "host")


def rendered(rows: list[list[str]]) -> bytes:
    """What the server sends: commas become spaces, some columns are quoted, nothing is escaped.

    Written from Kaltura's public server source, not from the code under test.
    """
    lines = []
    for row in rows:
        values = [value.replace(",", " ") for value in row]
        for column in QUOTED_COLUMNS:
            values[column] = '"' + values[column].replace('"', '""') + '"'
        lines.append(",".join(values))
    return ("\ufeff" + "\n".join([",".join(HEADER), *lines]) + "\n").encode()


def is_wrapped_in_quotes(text: str) -> bool:
    return len(text) > 1 and text.startswith('"') and text.endswith('"')


characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from('",\n\r ')
anything = st.text(characters, max_size=12)
an_id = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters='"\n\r'), min_size=1, max_size=8
)
# A name that someone typed with quotes around it looks as if the server had quoted it.
a_name = anything.filter(lambda text: not is_wrapped_in_quotes(text.replace(",", " ")))
rows_of_a_report = st.lists(
    st.tuples(an_id, a_name, anything, a_name, anything).map(list), max_size=8
)


@given(rows_of_a_report)
def test_given_any_rows_when_rendered_and_read_then_they_come_back_with_spaces_for_commas(
    rows: list[list[str]],
) -> None:
    with_spaces = [[value.replace(",", " ") for value in row] for row in rows]

    table = read_table(rendered(rows), HEADER, ("id",))

    assert table.columns == HEADER
    assert rows_of(table) == with_spaces


@given(rows_of_a_report)
def test_given_any_rows_when_the_last_byte_is_missing_then_it_is_not_taken_for_a_report(
    rows: list[list[str]],
) -> None:
    with pytest.raises(NotAReport):
        read_table(rendered(rows)[:-1], HEADER, ("id",))
