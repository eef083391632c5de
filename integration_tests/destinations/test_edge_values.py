"""Counts, ratios and texts at the edge: what arrives in each warehouse."""

from __future__ import annotations

import pytest

from integration_tests.sandbox import Sandbox, World

from .destination import Destination, OpenSchema, Stored
from .edge_values import (
    COUNTS,
    COUNTS_NEXT_TO_BLANKS,
    END,
    RATIOS,
    START,
    TEXTS,
    ZEROS,
    expected,
    reports,
    send,
)
from .scenario import sync


@pytest.fixture(scope="module")
def edges(warehouse: OpenSchema) -> Destination:
    """The edge values, synced twice, so that rows are merged by keys that are edge values."""
    destination = warehouse("edges")
    with Sandbox(World()) as sandbox:
        send(sandbox, reports())
        for _ in range(2):
            sync(sandbox, destination, START, END)
    return destination


def column(edges: Destination, name: str) -> dict[str, Stored]:
    """A column of breakouts by the name of the case, which is sent as the session's id."""
    return {str(row["cue_point_id"]): row[name] for row in edges.table("breakouts")}


def test_given_counts_up_to_2_63_when_synced_then_they_are_stored_to_the_last_digit(
    edges: Destination,
) -> None:
    assert expected(edges, COUNTS).items() <= column(edges, "duration").items()


def test_given_counts_next_to_blanks_when_synced_then_blanks_are_null(
    edges: Destination,
) -> None:
    counts = expected(edges, COUNTS_NEXT_TO_BLANKS)

    assert counts.items() <= column(edges, "participant_count").items()


def test_given_ratios_of_14_digits_when_synced_then_nine_decimals_are_stored(
    edges: Destination,
) -> None:
    assert expected(edges, RATIOS).items() <= column(edges, "engagement_rate").items()


@pytest.mark.parametrize("case", list(TEXTS))
def test_given_any_text_in_names_and_keys_when_synced_twice_then_it_is_stored_once_as_it_was_sent(
    edges: Destination, case: str
) -> None:
    names = [row["entry_name"] for row in edges.table("rooms")]
    user_ids = [row["user_id"] for row in edges.table("attendees")]
    stored = edges.known_changes.get(case, TEXTS[case])

    assert len(names) == len(user_ids) == len(TEXTS)
    assert names.count(stored) == 1
    assert user_ids.count(stored) == 1


def test_given_a_column_of_ids_that_look_like_numbers_when_synced_then_their_zeros_are_kept(
    edges: Destination,
) -> None:
    stored = edges.known_changes.get("zeros in a column of numbers", ZEROS)

    assert {row["session_host_user_id"] for row in edges.table("rooms")} == {stored}


def test_given_a_nul_in_a_name_when_synced_then_it_is_stored_or_the_sync_says_that_it_cannot_be(
    warehouse: OpenSchema,
) -> None:
    destination = warehouse("nul")
    with Sandbox(World()) as sandbox:
        send(sandbox, reports(["a\0b"]))
        if destination.name == "postgresql":
            with pytest.raises(ValueError, match="cannot contain NUL"):
                sync(sandbox, destination, START, END)
            return
        sync(sandbox, destination, START, END)

    assert [row["entry_name"] for row in destination.table("rooms")] == ["a\0b"]
