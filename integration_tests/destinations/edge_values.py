"""Values at the edge of what a warehouse takes: what Kaltura sends, and what must be stored.

They are sent as raw bytes in place of the sandbox's own answers, since no university has counts
beyond 2^31. Commas are left out of texts: Kaltura replaces them before anybody can see them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from integration_tests.sandbox import Sandbox

from .destination import Destination, Stored

START = 1_771_804_800  # 2026-02-23T00:00:00Z
END = START + 86_400

COUNTS: Mapping[str, tuple[str, int]] = {
    "count 2^31": ("2147483648", 2_147_483_648),
    "count 2^53 + 1": ("9007199254740993", 9_007_199_254_740_993),
    "count 2^63 - 1": ("9223372036854775807", 9_223_372_036_854_775_807),
    "count 0": ("0", 0),
}

COUNTS_NEXT_TO_BLANKS: Mapping[str, tuple[str, int | None]] = {
    "count 2^31 next to blanks": ("2147483648", 2_147_483_648),
    "count 2^53 + 1 next to blanks": ("9007199254740993", 9_007_199_254_740_993),
    "count 0 next to blanks": ("0", 0),
    "count blank": ("", None),
    "count NaN": ("NaN", None),
}

RATIOS: Mapping[str, tuple[str, Decimal | None]] = {
    "ratio of 14 digits": ("0.12345678901234", Decimal("0.123456789")),
    "ratio of two thirds": ("0.66666666666667", Decimal("0.666666667")),
    "ratio of nearly one": ("0.99999999999999", Decimal("1.000000000")),
    "ratio in scientific notation": ("1.0E-5", Decimal("0.000010000")),
    "ratio too small": ("1.0E-10", Decimal("0.000000000")),
    "ratio of none": ("0", Decimal("0.000000000")),
    "ratio of all": ("1", Decimal("1.000000000")),
    "ratio blank": ("", None),
    "ratio NaN": ("NaN", None),
}
"""PyAirbyte makes numbers DECIMAL(38,9), which keeps nine decimals."""

TEXTS: Mapping[str, str] = {
    "10,000 characters": "Ü" * 10_000,
    "10,000 astral characters": "𝒜" * 10_000,
    "emoji": "👩🏽‍🔬 & 🇨🇿",
    "right to left": "\u202bשלום\u202c",
    "combining": "e\u0301 ≠ é",
    "controls": "bell \x07 escape \x1b delete \x7f unit \x1f",
    "tabs": "\ttab\vvertical\fform feed",
    "separators": "next line \x85 line \u2028 paragraph \u2029 end",
    "invisible": "zero\u200bwidth mark \ufeff",
    "line break": "one\ntwo",
    "carriage return": "one\rtwo",
    "quotes": 'it\'s "quoted" `three` ways',
    "backslashes": r"C:\new\table \" \u0041",
    "placeholders": "%s %(name)s :name $1 ? {} {{}}",
    "markup": "<b>&amp;</b> --; DROP TABLE rooms",
    "json": '{"a": [1]}',
    "null": "null",
    "None": "None",
    "zeros": "007",
    "exponent": "1e5",
    "boolean": "true",
    "date": "2026-02-23",
    "spaces": "  kept  ",
}
"""What must be stored is what was sent."""

ZEROS = "007"
"""What a column of nothing but such ids must keep."""


def reports(texts: Collection[str] = tuple(TEXTS.values())) -> dict[int, bytes]:
    """Return the three reports: texts in names and people's ids, counts and ratios in breakouts."""
    # Ids that Kaltura makes, such as those of sessions, are words; those of people are any text.
    sessions = [(f"1_s{number:06}", text) for number, text in enumerate(texts)]
    times = [str(START + 60), str(START + 120)]
    numbers = [
        *([case, sent, "1", "1"] for case, (sent, _) in COUNTS.items()),
        *([case, "1", sent, "1"] for case, (sent, _) in COUNTS_NEXT_TO_BLANKS.items()),
        *([case, "1", "1", sent] for case, (sent, _) in RATIOS.items()),
    ]
    return {
        6000: _csv(
            "entry_id,entry_name,parent_entry_id,cue_point_id,session_start_time,"
            "session_end_time,session_host_user_id,meeting_view_period_unique_users,"
            "meeting_engaged_play_time_ratio",
            [["1_room", text, "", session, *times, ZEROS, "1", "1"] for session, text in sessions],
        ),
        6001: _csv(
            "entry_id,cue_point_id,user_id,user_name,user_email,user_type,meeting_view_time,"
            "meeting_engaged_play_time_ratio",
            [["1_room", session, text, text, "", "Guest", "1", "1"] for session, text in sessions],
        ),
        6002: _csv(
            "cue_point_id,duration,participant_count,engagement_rate,parent_entry_id,"
            "parent_entry_name,breakout_entry_id,breakout_entry_name,session_initiator,"
            "session_start_time,session_end_time",
            [[*row, "1_room", "Room", "1_breakout", "Breakout", "", *times] for row in numbers],
        ),
    }


def send(sandbox: Sandbox, bodies: Mapping[int, bytes]) -> None:
    """Let the sandbox answer every call for a report with these bytes."""
    sandbox.faults.script(
        lambda call, proper: replace(proper(), body=bodies[call.report_id or 0]), times=None
    )


def expected(
    destination: Destination, cases: Mapping[str, tuple[str, Stored]]
) -> dict[str, Stored]:
    """Return what must be stored, except for what this warehouse's loader is known to change."""
    return {
        case: destination.known_changes.get(case, stored) for case, (_, stored) in cases.items()
    }


def _csv(header: str, rows: Sequence[Sequence[str]]) -> bytes:
    return "".join(f"{line}\n" for line in ["\ufeff" + header, *map(",".join, rows)]).encode()
