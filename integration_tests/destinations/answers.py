"""What the example queries must answer, worked out in Python from the ground truth.

Each answer is a list of rows, in any order, whose values stand in the order of the query's columns.
Numbers that a query rounds are given unrounded, with as much tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import pytest

from .destination import Row
from .scenario import Tables

Answer: TypeAlias = list[tuple[Any, ...]]


def attendance_per_course_and_week(tables: Tables) -> Answer:
    return [
        (course[0]["entry_name"], week, len(course), *_attendance(tables, course, per_session=True))
        for _, sessions in _grouped(_main_sessions(tables), "entry_id")
        for week, course in _by(sessions, lambda row: _monday(row["session_start_time"]))
    ]


def attendance_certificates(tables: Tables) -> Answer:
    answer = []
    for session in _ended(_main_sessions(tables)):
        length = _seconds(session) / 60
        for row in _attendees_of(tables, [session]):
            minutes = min(_minutes(row), length)
            if row["user_id"] and minutes >= 0.8 * length:
                answer.append(
                    (
                        session["entry_name"],
                        session["session_start_time"],
                        row["user_name"],
                        row["user_email"],
                        row["user_id"],
                        _tenths(minutes),
                        _tenths(length),
                        _tenths(100 * minutes / length),
                    )
                )
    return answer


def busiest_rooms(tables: Tables) -> Answer:
    return [
        (sessions[0]["entry_name"], len(sessions), *_attendance(tables, sessions))
        for _, sessions in _grouped(_main_sessions(tables), "entry_id")
    ]


def engagement_per_course(tables: Tables) -> Answer:
    answer = []
    for _, sessions in _grouped(_main_sessions(tables), "entry_id"):
        rows = _attendees_of(tables, sessions)
        measured = [row for row in rows if row["meeting_engaged_play_time_ratio"] is not None]
        engaged = sum(_minutes(row) * _ratio(row) for row in measured)
        answer.append(
            (
                sessions[0]["entry_name"],
                len(sessions),
                _tenths(len(rows) / len(sessions)),
                _whole(sum(map(_minutes, rows)) / len(rows)),
                _whole(100 * engaged / sum(map(_minutes, measured))),
            )
        )
    return answer


def engagement_by_session_length(tables: Tables) -> Answer:
    names = {0: "under 30 minutes", 1: "30 to 60 minutes", 2: "60 to 90 minutes"}
    names |= {3: "90 to 120 minutes", 4: "2 hours and longer"}

    def length(row: Row) -> int:
        return min(int(_seconds(row) / 60 // 30), 4)

    return [
        (
            names[number],
            len(rows),
            _tenths(_average(rows, "meeting_view_period_unique_users")),
            _whole(100 * _average(rows, "meeting_engaged_play_time_ratio")),
        )
        for number, rows in _by(_ended(_main_sessions(tables)), length)
    ]


def top_attendees(tables: Tables) -> Answer:
    rows = [row for row in _attendees_of(tables, _main_sessions(tables)) if row["user_id"]]
    return [
        (
            own[0]["user_name"],
            user_id,
            len({row["entry_id"] for row in own}),
            len(own),
            _tenths(sum(map(_minutes, own)) / 60),
        )
        for user_id, own in _grouped(rows, "user_id")
    ]


def hours_per_attendee(tables: Tables) -> Answer:
    rooms = {row["entry_id"]: row for row in tables["rooms"]}

    def course_and_person(row: Row) -> tuple[Any, Any]:
        room = rooms[row["entry_id"]]
        return room["parent_entry_id"] or room["entry_id"], row["user_id"]

    answer = []
    people = (row for row in tables["attendees"] if row["user_id"])
    for (course, user_id), rows in _by(people, course_and_person):
        there = [row for row in rows if row["entry_id"] == course]
        aside = [row for row in rows if row["entry_id"] != course]
        answer.append(
            (
                rooms[course]["entry_name"],
                max((row["user_name"] for row in rows if row["user_name"]), default=None),
                rows[0]["user_email"],
                user_id,
                len(there),
                _hundredths(sum(map(_minutes, there)) / 60),
                _hundredths(sum(map(_minutes, aside)) / 60),
            )
        )
    return answer


def hours_per_term(tables: Tables) -> Answer:
    def term_and_person(row: Row) -> tuple[int, str, Any]:
        start: Any = row["session_start_time"]
        year = start.year if start.month >= 4 else start.year - 1
        return year, "summer" if 4 <= start.month <= 9 else "winter", row["user_id"]

    rows = [row for row in _attendees_of(tables, _main_sessions(tables)) if row["user_id"]]
    return [
        (*term_and_user, len(own), _tenths(sum(map(_minutes, own)) / 60))
        for term_and_user, own in _by(rows, term_and_person)
    ]


def no_shows(tables: Tables) -> Answer:
    sessions = _main_sessions(tables)
    came = defaultdict(set)
    for row in _attendees_of(tables, sessions):
        came[row["cue_point_id"]].add(row["user_id"])
    return [
        (session["entry_name"], session["session_start_time"], user_id)
        for _, course in _grouped(sessions, "entry_id")
        for session in course
        for user_id in set().union(*(came[row["cue_point_id"]] for row in course))
        if user_id and user_id not in came[session["cue_point_id"]]
    ]


def breakouts_under_main_sessions(tables: Tables) -> Answer:
    answer: Answer = []
    for row in tables["breakouts"]:
        start: Any = row["session_start_time"]
        running: list[Any] = [
            session["session_start_time"]
            for session in _main_sessions(tables)
            if session["entry_id"] == row["parent_entry_id"] and _is_running_at(start, session)
        ]
        engaged: Any = row["engagement_rate"]
        answer.append(
            (
                row["parent_entry_name"],
                max(running, default=None),
                row["breakout_entry_name"],
                start,
                _whole(_seconds(row) / 60),
                row["participant_count"],
                None if engaged is None else _whole(100 * float(engaged)),
            )
        )
    return answer


def breakouts_per_main_room(tables: Tables) -> Answer:
    return [
        (
            rows[0]["parent_entry_name"],
            len({row["breakout_entry_id"] for row in rows}),
            len(rows),
            _tenths(_average(rows, "participant_count")),
            _whole(sum(map(_seconds, rows)) / len(_ended(rows)) / 60),
            _whole(100 * _average(rows, "engagement_rate")),
        )
        for _, rows in _grouped(tables["breakouts"], "parent_entry_id")
    ]


def _ended(sessions: Iterable[Row]) -> list[Row]:
    """Return the sessions that have an end; Kaltura gives the others their start in its place."""
    return [row for row in sessions if _seconds(row) > 0]


def _main_sessions(tables: Tables) -> list[Row]:
    return [row for row in tables["rooms"] if row["parent_entry_id"] is None]


def _is_running_at(moment: datetime, session: Row) -> bool:
    start: Any = session["session_start_time"]
    end: Any = session["session_end_time"]
    until = end if end > start else start + timedelta(days=1)
    return bool(start <= moment < until)


def _attendees_of(tables: Tables, sessions: Iterable[Row]) -> list[Row]:
    ids = {(row["entry_id"], row["cue_point_id"]) for row in sessions}
    return [row for row in tables["attendees"] if (row["entry_id"], row["cue_point_id"]) in ids]


def _attendance(tables: Tables, sessions: list[Row], *, per_session: bool = False) -> Iterator[Any]:
    """Yield people, how many came to a session if that is asked for, and hours."""
    rows = _attendees_of(tables, sessions)
    yield len({row["user_id"] for row in rows} - {""})
    if per_session:
        yield _tenths(len(rows) / len(sessions))
    yield _tenths(sum(map(_minutes, rows)) / 60)


def _grouped(rows: Iterable[Row], column: str) -> Iterator[tuple[Any, list[Row]]]:
    yield from _by(rows, lambda row: row[column])


def _by(rows: Iterable[Row], key: Callable[[Row], Any]) -> Iterator[tuple[Any, list[Row]]]:
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    yield from groups.items()


def _monday(moment: Any) -> Any:
    midnight = moment.replace(hour=0, minute=0, second=0)
    return midnight - timedelta(days=moment.weekday())


def _minutes(row: Row) -> float:
    value: Any = row["meeting_view_time"]
    return float(value)


def _ratio(row: Row) -> float:
    value: Any = row["meeting_engaged_play_time_ratio"]
    return float(value)


def _seconds(row: Row) -> float:
    start, end = row["session_start_time"], row["session_end_time"]
    assert isinstance(start, datetime)
    assert isinstance(end, datetime)
    return (end - start).total_seconds()


def _average(rows: Iterable[Row], column: str) -> float:
    values: list[Any] = [row[column] for row in rows if row[column] is not None]
    return sum(map(float, values)) / len(values)


def _whole(number: float) -> Any:
    return pytest.approx(number, abs=0.5001)


def _tenths(number: float) -> Any:
    return pytest.approx(number, abs=0.05001)


def _hundredths(number: float) -> Any:
    return pytest.approx(number, abs=0.005001)
