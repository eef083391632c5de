"""Which answers are in memory while Kaltura works on the next one: as few as can be.

An answer may have 100,000 rows. Several workers, or a window of several days, must not add up.
"""

from __future__ import annotations

import dataclasses
import weakref

import pytest

from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import Report
from source_kaltura_rooms.retrieval.windows import Window
from unit_tests.fake_reports import DAY, DAY_1, HOUR, FakeReports, Reading, meeting


@dataclasses.dataclass
class WatchedReports(FakeReports):
    """Counts with each request how many earlier answers of the same report are in memory."""

    kept: dict[int, list[int]] = dataclasses.field(default_factory=dict)
    answers: dict[int, list[weakref.ref[Table]]] = dataclasses.field(default_factory=dict)

    def answer(self, report: Report, params: dict[str, str]) -> Table:
        answers = self.answers.setdefault(report.id, [])
        in_memory = sum(len(table) > 0 for one in answers if (table := one()) is not None)
        self.kept.setdefault(report.id, []).append(in_memory)
        table = super().answer(report, params)
        answers.append(weakref.ref(table))
        return table


def take_all(reading: Reading, stream: str, days: int) -> int:
    """Takes the parts of a window one by one; returns how many there were."""
    count = 0
    for part in reading.readers[stream].read(Window(DAY_1, DAY_1 + days * DAY)):
        assert sum(len(rows.placed) for rows in part.rows())
        count += 1
        del part
    return count


@pytest.mark.parametrize(("stream", "report"), [("breakouts", 6002), ("attendees", 6001)])
def test_given_a_window_in_parts_when_the_next_is_asked_for_then_none_before_it_is_in_memory(
    stream: str, report: int
) -> None:
    held = [meeting(f"1_{day}", day * DAY + HOUR, parent="1_main") for day in range(7)]
    reports = WatchedReports(held, most_hours=51)

    assert take_all(Reading(reports, shares_sessions=False), stream, days=7) == 7
    assert set(reports.kept[report]) == {0}


def test_given_an_answer_in_doubt_when_its_sessions_are_asked_for_then_it_is_let_go() -> None:
    held = [meeting(f"1_{hour}", hour * HOUR, people=450) for hour in range(3)]
    reports = WatchedReports(held, cap={6001: 1_000})

    assert take_all(Reading(reports, window_in_days=1), "attendees", days=1) == 1
    # The day, twice the time while the day may still be whole, then two lists of sessions.
    assert [one.get("cue_point_ids") for one in reports.requests(6001)] == [
        None,
        None,
        "1_0,1_1",
        "1_2",
    ]
    assert reports.kept[6001] == [0, 1, 0, 1]
