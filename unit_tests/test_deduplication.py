"""No primary key goes out twice in one sync, whatever the answers overlap in."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.tables import Batch, RowTable
from source_kaltura_rooms.reports import ATTENDEES, ROOMS
from source_kaltura_rooms.retrieval import deduplication
from source_kaltura_rooms.retrieval.deduplication import Deduplication
from source_kaltura_rooms.retrieval.merging import merge_equal_keys
from source_kaltura_rooms.retrieval.placement import PlacedRows, place_by_start
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.rows import batch, listed

ROOM_COLUMNS = ("entry_id", "cue_point_id", "session_start_time")
ATTENDEE_COLUMNS = ("entry_id", "cue_point_id", "user_id", "user_type")


def rooms(placed: list[list[str]], unplaced: list[list[str]] | None = None) -> PlacedRows:
    return rows_of(ROOM_COLUMNS, ROOMS.primary_key, placed, unplaced or [])


def attendees(placed: list[list[str]], unplaced: list[list[str]] | None = None) -> PlacedRows:
    return rows_of(ATTENDEE_COLUMNS, ATTENDEES.primary_key, placed, unplaced or [])


def rows_of(
    columns: tuple[str, ...],
    key: tuple[str, ...],
    placed: list[list[str]],
    unplaced: list[list[str]],
) -> PlacedRows:
    return PlacedRows(batch(columns, placed, key), batch(columns, unplaced, key))


@dataclass(frozen=True)
class NewRows:
    batches: list[Batch]
    count: int
    unplaced: int
    repeated: int

    @property
    def rows(self) -> list[list[str]]:
        return listed(self.batches)


def only_new(once: Deduplication, window: list[PlacedRows]) -> NewRows:
    counts: Counter[str] = Counter()
    batches = list(once.only_new(window, counts))
    assert all(len(one) for one in batches)
    assert sum(map(len, batches)) == counts["rows"]
    return NewRows(batches, counts["rows"], counts["unplaced"], counts["repeated"])


def test_given_rows_of_different_keys_when_emitted_then_all_go_out_in_order() -> None:
    once = Deduplication(ROOMS)

    new = only_new(
        once, [rooms([["r1", "c1", "1"], ["r2", "c2", "1"]]), rooms([["r1", "c3", "2"]])]
    )

    assert new.rows == [["r1", "c1", "1"], ["r2", "c2", "1"], ["r1", "c3", "2"]]
    assert (new.count, new.unplaced, new.repeated) == (3, 0, 0)


def test_given_tables_when_emitted_then_each_keeps_its_columns() -> None:
    once = Deduplication(ROOMS)
    columns = ("cue_point_id", "entry_id", "shoe")
    other = rows_of(columns, ROOMS.primary_key, [["c2", "r2", "40"]], [])

    new = only_new(once, [rooms([["r1", "c1", "1"]]), other])

    assert [one.columns for one in new.batches] == [
        ("entry_id", "cue_point_id", "session_start_time"),
        ("cue_point_id", "entry_id", "shoe"),
    ]


def test_given_an_answer_without_rows_or_columns_when_emitted_then_nothing_goes_out() -> None:
    new = only_new(Deduplication(ROOMS), [PlacedRows(batch((), []), batch((), []))])

    assert new == NewRows([], count=0, unplaced=0, repeated=0)


def test_given_a_key_in_two_windows_when_emitted_then_the_first_window_counts() -> None:
    once = Deduplication(ROOMS)
    only_new(once, [rooms([["r1", "c1", "1"]])])

    new = only_new(once, [rooms([["r1", "c1", "2"], ["r2", "c2", "2"]])])

    assert new.rows == [["r2", "c2", "2"]]
    assert new.repeated == 1


def test_given_a_window_that_was_given_up_when_another_has_its_rows_then_they_stay_out() -> None:
    once = Deduplication(ROOMS)
    window = once.only_new([rooms([["r1", "c1", "1"]]), rooms([["r2", "c2", "1"]])], Counter())
    next(window)
    window.close()

    new = only_new(once, [rooms([["r1", "c1", "2"], ["r2", "c2", "2"]])])

    assert new.rows == [["r2", "c2", "2"]]


def test_given_a_session_that_was_given_up_halfway_when_it_comes_again_then_the_rest_goes_out() -> (
    None
):
    once = Deduplication(ATTENDEES)
    part = [attendees([["r1", "c1", "ada", "User"]]), attendees([["r1", "c1", "bob", "User"]])]
    rows = once.only_new(part, Counter())
    next(rows)
    rows.close()

    new = only_new(once, [attendees([["r1", "c1", "ada", "User"], ["r1", "c1", "bob", "User"]])])

    assert new.rows == [["r1", "c1", "bob", "User"]]


def test_given_rows_without_hashes_of_keys_when_they_come_again_then_they_go_out() -> None:
    """Days of custom reports have none, since no other part has their rows."""
    once = Deduplication(ROOMS)
    part = [PlacedRows(batch(ROOM_COLUMNS, [["r1", "c1", "1"]]), batch(ROOM_COLUMNS, []))]

    assert [only_new(once, part).rows for _ in range(2)] == [[["r1", "c1", "1"]]] * 2


def test_given_attendees_of_one_session_when_emitted_then_each_of_them_goes_out() -> None:
    new = only_new(
        Deduplication(ATTENDEES),
        [
            attendees(
                [
                    ["r1", "c1", "ada", "User"],
                    ["r1", "c1", "bob", "Guest"],
                    ["r1", "c2", "bob", "Guest"],
                ]
            ),
            attendees([["r1", "c1", "eve", "Guest"]]),
        ],
    )

    assert new.count == 4
    assert new.repeated == 0


def test_given_a_session_of_another_window_when_it_has_more_rows_then_only_new_keys_go_out() -> (
    None
):
    """What is left out was emitted, by key: a late row of the session is no repetition."""
    once = Deduplication(ATTENDEES)
    only_new(once, [attendees([["r1", "c1", "ada", "User"]])])

    new = only_new(
        once,
        [
            attendees(
                [["r1", "c1", "ada", "User"], ["r1", "c1", "bob", "User"]],
                [["r1", "c1", "eve", "User"]],
            )
        ],
    )

    assert new.rows == [["r1", "c1", "bob", "User"], ["r1", "c1", "eve", "User"]]
    assert (new.unplaced, new.repeated) == (1, 1)


def test_given_an_unplaced_row_in_many_windows_when_emitted_then_it_goes_out_once() -> None:
    """Every window whose interval covers it sees the row."""
    once = Deduplication(ROOMS)

    news = [only_new(once, [rooms([], [["r1", "c1", ""]])]) for _ in range(100)]

    assert news[0].rows == [["r1", "c1", ""]]
    assert sum(new.count for new in news) == 1
    assert sum(new.unplaced for new in news) == 1
    # It is no repetition by Kaltura's fault, so it is not one to warn of.
    assert sum(new.repeated for new in news) == 0


def test_given_two_unplaced_rows_of_one_session_when_emitted_then_each_key_goes_out() -> None:
    new = only_new(
        Deduplication(ATTENDEES),
        [attendees([], [["r1", "c9", "ada", "User"], ["r1", "c9", "bob", "Guest"]])],
    )

    assert new.count == 2
    assert new.unplaced == 2


def test_given_unplaced_rows_in_many_parts_of_a_window_when_emitted_then_all_go_out() -> None:
    once = Deduplication(ROOMS)

    new = only_new(
        once, [rooms([["r1", "c1", "1"]], [["r1", "c8", ""]]), rooms([], [["r1", "c9", ""]])]
    )

    assert new.rows == [["r1", "c1", "1"], ["r1", "c8", ""], ["r1", "c9", ""]]
    assert new.unplaced == 2


def test_given_an_unplaced_row_when_another_of_its_session_comes_later_then_that_goes_out_too() -> (
    None
):
    once = Deduplication(ATTENDEES)
    only_new(once, [attendees([], [["r1", "c9", "ada", "User"]])])

    new = only_new(once, [attendees([], [["r1", "c9", "bob", "Guest"]])])

    assert new.rows == [["r1", "c9", "bob", "Guest"]]


def test_given_a_row_that_went_out_unplaced_when_placed_later_then_it_does_not_go_out_again() -> (
    None
):
    once = Deduplication(ROOMS)
    only_new(once, [rooms([], [["r1", "c1", ""]])])

    new = only_new(once, [rooms([["r1", "c1", "1"], ["r2", "c2", "1"]])])

    assert new.rows == [["r2", "c2", "1"]]


def test_given_a_row_that_went_out_placed_when_unplaced_later_then_it_does_not_go_out_again() -> (
    None
):
    once = Deduplication(ROOMS)
    only_new(once, [rooms([["r1", "c1", "1"]])])

    new = only_new(once, [rooms([], [["r1", "c1", ""], ["r2", "c2", ""]])])

    assert new.rows == [["r2", "c2", ""]]
    assert new.unplaced == 1


def test_given_a_session_placed_sixty_windows_ago_when_unplaced_then_it_does_not_go_out_again() -> (
    None
):
    """Far more than a week, the longest that intervals overlap by, and ten workers make up."""
    once = Deduplication(ROOMS)
    only_new(once, [rooms([["r1", "c1", "1"]])])
    for window in range(60):
        only_new(once, [rooms([["r2", f"c{window}", "1"]])])

    assert only_new(once, [rooms([], [["r1", "c1", ""]])]).count == 0


@pytest.mark.parametrize(
    ("parts", "keys", "remembered"),
    [
        pytest.param(2, 4, ["c1", "c2", "c3", "c4"], id="so_many_keys_together"),
        pytest.param(1, 3, ["c2", "c3", "c4"], id="the_oldest_goes_as_it_is_too_many"),
        pytest.param(4, 0, ["c1", "c2", "c3", "c4"], id="so_many_parts_whatever_their_keys"),
        pytest.param(3, 0, ["c2", "c3", "c4"], id="no_more_parts_than_that"),
    ],
)
def test_given_many_parts_when_they_were_emitted_then_the_last_ones_are_remembered(
    parts: int, keys: int, remembered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four parts of one row each; then one of these rows comes again."""
    monkeypatch.setattr(deduplication, "FEWEST_PARTS", parts)
    monkeypatch.setattr(deduplication, "MOST_KEYS", keys)
    repeated = []
    for cue_point in ["c1", "c2", "c3", "c4"]:
        once = Deduplication(ROOMS)
        for one in ["c1", "c2", "c3", "c4"]:
            only_new(once, [rooms([["r1", one, "1"]])])
        if only_new(once, [rooms([["r1", cue_point, "2"]])]).repeated:
            repeated.append(cue_point)

    assert repeated == remembered


