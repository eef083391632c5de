"""A stand-in for Kaltura's analytics API: real HTTP on loopback, a generated university behind it.

It knows nothing of the connector. What it reproduces is written down where it happens; `faults`
lists what can be switched. Run it by itself with `python -m integration_tests.sandbox`.
"""

from . import faults
from .app_tokens import AppToken
from .dialect import Dialect, Quotes
from .requests_seen import RequestSeen
from .sandbox import Sandbox
from .sessions import Account, Ks
from .truth import rfc3339
from .university import university
from .world import Presence, Room, Session, Span, User, World

__all__ = [
    "Account",
    "AppToken",
    "Dialect",
    "Ks",
    "Presence",
    "Quotes",
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
