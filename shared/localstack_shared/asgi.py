"""What an ASGI application needs to read a request."""

from collections.abc import Awaitable, Callable

from localstack_shared.serving import Message

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class ClientGone(OSError):
    """The client has closed the connection, so there is nobody to answer; ASGI wants an ``OSError`` for it."""


class BodyTooLarge(Exception):
    """A request's body is larger than anything that is wanted."""


async def read_body(receive: Receive, most: int) -> bytes:
    """A request's body.

    :param most: how many bytes it may have
    :raises BodyTooLarge: where it has more
    :raises ClientGone: where the client leaves before its end
    """
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        body += message.get("body", b"")
        if len(body) > most:
            raise BodyTooLarge
        if not message.get("more_body", False):
            return bytes(body)
