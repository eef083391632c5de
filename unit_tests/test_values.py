"""Texts → values: numbers as PHP prints them, and never more read into a text than it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_kaltura_rooms.kaltura.values import blank_where_no_id, convert, parse_seconds
from source_kaltura_rooms.reports import ColumnType, Value


def alone(column_type: ColumnType, text: str) -> tuple[Value, int]:
    values, misfits = convert(column_type, [text])
    return values[0], misfits


def in_a_column(column_type: ColumnType, text: str) -> tuple[Value, int]:
    """The same text in a column whose other texts keep it from being converted all at once."""
    values, misfits = convert(column_type, ["NaN", text, "1.5.5"])
    return values[1], misfits - 1


def among_others(column_type: ColumnType, text: str) -> tuple[Value, int]:
    """The same text in a column whose other texts are fine, and some of which are missing."""
    values, misfits = convert(column_type, ["", "12", text, "Unknown", "60", ""])
    assert [values[0], values[3], values[5]] == [None, None, None]
    assert values[1] is not None
    assert values[4] is not None
    return values[2], misfits


Way = Callable[[ColumnType, str], tuple[Value, int]]
WAYS = pytest.mark.parametrize("converted", [alone, in_a_column, among_others])


@WAYS
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        (" 12 ", 12),
        ("007", 7),
        ("12.0", 12),
        ("1.0E+2", 100),
        ("2147483648", 2_147_483_648),
        ("9007199254740993", 9_007_199_254_740_993),  # 2^53 + 1, which no float can hold
        ("-9007199254740993", -9_007_199_254_740_993),
        ("999999999999999999", 999_999_999_999_999_999),
        ("9223372036854775807", 9_223_372_036_854_775_807),  # 2^63 - 1
        ("-9223372036854775807", -9_223_372_036_854_775_807),
        ("", None),
        (" ", None),
        ("NaN", None),
        ("nan", None),
        ("NAN", None),
        ("Unknown", None),
        ("Error", None),
        ("1.0E+3", 1_000),
        ("1.0E+15", 1_000_000_000_000_000),
    ],
)
def test_given_a_text_of_an_integer_when_converted_then_it_is_this(
    converted: Way, text: str, value: int | None
) -> None:
    assert converted("integer", text) == (value, 0)


@WAYS
@pytest.mark.parametrize(
    "text",
    [
        "9223372036854775808",  # 2^63
        "-9223372036854775809",
        "1" * 5_000,
        "1e30",
        "1.5",
        "1_000",
        "0x10",
        "٣",
        "１２",
        "twelve",
        "1 2",
        "--1",
        "-",
        ".",
        "e5",
        "INF",
        "infinity",
        "True",
    ],
)
def test_given_a_text_that_is_no_integer_when_converted_then_it_is_a_misfit(
    converted: Way, text: str
) -> None:
    assert converted("integer", text) == (None, 1)


@WAYS
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.33333333333333", 0.33333333333333),
        ("1.0E-5", 0.00001),
        ("1.0e-5", 0.00001),
        ("12", 12.0),
        ("-0.5", -0.5),
        (".5", 0.5),
        ("5.", 5.0),
        (" 0.5\n", 0.5),
        ("1.7976931348623157E+308", 1.7976931348623157e308),
        ("", None),
        ("NaN", None),
        (" nan ", None),
        ("Unknown", None),
        ("Error", None),
    ],
)
def test_given_a_text_of_a_number_when_converted_then_it_is_this(
    converted: Way, text: str, value: float | None
) -> None:
    assert converted("number", text) == (value, 0)


@WAYS
@pytest.mark.parametrize(
    "text",
    [
        "INF",
        "-INF",
        "Infinity",
        "-Infinity",
        "1E+309",
        "1_0.5",
        "0,5",
        "٣",
        "½",
        "0x1p3",
        "50%",
        "-nan",
        "n/a",
    ],
)
def test_given_a_text_that_is_no_number_when_converted_then_it_is_a_misfit(
    converted: Way, text: str
) -> None:
    assert converted("number", text) == (None, 1)


@WAYS
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1770249599", "2026-02-04T23:59:59Z"),
        ("1770249599.0", "2026-02-04T23:59:59Z"),
        ("1.7702496E+9", "2026-02-05T00:00:00Z"),
        (" 1770249599 ", "2026-02-04T23:59:59Z"),
        ("1", "1970-01-01T00:00:01Z"),
        ("4102444800", "2100-01-01T00:00:00Z"),  # beyond 2^31
        ("253402300799", "9999-12-31T23:59:59Z"),
        ("", None),
        ("0", None),
        ("0.0", None),
        ("NaN", None),
        ("Unknown", None),
        ("Error", None),
    ],
)
def test_given_a_text_of_a_time_when_converted_then_it_is_this(
    converted: Way, text: str, value: str | None
) -> None:
    assert converted("time", text) == (value, 0)


@WAYS
@pytest.mark.parametrize(
    "text",
    [
        "-1",
        "253402300800",  # the year 10000
        "1770249599000",  # milliseconds
        "1770249599.5",
        "2026-02-04T23:59:59Z",
        "soon",
        "1_770_249_599",
    ],
)
def test_given_a_text_that_is_no_time_when_converted_then_it_is_a_misfit(
    converted: Way, text: str
) -> None:
    assert converted("time", text) == (None, 1)


@WAYS
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3600", 3_600),
        ("0", 0),
        ("60.0", 60),
        ("-1770000100", None),  # minus the start, of a session without an end
        ("-1", None),
        ("-1.0E+3", None),
        ("", None),
        ("Unknown", None),
        ("Error", None),
        ("NaN", None),
    ],
)
def test_given_a_text_of_a_duration_when_converted_then_it_is_this(
    converted: Way, text: str, value: int | None
) -> None:
    assert converted("duration", text) == (value, 0)


@WAYS
@pytest.mark.parametrize("text", ["1.5", "-1.5", "an hour", "9223372036854775808", "1_000"])
def test_given_a_text_that_is_no_duration_when_converted_then_it_is_a_misfit(
    converted: Way, text: str
) -> None:
    assert converted("duration", text) == (None, 1)


TEXTS = ["a", "", " ", "NaN", "Unknown", "Error", "0", "unknown", "=1+2", "007", "Infinity"]


def test_given_strings_when_converted_then_what_stands_for_no_value_is_null() -> None:
    assert convert("string", TEXTS) == (
        ["a", None, " ", None, None, None, "0", "unknown", "=1+2", "007", "Infinity"],
        0,
    )


def test_given_strings_of_a_key_column_when_converted_then_they_stay_as_they_are() -> None:
    assert convert("string", TEXTS, key=True) == (TEXTS, 0)


@pytest.mark.parametrize("text", ["", "0", "Unknown", "Error", "NaN"])
def test_given_what_stands_for_no_id_when_blanked_then_the_other_ids_keep_their_places(
    text: str,
) -> None:
    ids = blank_where_no_id(["1_a", text, "00", text, "unknown", " "])

    assert list(ids) == ["1_a", "", "00", "", "unknown", " "]


def test_given_ids_alone_when_blanked_then_they_are_the_same() -> None:
    assert list(blank_where_no_id(["1_a", "1_b"])) == ["1_a", "1_b"]


def test_given_a_column_with_misfits_when_converted_then_the_others_keep_their_places() -> None:
    assert convert("integer", ["1", "x", "", "3", "y"]) == ([1, None, None, 3, None], 2)


def test_given_numbers_that_add_up_to_infinity_when_converted_then_each_is_kept() -> None:
    assert convert("number", ["1.7E+308", "1.7E+308"]) == ([1.7e308, 1.7e308], 0)


@pytest.mark.parametrize("column_type", ["string", "integer", "number", "time", "duration"])
def test_given_an_empty_column_when_converted_then_it_is_empty(column_type: ColumnType) -> None:
    values, misfits = convert(column_type, [])

    assert list(values) == []
    assert misfits == 0


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1770249599", 1_770_249_599),
        ("", None),
        ("0", None),
        ("NaN", None),
        ("Unknown", None),
        ("Error", None),
    ],
)
def test_given_a_time_when_its_seconds_are_wanted_then_they_are(
    text: str, seconds: int | None
) -> None:
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["-1", "253402300800", "soon"])
def test_given_a_time_out_of_bounds_when_its_seconds_are_wanted_then_it_is_refused(
    text: str,
) -> None:
    with pytest.raises(ValueError, match=r"outside|not a number"):
        parse_seconds(text)


number_like = st.one_of(
    st.integers().map(str),
    st.integers(-(2**63) - 5, 2**63 + 5).map(str),
    st.sampled_from([2**63 - 1, 2**63, -(2**63), 1 - 2**63]).map(str),
    st.floats().map(repr),
    st.sampled_from(
        [
            "",
            " ",
            "0",
            "NaN",
            "Unknown",
            "Error",
            "inf",
            "-5",
            "1_0",
            "٣",
            "1.0E-5",
            "1e5",
            "+1",
            "x",
        ]
    ),
    st.text("0123456789+-.eE _naif", max_size=8),
)


@given(
    column_type=st.sampled_from(["string", "integer", "number", "time", "duration"]),
    texts=st.lists(number_like, max_size=6),
)
def test_given_any_texts_when_converted_together_then_each_is_what_it_is_alone(
    column_type: ColumnType, texts: Sequence[str]
) -> None:
    """Whole columns are converted at once where that is safe; nobody may see a difference."""
    each = [convert(column_type, [text]) for text in texts]
    values, misfits = convert(column_type, texts)

    assert list(values) == [value for one, _ in each for value in one]
    assert misfits == sum(count for _, count in each)
