"""The configuration as a frozen dataclass; what a person can get wrong in it is refused here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from source_kaltura_rooms.times import DAY, HOUR, parse_time

HASH_TYPES = ("SHA256", "SHA512", "SHA1", "MD5")
FILTERS = ("entry_ids", "virtual_event_ids", "user_ids", "cue_point_ids", "parent_entry_ids")


class ConfigError(ValueError):
    """The configuration cannot be used; the text is one sentence that names the key."""


@dataclass(frozen=True)
class AppToken:
    """An app token of Kaltura's, which lets a session be started without an account's secret."""

    partner_id: int
    app_token_id: str
    app_token: str = field(repr=False)
    hash_type: str = "SHA256"


@dataclass(frozen=True)
class AdminSecret:
    """An account's admin secret, and the user in whose name sessions are started."""

    partner_id: int
    admin_secret: str = field(repr=False)
    user_id: str = ""


@dataclass(frozen=True)
class ReadyMadeSession:
    """A session (KS) that was made elsewhere and cannot be renewed."""

    ks: str = field(repr=False)


Credentials = AppToken | AdminSecret | ReadyMadeSession


@dataclass(frozen=True)
class Config:
    """What to read and how. Times are Unix seconds in UTC, lengths are seconds.

    Sessions count if they start in `[start, end)`; `end` is None for "now". `filters` has the ids
    for each filter key that is in use.
    """

    credentials: Credentials
    api_url: str
    start: int
    end: int | None
    filters: Mapping[str, tuple[str, ...]]
    lookback: int
    window_length: int
    longest_session: int
    num_workers: int

    @property
    def warnings(self) -> list[str]:
        """What is allowed but seldom meant, a sentence each."""
        if self.lookback >= self.longest_session:
            return []
        return [
            f"lookback_window_days ({self.lookback // DAY}) is shorter than max_session_hours "
            f"({self.longest_session // HOUR}): sessions that are still running when a sync reads "
            "them keep the metrics they had then."
        ]


KEYS = (
    "credentials",
    "api_url",
    "start_date",
    "end_date",
    *FILTERS,
    "lookback_window_days",
    "window_in_days",
    "max_session_hours",
    "num_workers",
)


def parse_config(config: Mapping[str, Any]) -> Config:
    """The configuration that `config` (the JSON object of `spec.yaml`) describes.

    Raises ConfigError with one sentence that names the key; it never quotes a secret.
    """
    keys = _Object(config)
    start = keys.time("start_date")
    end = keys.time("end_date") if config.get("end_date") else None
    if start is None:
        raise ConfigError("start_date is required.")
    if end is not None and end <= start:
        raise ConfigError(
            f"end_date ({config['end_date']}) must be later than start_date "
            f"({config['start_date']})."
        )
    return Config(
        credentials=_credentials(config.get("credentials")),
        api_url=_api_url(keys.string("api_url", "https://www.kaltura.com")),
        start=start,
        end=end,
        filters=MappingProxyType({key: ids for key in FILTERS if (ids := keys.ids(key))}),
        lookback=keys.integer("lookback_window_days", 2, 0, 90) * DAY,
        window_length=keys.integer("window_in_days", 7, 1, 31) * DAY,
        longest_session=keys.integer("max_session_hours", 24, 1, 168) * HOUR,
        num_workers=keys.integer("num_workers", 4, 1, 10),
    )


def unknown_keys(config: Mapping[str, Any]) -> list[str]:
    """A sentence for each key that has no meaning here, with the key that may be meant.

    They are not refused, so that a configuration survives an option's end. Keys that begin with an
    underscore belong to Airbyte.
    """
    sentences = []
    for key in config:
        if key not in KEYS and not key.startswith("_"):
            close = difflib.get_close_matches(key, KEYS, n=1)
            meant = f"; is {close[0]} meant?" if close else "."
            sentences.append(f"{key} is not a configuration key and has no effect{meant}")
    return sentences


def _credentials(config: Any) -> Credentials:
    if not isinstance(config, Mapping):
        raise ConfigError("credentials is required: an object with auth_type and what it needs.")
    keys = _Object(config, "credentials.")
    auth_type = config.get("auth_type")
    if auth_type == "app_token":
        hash_type = keys.string("hash_type", "SHA256")
        if hash_type not in HASH_TYPES:
            raise ConfigError(f"credentials.hash_type must be one of {', '.join(HASH_TYPES)}.")
        return AppToken(
            partner_id=keys.integer("partner_id", None, 0, None),
            app_token_id=keys.string("app_token_id"),
            app_token=keys.string("app_token"),
            hash_type=hash_type,
        )
    if auth_type == "admin_secret":
        return AdminSecret(
            partner_id=keys.integer("partner_id", None, 0, None),
            admin_secret=keys.string("admin_secret"),
            user_id=keys.string("user_id", ""),
        )
    if auth_type == "ks":
        return ReadyMadeSession(ks=keys.string("ks"))
    raise ConfigError("credentials.auth_type must be one of app_token, admin_secret, ks.")


def _api_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise ConfigError("api_url must be a URL with its scheme, such as https://www.kaltura.com.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("api_url must be the server's address alone, without user or query.")
    return url.rstrip("/").removesuffix("/api_v3")


class _Object:
    """Typed look-ups in a JSON object; a value of the wrong type is a ConfigError."""

    def __init__(self, config: Mapping[str, Any], prefix: str = "") -> None:
        self._config = config
        self._prefix = prefix

    def string(self, key: str, default: str | None = None) -> str:
        value = self._config.get(key)
        if value is not None and not isinstance(value, str):
            raise ConfigError(f"{self._prefix}{key} must be a text.")
        text = (value or "").strip() or default
        if text is None:
            raise ConfigError(f"{self._prefix}{key} is required.")
        return text

    def integer(self, key: str, default: int | None, least: int, most: int | None) -> int:
        value = self._config.get(key)
        value = default if value is None else value
        if value is None:
            raise ConfigError(f"{self._prefix}{key} is required.")
        in_range = (
            isinstance(value, int)
            and not isinstance(value, bool)
            and value >= least
            and (most is None or value <= most)
        )
        if not in_range:
            allowed = f"from {least} to {most}" if most is not None else f"of {least} or more"
            raise ConfigError(f"{self._prefix}{key} must be a whole number {allowed}.")
        return int(value)

    def time(self, key: str) -> int | None:
        text = self.string(key, "")
        if not text:
            return None
        try:
            return parse_time(text)
        except ValueError:
            raise ConfigError(
                f"{self._prefix}{key} ({text}) must be a date and time such as "
                "2026-01-01T00:00:00Z."
            ) from None

    def ids(self, key: str) -> tuple[str, ...]:
        value = self._config.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ConfigError(f"{self._prefix}{key} must be a list of texts.")
        for one in value:
            if re.search(r"[;,\r\n]", one) or not one.strip():
                raise ConfigError(
                    f"{self._prefix}{key} has an id that is blank or has a comma, a semicolon or a "
                    "line break in it, which cannot be sent to Kaltura; give each id its own entry."
                )
        return tuple(dict.fromkeys(one.strip() for one in value))
