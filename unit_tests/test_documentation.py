"""What users can see or set is documented: streams, fields, options, errors, in the right place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from source_kaltura_rooms.config import KEYS
from source_kaltura_rooms.kaltura.errors import CODES
from source_kaltura_rooms.reports import REPORTS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/integrations/sources/kaltura-rooms.md").read_text()
SPEC = yaml.safe_load((ROOT / "source_kaltura_rooms/spec.yaml").read_text())[
    "connectionSpecification"
]["properties"]
BRANCHES = SPEC["credentials"]["oneOf"]

UNITS = {"integer": {"people", "seconds"}, "number": {"0 to 1", "minutes"}, "timestamp": {"UTC"}}


def section(title: str) -> str:
    """The text under a heading, up to the next one of the same level or above."""
    level, _, _ = title.partition(" ")
    start = PAGE.index(f"\n{title}\n")
    following = re.compile(rf"\n#{{1,{len(level)}}} ").search(PAGE, start + 1)
    return PAGE[start : following.start() if following else None]


def rows(text: str) -> list[list[str]]:
    """The cells of a section's table, without its heading."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def airbyte_type(field: dict[str, Any]) -> str:
    types: list[str] = field["type"] if isinstance(field["type"], list) else [field["type"]]
    return "timestamp" if "format" in field else next(one for one in types if one != "null")


def test_given_the_page_then_its_sections_are_in_airbytes_order() -> None:
    assert [line for line in PAGE.splitlines() if re.match("#{1,2} ", line)] == [
        "# Kaltura Rooms",
        "## Prerequisites",
        "## Setup guide",
        "## Supported sync modes",
        "## Supported Streams",
        "## IP allow list",
        "## Performance considerations",
        "## Data type map",
        "## Limitations & Troubleshooting",
        "## Changelog",
    ]


def test_given_the_page_then_each_stream_has_its_section_in_order() -> None:
    headings = re.findall("^### (.*)$", section("## Supported Streams"), re.MULTILINE)
    assert headings == list(REPORTS)


@pytest.mark.parametrize("stream", REPORTS)
def test_given_a_stream_then_exactly_its_fields_are_documented_with_type_unit_and_key(
    stream: str,
) -> None:
    table = rows(section(f"### {stream}"))
    documented = {name.removesuffix(r" \*").strip("`"): kind for name, kind, *_ in table}
    keys = {name.removesuffix(r" \*").strip("`") for name, *_ in table if name.endswith(r" \*")}

    properties = REPORTS[stream].json_schema["properties"]
    assert documented == {name: airbyte_type(field) for name, field in properties.items()}
    assert keys == set(REPORTS[stream].primary_key)
    for name, kind, unit, meaning in table:
        assert unit in UNITS.get(kind, {""}), name
        assert meaning, name


@pytest.mark.parametrize("key", KEYS)
def test_given_an_option_then_its_row_has_title_key_and_default(key: str) -> None:
    (row,) = [row for row in rows(ALL_OPTIONS) if row[1] == f"`{key}`"]

    assert row[0] == SPEC[key]["title"]
    if "default" in SPEC[key]:
        assert row[2].strip("`") == str(SPEC[key]["default"])
    if "maximum" in SPEC[key]:
        assert row[3].startswith(f"{SPEC[key]['minimum']} to {SPEC[key]['maximum']};")


@pytest.mark.parametrize("branch", BRANCHES, ids=lambda branch: branch["title"])
def test_given_a_way_to_authenticate_then_all_its_fields_are_documented(
    branch: dict[str, dict[str, dict[str, str]]],
) -> None:
    auth_type = branch["properties"]["auth_type"]["const"]
    (row,) = [row for row in rows(ALL_OPTIONS) if row[1] == f"`auth_type: {auth_type}`"]

    assert set(re.findall(r"`(\w+)`", row[3])) == set(branch["properties"]) - {"auth_type"}


@pytest.mark.parametrize("code", CODES)
def test_given_a_code_of_kalturas_then_troubleshooting_says_what_to_do(code: str) -> None:
    rows_with_it = [row for row in rows(section("### Troubleshooting")) if f"`{code}`" in row[0]]

    ((_, meaning, remedy),) = rows_with_it
    assert meaning
    assert remedy


def test_given_troubleshooting_then_it_names_no_code_that_the_connector_does_not_know() -> None:
    named = re.findall(r"`([A-Z][A-Z_]{3,})`", section("### Troubleshooting"))
    settings = {"ANALYTICS_BASE", "EXPIRED", "HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"}
    assert set(named) - settings == set(CODES)


@pytest.mark.parametrize(
    "field", [*(SPEC[key] for key in KEYS if key != "credentials"), SPEC["credentials"]]
)
def test_given_a_required_field_then_the_prerequisites_name_it(field: dict[str, str]) -> None:
    required = ("Authentication", "Start date")
    assert (f"**{field['title']}**" in section("## Prerequisites")) == (field["title"] in required)


def pages() -> list[Path]:
    """All pages of the repository that people read."""
    folders = ("docs", "examples", "benchmarks")
    below = [page for folder in folders for page in (ROOT / folder).rglob("*.md")]
    return [*ROOT.glob("*.md"), *below]


def prose(page: Path) -> str:
    """The page without its blocks of code, in which a comment would look like a heading."""
    return re.sub(r"^ *```.*?^ *```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What links into the page may name, as GitHub makes it from the headings."""
    headings = re.findall("^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_given_a_link_into_the_repository_then_it_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target, anchor in re.findall(
        r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", prose(page)
    ):
        linked = page.parent / target if target else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), f"{target}#{anchor}"


@pytest.mark.parametrize("page", (ROOT / "docs").rglob("*.md"), ids=lambda page: page.name)
def test_given_a_page_then_its_beginning_names_what_it_is_about(page: Path) -> None:
    """Readers come from search engines, and have read no other page."""
    beginning = page.read_text().partition("\n## ")[0]
    assert beginning.startswith("# ")
    assert "Kaltura" in beginning
    assert "connector" in beginning


ALL_OPTIONS = section("#### For Airbyte Open Source:").partition("All options:")[2]
