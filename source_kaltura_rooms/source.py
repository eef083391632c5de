"""The connector's four commands."""

from __future__ import annotations

import json
import logging
import pkgutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStateMessageSerializer,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    ConnectorSpecification,
    ConnectorSpecificationSerializer,
    Status,
)
from airbyte_cdk.sources import Source

from source_kaltura_rooms.airbyte.check import CHECK_POLICY, check_reports
from source_kaltura_rooms.airbyte.chunks import expanded
from source_kaltura_rooms.airbyte.discover import ask_for_columns
from source_kaltura_rooms.airbyte.discover import catalog as catalog_with
from source_kaltura_rooms.airbyte.failures import configuration_failure
from source_kaltura_rooms.airbyte.saved_states import states_per_stream
from source_kaltura_rooms.airbyte.sync import Sync
from source_kaltura_rooms.config import (
    Config,
    ConfigError,
    parse_config,
    refuse_future_start,
    unknown_keys,
)
from source_kaltura_rooms.kaltura.client import KalturaClient
from source_kaltura_rooms.kaltura.masking import register_secret
from source_kaltura_rooms.reports import REPORTS


class SourceKalturaRooms(Source):
    """Reads rooms, attendees and breakouts from Kaltura's reports 6000, 6001 and 6002.

    With `in_chunks`, `read` yields records in chunks, as the entry point of `run` prints them.
    """

    def __init__(self, *, in_chunks: bool = False) -> None:
        self._in_chunks = in_chunks

    def spec(self, logger: logging.Logger) -> ConnectorSpecification:
        """What `spec.yaml` says.

        Every command begins with it, and libyaml reads it many times as fast as the CDK does.
        """
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # PyYAML may be built without it
        content = yaml.load(pkgutil.get_data(__package__, "spec.yaml") or b"", loader)
        return ConnectorSpecificationSerializer.load(content)

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        return _read_file(_config, config_path, "configuration", "a JSON object")

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        return _read_file(
            ConfiguredAirbyteCatalogSerializer.load,
            catalog_path,
            "catalog",
            "a configured catalog of Airbyte's, whose streams have a stream, a sync_mode and a "
            "destination_sync_mode each. What discover prints lacks the two modes; "
            "tools/configured_catalog.py in the connector's repository adds them",
        )

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        if not state_path:
            return []
        return _read_file(_states, state_path, "state", "a list of Airbyte's state messages")

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """The configuration as it is; the CDK would write a copy, secrets included, to a file."""
        return config

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Whether a KS can be had and the reports are there, within two minutes.

        Returns a status whatever goes wrong.
        """
        now = int(time.time())
        try:
            parsed = _parse(config, logger)
            refuse_future_start(parsed, now)
        except ConfigError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
        client = KalturaClient(parsed, logger, CHECK_POLICY)
        try:
            status = check_reports(client, parsed, min(parsed.end or now, now))
        except Exception as error:
            logger.exception("The check ended with an error that the connector does not know.")
            return AirbyteConnectionStatus(
                status=Status.FAILED,
                message=f"The check ended with an error of the connector's own "
                f"({type(error).__name__}). Please report it to the connector's maintainers, with "
                "the log of the check.",
            )
        if status.status is Status.SUCCEEDED and status.message:
            logger.warning(status.message)
        return status

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The streams, with the columns that the account's reports have, if Kaltura tells them.

        Reports of the configuration have the columns that it gives them.
        """
        try:
            parsed = _parse(config, logger)
        except ConfigError as error:
            logger.warning(f"The catalog has only the columns that every account has: {error}")
            return catalog_with(REPORTS, {})
        if parsed.pseudonyms:
            # Columns that no schema declares are not loaded then, so there is nothing to ask.
            return catalog_with(parsed.reports, {}, parsed.pseudonyms)
        now = int(time.time())
        kaltura = KalturaClient(parsed, logger, CHECK_POLICY)
        end = min(parsed.end or now, now)
        return catalog_with(parsed.reports, ask_for_columns(kaltura, REPORTS, end, logger))

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Records, states and statuses of the catalog's streams.

        Raises AirbyteTracedException for a configuration, catalog or state that cannot be used,
        and at the end if a stream failed.
        """
        now = int(time.time())
        try:
            parsed = _parse(config, logger)
            refuse_future_start(parsed, now)
        except ConfigError as error:
            raise configuration_failure(str(error)) from error
        names = [one.stream.name for one in catalog.streams]
        unknown = [name for name in names if name not in parsed.reports]
        if unknown:
            raise configuration_failure(
                f"The catalog asks for {', '.join(unknown)}, but the streams of this source are "
                f"{', '.join(parsed.reports)}; refresh the source schema."
            )
        if repeated := [name for name, times in Counter(names).items() if times > 1]:
            raise configuration_failure(
                f"The catalog names {', '.join(repeated)} more than once; a stream can be read "
                "only once in a sync, so leave the others out."
            )
        states = states_per_stream(state or [])
        for one in states:
            name = one.stream.stream_descriptor.name if one.stream else ""
            if name not in parsed.reports:
                logger.warning(f"The state of {name} is ignored: this source has no such stream.")
        messages = Sync(parsed, states, logger, now).read(catalog.streams)
        yield from messages if self._in_chunks else expanded(messages)


_Read = TypeVar("_Read")


def _read_file(read: Callable[[Any], _Read], path: str, what: str, expected: str) -> _Read:
    """What `read` makes of the JSON in a file; whatever goes wrong becomes one sentence about it.

    The file may be in UTF-8, UTF-16 or UTF-32, with or without a byte order mark.
    """
    try:
        return read(json.loads(Path(path).read_bytes()))
    except OSError as error:
        raise configuration_failure(
            f"The {what} in {path} cannot be read: {error.strerror}."
        ) from error
    except Exception as error:  # the CDK's serializers raise errors of many libraries
        raise configuration_failure(f"The {what} in {path} is not {expected}.") from error


def _config(content: Any) -> MutableMapping[str, Any]:
    if not isinstance(content, dict):
        raise TypeError("not an object")
    return content


def _states(content: Any) -> list[AirbyteStateMessage]:
    states = [AirbyteStateMessageSerializer.load(one) for one in content or []]
    if not all(one.stream or one.global_ or one.data for one in states):
        raise ValueError("a state that says nothing")
    return states


def _parse(config: Mapping[str, Any], logger: logging.Logger) -> Config:
    parsed = parse_config(config)
    if parsed.pseudonyms:
        register_secret(parsed.pseudonyms.secret)
    for sentence in [*unknown_keys(config), *parsed.warnings]:
        logger.warning(sentence)
    return parsed
