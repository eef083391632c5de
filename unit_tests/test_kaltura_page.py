"""`docs/kaltura.md` names files and tests that exist, and says why each peculiarity matters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/kaltura.md").read_text()
PECULIARITIES = dict(
    part.partition("\n")[::2]
    for part in re.split(r"^### ", PAGE.partition("\n## Open questions")[0], flags=re.MULTILINE)[1:]
)
SOURCES = {"guide", "server, run", "server, read", "dashboard", "inferred"}


def test_given_the_page_then_it_has_peculiarities() -> None:
    assert len(PECULIARITIES) > 20


@pytest.mark.parametrize("title", PECULIARITIES)
def test_given_a_peculiarity_then_its_source_is_one_that_the_page_explains(title: str) -> None:
    (source,) = re.findall(r"\*\(Source:\s([^.]+)\.\)\*", PECULIARITIES[title])
    explained = re.findall(r"^\| ([a-z, ]+) \|", PAGE, re.MULTILINE)

    assert source.replace("\n", " ") in SOURCES
    assert set(explained) >= SOURCES


@pytest.mark.parametrize("title", PECULIARITIES)
def test_given_a_peculiarity_then_it_says_why_it_matters_and_its_file_exists(title: str) -> None:
    text = PECULIARITIES[title]
    (files,) = re.findall(r"\*\*Dealt with in\*\* (.+)", text)

    assert "**Why it matters:** " in text
    for file in re.findall("`([^`]+)`", files):
        assert (ROOT / "source_kaltura_rooms" / file).is_file(), file


@pytest.mark.parametrize("title", PECULIARITIES)
def test_given_a_peculiarity_then_a_test_of_that_name_exists(title: str) -> None:
    (tests,) = re.findall(r"\*\*Tested in\*\* ((?:.+\n)+)", PECULIARITIES[title] + "\n")
    named = re.findall("`([^`]+)::([^`]+)`", tests)

    assert named
    for file, test in named:
        assert f"\ndef {test}(" in (ROOT / file).read_text(), f"{file}::{test}"
