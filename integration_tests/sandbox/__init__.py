"""A stand-in for Kaltura's analytics API: real HTTP on loopback, a generated university behind it.

It knows nothing of the connector. What it reproduces is written down where it happens; `faults`
lists what can be switched. Run it by itself with `python -m integration_tests.sandbox`.
"""

from . import faults
from .dialect import Dialect
from .sandbox import RequestSeen, Sandbox
from .sessions import Account, AppToken, Ks
from .truth import rfc3339
from .university import university
from .world import Presence, Room, Session, Span, User, World

__all__ = [
    "Account",
    "AppToken",
    "Dialect",
    "Ks",
    "Presence",
    "RequestSeen",
    "Room",
    "Sandbox",
    "Session",
    "Span",
    "User",
    "World",
    "faults",
    "rfc3339",
    "university",
]
