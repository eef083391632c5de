"""A singer-sdk tap for report 6001, written as the SDK's documentation has it.

It runs in an environment of its own (`constraints.txt`). A page is a window, rows are stamped with
it, and it is the replication key. Like the manifest beside it, it does not join sessions.
"""

# singer_sdk is not in the environment that checks types.
# mypy: disable-error-code="import-not-found, misc"

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import requests
from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.pagination import BaseAPIPaginator

NUMBERS = ("meeting_view_time", "meeting_engaged_play_time_ratio")


class WindowPartitions(BaseAPIPaginator[int]):
    """Pages that are windows, named by their start in Unix seconds."""

    def __init__(self, start: int, end: int, length: int) -> None:
        super().__init__(start)
        self._end = end
        self._length = length

    def get_next(self, response: requests.Response) -> int | None:
        following = self.current_value + self._length
        return following if following < self._end else None


class Attendees(RESTStream[int]):
    """Who attended which session, from report 6001."""

    name = "attendees"
    path = "/api_v3/service/report/action/getCsvFromStringParams"
    http_method = "POST"
    primary_keys = ("entry_id", "cue_point_id", "user_id", "user_type")
    replication_key = "window_start"
    schema = th.PropertiesList(
        th.Property("entry_id", th.StringType),
        th.Property("cue_point_id", th.StringType),
        th.Property("user_id", th.StringType),
        th.Property("user_name", th.StringType),
        th.Property("user_email", th.StringType),
        th.Property("user_type", th.StringType),
        th.Property("meeting_view_time", th.NumberType),
        th.Property("meeting_engaged_play_time_ratio", th.NumberType),
        th.Property("window_start", th.IntegerType),
    ).to_dict()

    @property
    def url_base(self) -> str:
        return str(self.config["api_url"])

    def get_new_paginator(self) -> WindowPartitions:
        reached = self.get_starting_replication_key_value(None)
        start = self.config["start"] if reached is None else reached - self.config["lookback"]
        return WindowPartitions(start, self.config["end"], self.config["window"])

    def prepare_request_payload(
        self, context: Any, next_page_token: int | None
    ) -> dict[str, str] | None:
        if next_page_token is None:
            raise ValueError("every page is a window")
        self._window_start = next_page_token
        end = min(next_page_token + self.config["window"], self.config["end"])
        return {
            "id": "6001",
            "ks": self.config["ks"],
            "format": "1",
            "params": f"from_date={next_page_token};to_date={end}",
        }

    def parse_response(self, response: requests.Response) -> Iterable[dict[str, Any]]:
        yield from csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline=""))

    def post_process(self, row: dict[str, Any], context: Any = None) -> dict[str, Any] | None:
        for name in NUMBERS:
            row[name] = float(row[name]) if row[name] else None
        row["window_start"] = self._window_start
        return row


class TapKalturaRooms(Tap):
    """Reads attendees from Kaltura's report 6001."""

    name = "tap-kaltura-rooms"
    config_jsonschema = th.PropertiesList(
        th.Property("api_url", th.StringType, required=True),
        th.Property("ks", th.StringType, required=True, secret=True),
        th.Property("start", th.IntegerType, required=True, description="Unix seconds"),
        th.Property("end", th.IntegerType, required=True, description="Unix seconds"),
        th.Property("window", th.IntegerType, required=True, description="Seconds"),
        th.Property("lookback", th.IntegerType, default=0, description="Seconds"),
    ).to_dict()

    def discover_streams(self) -> list[Attendees]:
        return [Attendees(self)]


if __name__ == "__main__":
    TapKalturaRooms.cli()
