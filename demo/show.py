"""Answers as tables, for a terminal or for a file that the output is sent to."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from typing import IO, Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from demo.database import Answer

LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"


def console_on(file: IO[str]) -> Console:
    """Return a console that leaves lines as long as they are, rather than cut tables off."""
    return Console(file=file, width=1_000, highlight=False)


def table(answer: Answer, *, at_most: int) -> Table:
    """Return the first rows of the answer, numbers to the right, and a note if there are more."""
    shown = [[_in_words(value) for value in row] for row in answer.rows[:at_most]]
    left_out = len(answer.rows) - len(shown)
    drawn = Table(
        box=SIMPLE,
        show_edge=False,
        pad_edge=False,
        caption=f"and {left_out:,} more" if left_out else None,
        caption_justify="left",
    )
    for number, column in enumerate(answer.columns):
        title = column.replace("_", " ")
        if any(isinstance(row[number], str | date) for row in answer.rows):
            drawn.add_column(title, vertical="bottom")
        else:
            # Long titles over short numbers are broken between words.
            longest = max(len(text) for text in [*title.split(), *(row[number] for row in shown)])
            drawn.add_column(title, vertical="bottom", justify="right", max_width=longest)
    for row in shown:
        # As Text, since a room's name may look like rich's markup.
        drawn.add_row(*map(Text, row))
    return drawn


def _in_words(value: Any) -> str:
    match value:
        case None:
            return "–"
        case str():
            words = " ".join(value.split())  # names may have line breaks
            # Terminals that write Arabic or Hebrew to the left would take the next column along.
            return words + LEFT_TO_RIGHT if any(map(_is_right_to_left, words)) else words
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def _is_right_to_left(letter: str) -> bool:
    return unicodedata.bidirectional(letter) in ("R", "AL")
