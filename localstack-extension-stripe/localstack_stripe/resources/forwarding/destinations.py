"""Where requests are sent on to: somebody else's server, or what stands in for it on a developer's machine.

Nothing here knows a record: it runs beside the loop.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from localstack_stripe.engine.errors import StripeError

if TYPE_CHECKING:
    import http.client
    import socket

CONNECT_SECONDS = 5.0
"""How long a server may take to be connected to."""

SECONDS = 15.0
"""How long its answer may take (https://docs.stripe.com/payments/forwarding-token-vault)."""

LARGEST = 32 << 20
"""How many bytes an answer may have: it is kept, and shown, as a whole."""

_PIECE = 1 << 16

Header = tuple[str, str]


class Outgoing(NamedTuple):
    """A request that is sent on."""

    url: str
    headers: Sequence[Header]
    body: bytes


class Incoming(NamedTuple):
    """What was answered.

    :param address: the server's IP address
    :param milliseconds: how long it took
    """

    status: int
    headers: Sequence[Header]
    body: bytes
    address: str
    milliseconds: int


def send(outgoing: Outgoing) -> Incoming:
    """Send a request on, and wait for the answer, whatever it is.

    :raises StripeError: where there is none. It is 402 where the server was not connected to in time, so that it can be tried
        again; else 502 or 504 (https://docs.stripe.com/changelog/basil/2025-03-31/vault-forward-api-returns-402)
    """
    import http.client  # nothing else needs it, and it brings some twenty modules

    began = time.monotonic()
    connection = _connected(outgoing.url)
    try:
        # The connection has it no more where the answer is the last one that comes by it.
        sock = connection.sock
        address = sock.getpeername()[0]
        connection.putrequest("POST", _target(outgoing.url), skip_accept_encoding=True)
        for name, value in outgoing.headers:
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(outgoing.body)))
        connection.endheaders(outgoing.body)
        response = connection.getresponse()
        body = _read(response, sock, began + SECONDS)
    except TimeoutError:
        raise _refused(
            504, "connection_timeout", "did not answer within the time that Stripe waits"
        ) from None
    except (OSError, http.client.HTTPException) as error:
        raise _refused(502, "error", f"gave no answer that can be read ({error})") from None
    finally:
        connection.close()
    took = round((time.monotonic() - began) * 1000)
    return Incoming(response.status, response.getheaders(), body, address, took)


def _connected(url: str) -> http.client.HTTPConnection:
    import http.client

    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
    except TimeoutError:
        raise StripeError(
            f"The destination endpoint {url} could not be connected to in time. Nothing was sent: try again.",
            type="api_error",
            status=402,
            code="forwarding_api_retryable_upstream_error",
        ) from None
    except (OSError, UnicodeError) as error:
        raise _refused(502, "connection_error", f"could not be connected to ({error})") from None
    connection.sock.settimeout(SECONDS)
    return connection


def _target(url: str) -> str:
    """What of a URL is asked for (RFC 9112, 3.2.1)."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"


def _read(response: http.client.HTTPResponse, sock: socket.socket, deadline: float) -> bytes:
    """All of an answer, however slowly it comes, as long as it is in time.

    :raises OSError: where it is not, or has more than :data:`LARGEST` bytes
    """
    body = bytearray()
    while (left := deadline - time.monotonic()) > 0:
        if not response.isclosed():  # as it is, with its socket, once all of it has been read
            sock.settimeout(left)
        piece = response.read1(_PIECE)
        if not piece:
            return bytes(body)
        body += piece
        if len(body) > LARGEST:
            raise OSError(f"it has more than {LARGEST >> 20} MB")
    raise TimeoutError


def _refused(status: int, code: str, what: str) -> StripeError:
    return StripeError(
        f"The destination endpoint {what}.",
        type="api_error",
        status=status,
        code=f"forwarding_api_upstream_{code}",
    )
