"""Reading a message's data: everything up to the line that is a single dot (RFC 5321, 4.1.1.4 and 4.5.2)."""

import asyncio
from collections.abc import Callable

_END = b"\r\n.\r\n"
_CHUNK = 1 << 18


class TooMuchData(Exception):
    """The message is larger than allowed. It has been read to its end and is forgotten."""


async def read_data(reader: asyncio.StreamReader, limit: int, alive: Callable[[], object]) -> bytes:
    """Read a message's data; what the client sent behind it stays unread.

    Only CR LF ends a line, so no other spelling of the closing dot can split a message in two ("SMTP smuggling").
    Lines may be of any length; dots that the client doubled are single again, and nothing else is changed.

    :param limit: the most bytes a message may have
    :param alive: called whenever something came
    :raises TooMuchData: where there were more
    :raises asyncio.IncompleteReadError: where the client left before the end
    """
    # The line end before the data is the one of the DATA command; with it a message without lines ends like others.
    data = bytearray(b"\r\n")
    too_much = False
    while True:
        chunk = await reader.read(_CHUNK)
        if not chunk:
            raise asyncio.IncompleteReadError(bytes(data), None)
        alive()
        searched = max(0, len(data) - len(_END) + 1)
        data += chunk
        end = data.find(_END, searched)
        if end >= 0:
            break
        if len(data) > limit + len(_END) + 2:
            too_much = True
            del data[: -len(_END)]
    rest = data[end + len(_END) :]
    if rest:
        reader._buffer[:0] = rest  # type: ignore[attr-defined] # there is no way to give bytes back
    # Up to the end of the last line, with the line end at the beginning kept, so that a dot there is found too.
    del data[end + 2 :]
    message = bytes(data.replace(b"\r\n.", b"\r\n"))[2:]
    if too_much or len(message) > limit:
        raise TooMuchData
    return message
