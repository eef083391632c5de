"""Airbyte source connector for Kaltura Rooms: sessions, attendees and breakout sessions."""

from source_kaltura_rooms.source import SourceKalturaRooms

__all__ = ["SourceKalturaRooms"]
