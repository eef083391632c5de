"""From answers to facts: numbers, names of columns and words of Kaltura's, never a value of a row.

What could not be found out is None. `docs/kaltura.md` says what each fact settles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from source_kaltura_rooms.facts.asking import Asked, Asking, needless
from source_kaltura_rooms.facts.hours import Session, analytics_unit, outside_sessions
from source_kaltura_rooms.kaltura.errors import ErrorAction, Refused
from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import ATTENDEES, REPORTS, ROOMS, SessionReport
from source_kaltura_rooms.retrieval.placement import has_value, seconds_of
from source_kaltura_rooms.retrieval.row_counts import FEWEST_ROWS, ROUND_NUMBER
from source_kaltura_rooms.times import DAY, HOUR, Interval

ANSWERS = 4
"""Answers of each report, which together are about the days that the facts are to be about."""
MOST_USER_TYPES = 5
"""More different values than these are not printed: they would be something else than types."""
BEFORE_KALTURA_ROOMS = Interval(978_307_200, 978_307_200 + HOUR)
"""An hour of the year 2001, of which a report can have no rows."""

_UNREACHABLE = (ErrorAction.RENEW_KS, ErrorAction.RECONNECT)

Facts = dict[str, Any]


def gather(asking: Asking, end: int, days: int) -> Facts:
    """All facts about the `days` days before `end` (Unix seconds)."""
    answers = {name: _answers(asking, report, end, days) for name, report in REPORTS.items()}
    tables = {name: _tables(asked) for name, asked in answers.items()}
    sessions = _sessions(tables[ROOMS.stream])
    facts: Facts = {
        "days": days,
        "reports": {
            name: _about_report(asking, report, answers[name]) for name, report in REPORTS.items()
        },
        "user_types": _user_types(tables[ATTENDEES.stream]),
        "sessions": _about_sessions(sessions, end),
        "analytics_unit": analytics_unit(asking, sessions, end),
        "events_outside_sessions": outside_sessions(asking, sessions, end),
        "cue_point_ids_have_effect": _cue_points_have_effect(asking, answers[ATTENDEES.stream]),
    }
    return {**facts, "requests": asking.requests}


def _answers(asking: Asking, report: SessionReport, end: int, days: int) -> list[Asked]:
    """Answers for adjoining intervals of full hours, the latest first.

    After a request that was too much, the remaining ones are about a day each. After any other
    refusal there are no more.
    """
    asked: list[Asked] = []
    until = end + -end % HOUR
    earliest = until - days * DAY
    length = max(DAY, -(-days * DAY // ANSWERS // HOUR) * HOUR)
    while len(asked) < ANSWERS and until > earliest:
        one = asking.ask(report, Interval(max(earliest, until - length), until))
        asked.append(one)
        if isinstance(one.outcome, Refused):
            if one.outcome.action not in (ErrorAction.SPLIT, ErrorAction.RETRY_THEN_SPLIT):
                break
            length = DAY
        else:
            until = one.interval.start
    return asked


def _tables(asked: Iterable[Asked]) -> list[Table]:
    return [one.answer.table for one in asked if one.answer and len(one.answer.table)]


def _about_report(asking: Asking, report: SessionReport, asked: Sequence[Asked]) -> Facts:
    facts: Facts = {"report": report.id, "answers": [_about_answer(one) for one in asked]}
    first = asked[0].outcome
    if isinstance(first, Refused) and first.action in (ErrorAction.CONFIG_ERROR, *_UNREACHABLE):
        return facts
    # A report that lacks columns of the key is refused; its header tells what it has instead.
    tolerant = replace(report, primary_key=(), start_column=None)
    empty = asking.ask(tolerant, BEFORE_KALTURA_ROOMS, all_columns=True)
    header = tuple(empty.answer.table.columns) if empty.answer else ()
    tables = _tables(asked)
    largest = max(asked, key=_rows)
    one_row = asking.ask(tolerant, largest.interval, limit=1, all_columns=not header)
    if not header and one_row.answer:
        header = tuple(one_row.answer.table.columns)
    keys = [Counter(table.keys(report.primary_key)) for table in tables]
    return {
        **facts,
        "header": list(header) or None,
        "unknown_columns": sorted(set(header) - set(report.columns)),
        "most_rows": _rows(largest),
        "possible_cap": _possible_cap(asked),
        "rows_with_the_key_of_another": sum(n for one in keys for n in one.values() if n > 1),
        "rows_without_cue_point": sum(
            not has_value(text) for table in tables for text in table.column("cue_point_id")
        ),
        "excluded_columns_are_left_out": _are_left_out(report, tables),
        "limit_has_effect": _rows(one_row) < _rows(largest)
        if one_row.answer and _rows(largest) > 1
        else None,
        "dates_have_effect": not _rows(empty) if empty.answer and tables else None,
        "empty_answer": _form_of_empty(empty),
    }


def _about_answer(asked: Asked) -> Facts:
    hours = (asked.interval.end - asked.interval.start) // HOUR
    if isinstance(asked.outcome, Refused):
        return {"hours": hours, "refused": asked.outcome.refusal.code}
    return {
        "hours": hours,
        "rows": len(asked.outcome.table),
        "seconds": round(asked.outcome.seconds, 2),
    }


def _rows(asked: Asked) -> int:
    return len(asked.answer.table) if asked.answer else 0


def _possible_cap(asked: Iterable[Asked]) -> int | None:
    """The largest number of rows, if it is round or came twice: answers may be cut off there."""
    counts = Counter(_rows(one) for one in asked)
    largest = max(counts)
    is_round = largest > 0 and largest % ROUND_NUMBER == 0
    came_twice = largest >= FEWEST_ROWS and counts[largest] > 1
    return largest if is_round or came_twice else None


def _are_left_out(report: SessionReport, tables: Iterable[Table]) -> bool | None:
    came = {name for table in tables for name in table.columns}
    return came.isdisjoint(needless(report)) if came else None


def _form_of_empty(empty: Asked) -> str | None:
    if isinstance(empty.outcome, Refused):
        return empty.outcome.refusal.code
    if len(empty.outcome.table):
        return None
    return "header" if empty.outcome.table.columns else "blank line"


def _user_types(tables: Iterable[Table]) -> list[str] | str | None:
    found: set[str] = set()
    for table in tables:
        if "user_type" in table.columns:
            found |= table.distinct("user_type")
    if len(found) > MOST_USER_TYPES:
        return f"more than {MOST_USER_TYPES}"
    return sorted(found) or None


def _sessions(tables: Iterable[Table]) -> list[Session]:
    """The sessions that report 6000 lists, each once, the latest first."""
    found: dict[tuple[str, str], Session] = {}
    for table in tables:
        names = ["entry_id", "cue_point_id", "session_start_time", "session_end_time"]
        if not set(names) <= set(table.columns):
            continue
        for room, cue_point, start, end in zip(*map(table.column, names), strict=True):
            if has_value(cue_point):
                found.setdefault(
                    (room, cue_point), Session(room, cue_point, seconds_of(start), seconds_of(end))
                )
    return sorted(found.values(), key=lambda one: one.start or 0, reverse=True)


def _about_sessions(sessions: Sequence[Session], now: int) -> Facts:
    known = [one for one in sessions if one.start is not None]
    old = [one for one in known if one.start is not None and one.start < now - DAY]
    rooms = Counter(one.cue_point for one in sessions)
    newest = max((one.start for one in known if one.start is not None), default=None)
    return {
        "listed": len(sessions),
        "without_start": len(sessions) - len(known),
        "with_the_cue_point_of_another_room": sum(rooms[one.cue_point] > 1 for one in sessions),
        "share_whose_end_is_their_start": _share_without_length(known),
        "share_whose_end_is_their_start_after_a_day": _share_without_length(old),
        "hours_since_the_newest_began": None if newest is None else round((now - newest) / HOUR, 1),
    }


def _share_without_length(sessions: Sequence[Session]) -> float | None:
    without_length = sum(one.start == one.end for one in sessions)
    return round(without_length / len(sessions), 3) if sessions else None


def _cue_points_have_effect(asking: Asking, asked: Iterable[Asked]) -> bool | None:
    """Whether attendees of one session come alone if they are asked for by its cue point."""
    for one in asked:
        if not one.answer or not len(one.answer.table):
            continue
        cue_points = sorted(filter(has_value, one.answer.table.distinct("cue_point_id")))
        if len(cue_points) > 1:
            chosen = cue_points[0]
            again = asking.ask(ATTENDEES, one.interval, {"cue_point_ids": (chosen,)})
            if again.answer and len(again.answer.table):
                return again.answer.table.distinct("cue_point_id") == {chosen}
    return None
