"""Rows by column: batches of a table, and rows chosen from them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from source_kaltura_rooms.kaltura.report_csv import read_table
from source_kaltura_rooms.kaltura.tables import BATCH, Batch, RowTable, Table
from source_kaltura_rooms.reports import ColumnType
from unit_tests.rows import rows_of

COLUMNS = ("id", "name")
DECLARED: dict[str, ColumnType] = {"id": "string", "name": "string"}


@pytest.fixture(autouse=True)
def _small_batches() -> None:
    """Batches are of their real size here."""


def plain(count: int) -> Table:
    """Rows on a line each."""
    rows = "".join(f'{number},No. "{number % 2}"\n' for number in range(count))
    return read_table(("id,name\n" + rows).encode(), DECLARED, COLUMNS)


def quoted(count: int) -> Table:
    """The same, with a column that the server has put in quotes."""
    rows = "".join(f'{number},"No. ""{number % 2}"""\n' for number in range(count))
    return read_table(("id,name\n" + rows).encode(), DECLARED, COLUMNS)


def kept(count: int) -> Table:
    """The same rows, kept as they are."""
    return RowTable(COLUMNS, [[str(number), f'No. "{number % 2}"'] for number in range(count)])


ALL = pytest.mark.parametrize(
    "table", [plain, quoted, kept], ids=["on_lines", "on_lines_in_quotes", "kept"]
)


@ALL
def test_given_very_many_rows_when_looked_at_then_they_come_in_batches_and_in_order(
    table: Callable[[int], Table],
) -> None:
    batches = list(table(2 * BATCH + 1).batches())

    assert [len(batch) for batch in batches] == [BATCH, BATCH, 1]
    ids = [text for batch in batches for text in batch.column("id")]
    assert ids == [str(number) for number in range(2 * BATCH + 1)]
    assert list(batches[2].column("name")) == ['No. "0"']


@ALL
def test_given_no_rows_when_looked_at_then_there_is_no_batch(table: Callable[[int], Table]) -> None:
    assert len(table(0)) == 0
    assert list(table(0).batches()) == []
    assert table(0).distinct("name") == set()
    assert list(table(0).column("name")) == []
    assert [list(texts) for texts in table(2).texts(2, 2)] in ([], [[], []])
    assert list(table(0).keys(["id"])) == []
    assert list(table(0).keys(["name", "id"])) == []
    assert len(table(0).where([])) == 0


def test_given_an_empty_report_without_a_header_when_looked_at_then_each_column_is_empty() -> None:
    table = read_table(b"\xef\xbb\xbf\n", DECLARED, COLUMNS)

    assert list(table.column("id")) == []
    assert table.distinct("id") == set()
    assert list(table.keys(COLUMNS)) == []
    assert len(table.where([])) == 0


@ALL
def test_given_rows_when_asked_for_what_differs_then_each_text_is_there_once(
    table: Callable[[int], Table],
) -> None:
    assert table(5).distinct("name") == {'No. "0"', 'No. "1"'}
    assert table(3).distinct("id") == {"0", "1", "2"}


@ALL
def test_given_rows_when_a_column_is_asked_for_then_all_its_texts_come_in_order(
    table: Callable[[int], Table],
) -> None:
    assert list(table(3).column("id")) == ["0", "1", "2"]
    assert list(table(3).column("name")) == ['No. "0"', 'No. "1"', 'No. "0"']


@ALL
def test_given_rows_when_some_are_chosen_then_only_those_are_there(
    table: Callable[[int], Table],
) -> None:
    some = table(5).where([True, False, False, True, False])

    assert len(some) == 2
    assert some.columns == COLUMNS
    assert list(some.column("id")) == ["0", "3"]
    assert [list(batch.column("name")) for batch in some.batches()] == [['No. "0"', 'No. "1"']]
    assert some.distinct("name") == {'No. "0"', 'No. "1"'}
    assert list(some.keys(["name"])) == list(kept(5).keys(["name"]))[0:4:3]


@ALL
def test_given_no_row_chosen_when_looked_at_then_there_is_none(
    table: Callable[[int], Table],
) -> None:
    none = table(2).where([False, False])

    assert len(none) == 0
    assert list(none.batches()) == []
    assert list(none.column("name")) == []


