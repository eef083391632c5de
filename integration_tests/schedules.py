"""What a random schedule may meet: servers, limits of the configuration, and what people do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from integration_tests.sandbox import (
    Dialect,
    Presence,
    Quotes,
    Room,
    Sandbox,
    Session,
    Span,
    User,
    World,
    faults,
)
from integration_tests.sandbox.calls import Call
from integration_tests.sandbox.faults import Fault

MINUTE, HOUR, DAY = 60, 3_600, 86_400
NO_CAP = 100_000
LONGEST_WAIT = 50
"""How many minutes people come early or stay late at most; the connector allows for an hour."""

ROOMS = World(
    rooms=(Room("1_main", 'Main, "A"\nroom'), Room("1_group", 'A "group"', "1_main")),
    users=(
        User("user0", "Known, by name", "user0@uni.example"),
        User("user1", is_removed=True),
        User("user2", is_removed=True),
    ),
)


@dataclass(frozen=True)
class Server:
    """How Kaltura behaves in one schedule.

    `crowd` is how many people are in every session, `None` if that is drawn. Beside a cap it is
    chosen so that a cap that is met leaves a session with far fewer people than report 6000 tells:
    a cap below 500 that costs a session but a few of its rows cannot be told from an estimate.
    """

    aggregation_seconds: int
    cap: int
    crowd: int | None
    is_too_much: bool
    too_much: Callable[[], Fault]
    ignored_filters: tuple[str, ...]
    longest_id_list: int | None
    quotes: Quotes
    without_druid: bool


@dataclass(frozen=True)
class Limits:
    """What the configuration allows for, and what holds for the sessions then.

    Without a lookback nobody may be in a room, or not known yet, when a sync happens.
    """

    lookback_days: int
    max_session_hours: int

    @property
    def longest_session(self) -> int:
        """In minutes. With a lookback of two days, the latest event of a session lies in them."""
        hours = (
            self.max_session_hours if self.lookback_days == 0 else min(24, self.max_session_hours)
        )
        return hours * 60

    @property
    def longest_delay(self) -> int:
        """How many seconds after an event analytics knows of it at most."""
        return 20 * HOUR if self.lookback_days else 0

    @property
    def longest_request(self) -> int:
        """How many seconds a request must be able to span for the connector to read anything."""
        return 2 * max(DAY, self.max_session_hours * HOUR) + 4 * HOUR


capped = st.sampled_from([(97, 40), (500, 130), (1_234, 50)])
too_much = st.sampled_from(
    [
        lambda: faults.json_error("INTERNAL_SERVERL_ERROR"),
        lambda: faults.json_error("DRUID_QUERY_TIMED_OUT"),
        faults.server_error_without_body,
        lambda: faults.html(504),
    ]
)


@st.composite
def servers(draw: st.DrawFn) -> Server:
    """Servers that leave a way to whole answers: where a cap is met, parts by session work."""
    cap, crowd = draw(st.just((NO_CAP, None)) | capped)
    has_cap = cap != NO_CAP
    return Server(
        aggregation_seconds=draw(st.sampled_from([HOUR, HOUR, MINUTE, 1])),
        cap=cap,
        crowd=crowd,
        is_too_much=draw(st.booleans()),
        too_much=draw(too_much),
        ignored_filters=() if has_cap else draw(st.sampled_from([(), ("cue_point_ids",)])),
        longest_id_list=draw(st.sampled_from([None, 1, 3])),
        quotes=draw(st.sampled_from(Quotes)),
        without_druid=not has_cap and draw(st.booleans()),
    )


limits = st.builds(
    Limits,
    lookback_days=st.sampled_from([0, 2]),
    max_session_hours=st.sampled_from([1, 24, 168]),
)


@dataclass(frozen=True)
class Meeting:
    """A session to be; lengths as shares of what the limits allow."""

    minute: int
    length: float
    people: int
    early: int
    late: int
    delay: float
    in_breakout: bool


share = st.floats(0, 1)
meetings = st.lists(
    st.builds(
        Meeting,
        minute=st.integers(0, DAY // MINUTE - 1),
        length=share,
        people=st.integers(1, 7),
        early=st.integers(0, LONGEST_WAIT),
        late=st.integers(0, LONGEST_WAIT),
        delay=share,
        in_breakout=st.booleans(),
    ),
    max_size=6,
)


def set_up(sandbox: Sandbox, server: Server, limits: Limits) -> None:
    """Let the sandbox be this server."""
    switches = sandbox.faults
    switches.aggregation_seconds = server.aggregation_seconds
    switches.cap = server.cap
    switches.longest_interval = limits.longest_request if server.is_too_much else None
    switches.too_much = server.too_much()
    switches.ignored_filters = server.ignored_filters
    switches.longest_id_list = server.longest_id_list
    switches.without_druid = server.without_druid
    sandbox.dialect = Dialect(quotes=server.quotes)


def with_meeting(world: World, day: int, meeting: Meeting, server: Server, limits: Limits) -> World:
    """The world with one session more, which starts within 24 hours of `day` (Unix seconds).

    Everybody in a session is there for as long, so a cap takes whole sessions before it takes a
    part of one.
    """
    number = len(world.sessions)
    start = day + meeting.minute * MINUTE + number % MINUTE
    # It ends on a full minute, and is no longer than allowed.
    minutes = 1 + int(meeting.length * (limits.longest_session - 1))
    end = start + minutes * MINUTE - number % MINUTE
    entry_id = "1_group" if meeting.in_breakout else "1_main"
    session = Session(f"1_s{number:05}", entry_id, start, end, "user0")
    present = [
        Presence(
            session.cue_point_id,
            f"user{person}",
            start - meeting.early * MINUTE,
            end + meeting.late * MINUTE,
            (Span(start, (start + end) // 2),),
            int(meeting.delay * limits.longest_delay),
        )
        for person in range(server.crowd or meeting.people)
    ]
    return World(world.rooms, [*world.sessions, session], [*world.presences, *present], world.users)


def every_new_request(number: int) -> Callable[[Call], bool]:
    """True for every so many-th request among those not sent before; never for their repeats.

    Requests for ids are left out, as they are a second look at what came first.
    """
    asked: set[tuple[int | None, str]] = set()

    def strikes(call: Call) -> bool:
        request = (call.report_id, call.given.get("params", ""))
        if not call.is_report or request in asked or "ids=" in request[1]:
            return False
        asked.add(request)
        return len(asked) % number == 0

    return strikes
