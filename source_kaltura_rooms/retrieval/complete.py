"""Asking for less until the answer is whole.

Kaltura cuts an answer off at 100,000 rows without a sign, and at a lower number where a report's
own configuration, which nobody outside sees, says so (10,000, 12,000 and 60,000 occur in Kaltura's
public server source). So an answer with as many rows as a cap may have is not believed: it is
asked for again in parts. So is what Kaltura calls too much for one query.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused, ReportError
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.retrieval.queries import Query

CERTAIN_CAP = 100_000
SUSPECT_STEP = 500
"""Caps are round numbers: a count of rows that is a multiple of this may be one."""


@dataclass
class Reading:
    """Portions with their whole answers, in order, and what it took to get them.

    `largest` is how many seconds of session starts the largest portion that was read whole stands
    for; `caveats` are sentences about what may be missing all the same.
    """

    answers: list[tuple[Query, Table]]
    requests: int = 1
    largest: int = field(default=0, compare=False)
    caveats: tuple[str, ...] = ()

    @property
    def largest_part(self) -> int | None:
        """Seconds of session starts in the largest part that was read whole.

        None if nothing had to be asked for in parts.
        """
        return self.largest if self.requests > 1 and self.largest else None

    def add(self, other: Reading) -> None:
        """Takes over what another reading has."""
        self.answers += other.answers
        self.requests += other.requests
        self.largest = max(self.largest, other.largest)
        self.caveats = (*self.caveats, *other.caveats)


def read_whole(
    stream: str, portion: Query, ask: Callable[[Query], Table], logger: logging.Logger
) -> Reading:
    """The portion's rows, asked for in as many requests as it takes.

    Raises AirbyteTracedException if even the smallest part reaches the certain cap or is too much
    for one query, and Refused for every other refusal.
    """
    try:
        answer: Table | Refused = ask(portion)
    except Refused as refused:
        if refused.refusal.action not in (ErrorAction.SPLIT, ErrorAction.RETRY_THEN_SPLIT):
            raise
        answer = refused
    if isinstance(answer, Table) and not _may_be_cut_off(answer):
        return Reading([(portion, answer)], largest=portion.length)
    parts = portion.parts(answer if isinstance(answer, Table) else None)
    if parts is None:
        accepted = _last_resort(stream, portion, answer, logger)
        return Reading([(portion, accepted)], largest=portion.length)
    why = f"{len(answer):,} rows" if isinstance(answer, Table) else answer.refusal.code
    logger.info(f"{stream}: {portion}: {why}; asking again in {len(parts.portions)} parts.")
    kept = [(portion, parts.kept)] if parts.kept else []
    reading = Reading([*kept], caveats=(parts.caveat,) if parts.caveat else ())
    for part in parts.portions:
        reading.add(read_whole(stream, part, ask, logger))
    return reading


def _may_be_cut_off(table: Table) -> bool:
    count = len(table)
    return count >= CERTAIN_CAP or (count > 0 and count % SUSPECT_STEP == 0)


def _last_resort(
    stream: str, portion: Query, answer: Table | Refused, logger: logging.Logger
) -> Table:
    if isinstance(answer, Refused):
        raise Refused(answer.refusal, answer.tried, asking_for=str(portion)) from answer
    if len(answer) >= CERTAIN_CAP:
        raise ReportError(
            f"Kaltura cuts answers off at {CERTAIN_CAP:,} rows, and {portion} alone has that many. "
            "Narrow the stream with the filters of the configuration (such as entry_ids or "
            "user_ids), or lower max_session_hours.",
            ErrorAction.CONFIG_ERROR,  # only the user can ask for less
        )
    logger.warning(
        f"{stream}: {portion} has exactly {len(answer):,} rows, which may be a cap of this "
        "Kaltura server; nothing smaller can be asked for, so they are taken for all."
    )
    return answer