def test_given_two_rooms_that_share_a_session_when_they_start_in_two_windows_then_both_go_out() -> (
    None
):
    """A breakout room may run under the session of its main room and start after midnight."""
    once = Deduplication(ROOMS)

    first = only_new(once, [rooms([["r1", "c1", "1"]])])
    second = only_new(once, [rooms([["r2", "c1", "2"]])])

    assert first.rows + second.rows == [["r1", "c1", "1"], ["r2", "c1", "2"]]


def test_given_rooms_without_a_cue_point_id_when_they_start_in_two_windows_then_both_go_out() -> (
    None
):
    """Key columns may be blank; blank is no session that all such rooms share."""
    once = Deduplication(ROOMS)

    first = only_new(once, [rooms([["r1", "", "1"]])])
    second = only_new(once, [rooms([["r2", "", "2"]])])

    assert first.rows + second.rows == [["r1", "", "1"], ["r2", "", "2"]]


def test_given_another_stream_or_sync_when_emitted_then_it_remembers_nothing_of_the_first() -> None:
    only_new(Deduplication(ROOMS), [rooms([["r1", "c1", "1"]])])

    assert only_new(Deduplication(ROOMS), [rooms([["r1", "c1", "1"]])]).count == 1


def test_given_many_workers_when_all_see_the_same_rows_then_each_key_goes_out_once() -> None:
    once = Deduplication(ATTENDEES)
    answer = [attendees([], [["r1", "c9", str(user), "Guest"] for user in range(500)])]

    with ThreadPoolExecutor(8) as workers:
        news = list(workers.map(only_new, [once] * 16, [answer] * 16))

    keys = [tuple(row) for new in news for row in new.rows]
    assert len(keys) == 500
    assert len(set(keys)) == 500


