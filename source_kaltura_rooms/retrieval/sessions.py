"""When sessions started and how many people were in them, as far as report 6000 tells."""

from __future__ import annotations

from source_kaltura_rooms.kaltura.tables import Table
from source_kaltura_rooms.reports import CURSOR, ROOMS
from source_kaltura_rooms.retrieval.placement import SessionKey, has_value, seconds_of
from source_kaltura_rooms.retrieval.windows import Window


class SessionList:
    """The sessions of some answers of report 6000."""

    def __init__(self) -> None:
        self._starts: dict[SessionKey, int] = {}
        self._earliest: dict[str, int] = {}
        self._people: dict[SessionKey, int] = {}
        self._listed: set[SessionKey] = set()
        self._cue_points: set[str] = set()

    def add(self, table: Table) -> None:
        """Takes in the rows of an answer of report 6000."""
        if not len(table):
            return
        has_people = ROOMS.size_column in table.columns
        people = table.column(ROOMS.size_column) if has_people else [""] * len(table)
        for room, cue_point, start_text, count in zip(
            *map(table.column, (*ROOMS.session_key, CURSOR)), people, strict=True
        ):
            key = (room, cue_point)
            self._listed.add(key)
            self._cue_points.add(cue_point)
            if count.isdecimal():
                # A request that only touches a session counts those who were there just then.
                self._people[key] = max(int(count), self._people.get(key, 0))
            start = seconds_of(start_text)
            if start is not None and has_value(cue_point):
                self._starts[key] = start
                self._earliest[cue_point] = min(start, self._earliest.get(cue_point, start))

    @property
    def has_sessions(self) -> bool:
        """Whether report 6000 lists any session at all."""
        return bool(self._listed)

    def start_of(self, key: SessionKey) -> int | None:
        """When the session started, in Unix seconds; None if that is not known.

        Where the cue point is listed with other rooms only, its earliest start has to do.
        """
        start = self._starts.get(key)
        return self._earliest.get(key[1]) if start is None else start

    def lists(self, key: SessionKey) -> bool:
        """Whether report 6000 lists the session, with a start or without, be it in another room."""
        return key in self._listed or (has_value(key[1]) and key[1] in self._cue_points)

    def knows(self, cue_point: str) -> bool:
        """Whether the start of a session with this cue point is known."""
        return cue_point in self._earliest

    def without_start(self) -> set[str]:
        """The cue points that are listed, but always without a start."""
        return {id for id in self._cue_points if has_value(id) and not self.knows(id)}

    def ids_starting_in(self, window: Window) -> list[str]:
        """The cue points of the sessions that start in the window, in the order of their starts."""
        inside = sorted((start, key[1]) for key, start in self._starts.items() if start in window)
        return list(dict.fromkeys(cue_point for _, cue_point in inside))

    def people_in(self, window: Window) -> dict[SessionKey, int]:
        """How many people were in each session that starts in the window, or at no known time."""
        return {
            key: count
            for key, count in self._people.items()
            if count and has_value(key[1]) and self._starts.get(key, window.start) in window
        }
