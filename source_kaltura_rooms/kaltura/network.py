"""What the network said when there was no answer, or only a part of one, in plain words.

`requests` wraps the cause of a failure several times; here the cause itself is looked for.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

import requests
from urllib3 import exceptions as urllib3_errors

from source_kaltura_rooms.kaltura.errors import TOO_MUCH_OR_DOWN, ErrorAction, Refusal
from source_kaltura_rooms.kaltura.refusals import no_answer

_CHECK = "Check api_url, the network and the firewall"
_PROXY = "the proxy's address and credentials in HTTPS_PROXY, or name this server in NO_PROXY"
_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3})")


def timed_out(limit: str, detail: str = "") -> Refusal:
    """The refusal for an answer that did not come, or did not end, within the time given to it."""
    return Refusal(
        "no answer in time",
        ErrorAction.SPLIT,
        TOO_MUCH_OR_DOWN,
        detail,
        timed_out=True,
        happened=f"Kaltura's answer took too long: {limit}",
    )


def broken_off(detail: str = "") -> Refusal:
    """The refusal for an answer of which only a part came."""
    return no_answer("an answer that broke off", detail, happened="Kaltura's answer broke off")


def refusal_of(error: Exception, server: str, time_limit: str) -> Refusal:
    """What it means that a request to `server` ended in `error` before there was an answer.

    `time_limit` says in words how long an answer may take.
    """
    causes = list(_causes(error))
    detail = str(error)

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in causes)

    for one in causes:
        if isinstance(one, ssl.SSLCertVerificationError):
            return _certificate(server, one, detail)
    if caused_by(requests.ReadTimeout, urllib3_errors.ReadTimeoutError):
        return timed_out(time_limit, detail)
    if caused_by(requests.exceptions.ProxyError, urllib3_errors.ProxyError):
        return _proxy(causes, detail)
    if caused_by(urllib3_errors.NameResolutionError, socket.gaierror):
        return _unreachable(
            "unknown name", f"The name of {server} could not be looked up", f"{_CHECK}.", detail
        )
    if caused_by(requests.ConnectTimeout):
        return _unreachable(
            "no connection in time",
            f"{server} did not accept a connection in time",
            f"{_CHECK}, or {_PROXY}.",
            detail,
        )
    if caused_by(ConnectionRefusedError):
        return _unreachable(
            "connection refused", f"{server} refused the connection", f"{_CHECK}.", detail
        )
    if caused_by(ssl.SSLError, requests.exceptions.SSLError):
        return _unreachable(
            "no secure connection",
            f"No secure connection to {server} could be made",
            f"{_CHECK}; is it https, and is a proxy in the way?",
            detail,
        )
    if caused_by(urllib3_errors.ProtocolError, ConnectionError):
        return _unreachable(
            "connection broken off",
            f"The connection to {server} broke off before an answer came",
            f"{_CHECK}.",
            detail,
        )
    if isinstance(error, OSError) and "certificate bundle" in detail:  # as requests words it
        return Refusal(
            "no certificates",
            ErrorAction.CONFIG_ERROR,
            "Correct the environment variable REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE.",
            happened="The file of certificates that the environment names cannot be read",
        )
    if isinstance(error, ValueError):  # what requests raises for addresses it cannot use
        return Refusal(
            "unusable address",
            ErrorAction.CONFIG_ERROR,
            "Check api_url and the proxy variables HTTPS_PROXY and HTTP_PROXY.",
            detail,
            happened=f"The address of {server} or of its proxy cannot be used",
        )
    said = next((one.strerror for one in causes if isinstance(one, OSError) and one.strerror), "")
    return _unreachable(
        "no connection",
        f"No connection to {server} could be made" + (f": {said}" if said else ""),
        f"{_CHECK}.",
        detail,
    )


def _unreachable(code: str, happened: str, remedy: str, detail: str) -> Refusal:
    return Refusal(code, ErrorAction.RECONNECT, remedy, detail, happened=happened)


def _certificate(server: str, error: ssl.SSLCertVerificationError, detail: str) -> Refusal:
    said = getattr(error, "verify_message", "").rstrip(".")
    return Refusal(
        "certificate not accepted",
        ErrorAction.CONFIG_ERROR,
        "If your network or your Kaltura server uses a certificate authority of its own, name its "
        "certificate (a PEM file) in the environment variable REQUESTS_CA_BUNDLE; otherwise check "
        "api_url.",
        detail,
        happened=f"The certificate of {server} was not accepted" + (f": {said}" if said else ""),
    )


def _proxy(causes: list[BaseException], detail: str) -> Refusal:
    found = next((hit for one in causes if (hit := _TUNNEL.search(str(one)))), None)
    if found is None:
        return _unreachable(
            "no proxy",
            "The proxy could not be reached",
            f"Check {_PROXY}.",
            detail,
        )
    status = int(found[1])
    wants = " (it wants a user and password)" if status == 407 else ""
    return Refusal(
        f"HTTP {status} from the proxy",
        # A proxy whose own way is blocked for a moment says so with 5xx.
        ErrorAction.RECONNECT if status >= 500 else ErrorAction.CONFIG_ERROR,
        f"Check {_PROXY}, or ask your network's administrators.",
        detail,
        happened=f"The proxy answered HTTP {status}{wants}",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything it was made of, each once."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and not any(one is other for other in seen):
            seen.append(one)
            yield one
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