def test_given_two_workers_at_once_when_a_session_is_in_both_windows_then_one_has_it() -> None:
    """The other waits until what goes out of the first window is known."""
    once = Deduplication(ROOMS)
    both_are_there = threading.Barrier(2)

    def window() -> Iterator[PlacedRows]:
        yield rooms([["r1", "c1", "1"]])
        threading.Event().wait(0.05)

    def work() -> int:
        both_are_there.wait(timeout=30)
        return sum(map(len, once.only_new(window(), Counter())))

    with ThreadPoolExecutor(2) as workers:
        counts = [workers.submit(work), workers.submit(work)]

    assert sorted(count.result() for count in counts) == [0, 1]


PLACED, UNPLACED = "placed", "unplaced"

people_of_a_session = st.tuples(
    st.sampled_from([PLACED, UNPLACED]), st.sets(st.sampled_from(["ada", "bob", "eve"]))
)
sessions_of_a_part = st.dictionaries(st.sampled_from(["c1", "c2", "c3"]), people_of_a_session)


@given(st.lists(sessions_of_a_part, max_size=8))
def test_given_any_parts_when_emitted_then_each_person_of_a_session_goes_out_once(
    parts: list[dict[str, tuple[str, set[str]]]],
) -> None:
    """A session may be placed in one part and unplaced in another, and people may be missing."""
    once = Deduplication(ATTENDEES)
    emitted: list[tuple[str, str]] = []
    expected: set[tuple[str, str]] = set()
    for part in parts:
        of_session = {
            session: (place, [["r1", session, person, "User"] for person in sorted(people)])
            for session, (place, people) in part.items()
        }
        rows = [
            attendees(some if place == PLACED else [], some if place == UNPLACED else [])
            for place, some in of_session.values()
        ]
        for new in once.only_new(rows, Counter()):
            emitted += zip(new.column("cue_point_id"), new.column("user_id"), strict=True)
        expected |= {
            (session, person) for session, (_, people) in part.items() for person in people
        }

    assert len(emitted) == len(set(emitted))
    assert set(emitted) == expected


