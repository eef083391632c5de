"""The connector's four commands; `spec` is inherited and prints `spec.yaml`."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any

from airbyte_cdk.models import (
    AirbyteCatalog,
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    AirbyteStream,
    ConfiguredAirbyteCatalog,
    Status,
    SyncMode,
)
from airbyte_cdk.sources import Source

from source_kaltura_rooms.airbyte.check import check_reports
from source_kaltura_rooms.airbyte.chunks import expanded
from source_kaltura_rooms.airbyte.failures import configuration_failure
from source_kaltura_rooms.airbyte.sync import Sync
from source_kaltura_rooms.config import Config, ConfigError, parse_config, unknown_keys
from source_kaltura_rooms.kaltura.calls import RetryPolicy
from source_kaltura_rooms.kaltura.client import Kaltura
from source_kaltura_rooms.reports import CURSOR, REPORTS, json_schema

CHECK_RETRY_POLICY = RetryPolicy(retries=2, rate_limit_waits=3)
"""Somebody sits before the form and waits."""


class SourceKalturaRooms(Source):
    """Reads rooms, attendees and breakouts from Kaltura's reports 6000, 6001 and 6002.

    With `in_chunks`, `read` yields records in chunks, as the entry point of `run` prints them.
    """

    def __init__(self, *, in_chunks: bool = False) -> None:
        self._in_chunks = in_chunks

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        with _naming("configuration", config_path, "a JSON object"):
            return Source.read_config(config_path)

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        with _naming("catalog", catalog_path, "a configured catalog of Airbyte's"):
            return super().read_catalog(catalog_path)

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        with _naming("state", state_path, "a list of Airbyte's state messages"):
            return super().read_state(state_path)

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Whether a session can be had and the reports are there; at most one request for each."""
        try:
            parsed = _parse(config, logger)
        except ConfigError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=str(error))
        now = int(time.time())
        kaltura = Kaltura(parsed, logger, CHECK_RETRY_POLICY)
        status = check_reports(kaltura, parsed, min(parsed.end or now, now))
        if status.status is Status.SUCCEEDED and status.message:
            logger.warning(status.message)
        return status

    def discover(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteCatalog:
        """The three streams; they are the same for every account."""
        return AirbyteCatalog(
            streams=[
                AirbyteStream(
                    name=stream,
                    json_schema=json_schema(stream),
                    supported_sync_modes=[SyncMode.full_refresh, SyncMode.incremental],
                    source_defined_cursor=True,
                    default_cursor_field=[CURSOR],
                    source_defined_primary_key=[[key] for key in report.primary_key],
                    is_resumable=True,
                )
                for stream, report in REPORTS.items()
            ]
        )

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
        try:
            parsed = _parse(config, logger)
        except ConfigError as error:
            raise configuration_failure(str(error)) from error
        unknown = [one.stream.name for one in catalog.streams if one.stream.name not in REPORTS]
        if unknown:
            raise configuration_failure(
                f"The catalog asks for {', '.join(unknown)}, but the streams of this source are "
                f"{', '.join(REPORTS)}; refresh the source schema."
            )
        for one in state or []:
            name = one.stream.stream_descriptor.name if one.stream else "(all)"
            if name not in REPORTS:
                logger.warning(f"The state of {name} is ignored: this source has no such stream.")
        messages = Sync(parsed, state or [], logger, int(time.time())).read(catalog.streams)
        yield from messages if self._in_chunks else expanded(messages)


@contextmanager
def _naming(what: str, path: str, expected: str) -> Iterator[None]:
    """Turns whatever goes wrong with a file into one sentence about it."""
    try:
        yield
    except OSError as error:
        raise configuration_failure(f"The {what} in {path} cannot be read.") from error
    except Exception as error:  # the CDK's readers raise errors of many libraries
        raise configuration_failure(f"The {what} in {path} is not {expected}.") from error


def _parse(config: Mapping[str, Any], logger: logging.Logger) -> Config:
    parsed = parse_config(config)
    for sentence in [*unknown_keys(config), *parsed.warnings]:
        logger.warning(sentence)
    return parsed
