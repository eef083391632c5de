"""The configuration as a frozen dataclass; what a person can get wrong in it is refused here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import requests

from source_kaltura_rooms.config_custom_reports import parse_custom_reports, refuse_names_in_keys
from source_kaltura_rooms.config_custom_reports import unknown_keys as unknown_keys_of_reports
from source_kaltura_rooms.config_values import ConfigError as ConfigError
from source_kaltura_rooms.config_values import Values
from source_kaltura_rooms.custom_reports import CustomReport
from source_kaltura_rooms.pseudonyms import LEAST_SECRET, Pseudonyms
from source_kaltura_rooms.reports import REPORTS, SessionReport
from source_kaltura_rooms.times import DAY, HOUR, format_time

HASH_TYPES = ("SHA256", "SHA512", "SHA1", "MD5")
FILTERS = ("entry_ids", "virtual_event_ids", "user_ids", "cue_point_ids", "parent_entry_ids")


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
    for each filter key that is in use. `pseudonyms` are None where people's ids, addresses and
    names are loaded as they are.
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
    pseudonyms: Pseudonyms | None = None
    custom_reports: tuple[CustomReport, ...] = ()

    @property
    def reports(self) -> Mapping[str, SessionReport | CustomReport]:
        """The streams that this configuration has, and their reports."""
        return {**REPORTS, **{report.stream: report for report in self.custom_reports}}

    @property
    def warnings(self) -> list[str]:
        """What is allowed but seldom meant, a sentence each."""
        sentences = []
        if self.lookback < self.longest_session:
            sentences.append(
                f"lookback_window_days ({self.lookback // DAY}) is shorter than max_session_hours "
                f"({self.longest_session // HOUR}): sessions that are still running when a sync "
                "reads them keep the metrics they had then."
            )
        for report in self.custom_reports if self.pseudonyms else ():
            if report.unmarked_texts:
                sentences.append(
                    f"personal_data is set to pseudonyms, and {', '.join(report.unmarked_texts)} "
                    f"of {report.stream} are loaded as they are. Mark those that say who somebody "
                    "is with user:, mail: or name: in custom_reports."
                )
        return sentences


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
    "personal_data",
    "custom_reports",
)


def parse_config(config: Mapping[str, Any]) -> Config:
    """The configuration that `config` (the JSON object of `spec.yaml`) describes.

    Raises ConfigError with one sentence that names the key; it never quotes a secret.
    """
    keys = Values(config)
    start = keys.time("start_date")
    end = keys.time("end_date") if config.get("end_date") else None
    if start is None:
        raise ConfigError("start_date is required.")
    if end is not None and end <= start:
        raise ConfigError(
            f"end_date ({config['end_date']}) must be later than start_date "
            f"({config['start_date']})."
        )
    pseudonyms = _pseudonyms(config.get("personal_data"))
    custom_reports = parse_custom_reports(config.get("custom_reports"))
    if pseudonyms is not None:
        refuse_names_in_keys(custom_reports)
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
        pseudonyms=pseudonyms,
        custom_reports=custom_reports,
    )


def refuse_future_start(config: Config, now: int) -> None:
    """Raises ConfigError if the sessions to read start later than `now` (Unix seconds)."""
    if config.start > now:
        raise ConfigError(
            f"start_date ({format_time(config.start)}) is in the future, so there is nothing to "
            "read yet; give the time from which on sessions are to be read."
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
    return sentences + unknown_keys_of_reports(config.get("custom_reports"))


def _credentials(config: Any) -> Credentials:
    if not isinstance(config, Mapping):
        raise ConfigError("credentials is required: an object with auth_type and what it needs.")
    keys = Values(config, "credentials.")
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


def _pseudonyms(config: Any) -> Pseudonyms | None:
    if config is None or config == {}:
        return None
    if not isinstance(config, Mapping):
        raise ConfigError("personal_data must be an object with mode and what it needs.")
    mode = config.get("mode")
    if mode == "as_it_is":
        return None
    if mode != "pseudonyms":
        raise ConfigError("personal_data.mode must be one of as_it_is, pseudonyms.")
    secret = Values(config, "personal_data.").string("secret")
    if re.search("[\ud800-\udfff]", secret):
        raise ConfigError("personal_data.secret has half a character, which UTF-8 cannot write.")
    if len(secret) < LEAST_SECRET:
        raise ConfigError(f"personal_data.secret must have {LEAST_SECRET} characters or more.")
    return Pseudonyms(secret)


def _api_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise ConfigError("api_url must be a URL with its scheme, such as https://www.kaltura.com.")
    if not _can_be_called(url, parts.hostname or ""):
        raise ConfigError(
            f"api_url has a host name that cannot exist ({parts.hostname}); it must be the address "
            "of a server, such as https://www.kaltura.com."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError("api_url must be the server's address alone, without user or query.")
    # Kaltura's own clients are given the address with the path of the API.
    return re.sub(r"/+api_v3(/+index\.php)?$", "", url.rstrip("/")).rstrip("/")


def _can_be_called(url: str, host: str) -> bool:
    """Whether requests accepts the URL and the name of its host can be looked up (RFC 1035)."""
    try:
        requests.Request("POST", url).prepare()
        host.encode("idna")  # as Python's socket does: no label is empty or too long
    except ValueError:
        return False
    return True
