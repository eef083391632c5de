"""The reports' requests, as the server takes them: `key=value;key=value`, nothing escaped."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from source_kaltura_rooms.reports import ATTENDEES, BREAKOUTS, REPORTS, ROOMS, Report
from source_kaltura_rooms.times import Interval

FEBRUARY = Interval(1_769_904_000, 1_772_323_200)

ALL_FILTERS = {
    "entry_ids": ("1_a", "1_b"),
    "virtual_event_ids": ("7",),
    "user_ids": ("ada@example.com", "bob"),
    "cue_point_ids": ("1_c",),
    "parent_entry_ids": ("1_p", "1_q"),
}


@pytest.mark.parametrize(
    ("report", "params"),
    [
        pytest.param(ROOMS, "from_date=1769904000;to_date=1772323200", id="rooms"),
        pytest.param(ATTENDEES, "from_date=1769904000;to_date=1772323200", id="attendees"),
        pytest.param(
            BREAKOUTS,
            "from_date=1769904000;fromDate=1769904000;to_date=1772323200;toDate=1772323200",
            id="breakouts_in_both_spellings",
        ),
    ],
)
def test_given_no_filters_when_asked_then_params_are_the_dates(report: Report, params: str) -> None:
    assert report.params(FEBRUARY, {}) == params


@pytest.mark.parametrize(
    ("report", "params"),
    [
        pytest.param(
            ROOMS,
            "from_date=1769904000;to_date=1772323200;entry_ids=1_a,1_b;virtual_event_ids=7",
            id="rooms",
        ),
        pytest.param(
            ATTENDEES,
            "from_date=1769904000;to_date=1772323200;entry_ids=1_a,1_b;virtual_event_ids=7;"
            "user_ids=ada@example.com,bob;cue_point_ids=1_c",
            id="attendees",
        ),
        pytest.param(
            BREAKOUTS,
            "from_date=1769904000;fromDate=1769904000;to_date=1772323200;toDate=1772323200;"
            "parent_entry_ids=1_p,1_q;parentEntryIds=1_p,1_q;virtual_event_ids=7",
            id="breakouts",
        ),
    ],
)
def test_given_all_filters_when_asked_then_each_report_gets_those_it_knows(
    report: Report, params: str
) -> None:
    assert report.params(FEBRUARY, ALL_FILTERS) == params


@pytest.mark.parametrize(
    "filters",
    [pytest.param({"entry_ids": ()}, id="empty"), pytest.param({"shoes": ("1",)}, id="unknown")],
)
def test_given_a_filter_without_effect_when_asked_then_it_is_left_out(
    filters: Mapping[str, tuple[str, ...]],
) -> None:
    assert ROOMS.params(FEBRUARY, filters) == "from_date=1769904000;to_date=1772323200"


def test_given_a_limit_when_asked_then_it_is_the_last_parameter() -> None:
    assert (
        ROOMS.params(FEBRUARY, {"entry_ids": ("1_a",)}, limit=1)
        == "from_date=1769904000;to_date=1772323200;entry_ids=1_a;limit=1"
    )


def test_given_the_reports_when_listed_then_the_first_three_have_these_numbers_and_keys() -> None:
    listed = [
        (name, (report.id, report.primary_key, report.required_columns, report.first_column))
        for name, report in REPORTS.items()
    ]

    assert dict(listed[:3]) == {
        "rooms": (
            6000,
            ("entry_id", "cue_point_id"),
            ("entry_id", "cue_point_id", "session_start_time"),
            "entry_id",
        ),
        "attendees": (
            6001,
            ("entry_id", "cue_point_id", "user_id"),
            ("entry_id", "cue_point_id", "user_id"),
            "entry_id",
        ),
        "breakouts": (
            6002,
            ("breakout_entry_id", "cue_point_id"),
            ("breakout_entry_id", "cue_point_id", "session_start_time"),
            "parent_entry_id",
        ),
    }


def test_given_the_reports_when_listed_then_each_has_a_number_of_its_own() -> None:
    assert len({report.id for report in REPORTS.values()}) == len(REPORTS)


@pytest.mark.parametrize("stream", REPORTS)
def test_given_a_report_when_listed_then_all_columns_that_it_names_are_declared(
    stream: str,
) -> None:
    report = REPORTS[stream]

    assert report.stream == stream
    assert {report.cursor, *report.required_columns, *report.needed_columns} <= {*report.columns}
