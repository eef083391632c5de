"""Values of the configuration: each of the type that is asked for, or refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from source_kaltura_rooms.times import OutOfRange, parse_time


class ConfigError(ValueError):
    """The configuration cannot be used; the text is one sentence that names the key."""


class Values:
    """Typed look-ups in a JSON object of the configuration.

    Each raises ConfigError for a value of the wrong type. `prefix` stands before its keys in the
    sentences, such as `credentials.`
    """

    def __init__(self, config: Mapping[str, Any], prefix: str = "") -> None:
        self._config = config
        self._prefix = prefix

    def string(self, key: str, default: str | None = None) -> str:
        """The text without blanks around it; `default` if there is none, or None: required."""
        value = self._config.get(key)
        if value is not None and not isinstance(value, str):
            raise ConfigError(f"{self._prefix}{key} must be a text.")
        text = (value or "").strip() or default
        if text is None:
            raise ConfigError(f"{self._prefix}{key} is required.")
        return text

    def integer(self, key: str, default: int | None, least: int, most: int | None) -> int:
        """A whole number from `least` to `most`, both inclusive; `default` as for `string`."""
        value = self._config.get(key)
        value = default if value is None else value
        if value is None:
            raise ConfigError(f"{self._prefix}{key} is required.")
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # 4.0 is an integer in JSON Schema, and some tools write all so
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
        """Unix seconds of a date-time, None if there is none."""
        text = self.string(key, "")
        if not text:
            return None
        try:
            return parse_time(text)
        except OutOfRange:
            raise ConfigError(
                f"{self._prefix}{key} ({text}) must be in the years 1000 to 9999."
            ) from None
        except ValueError:
            raise ConfigError(
                f"{self._prefix}{key} ({text}) must be a date and time such as "
                "2026-01-01T00:00:00Z."
            ) from None

    def ids(self, key: str) -> tuple[str, ...]:
        """The different ids of a list, in order, that can be sent to Kaltura."""
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
