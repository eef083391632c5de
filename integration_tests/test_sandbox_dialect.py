"""The bytes the sandbox answers: Kaltura's dialect of CSV, literally."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integration_tests.sandbox import (
    Dialect,
    Presence,
    Quotes,
    Room,
    Sandbox,
    Session,
    User,
    World,
)
from integration_tests.sandbox.dialect import php_number
from integration_tests.tiny_world import DAY, MIDNIGHT, NEXT_DAY, TINY, ask, rows_of

BOTH_DAYS = (MIDNIGHT - DAY, NEXT_DAY)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(TINY, now=NEXT_DAY) as sandbox:
        yield sandbox


def test_given_rooms_when_asked_then_these_bytes(sandbox: Sandbox) -> None:
    """Commas are spaces, and names of rooms come in quotes, on one line."""
    expected = (
        "\ufeffentry_id,entry_name,parent_entry_id,cue_point_id,session_start_time,"
        "session_end_time,session_host_user_id,meeting_view_period_unique_users,"
        "meeting_engaged_play_time_ratio\n"
        '1_mainroom,"""Intro"" to X  part 1",,1_lecture1,1772321400,1772325000,ada,2,0.35\n'
        '1_breakout,"Group 1",1_mainroom,1_group001,1772323200,1772324100,ada,1,'
        "0.33333333333333\n"
    )
    assert ask(sandbox, 6000, *BOTH_DAYS).content == expected.encode()


def test_given_attendees_when_asked_then_these_bytes(sandbox: Sandbox) -> None:
    """What is said about persons is never in quotes, and a raw line break splits its row."""
    expected = (
        "\ufeffentry_id,cue_point_id,user_id,user_name,user_email,user_type,meeting_view_time,"
        "meeting_engaged_play_time_ratio\n"
        '1_mainroom,1_lecture1,ada,Ada "A." Lovelace \nCountess,ada@uni.example,User,60,0.5\n'
        "1_mainroom,1_lecture1,bob,,,Guest,40,0.125\n"
        "1_breakout,1_group001,bob,,,Guest,15,0.33333333333333\n"
    )
    assert ask(sandbox, 6001, *BOTH_DAYS).content == expected.encode()


def test_given_breakouts_when_asked_then_these_bytes(sandbox: Sandbox) -> None:
    expected = (
        "\ufeffparent_entry_id,parent_entry_name,breakout_entry_id,breakout_entry_name,"
        "cue_point_id,session_initiator,session_start_time,session_end_time,duration,"
        "participant_count,engagement_rate\n"
        '1_mainroom,"""Intro"" to X  part 1",1_breakout,"Group 1",1_group001,'
        'Ada "A." Lovelace \nCountess,1772323200,1772324100,900,1,0.33333333333333\n'
    )
    answer = ask(sandbox, 6002, *BOTH_DAYS)
    assert answer.content == expected.encode()
    assert answer.headers["Content-Type"] == "text/csv"


@pytest.mark.parametrize(
    ("quotes", "names"),
    [
        (Quotes.NONE, ['say "Hi"  twice\r\nor "so"', "", '"all quoted"']),
        (
            Quotes.DOUBLED_ON_ONE_LINE,
            ['"say ""Hi""  twice or ""so"""', '""', '"""all quoted"""'],
        ),
        (Quotes.DOUBLED, ['"say ""Hi""  twice\r\nor ""so"""', '""', '"""all quoted"""']),
        (Quotes.NOT_DOUBLED, ['"say "Hi"  twice\r\nor "so""', '""', '""all quoted""']),
    ],
)
def test_given_a_style_of_quotes_when_asked_then_the_whole_column_has_it(
    quotes: Quotes, names: list[str]
) -> None:
    rooms = (Room("1", 'say "Hi", twice\r\nor "so"'), Room("2", ""), Room("3", '"all quoted"'))
    world = World(
        rooms,
        [Session(room.entry_id, room.entry_id, MIDNIGHT, MIDNIGHT + 60) for room in rooms],
        [Presence(room.entry_id, '"ada"', MIDNIGHT, MIDNIGHT + 60) for room in rooms],
        [User('"ada"', '"Ada"')],
    )
    with Sandbox(world, now=NEXT_DAY, dialect=Dialect(quotes=quotes)) as sandbox:
        assert [row["entry_name"] for row in rows_of(ask(sandbox, 6000, *BOTH_DAYS))] == names
        people = rows_of(ask(sandbox, 6001, *BOTH_DAYS))
        told = [row["entry_name"] for row in sandbox.truth("rooms", *BOTH_DAYS)]
    assert {(row["user_id"], row["user_name"]) for row in people} == {('"ada"', '"Ada"')}
    on_one_line = quotes is Quotes.DOUBLED_ON_ONE_LINE
    first = 'say "Hi"  twice or "so"' if on_one_line else 'say "Hi"  twice\r\nor "so"'
    assert told == [first, None, '"all quoted"']


def test_given_a_server_that_quotes_the_initiator_when_asked_then_that_column_too(
    sandbox: Sandbox,
) -> None:
    sandbox.dialect = Dialect(quoted_columns=frozenset({"session_initiator"}))
    (row,) = rows_of(ask(sandbox, 6002, *BOTH_DAYS))
    assert (row["session_initiator"], row["parent_entry_name"]) == (
        '"Ada ""A."" Lovelace  Countess"',
        '"Intro" to X  part 1',
    )


def test_given_a_later_server_when_asked_then_rfc_4180(sandbox: Sandbox) -> None:
    sandbox.dialect = Dialect(rfc4180=True)
    lines = ask(sandbox, 6002, *BOTH_DAYS).content.decode().partition("\n")[2]
    assert lines == (
        '1_mainroom,"""Intro"" to X, part 1",1_breakout,"Group\n1",1_group001,'
        '"Ada ""A."" Lovelace,\nCountess",1772323200,1772324100,900,1,0.33333333333333\n'
    )


def test_given_no_rows_when_asked_then_header_or_blank_line(sandbox: Sandbox) -> None:
    header = ask(sandbox, 6002, 0, 1).content
    assert header.startswith(b"\xef\xbb\xbfparent_entry_id,")
    assert header.count(b"\n") == 1
    sandbox.dialect = Dialect(header_when_empty=False)
    assert ask(sandbox, 6002, 0, 1).content == b"\xef\xbb\xbf\n"


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (12, "12"),
        (2.0, "2"),
        (0.0, "0"),
        (1 / 3, "0.33333333333333"),
        (200 / 3, "66.666666666667"),
        (0.1 + 0.2, "0.3"),
        (0.0001, "0.0001"),
        (0.00001, "1.0E-5"),
        (0.000015, "1.5E-5"),
        (1e14, "1.0E+14"),
    ],
)
def test_given_a_number_when_printed_then_as_php_does(number: float, printed: str) -> None:
    assert php_number(number) == printed
