"""Which columns say who a person is, and what `personal_data: pseudonyms` makes of them.

The rows of the same person get the same pseudonym in all streams and syncs, as long as the secret
is the same. Names are never asked for, and where a server sends them all the same, the client drops
them as it reads the answer. What everybody is told stands in docs/pseudonyms.md.
"""

from __future__ import annotations

import functools
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from source_kaltura_rooms.kaltura.values import Value

Kind = Literal["id", "address", "name"]

PERSONAL_COLUMNS: Mapping[str, Kind] = {
    "user_id": "id",
    "session_host_user_id": "id",
    "user_email": "address",
    "user_name": "name",
    "session_initiator": "name",
}
NAMES = tuple(column for column, kind in PERSONAL_COLUMNS.items() if kind == "name")

LEAST_SECRET = 16
"""Characters that a secret has at least."""

_CACHED = 50_000
"""Pseudonyms that are kept, about 15 MB of them: people take part in many sessions."""

_MADE_OF: Mapping[Kind, str] = {
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

    def of_column(self, column: str, values: Sequence[Value]) -> Sequence[Value]:
        """The values of a column as they may be emitted; those that are blank stay as they are."""
        kind = PERSONAL_COLUMNS.get(column)
        if kind is None:
            return values
        if kind == "name":
            return [None] * len(values)
        texts = [value if isinstance(value, str) else "" for value in values]
        if kind == "address":
            texts = [text.strip().lower() for text in texts]
        made = map(functools.partial(_pseudonym, self.secret), texts)
        return [one or value for one, value in zip(made, values, strict=True)]

    def described(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON schema of a stream, with descriptions of the fields as they are emitted."""
        properties = {
            name: {**declared, "description": self._description(name, declared["description"])}
            for name, declared in schema["properties"].items()
        }
        return {**schema, "properties": properties}

    def _description(self, column: str, of_clear_text: str) -> str:
        kind = PERSONAL_COLUMNS.get(column)
        return of_clear_text if kind is None else f"{of_clear_text} {_MADE_OF[kind]}"


@functools.lru_cache(maxsize=_CACHED)
def _pseudonym(secret: str, text: str) -> str:
    """The pseudonym of a text; none, which is the blank text, of one that is blank."""
    if not text.strip():
        return ""
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()[:32]
