"""Arrows of import point one way: airbyte, then retrieval, then kaltura."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "source_kaltura_rooms"
FORBIDDEN = {
    "kaltura": r"airbyte_cdk|source_kaltura_rooms\.(retrieval|airbyte|source|entrypoint|run)",
    "retrieval": r"airbyte_cdk|source_kaltura_rooms\.(airbyte|source|entrypoint|run)",
    "airbyte": r"source_kaltura_rooms\.(source|entrypoint|run)",
}


@pytest.mark.parametrize("wing", FORBIDDEN)
def test_given_a_wing_when_its_imports_are_read_then_none_leads_to_a_higher_one(wing: str) -> None:
    modules = sorted((PACKAGE / wing).glob("*.py"))
    forbidden = re.compile(rf"^\s*(?:from|import) ({FORBIDDEN[wing]})", re.MULTILINE)
    found = {path.name: forbidden.findall(path.read_text()) for path in modules}
    found.pop("masking.py", None)  # the CDK keeps the list of what it masks

    assert len(modules) > 2
    assert all(not names for names in found.values()), found
