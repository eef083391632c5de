"""Rows of text → records, as the schema and the catalog ask for them."""

from __future__ import annotations

import logging
from collections import Counter

import pytest

from source_kaltura_rooms.airbyte.records import RecordData, RecordMaker
from source_kaltura_rooms.kaltura.tables import RowTable, Table
from source_kaltura_rooms.reports import BREAKOUTS, ROOMS

ROW = ["1_r", "Room", "", "1_c", "1770109200", "1770114600", "ada", "12", "0.5"]
RECORD: RecordData = {
    "entry_id": "1_r",
    "entry_name": "Room",
    "parent_entry_id": None,
    "cue_point_id": "1_c",
    "session_start_time": "2026-02-03T09:00:00Z",
    "session_end_time": "2026-02-03T10:30:00Z",
    "session_host_user_id": "ada",
    "meeting_view_period_unique_users": 12,
    "meeting_engaged_play_time_ratio": 0.5,
}
COLUMNS = tuple(ROOMS.columns)


def records_of(
    maker: RecordMaker, table: Table, misfits: Counter[str] | None = None
) -> list[RecordData]:
    counter: Counter[str] = Counter() if misfits is None else misfits
    return [record for batch in table.batches() for record in maker.records(batch, counter)]


def test_given_a_row_when_made_a_record_then_its_values_are_typed(logger: logging.Logger) -> None:
    (record,) = records_of(RecordMaker(ROOMS, logger), RowTable(COLUMNS, [ROW]))

    assert record == RECORD
    assert type(record["meeting_view_period_unique_users"]) is int
    assert type(record["meeting_engaged_play_time_ratio"]) is float


def test_given_blanks_when_made_a_record_then_keys_stay_blank_and_others_are_null(
    logger: logging.Logger,
) -> None:
    (record,) = records_of(RecordMaker(ROOMS, logger), RowTable(COLUMNS, [[""] * 9]))

    assert record == {
        "entry_id": "",
        "entry_name": None,
        "parent_entry_id": None,
        "cue_point_id": "",
        "session_start_time": None,
        "session_end_time": None,
        "session_host_user_id": None,
        "meeting_view_period_unique_users": None,
        "meeting_engaged_play_time_ratio": None,
    }


def test_given_columns_in_another_order_when_made_a_record_then_values_keep_their_names(
    logger: logging.Logger,
) -> None:
    table = RowTable(tuple(reversed(COLUMNS)), [list(reversed(ROW))])

    assert records_of(RecordMaker(ROOMS, logger), table) == [RECORD]