any_row = st.tuples(
    st.sampled_from(["r1", "r2"]), st.sampled_from(["c1", "c2", "c3"]), st.sampled_from(["", "1"])
).map(list)
rows_of_an_answer = st.lists(any_row, max_size=4).map(lambda rows: RowTable(ROOM_COLUMNS, rows))


@given(st.lists(st.lists(rows_of_an_answer, max_size=3), max_size=8))
def test_given_any_answers_when_merged_placed_and_emitted_then_each_key_goes_out_once(
    parts: list[list[RowTable]],
) -> None:
    """An answer may have a key several times, with and without a start."""
    once = Deduplication(ROOMS)

    keys = [tuple(row[:2]) for tables in parts for row in only_new(once, of_answers(tables)).rows]

    assert len(keys) == len(set(keys))
    assert set(keys) == {
        tuple(row[:2]) for tables in parts for table in tables for row in table.rows
    }


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(
            [[["r1", "c1", "1"], ["r2", "c2", "1"], ["r1", "c1", "2"], ["r1", "c1", "3"]]],
            id="one_answer",
        ),
        pytest.param(
            [[["r1", "c1", "1"], ["r2", "c2", "1"]], [["r1", "c1", "2"], ["r1", "c1", "3"]]],
            id="two_answers",
        ),
    ],
)
def test_given_a_key_twice_in_a_part_when_merged_and_emitted_then_the_first_row_counts(
    answers: list[list[list[str]]],
) -> None:
    tables = [RowTable(ROOM_COLUMNS, rows) for rows in answers]

    new = only_new(Deduplication(ROOMS), of_answers(tables))

    assert sorted(new.rows) == [["r1", "c1", "1"], ["r2", "c2", "1"]]


def of_answers(tables: list[RowTable]) -> list[PlacedRows]:
    """The rows of a part, as they come to be emitted."""
    return list(place_by_start(ROOMS, merge_equal_keys(ROOMS, tables).tables, Window(0, 10)))
