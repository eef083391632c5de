"""What `personal_data: pseudonyms` makes of the columns that say who a person is.

Which columns these are is told by the reports. The same person has the same pseudonym in all
streams and syncs, as long as the secret is the same. Names are never asked for, and where a server
sends them all the same, the client drops them as it reads the answer. What everybody is told stands
in docs/pseudonyms.md.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_kaltura_rooms.reports import PersonalKind, Report, Value

LEAST_SECRET = 16
"""Characters that a secret has at least."""

_CACHED = 50_000
"""Pseudonyms that are kept, about 15 MB of them: people take part in many sessions."""

_TOLD: Mapping[PersonalKind, str] = {
    "id": "Pseudonym of the ID, the same in all streams: the first 32 hexadecimal digits of "
    "HMAC-SHA256 with the secret of the configuration.",
    "address": "Pseudonym of the e-mail address without blanks around it and in lower case: the "
    "first 32 hexadecimal digits of HMAC-SHA256 with the secret of the configuration.",
    "name": "Always null: with personal_data set to pseudonyms, names are not asked for.",
}


@dataclass(frozen=True)
class Pseudonyms:
    """Makes pseudonyms with one secret. Threads may share it."""

    secret: str = field(repr=False)

    def instead_of(self, kind: PersonalKind, values: Sequence[Value]) -> Sequence[Value]:
        """The values of a column as they may be emitted; those that are blank stay as they are."""
        if kind == "name":
            return [None] * len(values)
        texts = ["" if value is None else str(value) for value in values]
        if kind == "address":
            texts = [text.strip().lower() for text in texts]
        made = map(functools.partial(_pseudonym, self.secret), texts)
        return [one or value for one, value in zip(made, values, strict=True)]

    def schema(self, report: Report) -> dict[str, Any]:
        """The JSON schema of the report's stream; each description tells what is emitted."""
        properties = dict(report.json_schema["properties"])
        for name in properties.keys() & report.personal.keys():
            declared = properties[name]
            told = f"{declared['description']} {_TOLD[report.personal[name]]}"
            if report.columns[name] == "string":
                properties[name] = {**declared, "description": told}
            else:  # a pseudonym is a text, whatever it was made of
                properties[name] = {"type": ["null", "string"], "description": told}
        return {**report.json_schema, "properties": properties}


@functools.lru_cache(maxsize=_CACHED)
def _pseudonym(secret: str, text: str) -> str:
    """The pseudonym of a text; blank for one that is blank."""
    if not text.strip():
        return ""
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()[:32]
