"""`discover`: the declared streams, and the columns that this account has beyond them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from airbyte_cdk.models import AirbyteCatalog, SyncMode
from requests_mock import Mocker

from source_kaltura_rooms import SourceKalturaRooms
from source_kaltura_rooms.airbyte.discover import ask_for_columns
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import REPORTS
from unit_tests.reading import report, serve
from unit_tests.stand_ins import FORM, REPORT_URL, Asked, FakeKaltura, forms_of

NOW = 1_770_900_030  # 2026-02-12T12:40:30Z
HEADERS = {
    **{str(report.id): ",".join(report.columns) for report in REPORTS.values()},
    "6000": "entry_id,cue_point_id,session_start_time",
    "6001": "entry_id,cue_point_id,user_id,user_type",
    "6002": "parent_entry_id,breakout_entry_id,cue_point_id,session_start_time",
}
WITHOUT_HEADER = b"\xef\xbb\xbf\n"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("source_kaltura_rooms.source.time", SimpleNamespace(time=lambda: NOW + 0.7))


def discovered(**changes: Any) -> AirbyteCatalog:
    return SourceKalturaRooms().discover(
        logging.getLogger("airbyte"), {**FORM, "end_date": None, **changes}
    )


def properties(catalog: AirbyteCatalog) -> dict[str, Mapping[str, Any]]:
    return {stream.name: stream.json_schema["properties"] for stream in catalog.streams}


def asked(mocker: Mocker, report_id: int) -> list[str]:
    """The params that one report was asked with, in order; reports are asked at the same time."""
    return [form["params"] for form in forms_of(mocker) if form["id"] == str(report_id)]


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]


def test_given_reports_when_discovered_then_there_is_a_stream_for_each(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, lambda form: report(HEADERS[form["id"]]))

    catalog = discovered()

    assert [stream.name for stream in catalog.streams] == list(REPORTS)
    assert {
        stream.name: (stream.source_defined_primary_key, stream.default_cursor_field)
        for stream in catalog.streams[:3]
    } == {
        "rooms": ([["entry_id"], ["cue_point_id"]], ["session_start_time"]),
        "attendees": (
            [["entry_id"], ["cue_point_id"], ["user_id"]],
            ["session_start_time"],
        ),
        "breakouts": ([["breakout_entry_id"], ["cue_point_id"]], ["session_start_time"]),
    }
    assert [stream.name for stream in catalog.streams][:3] == ["rooms", "attendees", "breakouts"]
    for stream in catalog.streams:
        reported = REPORTS[stream.name]
        assert stream.source_defined_primary_key == [[key] for key in reported.primary_key]
        assert stream.default_cursor_field == [reported.cursor]
        assert stream.supported_sync_modes == [SyncMode.full_refresh, SyncMode.incremental]
        assert stream.source_defined_cursor is True
        assert stream.is_resumable is True
        assert stream.namespace is None
        assert stream.json_schema["additionalProperties"] is True
        assert set(stream.json_schema["properties"]) >= {
            "session_start_time",
            *(key for (key,) in stream.source_defined_primary_key or []),
        }


def test_given_reports_when_discovered_then_one_row_of_the_last_day_is_asked_of_each(
    requests_mock: Mocker,
) -> None:
    """Without the filters: the header is the same, and an answer without rows may have none."""
    serve(requests_mock, lambda form: report(HEADERS[form["id"]]))

    discovered(entry_ids=["1_r"], user_ids=["ada@example.com"])

    assert asked(requests_mock, 6000) == ["from_date=1770813600;to_date=1770900060;limit=1"]
    assert asked(requests_mock, 6001) == ["from_date=1770813600;to_date=1770900060;limit=1"]
    assert asked(requests_mock, 6002) == [
        "from_date=1770813600;fromDate=1770813600;to_date=1770900060;toDate=1770900060;limit=1"
    ]
    for one in REPORTS.values():
        (params,) = asked(requests_mock, one.id)
        assert "=1770813600;" in params
        assert params.endswith("=1770900060;limit=1")


def test_given_an_end_date_when_discovered_then_the_day_before_it_is_asked_for(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, lambda form: report(HEADERS[form["id"]]))

    discovered(end_date="2026-02-08T00:00:00Z")

    assert asked(requests_mock, 6000) == ["from_date=1770422400;to_date=1770508800;limit=1"]


def test_given_columns_beyond_the_schema_when_discovered_then_they_are_nullable_strings(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    more = {"6000": ",shoe_size,täg,,shoe_size", "6002": ",colour"}
    serve(requests_mock, lambda form: report(HEADERS[form["id"]] + more.get(form["id"], "")))

    further = {
        stream: {
            name: one for name, one in fields.items() if name in ("shoe_size", "täg", "colour")
        }
        for stream, fields in properties(discovered()).items()
    }

    column = {
        "type": ["null", "string"],
        "description": "A column that Kaltura sends for this account and that the connector does "
        "not know; its text as Kaltura writes it.",
    }
    assert further == {
        **{stream: {} for stream in REPORTS},
        "rooms": {"shoe_size": column, "täg": column},
        "breakouts": {"colour": column},
    }
    assert warnings_in(caplog) == []


def test_given_columns_of_one_account_when_another_is_discovered_then_it_has_none_of_them(
    requests_mock: Mocker,
) -> None:
    serve(requests_mock, lambda form: report(HEADERS[form["id"]] + ",shoe_size"))
    first = properties(discovered())
    serve(requests_mock, lambda form: report(HEADERS[form["id"]]))

    second = properties(discovered())

    assert "shoe_size" in first["rooms"]
    assert "shoe_size" not in second["rooms"]
    assert "" not in first["rooms"]
    assert second["rooms"]["entry_id"] == first["rooms"]["entry_id"]


@pytest.mark.parametrize(
    ("empty", "froms"),
    [
        pytest.param(0, [1_770_813_600], id="the_last_day"),
        pytest.param(1, [1_770_813_600, 1_770_295_200], id="7_days"),
        pytest.param(2, [1_770_813_600, 1_770_295_200, 1_768_221_600], id="31_days"),
    ],
)
def test_given_answers_without_a_header_when_discovered_then_more_days_are_asked_for(
    empty: int, froms: list[int], requests_mock: Mocker
) -> None:
    def answer(form: Mapping[str, str]) -> bytes:
        if form["id"] == "6000" and len(asked(requests_mock, 6000)) <= empty:
            return WITHOUT_HEADER
        return report(HEADERS[form["id"]] + ",shoe_size")

    serve(requests_mock, answer)

    assert "shoe_size" in properties(discovered())["rooms"]
    assert asked(requests_mock, 6000) == [
        f"from_date={start};to_date=1770900060;limit=1" for start in froms
    ]


def test_given_no_header_in_31_days_when_discovered_then_the_declared_columns_are_all(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    serve(requests_mock, lambda form: WITHOUT_HEADER)

    assert len(properties(discovered())["rooms"]) == 9
    assert {stream: len(asked(requests_mock, one.id)) for stream, one in REPORTS.items()} == (
        dict.fromkeys(REPORTS, 3)
    )
    assert warnings_in(caplog) == []


def test_given_one_report_that_is_refused_when_discovered_then_the_others_have_their_columns(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(form: Mapping[str, str]) -> bytes | str:
        if form["id"] == "6002":
            return "REPORT_NOT_FOUND"
        return report(HEADERS[form["id"]] + ",shoe_size")

    serve(requests_mock, answer)

    fields = properties(discovered())

    assert [stream for stream, one in fields.items() if "shoe_size" not in one] == ["breakouts"]
    assert list(fields) == list(REPORTS)
    assert "breakout_entry_id" in fields["breakouts"]
    (warning,) = warnings_in(caplog)
    assert warning.startswith(
        "breakouts: Kaltura could not be asked for the columns of this account, so the catalog has "
        "those that every account has. "
    )
    assert "REPORT_NOT_FOUND" in warning


def test_given_nobody_who_answers_when_discovered_then_one_warning_says_so_and_tries_are_few(
    requests_mock: Mocker,
    logger: logging.Logger,
    caplog: pytest.LogCaptureFixture,
    waits: list[float],
) -> None:
    requests_mock.post(REPORT_URL, exc=requests.ConnectionError("no route to host"))

    assert [stream.name for stream in discovered().streams] == list(REPORTS)

    assert requests_mock.call_count <= 3 * len(REPORTS)
    assert sum(waits) < 30
    warnings = warnings_in(caplog)
    assert sum("rooms" in one for one in warnings) == 1
    assert all("so the catalog has those that every account has" in one for one in warnings)


def test_given_a_silent_server_when_the_budget_is_over_then_the_catalog_does_not_wait_for_it(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock reaches the end of the budget once all reports but one have answered."""
    clock = iter([*[0.0] * len(REPORTS), 60.0])
    monkeypatch.setattr(
        "source_kaltura_rooms.airbyte.all_reports.time",
        SimpleNamespace(monotonic=lambda: next(clock)),
    )
    over = threading.Event()

    def answer(one: Asked) -> Table:
        if one.report == 6001:
            over.wait(60)
        return RowTable(("entry_id", "shoe_size"), [])

    columns = ask_for_columns(FakeKaltura(answer), REPORTS, NOW, logger)
    over.set()

    assert columns == {
        stream: ("entry_id", "shoe_size") for stream in REPORTS if stream != "attendees"
    }
    assert warnings_in(caplog) == [
        "attendees: Kaltura could not be asked for the columns of this account, so the catalog has "
        "those that every account has. Kaltura did not answer within 60 seconds."
    ]


