"""`docs/kaltura.md` explains every fact that `kaltura-rooms-facts` prints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from integration_tests.facts import facts_of
from integration_tests.facts import sandbox as sandbox
from integration_tests.sandbox import Sandbox

PAGE = Path(__file__).parent.parent / "docs/kaltura.md"
STREAMS = {"rooms", "attendees", "breakouts"}


def keys(facts: object) -> Iterator[str]:
    if isinstance(facts, dict):
        for key, value in facts.items():
            yield key
            yield from keys(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from keys(value)


def test_given_a_fact_then_the_page_says_what_it_settles(sandbox: Sandbox) -> None:
    sandbox.faults.missing_reports = {6002}
    open_questions = PAGE.read_text().partition("## Open questions")[2]

    facts, _ = facts_of(sandbox)

    names = set(keys(facts)) - STREAMS
    assert {"unit", "refused", "possible_cap", "user_types"} <= names
    assert not [name for name in names if f"`{name}`" not in open_questions]
