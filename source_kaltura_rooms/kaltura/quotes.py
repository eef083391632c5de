r"""Which columns of an answer the server has put in quotes, and how to take the quotes off.

Kaltura quotes whole columns, in one of three styles (`docs/kaltura.md`, "The CSV"). No style says
in a value that it was applied: `"Intro"` may also be a name that somebody typed with quotes around
it. But then other values of the column have no quotes around them.

So the column of a whole answer tells: it is quoted if every value is, but for those that stand for
no value. Where an answer has so few rows that all its names were typed with quotes, nothing can
show it, and they are taken off.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence

from source_kaltura_rooms.reports import PERSON_COLUMNS

_NEVER_IN_QUOTES = frozenset({"", "0", "Unknown", "Error"})
"""What stands for no value in a column that is quoted."""


class Quotes(enum.Enum):
    """How a column is quoted."""

    AROUND = "a quote on each side, and those inside as they are"
    DOUBLED = "a quote on each side, and each of those inside twice"


def quotes_of(
    columns: Sequence[str], batches: Iterable[Sequence[Sequence[str]]]
) -> Mapping[int, Quotes]:
    """The quoted columns of an answer, by position.

    `batches` are all its rows, some at a time, as the texts of each column. No text has a comma.
    They are looked at only as long as some column may be quoted.
    """
    candidates = dict.fromkeys(range(len(columns)), Quotes.DOUBLED)
    quoted: set[int] = set()
    for texts in batches:
        for position in list(candidates):
            values = [text for text in texts[position] if text not in _NEVER_IN_QUOTES]
            if not values:
                continue
            together = ",".join(values)
            if not _all_in_quotes(together, len(values)):
                del candidates[position]
                continue
            quoted.add(position)
            inside = together[1:-1].replace('","', "")
            if '"' in inside.replace('""', ""):
                candidates[position] = Quotes.AROUND
        if not candidates:
            break
    found = {position: quotes for position, quotes in candidates.items() if position in quoted}
    if 0 in found:
        return found  # An id in quotes: the server quotes everything, as RFC 4180 allows.
    return {at: quotes for at, quotes in found.items() if columns[at] not in PERSON_COLUMNS}


def without_quotes(texts: Sequence[str], quotes: Quotes) -> Sequence[str]:
    """The texts of a quoted column, without commas, as they were before the server quoted them."""
    inner = [text[1:-1] if text[:1] == '"' else text for text in texts]
    together = ",".join(inner)
    if quotes is Quotes.AROUND or '"' not in together:
        return inner
    return together.replace('""', '"').split(",")


def _all_in_quotes(together: str, count: int) -> bool:
    """Whether each of `count` values, joined by commas, has a quote of its own on each side."""
    if len(together) < 2 or together[0] != '"' or together[-1] != '"':
        return False
    return together.count('","', 1, -1) == count - 1
