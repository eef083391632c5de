"""Arrows of import point one way: airbyte, then retrieval, then kaltura, then what is declared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "source_kaltura_rooms"
COMMANDS = r"source_kaltura_rooms\.(source|entrypoint|run)"
ABOVE_KALTURA = rf"airbyte_cdk|source_kaltura_rooms\.(airbyte|retrieval)|{COMMANDS}"
DECLARED = [
    "config.py",
    "config_custom_reports.py",
    "config_values.py",
    "custom_reports.py",
    "pseudonyms.py",
    "reports.py",
    "times.py",
]
"""Modules of the configuration and of reports as data, which every package uses."""

FORBIDDEN = {
    "airbyte": COMMANDS,
    "retrieval": rf"airbyte_cdk|source_kaltura_rooms\.airbyte|{COMMANDS}",
    "kaltura": ABOVE_KALTURA,
}


def imports(path: Path, pattern: str) -> list[str]:
    """The imported modules that match a pattern."""
    found = re.finditer(rf"^\s*(?:from|import) ({pattern})", path.read_text(), re.MULTILINE)
    return [match[1] for match in found]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_given_a_package_when_its_imports_are_read_then_none_leads_to_a_higher_one(
    package: str,
) -> None:
    modules = sorted((PACKAGE / package).glob("*.py"))
    found = {path.name: imports(path, FORBIDDEN[package]) for path in modules}
    found.pop("masking.py", None)  # the CDK keeps the list of what it masks

    assert len(modules) > 2
    assert all(not names for names in found.values()), found


@pytest.mark.parametrize("name", DECLARED)
def test_given_what_is_declared_when_its_imports_are_read_then_none_leads_to_a_package(
    name: str,
) -> None:
    assert imports(PACKAGE / name, rf"{ABOVE_KALTURA}|source_kaltura_rooms\.kaltura") == []
