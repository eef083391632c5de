"""Airbyte source connector for Kaltura Rooms: sessions, attendees and breakout sessions."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from source_kaltura_rooms.source import SourceKalturaRooms

__all__ = ["SourceKalturaRooms"]


def __getattr__(name: str) -> object:
    """The source, imported when it is asked for: `run` has a say in how the CDK is imported."""
    if name == "SourceKalturaRooms":
        from source_kaltura_rooms.source import SourceKalturaRooms

        return SourceKalturaRooms
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
