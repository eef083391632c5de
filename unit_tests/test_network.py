"""What the network said, in plain words: certificate, proxy, name, refused connection."""

from __future__ import annotations

import socket
import ssl

import pytest
import requests
from urllib3 import exceptions as urllib3_errors
from urllib3.connectionpool import HTTPConnectionPool

from source_kaltura_rooms.kaltura.errors import Refused
from source_kaltura_rooms.kaltura.network import refusal_of

POOL = HTTPConnectionPool("www.kaltura.com")


def wrapped(kind: type[requests.RequestException], cause: Exception) -> requests.RequestException:
    """A cause as requests wraps it: in an error of its own, around urllib3's."""
    return kind(urllib3_errors.MaxRetryError(POOL, "/api_v3", cause))


def certificate(message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = message
    return error


def refused_connection() -> urllib3_errors.NewConnectionError:
    error = urllib3_errors.NewConnectionError(None, "Failed to establish a new connection")  # type: ignore[arg-type]  # no connection is needed
    error.__cause__ = ConnectionRefusedError(111, "Connection refused")
    return error


def no_route() -> urllib3_errors.NewConnectionError:
    error = urllib3_errors.NewConnectionError(None, "Failed to establish a new connection")  # type: ignore[arg-type]  # no connection is needed
    error.__cause__ = OSError(101, "Network is unreachable")
    return error


def proxy(said: str) -> urllib3_errors.ProxyError:
    return urllib3_errors.ProxyError("Unable to connect to proxy", OSError(said))


CHECK = "Check api_url, the network and the firewall"
PROXY = "Check the proxy's address and credentials in HTTPS_PROXY, or name this server in NO_PROXY"
BUNDLE = (
    "If your network or your Kaltura server uses a certificate authority of its own, name its "
    "certificate (a PEM file) in the environment variable REQUESTS_CA_BUNDLE; otherwise check "
    "api_url."
)
TABLE = [
    pytest.param(
        wrapped(requests.exceptions.SSLError, certificate("self-signed certificate")),
        "CONFIG_ERROR",
        f"The certificate of www.kaltura.com was not accepted: self-signed certificate. {BUNDLE}",
        id="certificate",
    ),
    pytest.param(
        wrapped(
            requests.exceptions.SSLError,
            certificate("Hostname mismatch, certificate is not valid for 'www.kaltura.com'."),
        ),
        "CONFIG_ERROR",
        "The certificate of www.kaltura.com was not accepted: Hostname mismatch, certificate is "
        f"not valid for 'www.kaltura.com'. {BUNDLE}",
        id="certificate_of_another_name",
    ),
    pytest.param(
        wrapped(requests.exceptions.SSLError, ssl.SSLError(1, "wrong version number")),
        "RECONNECT",
        f"No secure connection to www.kaltura.com could be made. {CHECK}; is it https, and is a "
        "proxy in the way?",
        id="no_tls",
    ),
    pytest.param(
        wrapped(
            requests.exceptions.ProxyError,
            proxy("Tunnel connection failed: 407 Proxy Authentication Required"),
        ),
        "CONFIG_ERROR",
        f"The proxy answered HTTP 407 (it wants a user and password). {PROXY}, or ask your "
        "network's administrators.",
        id="proxy_407",
    ),
    pytest.param(
        wrapped(requests.exceptions.ProxyError, proxy("Tunnel connection failed: 403 Forbidden")),
        "CONFIG_ERROR",
        f"The proxy answered HTTP 403. {PROXY}, or ask your network's administrators.",
        id="proxy_403",
    ),
    pytest.param(
        wrapped(requests.exceptions.ProxyError, proxy("Tunnel connection failed: 502 Bad Gateway")),
        "RECONNECT",
        f"The proxy answered HTTP 502. {PROXY}, or ask your network's administrators.",
        id="proxy_502",
    ),
    pytest.param(
        wrapped(requests.exceptions.ProxyError, proxy("[Errno 111] Connection refused")),
        "RECONNECT",
        f"The proxy could not be reached. {PROXY}.",
        id="proxy_away",
    ),
    pytest.param(
        wrapped(
            requests.ConnectionError,
            urllib3_errors.NameResolutionError(
                "www.kaltura.com",
                None,  # type: ignore[arg-type]  # no connection is needed
                socket.gaierror(-2, "Name or service not known"),
            ),
        ),
        "RECONNECT",
        f"The name of www.kaltura.com could not be looked up. {CHECK}.",
        id="name",
    ),
    pytest.param(
        wrapped(requests.ConnectTimeout, urllib3_errors.ConnectTimeoutError()),
        "RECONNECT",
        f"www.kaltura.com did not accept a connection in time. {CHECK}, or the proxy's address and "
        "credentials in HTTPS_PROXY, or name this server in NO_PROXY.",
        id="no_connection_in_time",
    ),
    pytest.param(
        wrapped(requests.ConnectionError, refused_connection()),
        "RECONNECT",
        f"www.kaltura.com refused the connection. {CHECK}.",
        id="refused",
    ),
    pytest.param(
        wrapped(requests.ConnectionError, no_route()),
        "RECONNECT",
        f"No connection to www.kaltura.com could be made: Network is unreachable. {CHECK}.",
        id="no_network",
    ),
    pytest.param(
        requests.ConnectionError(
            urllib3_errors.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
        ),
        "RECONNECT",
        f"The connection to www.kaltura.com broke off before an answer came. {CHECK}.",
        id="broken_off",
    ),
    pytest.param(
        requests.ReadTimeout(),
        "SPLIT",
        "Kaltura's answer took too long: 660 seconds. Either it was too much for one "
        "request, or Kaltura's analytics are down. Try again later; if it stays, lower "
        "window_in_days or narrow the stream with filters such as entry_ids, or show this message "
        "to Kaltura's support.",
        id="no_answer_in_time",
    ),
    pytest.param(
        OSError("Could not find a suitable TLS CA certificate bundle, invalid path: /ca.pem"),
        "CONFIG_ERROR",
        "The file of certificates that the environment names cannot be read. Correct the "
        "environment variable REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE.",
        id="no_bundle",
    ),
    pytest.param(
        requests.exceptions.InvalidProxyURL("Please check proxy URL. It is malformed."),
        "CONFIG_ERROR",
        "The address of www.kaltura.com or of its proxy cannot be used. Check api_url and the "
        "proxy variables HTTPS_PROXY and HTTP_PROXY.",
        id="unusable_proxy",
    ),
    pytest.param(
        requests.ConnectionError(),
        "RECONNECT",
        f"No connection to www.kaltura.com could be made. {CHECK}.",
        id="anything_else",
    ),
]


@pytest.mark.parametrize(("error", "action", "sentence"), TABLE)
def test_given_what_the_network_said_when_it_is_told_then_these_are_the_words(
    error: Exception, action: str, sentence: str
) -> None:
    refused = refusal_of(error, "www.kaltura.com", "660 seconds")

    assert str(Refused(refused)) == sentence
    assert refused.action.name == action
    assert refused.timed_out == isinstance(error, requests.ReadTimeout)


def test_given_errors_that_refer_to_each_other_when_told_then_it_ends() -> None:
    first, second = requests.ConnectionError(), OSError(5, "Input/output error")
    first.__cause__, second.__context__ = second, first

    assert refusal_of(first, "x", "1 s").happened == (
        "No connection to x could be made: Input/output error"
    )
