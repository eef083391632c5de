"""What each example query answers on the tables in `tiny`, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

ANSWERS: dict[str, list[tuple[Any, ...]]] = {
    "attendance_certificates": [
        ("Biology", datetime(2026, 3, 8, 23, 50), "Ann", "ann@example.com", "ann", 130, 130, 100),
        ("Biology", datetime(2026, 3, 8, 23, 50), None, None, "cem", 104, 130, 80),
        ("Algebra", datetime(2026, 3, 10, 10), "Ann", "ann@example.com", "ann", 42, 45, 93.3),
    ],
    "attendance_per_course_and_week": [
        ("Algebra", date(2026, 3, 30), 1, 2, 2.0, 0.3),
        ("Algebra", date(2026, 3, 9), 1, 1, 1.0, 0.7),
        ("Biology", date(2026, 3, 9), 1, 0, 0.0, 0.0),
        ("Algebra", date(2026, 3, 2), 1, 2, 3.0, 2.4),
        ("Biology", date(2026, 3, 2), 1, 2, 2.0, 4.1),
    ],
    "breakouts_per_main_room": [("Algebra", 1, 3, 2.0, 25, 30)],
    "breakouts_under_main_sessions": [
        ("Algebra", datetime(2026, 4, 1, 10), "Group 1", datetime(2026, 4, 1, 10, 30), 0, 1, None),
        ("Algebra", None, "Group 1", datetime(2026, 3, 4, 12, 0), 20, 3, None),
        ("Algebra", datetime(2026, 3, 2, 10), "Group 1", datetime(2026, 3, 2, 10, 30), 30, 2, 30),
    ],
    "busiest_rooms": [("Biology", 2, 2, 4.1), ("Algebra", 3, 2, 3.4)],
    "engagement_by_session_length": [
        ("under 30 minutes", 1, 0.0, None),
        ("30 to 60 minutes", 1, 1.0, None),
        ("90 to 120 minutes", 1, 3.0, 50),
        ("2 hours and longer", 1, 2.0, 25),
    ],
    "engagement_per_course": [("Algebra", 3, 2.0, 41, 50), ("Biology", 2, 1.0, 122, 46)],
    "guests_and_members": [
        ("Algebra", "User", 2, 5, 3.2),
        ("Algebra", "unknown", 0, 1, 0.2),
        ("Biology", "Guest", 1, 1, 1.7),
        ("Biology", "User", 1, 1, 2.3),
    ],
    "hours_per_attendee": [
        ("Algebra", "Ann", "ann@example.com", "ann", 3, 2.03, 0.5),
        ("Algebra", "Ben", None, "ben", 2, 1.2, 0.5),
        ("Biology", "Ann", "ann@example.com", "ann", 1, 2.33, 0.0),
        ("Biology", None, None, "cem", 1, 1.73, 0.0),
        (None, "Dan", None, "dan", 1, 0.3, 0.0),
    ],
    "hours_per_term": [
        (2026, "summer", "ann", 1, 0.3),
        (2026, "summer", "ben", 1, 0.0),
        (2025, "winter", "ann", 3, 4.0),
        (2025, "winter", "ben", 1, 1.2),
        (2025, "winter", "cem", 1, 1.7),
    ],
    "no_shows": [
        ("Algebra", datetime(2026, 3, 10, 10, 0), "ben"),
        ("Biology", datetime(2026, 3, 11, 9, 0), "ann"),
        ("Biology", datetime(2026, 3, 11, 9, 0), "cem"),
    ],
    "sessions_without_end": [
        ("Group 1", "Algebra", datetime(2026, 4, 1, 10, 30), 1),
        ("Algebra", None, datetime(2026, 4, 1, 10, 0), 2),
    ],
    "top_attendees": [
        ("Ann", "ann", 2, 4, 4.4),
        (None, "cem", 1, 1, 1.7),
        ("Ben", "ben", 1, 2, 1.2),
        ("Dan", "dan", 1, 1, 0.3),
    ],
}
"""The rows of each query, in their order."""
