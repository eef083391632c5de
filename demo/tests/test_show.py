"""Tables as they are printed."""

from __future__ import annotations

import io
from datetime import datetime

from demo.database import Answer
from demo.show import LEFT_TO_RIGHT, console_on, table


def test_table_is_readable_whatever_is_in_it() -> None:
    """Long titles are broken, numbers stand to the right, and names do no harm."""
    answer = Answer(
        ["course", "start", "people_per_session"],
        [
            ("[red]Thesis\nseminar", datetime(2026, 3, 2, 10, 5), 1234),
            ("日本史", None, 7.5),
            ("עברית", None, None),
            ("Logic", None, 1),
        ],
    )
    assert _printed(answer, at_most=3) == [
        "                                           people",
        "                                              per",
        "course                start               session",
        "─────────────────────────────────────────────────",
        "[red]Thesis seminar   2026-03-02 10:05      1,234",
        "日本史                –                       7.5",
        f"עברית{LEFT_TO_RIGHT}                 –                         –",
        "and 1 more",
    ]


def test_table_without_rows_is_its_titles() -> None:
    """Where a stream has brought nothing yet."""
    assert _printed(Answer(["room", "hours"], []), at_most=3) == ["room   hours", "────────────"]


def _printed(answer: Answer, *, at_most: int) -> list[str]:
    printed = io.StringIO()
    console_on(printed).print(table(answer, at_most=at_most))
    return [line.rstrip() for line in printed.getvalue().splitlines()]
