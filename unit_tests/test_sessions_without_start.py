"""Sessions whose start is not known are asked for again over a time that has all of them."""

from __future__ import annotations

import pytest

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import ATTENDEES, ROOMS
from source_kaltura_rooms.retrieval.sessions_without_start import look_up
from unit_tests.asking import DAY, HOUR, Asking, attendees, refuse, whole
from unit_tests.rows import rows_of
from unit_tests.stand_ins import FEBRUARY_1


def found(asking: Asking, *tables: Table, sessions: set[tuple[str, str]]) -> list[list[str]]:
    some = look_up(asking.reader, asking.effort, ATTENDEES, whole(*tables), sessions, 2 * DAY)
    return [row for table in some for row in rows_of(table)]


def test_given_an_unknown_session_when_looked_up_then_a_longer_request_replaces_its_rows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_a 1_c eve"))
    seen = attendees("1_a 1_c ada", "1_a 1_known bob")

    rows = found(asking, seen, sessions={("1_a", "1_c")})

    assert rows == [["1_a", "1_known", "bob"], ["1_a", "1_c", "ada"], ["1_a", "1_c", "eve"]]
    (asked,) = asking.asked  # one request alone
    assert asked.param == {
        "from_date": str(FEBRUARY_1 - 3 * HOUR - 2 * DAY),
        "to_date": str(FEBRUARY_1 + 2 * DAY + 3 * HOUR + 2 * DAY),
        "cue_point_ids": "1_c",
    }
    assert asking.effort.requests == 1
    assert caplog.records == []


def test_given_unknown_sessions_in_several_answers_when_looked_up_then_one_request_has_them() -> (
    None
):
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_a 1_d eve"))

    rows = found(
        asking,
        attendees("1_a 1_d eve"),
        RowTable((), []),
        attendees("1_a 1_c ada"),
        sessions={("1_a", "1_c"), ("1_a", "1_d")},
    )

    assert rows == [["1_a", "1_c", "ada"], ["1_a", "1_d", "eve"]]
    assert asking.ids == [["1_c", "1_d"]]


def test_given_a_session_that_the_longer_request_lacks_when_looked_up_then_its_rows_stay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An answer without rows may be a failure of Kaltura's data store."""
    asking = Asking(lambda asked: RowTable((), []))

    rows = found(asking, attendees("1_a 1_c ada"), sessions={("1_a", "1_c")})

    assert rows == [["1_a", "1_c", "ada"]]
    assert "does not bring all of their rows" in caplog.text


def test_given_no_rows_at_all_when_looked_up_then_it_is_asked_once_more() -> None:
    answers = [RowTable((), []), attendees("1_a 1_c ada", "1_a 1_c eve")]
    asking = Asking(lambda asked: answers.pop(0))

    rows = found(asking, attendees("1_a 1_c ada"), sessions={("1_a", "1_c")})

    assert rows == [["1_a", "1_c", "ada"], ["1_a", "1_c", "eve"]]


def test_given_two_rooms_with_one_cue_point_when_one_is_looked_up_then_the_other_stays() -> None:
    asking = Asking(lambda asked: attendees("1_a 1_c ada", "1_b 1_c bob", "1_b 1_c eve"))

    rows = found(asking, attendees("1_a 1_c ada", "1_b 1_c bob"), sessions={("1_a", "1_c")})

    assert rows == [["1_b", "1_c", "bob"], ["1_a", "1_c", "ada"]]


def test_given_rows_without_a_cue_point_when_looked_up_then_nothing_is_asked_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asking = Asking(lambda asked: attendees())

    assert found(asking, attendees("1_a 0 ada"), sessions={("1_a", "0")}) == [["1_a", "0", "ada"]]
    assert asking.asked == []
    assert caplog.records == []


def test_given_rooms_when_looked_up_then_they_are_asked_for_by_room() -> None:
    table = RowTable(("entry_id", "cue_point_id"), [["1_a", "1_c"], ["1_b", "1_d"]])
    asking = Asking(lambda asked: table, ROOMS)

    look_up(asking.reader, asking.effort, ROOMS, whole(table), {("1_b", "1_d")}, DAY)

    assert [one.param["entry_ids"] for one in asking.asked] == ["1_b"]


def test_given_the_longer_request_is_too_much_when_looked_up_then_the_rows_stay_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    asking = Asking(lambda asked: refuse())

    rows = found(asking, attendees("1_a 1_c ada"), sessions={("1_a", "1_c")})

    assert rows == [["1_a", "1_c", "ada"]]
    assert len(asking.asked) == 1
    (record,) = caplog.records
    assert record.getMessage().startswith(
        "attendees: 2026-02-01T00:00:00Z to 2026-02-02T00:00:00Z: some sessions have no start in "
        "report 6000, and a request over the 150 hours in which all of them must lie is too much"
    )


def test_given_the_longer_request_is_forbidden_when_looked_up_then_it_fails() -> None:
    forbidden = Refusal("SERVICE_FORBIDDEN", ErrorAction.CONFIG_ERROR, "Ask for the permission.")
    asking = Asking(lambda asked: refuse(forbidden))

    with pytest.raises(Refused):
        found(asking, attendees("1_a 1_c ada"), sessions={("1_a", "1_c")})
