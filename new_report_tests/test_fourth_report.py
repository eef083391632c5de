"""To add a report takes an entry, a schema, a golden pair and a section of the documentation.

A made-up report 6003 is added to a copy of the repository with these four, and with nothing else.
Then all unit tests of the copy have to pass.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ENTRY = """
POLLS = SessionReport(
    stream="polls",
    columns=_columns(_declared("polls")),
    json_schema=_declared("polls"),
    id=6003,
    primary_key=("entry_id", "cue_point_id", "poll_id"),
    first_column="entry_id",
    filters={"entry_ids": ("entry_ids",)},
    filter_columns={"entry_ids": "entry_id"},
    session_filter="entry_ids",
    size_column="answers",
)

"""
PROPERTIES = {
    "entry_id": {"type": "string", "description": "ID of the room. Part of the primary key."},
    "cue_point_id": {
        "type": "string",
        "description": "ID of the session. Part of the primary key.",
    },
    "poll_id": {"type": "string", "description": "ID of the poll. Part of the primary key."},
    "question": {"type": ["null", "string"], "description": "What was asked."},
    "session_start_time": {
        "type": ["null", "string"],
        "format": "date-time",
        "airbyte_type": "timestamp_with_timezone",
        "description": "When the session started, as RFC 3339 in UTC. The cursor of the stream.",
    },
    "session_end_time": {
        "type": ["null", "string"],
        "format": "date-time",
        "airbyte_type": "timestamp_with_timezone",
        "description": "When the session ended, as RFC 3339 in UTC.",
    },
    "answers": {"type": ["null", "integer"], "description": "How many people answered."},
}
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "additionalProperties": True,
    "properties": PROPERTIES,
}
CSV = (
    "\ufeffentry_id,cue_point_id,poll_id,question,session_start_time,session_end_time,answers\n"
    "1_room0001,1_cue00001,7,Ready?,1770109200,1770114600,12\n"
)
PAIR = {
    "stream": "polls",
    "rows": [
        {
            "entry_id": "1_room0001",
            "cue_point_id": "1_cue00001",
            "poll_id": "7",
            "question": "Ready?",
            "session_start_time": "1770109200",
            "session_end_time": "1770114600",
            "answers": "12",
        }
    ],
    "records": [
        {
            "entry_id": "1_room0001",
            "cue_point_id": "1_cue00001",
            "poll_id": "7",
            "question": "Ready?",
            "session_start_time": "2026-02-03T09:00:00Z",
            "session_end_time": "2026-02-03T10:30:00Z",
            "answers": 12,
        }
    ],
}
SECTION = r"""
### polls

One row for each poll. Kaltura's report 6003.

| field | type | unit | meaning |
|---|---|---|---|
| `entry_id` \* | string | | ID of the room |
| `cue_point_id` \* | string | | ID of the session |
| `poll_id` \* | string | | ID of the poll |
| `question` | string | | what was asked |
| `session_start_time` | timestamp | UTC | when the session started; the cursor |
| `session_end_time` | timestamp | UTC | when the session ended |
| `answers` | integer | people | how many people answered |
"""
BEFORE_NEXT_SECTION = "\nKaltura may have further columns for your account."


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The files that git knows, in a folder of their own."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    target = tmp_path / "source-kaltura-rooms"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    subprocess.run(["git", "add", "--all"], cwd=target, check=True)
    return target


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1, (path, old)
    path.write_text(text.replace(old, new))


def test_given_a_fourth_report_when_four_things_are_added_then_all_unit_tests_pass(
    copy: Path,
) -> None:
    reports = copy / "source_kaltura_rooms/reports.py"
    replace_once(reports, "(ROOMS, ATTENDEES, BREAKOUTS)}", "(ROOMS, ATTENDEES, BREAKOUTS, POLLS)}")
    replace_once(reports, "\nREPORTS = {", f"{ENTRY}REPORTS = {{")
    (copy / "source_kaltura_rooms/schemas/polls.json").write_text(json.dumps(SCHEMA, indent=2))
    (copy / "unit_tests/golden/polls.csv").write_text(CSV)
    (copy / "unit_tests/golden/polls.json").write_text(json.dumps(PAIR, indent=2))
    page = copy / "docs/integrations/sources/kaltura-rooms.md"
    replace_once(page, BEFORE_NEXT_SECTION, SECTION + BEFORE_NEXT_SECTION)
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)

    tests = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "unit_tests",
            "-q",
            "--tb=short",
            "-p",
            "no:cacheprovider",
        ],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert tests.returncode == 0, tests.stdout[-5_000:]
