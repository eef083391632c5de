"""Reports of one's own: how they are declared, what they are asked for, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from source_kaltura_rooms.config import ConfigError, parse_config, unknown_keys
from source_kaltura_rooms.custom_reports import CustomReport
from source_kaltura_rooms.reports import REPORTS
from source_kaltura_rooms.times import Interval
from unit_tests.stand_ins import FORM

ATTENDANCE: dict[str, Any] = {
    "name": "session_attendance",
    "report_id": 3009,
    "dates": "seconds",
    "params": {"virtual_event_ids": "123"},
    "columns": ["user", "entry_id", "session_id", "view_time:number"],
    "primary_key": ["user", "entry_id", "session_id"],
}
NOON = Interval(1_770_206_400, 1_770_210_000)  # 2026-02-04T12:00:00Z and an hour later


def declared(**changes: Any) -> CustomReport:
    """The report above with some keys changed."""
    (report,) = parse_config({**FORM, "custom_reports": [{**ATTENDANCE, **changes}]}).custom_reports
    return report


def sentence(*reports: Any, **more: Any) -> str:
    """What these reports are refused with."""
    with pytest.raises(ConfigError) as raised:
        parse_config({**FORM, "custom_reports": list(reports), **more})
    return str(raised.value)


def refused(**changes: Any) -> str:
    """What the report above is refused with if some keys are changed."""
    return sentence({**ATTENDANCE, **changes})


def test_given_a_report_when_declared_then_its_key_and_columns_have_the_date_as_well() -> None:
    report = declared()

    assert (report.stream, report.id) == ("session_attendance", 3009)
    assert report.primary_key == ("user", "entry_id", "session_id", "date")
    assert report.cursor == "date"
    assert report.columns == {
        "user": "string",
        "entry_id": "string",
        "session_id": "string",
        "view_time": "number",
        "date": "string",
    }
    assert report.required_columns == ("user", "entry_id", "session_id")


def test_given_no_reports_when_parsed_then_the_streams_are_those_of_kaltura_rooms() -> None:
    nothing: list[dict[str, Any]] = [{}, {"custom_reports": []}, {"custom_reports": None}]
    for empty in nothing:
        assert list(parse_config({**FORM, **empty}).reports) == list(REPORTS)


def test_given_a_report_when_parsed_then_its_stream_comes_after_those_of_kaltura_rooms() -> None:
    config = parse_config({**FORM, "custom_reports": [ATTENDANCE]})

    assert list(config.reports) == [*REPORTS, "session_attendance"]
    assert list(config.reports)[:3] == ["rooms", "attendees", "breakouts"]


def test_given_types_when_declared_then_the_schema_has_them_and_keys_are_never_null() -> None:
    report = declared(
        columns=["user", "views:integer", "share:number", "seen:time", "room:string"],
        primary_key=["user"],
    )

    properties = report.json_schema["properties"]
    assert {name: one["type"] for name, one in properties.items()} == {
        "user": "string",
        "views": ["null", "integer"],
        "share": ["null", "number"],
        "seen": ["null", "string"],
        "room": ["null", "string"],
        "date": "string",
    }
    assert properties["seen"]["format"] == "date-time"
    assert properties["date"]["format"] == "date"


@pytest.mark.parametrize(
    ("dates", "params"),
    [
        (
            "seconds",
            "from_date=1770163200;to_date=1770249600;virtual_event_ids=123",
        ),
        (
            "days",
            "from_date_id=20260204;to_date_id=20260204;timezone_offset=0;virtual_event_ids=123",
        ),
    ],
)
def test_given_a_way_to_send_dates_when_asked_then_it_is_the_whole_day(
    dates: str, params: str
) -> None:
    report = declared(dates=dates)

    assert report.params(NOON, {"entry_ids": ("1_a",)}) == params
    assert report.params(NOON, {}, limit=1) == f"{params};limit=1"


@pytest.mark.parametrize(
    "params",
    [
        pytest.param({"entry_ids": "1_a,1_b", "level": 2}, id="object"),
        pytest.param(["entry_ids=1_a,1_b", " level = 2 "], id="list_of_texts"),
    ],
)
def test_given_parameters_as_an_object_or_a_list_when_asked_then_they_are_sent(params: Any) -> None:
    assert declared(params=params).fixed_params == (("entry_ids", "1_a,1_b"), ("level", "2"))


def test_given_nothing_but_what_is_required_when_declared_then_dates_are_seconds() -> None:
    report = declared(dates=None, params=None)

    assert report.params(NOON, {}) == "from_date=1770163200;to_date=1770249600"


def test_given_marked_columns_when_declared_then_they_say_who_somebody_is() -> None:
    report = declared(
        columns=["user:who", "mail:address", "name:label", "user:string", "user_email", "room"],
        primary_key=["who"],
    )

    assert list(report.columns) == ["who", "address", "label", "user", "user_email", "room", "date"]
    assert {name: report.personal.get(name) for name in report.columns} == {
        "who": "id",
        "address": "address",
        "label": "name",
        "user": None,
        "user_email": "address",  # as in the reports of Kaltura Rooms
        "room": None,
        "date": None,
    }


PSEUDONYMS = {"mode": "pseudonyms", "secret": "a secret of 24 characters"}


def test_given_pseudonyms_when_parsed_then_texts_without_a_mark_are_named() -> None:
    report = {**ATTENDANCE, "columns": ["user:user", "entry_id", "session_id", "view_time:number"]}
    config = {**FORM, "custom_reports": [report]}

    assert not any("Mark those" in one for one in parse_config(config).warnings)
    assert parse_config({**config, "personal_data": PSEUDONYMS}).warnings == [
        "personal_data is set to pseudonyms, and entry_id, session_id of session_attendance are "
        "loaded as they are. Mark those that say who somebody is with user:, mail: or name: in "
        "custom_reports."
    ]


def test_given_pseudonyms_and_a_name_in_a_key_when_parsed_then_it_is_refused() -> None:
    report = {**ATTENDANCE, "columns": ["name:who"], "primary_key": ["who"]}

    assert sentence(report, personal_data=PSEUDONYMS) == (
        "custom_reports: the primary_key of session_attendance has who, a name of people, which is "
        "not loaded where personal_data is set to pseudonyms."
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": None}, "custom_reports[0].name is required."),
        (
            {"name": "Session attendance"},
            "custom_reports[0].name (Session attendance) must begin with a small letter and have "
            "only small letters, digits and underscores.",
        ),
        (
            {"name": "rooms"},
            "custom_reports[0].name (rooms) is the name of another stream; give it its own.",
        ),
        ({"report_id": None}, "custom_reports[0].report_id is required."),
        ({"report_id": "3009"}, "custom_reports[0].report_id must be a whole number of 1 or more."),
        (
            {"report_id": 6001},
            "custom_reports[0].report_id (6001) is the report of the stream attendees, which this "
            "source has by itself.",
        ),
        ({"dates": "hours"}, "custom_reports[0].dates must be one of seconds, days."),
        ({"columns": []}, "custom_reports[0].columns is required."),
        ({"columns": "user"}, "custom_reports[0].columns must be a list of texts."),
        (
            {"columns": ["user", "seen:float"]},
            "custom_reports[0].columns: seen:float has the unknown type float; the types are "
            "string, integer, number, time.",
        ),
        ({"columns": ["user", "user:number"]}, "custom_reports[0].columns has user twice."),
        (
            {"columns": ["user", "date"]},
            "custom_reports[0].columns has date, a column that the connector adds by itself.",
        ),
        (
            {"columns": ["user", "a;b"]},
            "custom_reports[0].columns has a name that is blank or has a comma, a semicolon, a "
            "quote or a line break in it; give the names as they stand in the report's first line.",
        ),
        (
            {"columns": ["user:who:number"]},
            "custom_reports[0].columns: user:who:number says who somebody is, so it must be a "
            "text, without a type.",
        ),
        ({"primary_key": None}, "custom_reports[0].primary_key is required."),
        (
            {"primary_key": ["user_id"]},
            "custom_reports[0].primary_key has user_id, which is not among the columns.",
        ),
        (
            {"primary_key": ["user", "date"]},
            "custom_reports[0].primary_key has date, which the connector adds to it by itself.",
        ),
        (
            {"primary_key": ["user", "view_time"]},
            "custom_reports[0].primary_key has view_time, which must be a text then: leave "
            ":number out.",
        ),
        ({"primary_key": ["user", "user"]}, "custom_reports[0].primary_key has a column twice."),
        (
            {"params": "virtual_event_ids=123"},
            "custom_reports[0].params must be an object with names and values, or a list of texts "
            "such as virtual_event_ids=123.",
        ),
        ({"params": ["123"]}, "custom_reports[0].params: 123 must be a name, = and a value."),
        ({"params": {"level": [1]}}, "custom_reports[0].params.level must be a text."),
        (
            {"params": {"level": "1;limit=2"}},
            "custom_reports[0].params has a name that is blank or has = in it, or a semicolon or "
            "line break, which cannot be sent to Kaltura.",
        ),
        (
            {"params": ["level=1", "level=2"]},
            "custom_reports[0].params has a name twice; put several values behind one, with "
            "commas.",
        ),
    ],
)
def test_given_a_key_that_cannot_be_used_when_parsed_then_one_sentence_names_it(
    changes: dict[str, Any], told: str
) -> None:
    assert refused(**changes) == told


@pytest.mark.parametrize(
    "name",
    [
        "from_date",
        "toDate",
        "from_date_id",
        "to_date_id",
        "from_day",
        "timezone_offset",
        "limit",
        "partner_id",
        "partnerId",
    ],
)
def test_given_a_parameter_that_the_connector_sets_when_parsed_then_it_is_refused(
    name: str,
) -> None:
    told = f"custom_reports[0].params has {name}, which the connector sets by itself."

    assert refused(params={name: "1"}) == told
    assert refused(params=[f"{name}=1"]) == told


def test_given_a_name_twice_when_parsed_then_the_second_report_is_refused() -> None:
    assert sentence(ATTENDANCE, {**ATTENDANCE, "report_id": 3010}) == (
        "custom_reports[1].name (session_attendance) is the name of another stream; give it its "
        "own."
    )


@pytest.mark.parametrize("value", ["3009", {"name": "a"}, [3009]])
def test_given_something_else_than_a_list_of_objects_when_parsed_then_it_is_refused(
    value: Any,
) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_config({**FORM, "custom_reports": value})
    assert str(raised.value) == "custom_reports must be a list of objects, one for each report."


def test_given_a_key_without_meaning_when_looked_for_then_a_sentence_says_so() -> None:
    assert unknown_keys({**FORM, "custom_reports": [{**ATTENDANCE, "key": ["user"]}]}) == [
        "custom_reports[0].key is not a configuration key and has no effect."
    ]
