"""Metadata, changelogs and migration guide tell the same about what breaks in a release."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from source_kaltura_rooms.reports import REPORTS
from unit_tests.test_release_files import METADATA, VERSION, text


def newest_first(versions: Iterable[str]) -> list[str]:
    return sorted(versions, key=lambda one: [*map(int, one.split("."))], reverse=True)


def test_given_a_breaking_release_then_the_metadata_says_what_breaks_and_until_when() -> None:
    """Airbyte shows this to users before they upgrade."""
    breaking = METADATA["data"]["releases"]["breakingChanges"]
    newest = newest_first(breaking)[0]
    released = re.search(rf"^## \[{re.escape(newest)}\] - (\S+)$", text("CHANGELOG.md"), re.M)
    documented = re.search(
        rf"^\| {re.escape(newest)} \| (\S+) \|.*\*\*Breaking change\*\*.*Refresh the schema: yes",
        text("docs/integrations/sources/kaltura-rooms.md"),
        re.M,
    )

    assert newest.split(".")[:2] == VERSION.split(".")[:2]
    assert released
    assert documented
    assert released[1] == documented[1]
    release_date = datetime.date.fromisoformat(released[1])
    assert datetime.date.fromisoformat(breaking[newest]["upgradeDeadline"]) > release_date
    assert breaking[newest]["deadlineAction"] == "disable"


def test_given_breaking_changes_then_the_migration_guide_has_a_section_for_each() -> None:
    """In the form that Airbyte's quality checks ask for, newest first."""
    breaking = METADATA["data"]["releases"]["breakingChanges"]
    address = METADATA["data"]["documentationUrl"] + "-migrations"
    guide = text("docs/integrations/sources/kaltura-rooms-migrations.md")

    assert guide.startswith(f"# {METADATA['data']['name']} Migration Guide\n")
    assert re.findall("^## (.*)$", guide, re.M) == [
        f"Upgrading to {version}" for version in newest_first(breaking)
    ]
    for version, change in breaking.items():
        section = f"upgrading-to-{version.replace('.', '')}"
        assert change["migrationDocumentationUrl"] == f"{address}#{section}"


def test_given_breaking_changes_then_the_streams_that_they_name_exist() -> None:
    for change in METADATA["data"]["releases"]["breakingChanges"].values():
        for scope in change["scopedImpact"]:
            assert scope["scopeType"] == "stream"
            assert set(scope["impactedScopes"]) <= set(REPORTS)
