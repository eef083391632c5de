"""Keeps secrets that are made during a sync out of every message the connector prints.

The CDK masks the secrets of the configuration in logs, traces and statuses. It masks text as it
stands, so a secret that was encoded on the way, as in the form of a request that `--debug` prints,
must be registered in that shape too.
"""

from __future__ import annotations

import json
from urllib.parse import quote, quote_plus

from airbyte_cdk.utils.airbyte_secrets_utils import add_to_secrets


def register_secret(secret: str) -> None:
    """Mask `secret` from now on: as it is, as forms and URLs carry it, and as JSON does."""
    in_json = json.dumps(secret)[1:-1]
    shapes = {
        secret,
        quote_plus(secret),
        quote(secret, safe=""),
        in_json,
        in_json.replace("/", "\\/"),  # as PHP writes JSON
        repr(secret)[1:-1],
    }
    for shape in sorted(shapes - {""}, key=len, reverse=True):
        add_to_secrets(shape)