@ALL
@pytest.mark.parametrize("names", [("id",), ("id", "name"), ("name", "id"), ("name",)])
def test_given_the_same_rows_when_kept_in_another_way_then_their_keys_are_the_same(
    table: Callable[[int], Table], names: tuple[str, ...]
) -> None:
    assert list(table(5).keys(names)) == list(kept(5).keys(names))
    assert len(set(table(5).keys(names))) == len(
        {tuple(row[COLUMNS.index(name)] for name in names) for row in rows_of(table(5))}
    )


WIDE = ("entry_id", "cue_point_id", "user_id", "user_name", "minutes")
WIDE_DECLARED: dict[str, ColumnType] = {**dict.fromkeys(WIDE, "string"), "minutes": "number"}


def wide(*rows: bytes) -> Table:
    content = b"".join(row + b"\n" for row in rows)
    return read_table(",".join(WIDE).encode() + b"\n" + content, WIDE_DECLARED, WIDE[:3])


@pytest.mark.parametrize("name", WIDE)
def test_given_lines_of_many_columns_when_one_is_asked_for_then_it_is_that_one(name: str) -> None:
    table = wide(b"1_r,1_c,ada,Ada,5", b"1_s,1_d,bob,Bob,6")
    texts = {
        "entry_id": ["1_r", "1_s"],
        "cue_point_id": ["1_c", "1_d"],
        "user_id": ["ada", "bob"],
        "user_name": ["Ada", "Bob"],
        "minutes": ["5", "6"],
    }

    assert list(table.column(name)) == texts[name]
    assert table.distinct(name) == set(texts[name])


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        pytest.param(b"1_r,1_c,ada,A,5", b"1_r,1_c,ada,B,6", True, id="other_columns_differ"),
        pytest.param(b"1_r,1_c,ada,A,5", b"1_r,1_c,adb,A,5", False, id="one_key_column_differs"),
        pytest.param(b"1_r,0,ada,A,5", b"1_r,,ada,A,5", True, id="0_is_no_session"),
        pytest.param(b"1_r,Unknown,ada,A,5", b"1_r,Error,ada,A,5", True, id="nor_are_words"),
        pytest.param(b"0,1_c,ada,A,5", b",1_c,ada,A,5", True, id="0_is_no_room"),
        pytest.param(b"1_r,1_c,0,A,5", b"1_r,1_c,,A,5", False, id="0_may_be_a_person"),
        pytest.param(b"1_r,1_c,Unknown,A,5", b"1_r,1_c,Error,A,5", False, id="so_may_words"),
        pytest.param(b"1_r,1_c,a\xff,A,5", b"1_r,1_c,a\xfe,A,5", False, id="not_utf_8"),
        pytest.param(b"1_r,1_c,a\xff,A,5", b"1_r,1_c,a\xff,B,6", True, id="the_same_bytes"),
        pytest.param("1_r,1_c,zoë,A,5".encode(), "1_r,1_c,zoë,B,6".encode(), True, id="utf_8"),
    ],
)
def test_given_two_rows_when_their_keys_are_compared_then_they_are_equal_where_the_texts_are(
    one: bytes, other: bytes, equal: bool
) -> None:
    names = ["entry_id", "cue_point_id", "user_id"]
    broken = b"1_z,1_z,zed,Z\nZ,1"  # makes the table one of rows
    keys = [
        list(wide(one, other).keys(names)),
        list(wide(one, other, broken).keys(names))[:2],
        [wide(one).keys(names)[0], wide(broken, other).keys(names)[1]],
    ]

    assert [first == second for first, second in keys] == [equal] * 3
    hashes = wide(one, other).key_hashes(names)
    assert (hashes[0] == hashes[1]) is equal
    assert list(wide(one, other, broken).key_hashes(names))[:2] == list(hashes)
    assert [list(batch.key_hashes) for batch in wide(one, other).batches(names)] == [list(hashes)]
    assert keys[0] == keys[1] == keys[2]
    unordered = wide(one, other).keys(["user_id", "entry_id", "cue_point_id"])
    assert (unordered[0] == unordered[1]) is equal