def test_given_a_column_that_only_the_catalog_knows_when_made_a_record_then_it_is_text(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    maker = RecordMaker(ROOMS, logger, further=["shoe_size"])
    table = RowTable((*COLUMNS, "shoe_size"), [[*ROW, "042"], [*ROW, ""]])

    assert records_of(maker, table) == [
        {**RECORD, "shoe_size": "042"},
        {**RECORD, "shoe_size": None},
    ]
    assert caplog.messages == []


def test_given_an_unknown_column_when_made_a_record_then_it_is_left_out_and_logged_once(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    maker = RecordMaker(ROOMS, logger)
    table = RowTable((*COLUMNS, "shoe_size"), [[*ROW, "042"], [*ROW, ""]])

    first = records_of(maker, table)
    records_of(maker, table)

    assert first == [RECORD, RECORD]
    assert caplog.messages == [
        "rooms: Kaltura sends the column shoe_size, which the catalog does not have. It is left "
        "out; refresh the source schema to load it."
    ]


def test_given_a_column_twice_when_made_a_record_then_the_first_counts(
    logger: logging.Logger,
) -> None:
    table = RowTable((*COLUMNS, "entry_name"), [[*ROW, "Another"]])

    assert records_of(RecordMaker(ROOMS, logger), table) == [RECORD]
    (batch,) = table.batches()
    assert RecordMaker(ROOMS, logger).records(batch, Counter()).fields == COLUMNS


def test_given_a_missing_column_when_made_a_record_then_it_is_null_and_logged_once(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    maker = RecordMaker(ROOMS, logger)
    table = RowTable(COLUMNS[:-1], [ROW[:-1], ROW[:-1]])

    first = records_of(maker, table)
    records_of(maker, table)

    assert first == [{**RECORD, "meeting_engaged_play_time_ratio": None}] * 2
    assert caplog.messages == [
        "rooms: Kaltura does not send the column meeting_engaged_play_time_ratio; it is null."
    ]


def test_given_values_that_do_not_fit_when_made_records_then_they_are_null_and_counted(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    misfits: Counter[str] = Counter()
    bad = ["1_r", "Room", "", "1_c", "soon", "1770114600", "ada", "a dozen", "0.5"]
    table = RowTable(COLUMNS, [ROW, bad, bad])

    records = records_of(RecordMaker(ROOMS, logger), table, misfits)

    assert [one["session_start_time"] for one in records] == ["2026-02-03T09:00:00Z", None, None]
    assert [one["meeting_view_period_unique_users"] for one in records] == [12, None, None]
    assert +misfits == {"session_start_time": 2, "meeting_view_period_unique_users": 2}
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        pytest.param("", 0, id="blank"),
        pytest.param("NaN", 0, id="not_a_number"),
        pytest.param("Unknown", 0, id="unknown"),
        pytest.param("Error", 0, id="error"),
        pytest.param("Infinity", 1, id="infinity"),
        pytest.param("-Infinity", 1, id="minus_infinity"),
    ],
)
def test_given_a_ratio_that_is_none_when_made_a_record_then_it_is_null_and_a_misfit_if_it_is_lost(
    text: str, counted: int, logger: logging.Logger
) -> None:
    misfits: Counter[str] = Counter()

    (record,) = records_of(
        RecordMaker(ROOMS, logger), RowTable(COLUMNS, [[*ROW[:-1], text]]), misfits
    )

    assert record == {**RECORD, "meeting_engaged_play_time_ratio": None}
    assert misfits["meeting_engaged_play_time_ratio"] == counted


def test_given_a_breakout_without_an_end_when_made_a_record_then_its_duration_is_null(
    logger: logging.Logger,
) -> None:
    misfits: Counter[str] = Counter()
    table = RowTable(
        ("breakout_entry_id", "cue_point_id", "session_start_time", "duration"),
        [["1_b", "1_c", "1770109200", "-1770109200"], ["1_b", "1_d", "1770109200", "0"]],
    )

    records = records_of(RecordMaker(BREAKOUTS, logger), table, misfits)

    assert [record["duration"] for record in records] == [None, 0]
    assert +misfits == {}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(COLUMNS, id="sent_all_the_same"),
        pytest.param((*COLUMNS[:1], *COLUMNS[2:]), id="not_sent"),
    ],
)
def test_given_a_deselected_field_when_made_a_record_then_it_is_absent_and_not_missed(
    sent: tuple[str, ...], logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    row = [RECORD_TEXT[name] for name in sent]

    (record,) = records_of(RecordMaker(ROOMS, logger, ["entry_name"]), RowTable(sent, [row]))

    assert record == {name: value for name, value in RECORD.items() if name != "entry_name"}
    assert caplog.messages == []


RECORD_TEXT = dict(zip(COLUMNS, ROW, strict=True))


def test_given_a_misfit_in_each_batch_when_made_records_then_all_are_counted(
    logger: logging.Logger,
) -> None:
    misfits: Counter[str] = Counter()
    rows = [[*ROW[:7], "x", "0.5"] for _ in range(5)]

    records_of(RecordMaker(ROOMS, logger), RowTable(COLUMNS, rows), misfits)

    assert misfits["meeting_view_period_unique_users"] == 5


def test_given_no_rows_when_made_records_then_there_are_none(logger: logging.Logger) -> None:
    assert records_of(RecordMaker(ROOMS, logger), RowTable(COLUMNS, [])) == []


def test_given_fields_left_out_when_kaltura_sends_an_unknown_column_then_it_is_left_out_too(
    logger: logging.Logger, caplog: pytest.LogCaptureFixture
) -> None:
    table = RowTable(("entry_id", "cue_point_id", "user_phone"), [["1_room", "1_session", "555"]])
    maker = RecordMaker(ROOMS, logger, {"entry_name"})

    (record,) = records_of(maker, table)

    assert "user_phone" not in record
    assert "user_phone" in caplog.text
    assert "555" not in caplog.text
