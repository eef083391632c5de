"""A world small enough to check by hand, and a way to ask the sandbox about it.

A lecture runs from half an hour before midnight to half an hour after. Ada hosts it and pays
attention until midnight. Bob comes ten minutes before midnight, listens for five of them, and is
promoted ten minutes after; from then on his attention is not measured. Meanwhile he is alone in a
breakout room for the first quarter of an hour of the new day.
"""

from __future__ import annotations

from typing import Any

import requests

from integration_tests.sandbox import Presence, Room, Sandbox, Session, Span, User, World

MINUTE = 60
DAY = 86_400
MIDNIGHT = 1_772_323_200  # 2026-03-01T00:00:00Z
EVENING = MIDNIGHT - 30 * MINUTE
END = MIDNIGHT + 30 * MINUTE
NEXT_DAY = MIDNIGHT + DAY

LECTURE = Session("1_lecture1", "1_mainroom", EVENING, END, host_user_id="ada")
GROUP = Session("1_group001", "1_breakout", MIDNIGHT, MIDNIGHT + 15 * MINUTE, host_user_id="ada")
PROMOTION = MIDNIGHT + 10 * MINUTE

ADA = Presence("1_lecture1", "ada", "moderator", EVENING, END, engaged=(Span(EVENING, MIDNIGHT),))
BOB = Presence(
    "1_lecture1",
    "bob",
    "attendee",
    MIDNIGHT - 10 * MINUTE,
    PROMOTION,
    engaged=(Span(MIDNIGHT - 10 * MINUTE, MIDNIGHT - 5 * MINUTE),),
)
BOB_PROMOTED = Presence("1_lecture1", "bob", "moderator", PROMOTION, END, engaged=None)
BOB_IN_GROUP = Presence(
    "1_group001",
    "bob",
    "attendee",
    MIDNIGHT,
    MIDNIGHT + 15 * MINUTE,
    engaged=(Span(MIDNIGHT, MIDNIGHT + 5 * MINUTE),),
)

TINY = World(
    rooms=(
        Room("1_mainroom", '"Intro" to X, part 1', virtual_event_id="77"),
        Room("1_breakout", "Group\n1", parent_entry_id="1_mainroom"),
    ),
    sessions=(LECTURE, GROUP),
    presences=(ADA, BOB, BOB_PROMOTED, BOB_IN_GROUP),
    users=(User("ada", 'Ada "A." Lovelace,\nCountess', "ada@uni.example"),),
)


def ask(
    sandbox: Sandbox, report_id: int, start: int, end: int, *, also: str = "", **given: Any
) -> requests.Response:
    """Return the sandbox's answer to a report call for `[start, end)`.

    `also` is added to the report's parameters, e.g. `limit=1`; `given` to those of the call, in
    place of the ones made here.
    """
    form = {
        "id": report_id,
        "format": 1,
        "params": f"from_date={start};to_date={end};{also}",
        **given,
    }
    if "ks" not in form:
        form["ks"] = sandbox.ks()
    url = f"{sandbox.url}/api_v3/service/report/action/getCsvFromStringParams"
    return requests.post(url, data=form, timeout=10)


def rows_of(answer: requests.Response) -> list[dict[str, str]]:
    """Return the rows of an answer as texts by column; a name may hold line breaks."""
    header, *lines = answer.content.decode("utf-8-sig").split("\n")[:-1]
    columns = header.split(",")
    rows, row = [], ""
    for line in lines:
        row += line
        if row.count(",") == len(columns) - 1:
            rows.append(dict(zip(columns, row.split(","), strict=True)))
            row = ""
        else:
            row += "\n"
    assert not row
    return rows
