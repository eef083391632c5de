"""API calls, whichever way they are sent.

Kaltura's public server source takes parameters from the path (`/service/report/action/…/id/6000`),
the query string and the body (a form or JSON), and knows services and actions in any letter case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl, unquote, urlsplit

API_PATH = "/api_v3"
REPORT_ACTION = ("report", "getcsvfromstringparams")

_JSON_FORMAT = "1"


@dataclass(frozen=True)
class Call:
    """One call: HTTP method, request URI as sent, and the parameters from all places."""

    method: str
    uri: str
    given: Mapping[str, str]

    @property
    def service(self) -> str:
        """The service, lower case, e.g. `report`; blank if none is named."""
        return self.given.get("service", "").lower()

    @property
    def action(self) -> str:
        """The action, lower case, e.g. `getcsvfromstringparams`; blank if none is named."""
        return self.given.get("action", "").lower()

    @property
    def path(self) -> str:
        """The path of the URI, without its query."""
        return urlsplit(self.uri).path

    @property
    def ks(self) -> str:
        """The session's text, blank if none was sent."""
        return self.given.get("ks", "")

    @property
    def wants_json(self) -> bool:
        """Whether the answer is to be JSON; XML is Kaltura's default."""
        return self.given.get("format") == _JSON_FORMAT

    @property
    def is_report(self) -> bool:
        """Whether the call asks for a report's CSV."""
        return (self.service, self.action) == REPORT_ACTION

    @property
    def report_id(self) -> int | None:
        """The id of the report asked for, `None` for other calls."""
        text = self.given.get("id", "")
        return int(text) if self.is_report and text.isdigit() else None

    @cached_property
    def params(self) -> dict[str, str]:
        """The report's own parameters: split on `;`, then on the first `=`; nothing is escaped."""
        pairs = (pair.strip().partition("=") for pair in self.given.get("params", "").split(";"))
        return {key: value for key, _, value in pairs if key}

    @property
    def excluded_fields(self) -> tuple[str, ...]:
        """The columns that the caller wants left out."""
        names = self.given.get("excludedFields", "").split(",")
        return tuple(name.strip() for name in names if name.strip())


def read_call(method: str, uri: str, content_type: str, body: bytes) -> Call | None:
    """Return the call, or `None` if the path is not the API's.

    Later places win: the query over the path, the body over both.
    """
    split = urlsplit(uri)
    if split.path != API_PATH and not split.path.startswith(API_PATH + "/"):
        return None
    pieces = split.path.removeprefix(API_PATH).removeprefix("/index.php").strip("/").split("/")
    # Decoded piece by piece: a bare "/" in a value, as in a KS, breaks the path for real as well.
    pieces = [unquote(piece) for piece in pieces]
    given = dict(zip(pieces[::2], pieces[1::2], strict=False))
    given.update(parse_qsl(split.query, keep_blank_values=True))
    given.update(_read_body(content_type, body))
    return Call(method, uri, given)


def _read_body(content_type: str, body: bytes) -> dict[str, str]:
    if not content_type.startswith("application/json"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    document = json.loads(body or b"{}")
    return {key: v if isinstance(v, str) else json.dumps(v) for key, v in document.items()}
