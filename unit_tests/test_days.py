"""Reports that are read a day at a time: what is asked, and what is an error or a warning."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from source_kaltura_rooms.custom_reports import CustomReport
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refusal, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.retrieval.days import DaysReader
from source_kaltura_rooms.retrieval.readers import Part
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.rows import listed
from unit_tests.stand_ins import FEBRUARY_1, Asked, FakeKaltura, config_of

DAY = 86_400
THREE_DAYS = Window(FEBRUARY_1, FEBRUARY_1 + 3 * DAY)
REPORT: dict[str, Any] = {
    "name": "playback",
    "report_id": 1109,
    "dates": "days",
    "columns": ["entry_id", "plays:integer"],
    "primary_key": ["entry_id"],
}


def report() -> CustomReport:
    (parsed,) = config_of(custom_reports=[REPORT]).custom_reports
    return parsed


def table(*rows: list[str]) -> Table:
    return RowTable(("entry_id", "plays"), list(rows))


def read(
    answer: Callable[[Asked], Table], window: Window = THREE_DAYS, excluded: tuple[str, ...] = ()
) -> tuple[list[Part], list[Asked]]:
    kaltura = FakeKaltura(answer)
    reader = DaysReader(kaltura, report(), logging.getLogger("airbyte"), excluded)
    return list(reader.read(window)), kaltura.asked


def refusing(refusal: Refusal, times: int) -> Callable[[Asked], Table]:
    """Refuses so many times, then answers."""
    left = iter([refusal] * times)

    def answer(asked: Asked) -> Table:
        if (refused := next(left, None)) is not None:
            raise Refused(refused)
        return table(["1_a", "1"])

    return answer


def test_given_three_days_when_read_then_each_is_a_part_with_its_date_in_every_row() -> None:
    parts, asked = read(lambda asked: table(["1_a", asked.param["from_date_id"]], ["1_b", "2"]))

    assert [part.window for part in parts] == [
        Window(FEBRUARY_1 + day * DAY, FEBRUARY_1 + (day + 1) * DAY) for day in range(3)
    ]
    assert [one.param["from_date_id"] for one in asked] == ["20260201", "20260202", "20260203"]
    placed = list(parts[1].rows())
    assert [tuple(row) for row in listed(one.placed for one in placed)] == [
        ("1_a", "20260202", "2026-02-02"),
        ("1_b", "2", "2026-02-02"),
    ]
    assert [len(one.unplaced) for one in placed] == [0]
    assert [(part.requests, part.seconds) for part in parts] == [(1, 1.0)] * 3


def test_given_a_date_of_kalturas_own_when_read_then_it_is_the_day_that_was_asked_for() -> None:
    answer = RowTable(("date", "entry_id"), [["20260201", "1_a"]])

    parts, _ = read(lambda asked: answer)

    assert [tuple(row) for row in listed(one.placed for one in parts[0].rows())] == [
        ("2026-02-01", "1_a")
    ]


def test_given_deselected_columns_when_read_then_they_are_not_asked_for() -> None:
    _, asked = read(lambda asked: table(), excluded=("plays",))

    assert {one.excluded for one in asked} == {("plays",)}


def test_given_a_time_out_when_read_then_the_same_day_is_asked_for_again() -> None:
    timed_out = Refusal("HTTP 504", ErrorAction.SPLIT, "Ask for less.", timed_out=True)

    parts, asked = read(refusing(timed_out, times=2))

    assert [part.requests for part in parts] == [3, 1, 1]
    assert [one.param["to_date_id"] for one in asked][:4] == ["20260201"] * 3 + ["20260202"]


@pytest.mark.parametrize(
    ("refusal", "asked_times"),
    [
        (Refusal("HTTP 504", ErrorAction.SPLIT, "Ask for less.", timed_out=True), 3),
        (Refusal("more than 256 MiB", ErrorAction.SPLIT, "Ask for less."), 1),
    ],
)
def test_given_a_day_that_is_too_much_when_read_then_a_config_error_names_it(
    refusal: Refusal, asked_times: int
) -> None:
    kaltura = FakeKaltura(refusing(refusal, times=9))
    reader = DaysReader(kaltura, report(), logging.getLogger("airbyte"))

    with pytest.raises(ReportError) as raised:
        list(reader.read(THREE_DAYS))

    assert raised.value.action is ErrorAction.CONFIG_ERROR
    assert raised.value.sentence == (
        f"Kaltura answered {refusal.code} when asked for 2026-02-01. It was too much for one "
        "answer. A day is never split, since that would change what its rows mean. Narrow the "
        "report with params in custom_reports."
    )
    assert len(kaltura.asked) == asked_times


def of_size(count: int) -> Table:
    return RowTable(("entry_id", "plays"), [[f"1_{number}", "1"] for number in range(count)])


def test_given_a_day_at_the_certain_cap_when_read_then_a_config_error_names_it() -> None:
    with pytest.raises(ReportError) as raised:
        read(lambda asked: of_size(100_000))

    assert raised.value.action is ErrorAction.CONFIG_ERROR
    assert raised.value.sentence == (
        "Kaltura cuts answers off at 100,000 rows, and 2026-02-01 alone has that many. A day is "
        "never split, since that would change what its rows mean. Narrow the report with params in "
        "custom_reports."
    )


def test_given_days_with_a_suspect_number_of_rows_when_read_then_one_warning_names_the_first(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts, _ = read(lambda asked: of_size(500))

    assert len(parts) == 3
    (warning,) = caplog.messages
    assert warning == (
        "playback: 2026-02-01 has exactly 500 rows, which may be a cap of this report. They are "
        "taken for all; the same holds for later answers of this kind. To be sure, narrow the "
        "report with params in custom_reports and compare."
    )


def test_given_more_rows_on_an_earlier_day_when_read_then_a_round_number_is_no_cap(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sizes = iter([501, 500, 500])

    read(lambda asked: of_size(next(sizes)))

    assert caplog.messages == []


def test_given_a_key_twice_in_a_day_when_read_then_one_warning_says_the_key_is_too_narrow(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts, _ = read(lambda asked: table(["1_b", "1"], ["1_a", "1"], ["1_a", "2"], ["1_b", "1"]))

    assert [tuple(row) for row in listed(one.placed for one in parts[0].rows())] == [
        ("1_b", "1", "2026-02-01"),
        ("1_a", "1", "2026-02-01"),
    ]
    assert [part.merged for part in parts] == [2, 2, 2]
    (warning,) = caplog.messages
    assert warning == (
        "playback: the primary key (entry_id) is too narrow: 2 of 4 rows of 2026-02-01 repeat "
        "the key of another row and are left out, as a warehouse would merge them. Add columns to "
        "primary_key in custom_reports until they tell all rows of a day apart, then clear the "
        "stream and sync it again."
    )