def test_given_a_column_in_quotes_when_keys_are_made_then_the_quotes_are_not_in_them() -> None:
    table = read_table(b'name,id\n"A ""a""",1\n,2\n"",2\n"B",3\n', DECLARED, COLUMNS)

    assert list(table.keys(["name"])) == ['A "a"', "", "", "B"]


def test_given_texts_with_commas_when_keys_are_made_then_different_rows_differ() -> None:
    rows = [["a,b", "c"], ["a", "b,c"], ["a", "b"], ["a,b", "c"], ["a,b,c", ""], ["", "a,b,c"]]
    first, second, third, fourth, fifth, sixth = RowTable(COLUMNS, rows).keys(COLUMNS)

    assert first == fourth
    assert len({first, second, third, fifth, sixth}) == 5
    assert third == RowTable(COLUMNS, [["a", "b"]]).keys(COLUMNS)[0]


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
    hashes = {"a": 1, "b": 2, "c": 3}
    batch = Batch(COLUMNS, [["a", "b", "c"], ["A", "B", "C"]], [*hashes.values()]).where(chosen)

    assert len(batch) == len(ids)
    assert list(batch.column("id")) == ids
    assert list(batch.column("name")) == [id.upper() for id in ids]
    assert list(batch.key_hashes) == [hashes[id] for id in ids]


def test_given_a_batch_when_it_gets_a_column_then_that_is_its_last() -> None:
    batch = Batch(COLUMNS, [["a"], ["A"]], [7]).having("start", ["5"])

    assert batch == Batch(("id", "name", "start"), [["a"], ["A"], ["5"]], [7])


def test_given_a_batch_when_it_gets_a_column_that_it_has_then_it_has_the_new_one_instead() -> None:
    batch = Batch(COLUMNS, [["a"], ["A"]], [7]).having("id", ["b"])

    assert batch == Batch(("id", "name"), [["b"], ["A"]], [7])


QUICK = read_table(
    b"entry_id,cue_point_id,user_id,user_name\n"
    b"1_a,1_c,ada,A\n1_a,1_c,bob,B\n1_a,0,ada,A\n1_a,Unknown,bob,B\n",
    {"entry_id": "string"},
    ["entry_id"],
)


def test_given_lines_when_counted_by_their_first_columns_then_missing_ids_are_one() -> None:
    assert QUICK.count_by(("entry_id", "cue_point_id")) == {("1_a", "1_c"): 2, ("1_a", ""): 2}
    assert QUICK.count_by(("user_id", "user_name")) == {("ada", "A"): 2, ("bob", "B"): 2}


def test_given_lines_when_counted_then_it_makes_no_difference_which_ones_stand_together() -> None:
    table = wide(
        b"1_r,1_c,ada,A,5", b"1_r,1_cc,ada,A,5", b"1_r,1_c,bob,B,5", b"1_r,,bob,B,5", b"1_r,,,C,5"
    )

    assert table.count_by(("entry_id", "cue_point_id")) == {
        ("1_r", "1_c"): 2,
        ("1_r", "1_cc"): 1,
        ("1_r", ""): 2,
    }
    assert table.count_by(WIDE)[("1_r", "1_c", "ada", "A", "5")] == 1


@pytest.mark.parametrize(
    ("names", "equal_rows"),
    [
        (("entry_id", "cue_point_id", "user_id"), [0, 1, 2, 3]),
        (("entry_id", "cue_point_id"), [0, 0, 2, 2]),
        (("cue_point_id", "user_id"), [0, 1, 2, 3]),
        (("user_id",), [0, 1, 0, 1]),
    ],
)
def test_given_lines_when_their_keys_are_hashed_then_equal_keys_have_equal_hashes(
    names: tuple[str, ...], equal_rows: list[int]
) -> None:
    """`equal_rows` has for each row the first one with the same key."""
    hashes = QUICK.key_hashes(names)

    assert [list(hashes).index(one) for one in hashes] == equal_rows
    assert QUICK.key_hashes(names) is hashes


def test_given_lines_that_differ_in_how_an_id_is_missing_then_keys_are_equal() -> None:
    table = read_table(
        b"entry_id,cue_point_id,user_id\n1_a,0,ada\n1_a,Error,ada\n",
        {"entry_id": "string"},
        ["entry_id"],
    )

    first, second = table.key_hashes(("entry_id", "cue_point_id", "user_id"))
    assert first == second