def test_given_reports_that_take_time_when_discovered_then_they_are_asked_at_the_same_time(
    logger: logging.Logger,
) -> None:
    """Each answer comes only when all reports were asked for."""
    all_asked = threading.Barrier(len(REPORTS), timeout=60)

    def answer(one: Asked) -> Table:
        all_asked.wait()
        return RowTable(("entry_id",), [])

    columns = ask_for_columns(FakeKaltura(answer), REPORTS, NOW, logger)

    assert columns == dict.fromkeys(REPORTS, ("entry_id",))


def test_given_an_error_nobody_thought_of_when_discovered_then_the_declared_columns_have_to_do(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(one: Asked) -> Table:
        raise UnicodeError("s3cret")

    assert ask_for_columns(FakeKaltura(answer), REPORTS, NOW, logger) == {}
    assert warnings_in(caplog) == [
        f"{', '.join(REPORTS)}: Kaltura could not be asked for the columns of this account, so "
        "the catalog has those that every account has. The connector met an error of its own "
        "(UnicodeError)."
    ]


def test_given_no_configuration_when_discovered_then_the_declared_streams_are_there_all_the_same(
    requests_mock: Mocker, logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    catalog = SourceKalturaRooms().discover(logger, {})

    assert [stream.name for stream in catalog.streams] == list(REPORTS)
    assert requests_mock.call_count == 0
    assert warnings_in(caplog) == [
        "The catalog has only the columns that every account has: start_date is required."
    ]


def test_given_the_source_when_asked_for_its_spec_then_it_points_to_its_documentation() -> None:
    spec = SourceKalturaRooms().spec(logging.getLogger("airbyte"))

    assert spec.documentationUrl is not None
    assert spec.documentationUrl.startswith("https://")
    assert spec.connectionSpecification["title"] == "Kaltura Rooms"
