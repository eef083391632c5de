"""`personal_data: pseudonyms`: what people become. The vectors were made with
`printf %s TEXT | openssl dgst -sha256 -hmac SECRET`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from airbyte_cdk.utils.airbyte_secrets_utils import filter_secrets
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from source_kaltura_rooms.config import ConfigError, parse_config
from source_kaltura_rooms.kaltura.line_table import LineTable
from source_kaltura_rooms.kaltura.quotes import Quotes
from source_kaltura_rooms.kaltura.tables import RowTable
from source_kaltura_rooms.pseudonyms import Pseudonyms
from source_kaltura_rooms.reports import PERSONAL_COLUMNS, REPORTS
from unit_tests.golden_pairs import ANSWERS
from unit_tests.reading import configured, read, report, serve
from unit_tests.rows import listed
from unit_tests.stand_ins import FORM, forms_of

SECRET = "correct horse battery staple"
ADA = "1d33fc6c4f8965712f6cc22bd3c2c49d"
"""Of ada@uni.example."""
PSEUDONYMS = {"mode": "pseudonyms", "secret": SECRET}

ROOMS_COLUMNS = "entry_id,cue_point_id,session_start_time,session_host_user_id"
ROOMS = report(ROOMS_COLUMNS, "1_r,1_c,1770109200,ada@uni.example")
ATTENDEES_COLUMNS = "entry_id,cue_point_id,user_id,user_email,meeting_view_time"
ATTENDEES = report(
    ATTENDEES_COLUMNS, "1_r,1_c,ada@uni.example, Ada@Uni.Example ,30", "1_r,1_c,,,12"
)
WITH_NAMES = report(
    "entry_id,cue_point_id,user_id,user_name,user_email,meeting_view_time",
    "1_r,1_c,ada@uni.example,Ada Lovelace, Ada@Uni.Example ,30",
    "1_r,1_c,,,,12",
)
BREAKOUTS = report(
    "parent_entry_id,breakout_entry_id,cue_point_id,session_start_time,participant_count",
    "1_r,1_b,1_d,1770109200,2",
)
ATTENDEE_RECORDS = [
    {
        "entry_id": "1_r",
        "cue_point_id": "1_c",
        "user_id": ADA,
        "user_name": None,
        "user_email": ADA,
        "user_type": None,
        "meeting_view_time": 30.0,
        "meeting_engaged_play_time_ratio": None,
        "session_start_time": "2026-02-03T09:00:00Z",
    },
    {
        "entry_id": "1_r",
        "cue_point_id": "1_c",
        "user_id": "",
        "user_name": None,
        "user_email": None,
        "user_type": None,
        "meeting_view_time": 12.0,
        "meeting_engaged_play_time_ratio": None,
        "session_start_time": "2026-02-03T09:00:00Z",
    },
]


def answer(form: Mapping[str, str]) -> bytes:
    return {**ANSWERS, "6000": ROOMS, "6001": ATTENDEES, "6002": BREAKOUTS}[form["id"]]


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]


@pytest.mark.parametrize(
    ("secret", "id", "pseudonym"),
    [
        (SECRET, "ada@uni.example", ADA),
        (SECRET, "Ada@Uni.Example", "3599973b59e09e20fa381b631fd2d603"),
        (SECRET, "Řehoř", "7d59147784c1a5c4ab98d4e16af414fc"),
        ("another horse battery", "ada@uni.example", "f423f3226c45ee1fe7979f2ee437e581"),
        ("Schlüssel für Ümlaute €", "ada@uni.example", "28bee74827635cfafacd21f494eb4199"),
        (100 * "k", "ada@uni.example", "22e9e83eec28d266f6c5905c63158374"),
    ],
)
def test_given_a_secret_and_an_id_when_made_then_the_pseudonym_is_this(
    secret: str, id: str, pseudonym: str
) -> None:
    assert Pseudonyms(secret).instead_of("id", [id, "", None]) == [pseudonym, "", None]


def test_given_an_address_when_made_then_case_and_blanks_around_it_do_not_matter() -> None:
    addresses = ["ada@uni.example", " Ada@UNI.example\t", "", None]

    assert Pseudonyms(SECRET).instead_of("address", addresses) == [ADA, ADA, "", None]


def test_given_the_same_people_again_when_made_then_each_pseudonym_is_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[bytes] = []

    def digest(key: bytes, text: bytes, algorithm: str) -> bytes:
        computed.append(text)
        return bytes(32)

    monkeypatch.setattr("source_kaltura_rooms.pseudonyms.hmac", SimpleNamespace(digest=digest))
    people = ["ada", "bob", "eve"] * 100

    for _ in range(2):
        Pseudonyms("a secret of this test alone").instead_of("id", people)

    assert sorted(computed) == [b"ada", b"bob", b"eve"]


def test_given_names_when_made_then_they_are_null() -> None:
    assert Pseudonyms(SECRET).instead_of("name", ["Ada", ""]) == [None, None]


def test_given_all_columns_of_the_reports_then_those_about_people_are_these() -> None:
    known = {name for report in REPORTS.values() for name in report.columns}

    assert PERSONAL_COLUMNS == {
        "user_id": "id",
        "session_host_user_id": "id",
        "user_email": "address",
        "user_name": "name",
        "session_initiator": "name",
    }
    assert set(PERSONAL_COLUMNS) <= known
    assert all(report.personal == PERSONAL_COLUMNS for report in REPORTS.values())
    named_like_people = {name for name in known if "user" in name or "email" in name}
    assert named_like_people - set(PERSONAL_COLUMNS) == {
        "user_type",
        "meeting_view_period_unique_users",
    }


def test_given_pseudonyms_when_read_then_ids_are_pseudonyms_and_names_were_not_asked_for(
    requests_mock: Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, answer)

    outcome = read("rooms", "attendees", "breakouts", personal_data=PSEUDONYMS)

    assert outcome.error is None
    assert outcome.records("attendees") == ATTENDEE_RECORDS
    (room,) = outcome.records("rooms")
    assert room["session_host_user_id"] == ADA
    (breakout,) = outcome.records("breakouts")
    assert breakout["session_initiator"] is None
    forms = forms_of(requests_mock)
    assert {form["id"] for form in forms} == {"6000", "6001", "6002"}
    for form in forms:
        assert {"user_name", "session_initiator"} <= set(form["excludedFields"].split(","))
    about_names = ("names of people", "user_name", "session_initiator")
    assert not [line for line in warnings_in(caplog) if any(one in line for one in about_names)]


@pytest.mark.parametrize("cannot", ["ignores", "shortens the header alone"])
def test_given_a_server_that_sends_names_all_the_same_when_read_then_they_are_dropped_and_said_once(
    requests_mock: Mocker, caplog: pytest.LogCaptureFixture, cannot: str
) -> None:
    def answer_with_names(form: Mapping[str, str]) -> bytes:
        if form["id"] != "6001":
            return answer(form)
        if cannot == "ignores" or "excludedFields" not in form:
            return WITH_NAMES
        return WITH_NAMES.replace(b"user_name,", b"", 1)

    serve(requests_mock, answer_with_names)

    outcome = read(
        "attendees", personal_data=PSEUDONYMS, end_date="2026-02-28T00:00:00Z", num_workers=1
    )

    assert outcome.error is None
    assert outcome.records("attendees") == ATTENDEE_RECORDS
    (dropped,) = [line for line in warnings_in(caplog) if "names of people" in line]
    assert dropped == (
        "attendees: this Kaltura server does not leave names of people out of its answers "
        "(user_name). The connector drops them as soon as it reads an answer."
    )
    assert "Lovelace" not in caplog.text + str(outcome.messages)


def test_given_an_unknown_column_when_read_then_it_is_not_emitted_though_the_catalog_has_it(
    requests_mock: Mocker, caplog: pytest.LogCaptureFixture
) -> None:
    rooms = report(f"{ROOMS_COLUMNS},host_name", "1_r,1_c,1770109200,ada@uni.example,Ada Lovelace")
    serve(requests_mock, lambda form: rooms)
    catalog = configured("rooms", fields=["entry_id", "session_host_user_id", "host_name"])

    outcome = read(catalog, personal_data=PSEUDONYMS)

    assert outcome.records("rooms") == [
        {
            "entry_id": "1_r",
            "cue_point_id": "1_c",
            "session_start_time": "2026-02-03T09:00:00Z",
            "session_host_user_id": ADA,
        }
    ]
    assert (
        "rooms: Kaltura sends the column host_name, which the connector does not know. It is left "
        "out, since it may say who somebody is and personal_data is set to pseudonyms."
    ) in warnings_in(caplog)


CUSTOM: dict[str, Any] = {
    "name": "visits",
    "report_id": 3009,
    "dates": "seconds",
    "columns": [
        "user:visitor",
        "mail:contact",
        "name:full_name",
        "number:integer",
        "user_id:integer",
    ],
    "primary_key": ["visitor"],
}


def test_given_a_report_of_ones_own_when_read_then_its_marked_columns_are_pseudonyms(
    requests_mock: Mocker,
) -> None:
    rows = report("visitor,contact,number,user_id", "ada@uni.example, ADA@uni.example,7,12")
    serve(requests_mock, lambda form: rows)

    outcome = read(
        "visits",
        personal_data=PSEUDONYMS,
        custom_reports=[CUSTOM],
        end_date="2026-02-02T00:00:00Z",
    )

    assert outcome.error is None
    assert outcome.records("visits") == [
        {
            "visitor": ADA,
            "contact": ADA,
            "full_name": None,
            "number": 7,
            "user_id": "effee725f622a8520867bb64d0a73267",
            "date": "2026-02-01",
        }
    ]
    (form,) = forms_of(requests_mock)
    assert "full_name" in form["excludedFields"].split(",")


def test_given_a_report_of_ones_own_when_discovered_then_its_marked_columns_tell(
    requests_mock: Mocker,
) -> None:
    catalog = SourceKalturaRooms().discover(
        logging.getLogger("airbyte"),
        {**FORM, "personal_data": PSEUDONYMS, "custom_reports": [CUSTOM]},
    )

    (visits,) = [one for one in catalog.streams if one.name == "visits"]
    fields = visits.json_schema["properties"]
    assert "Pseudonym of the ID" in fields["visitor"]["description"]
    assert "Always null" in fields["full_name"]["description"]
    assert fields["user_id"]["type"] == ["null", "string"]
    assert fields["number"]["type"] == ["null", "integer"]


def test_given_a_filter_in_clear_when_read_then_it_is_sent_and_applied_in_clear(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, answer)

    outcome = read("attendees", personal_data=PSEUDONYMS, user_ids=["ADA@uni.example"])

    assert [one["user_id"] for one in outcome.records("attendees")] == [ADA]
    (form,) = [form for form in forms_of(requests_mock) if form["id"] == "6001"]
    assert "user_ids=ADA@uni.example" in form["params"]


def test_given_rows_of_the_same_person_when_read_then_they_are_added_up_as_in_clear(
    requests_mock: Mocker,
) -> None:
    rows = ["1_r,1_c,ada@uni.example,,30", "1_r,1_c,ada@uni.example,,12", "1_r,1_c,bob,,1"]
    attendees = report(ATTENDEES_COLUMNS, *rows)
    serve(requests_mock, lambda form: attendees if form["id"] == "6001" else ROOMS)

    outcome = read("attendees", personal_data=PSEUDONYMS)

    minutes = {one["user_id"]: one["meeting_view_time"] for one in outcome.records("attendees")}
    assert minutes[ADA] == 42.0
    assert len(minutes) == len(outcome.records("attendees")) == 2


def test_given_ids_that_differ_only_in_bytes_that_are_not_utf8_when_read_then_so_do_pseudonyms(
    requests_mock: Mocker,
) -> None:
    attendees = report(ATTENDEES_COLUMNS, "1_r,1_c,m?ller,,30", "1_r,1_c,m!ller,,12")
    attendees = attendees.replace(b"?", b"\xfc").replace(b"!", b"\xf6")
    serve(requests_mock, lambda form: attendees if form["id"] == "6001" else ROOMS)

    outcome = read("attendees", personal_data=PSEUDONYMS)

    # Of the texts m\xfcller and m\xf6ller, eight characters each.
    assert [one["user_id"] for one in outcome.records("attendees")] == [
        "db4ece8208b561a60692b2dbf53bced8",
        "1a4783b5f3058d6a69813fd058b6c28c",
    ]


def test_given_pseudonyms_when_discovered_then_nothing_is_asked_and_the_fields_tell(
    requests_mock: Mocker,
) -> None:
    catalog = SourceKalturaRooms().discover(
        logging.getLogger("airbyte"), {**FORM, "personal_data": PSEUDONYMS}
    )

    assert not requests_mock.called
    streams = {one.name: one.json_schema["properties"] for one in catalog.streams}
    assert {name: set(fields) for name, fields in streams.items()} == {
        name: set(report.columns) for name, report in REPORTS.items()
    }
    described = {
        name: field["description"]
        for fields in streams.values()
        for name, field in fields.items()
        if "seudonym" in field["description"]
    }
    assert set(described) == set(PERSONAL_COLUMNS)
    assert described["user_email"] == (
        "E-mail address of the person. Pseudonym of the e-mail address without blanks around it "
        "and in lower case: the first 32 hexadecimal digits of HMAC-SHA256 with the secret of the "
        "configuration."
    )
    assert described["user_name"].endswith(
        "Always null: with personal_data set to pseudonyms, names are not asked for."
    )


def test_given_pseudonyms_when_checked_then_names_are_not_asked_for_either(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, answer)

    SourceKalturaRooms().check(logging.getLogger("airbyte"), {**FORM, "personal_data": PSEUDONYMS})

    forms = forms_of(requests_mock)
    assert {form["id"] for form in forms} >= {"6000", "6001", "6002"}
    assert [form["excludedFields"] for form in forms] == ["user_name,session_initiator"] * len(
        REPORTS
    )


@pytest.mark.parametrize("as_it_is", [None, {}, {"mode": "as_it_is"}])
def test_given_no_pseudonyms_when_parsed_then_people_are_loaded_as_they_are(as_it_is: Any) -> None:
    assert parse_config({**FORM, "personal_data": as_it_is}).pseudonyms is None


@pytest.mark.parametrize(
    ("personal_data", "sentence"),
    [
        ({"mode": "pseudonyms"}, "personal_data.secret is required."),
        ({"mode": "pseudonyms", "secret": 20 * " "}, "personal_data.secret is required."),
        (
            {"mode": "pseudonyms", "secret": "fifteen letters"},
            "personal_data.secret must have 16 characters or more.",
        ),
        (
            {"mode": "pseudonyms", "secret": 1234567890123456},
            "personal_data.secret must be a text.",
        ),
        (
            {"mode": "pseudonyms", "secret": 16 * "\ud800"},
            "personal_data.secret has half a character, which UTF-8 cannot write.",
        ),
        (
            {"mode": "hashed", "secret": SECRET},
            "personal_data.mode must be one of as_it_is, pseudonyms.",
        ),
        ({"secret": SECRET}, "personal_data.mode must be one of as_it_is, pseudonyms."),
        ("pseudonyms", "personal_data must be an object with mode and what it needs."),
    ],
)
def test_given_pseudonyms_that_cannot_be_made_when_checked_or_read_then_the_key_is_named(
    personal_data: Any, sentence: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_config({**FORM, "personal_data": personal_data})
    status = SourceKalturaRooms().check(
        logging.getLogger("airbyte"), {**FORM, "personal_data": personal_data}
    )
    outcome = read("rooms", personal_data=personal_data)

    assert str(raised.value) == status.message == sentence
    assert outcome.error is not None
    assert outcome.error.message == sentence
    assert outcome.error.failure_type is not None
    assert outcome.error.failure_type.value == "config_error"


def test_given_a_secret_when_anything_is_shown_then_it_is_not(requests_mock: Mocker) -> None:
    secret = 'SECRET/+=|"é of this test'
    serve(requests_mock, answer)

    read("rooms", personal_data={"mode": "pseudonyms", "secret": secret})

    parsed = parse_config({**FORM, "personal_data": {"mode": "pseudonyms", "secret": secret}})
    assert "SECRET" not in repr(parsed)
    # What the CDK does to each message: to the text, and to the text within JSON.
    assert filter_secrets(f"the secret is {secret}.") == "the secret is ****."
    assert "SECRET" not in filter_secrets(json.dumps({"secret": secret}))


@pytest.mark.parametrize("kind", ["lines", "rows"])
def test_given_a_table_when_columns_are_left_out_then_nothing_of_them_is_kept(kind: str) -> None:
    columns = ("id", "name", "title", "name", "n")
    if kind == "lines":
        lines = [b'1_a,Ada,"Dr",Lovelace,1', b'1_b,Bob,"Mx",Builder,2']
        table: LineTable | RowTable = LineTable(columns, lines, {2: Quotes.DOUBLED})
    else:
        table = RowTable(
            columns, [["1_a", "Ada", "Dr", "Lovelace", "1"], ["1_b", "Bob", "Mx", "", "2"]]
        )

    rest = table.without(["name", "other"])

    assert rest.columns == ("id", "title", "n")
    assert [tuple(row) for row in listed(rest.batches())] == [
        ("1_a", "Dr", "1"),
        ("1_b", "Mx", "2"),
    ]
    assert "Ada" not in repr(rest)
    assert RowTable((), []).without(["name"]) == RowTable((), [])
