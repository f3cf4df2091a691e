"""What a client has sent and nobody has used yet: command lines, and messages up to the line that is a single dot.

Without I/O: bytes are put in as they arrive, however they are cut, and taken out as lines or messages.
"""

COMMAND_LIMIT = 12_288 + 512
"""The longest command line taken, in bytes: one with an initial response to AUTH (RFC 4954, 4)."""

_END = b"\r\n.\r\n"


class LineTooLong(Exception):
    """A command line was longer than allowed. It has been skipped to its end."""


class MessageTooLarge(Exception):
    """A message was larger than allowed. It has been skipped to its end."""


class Incoming:
    """The bytes of one connection, in the order of their arrival."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0
        self._skipping = False
        self._message_limit: int | None = None

    def __len__(self) -> int:
        """How many bytes wait to be used."""
        return len(self._buffer)

    @property
    def in_message(self) -> bool:
        """Whether a message is next; otherwise a command line is."""
        return self._message_limit is not None

    def feed(self, data: bytes) -> None:
        """Put in what arrived."""
        self._buffer += data

    def clear(self) -> None:
        """Forget everything that was not used."""
        self._buffer.clear()
        self._searched = 0
        self._skipping = False
        self._message_limit = None

    def line(self) -> bytes | None:
        """Take the next command line, without its end; none where it is not complete yet.

        A bare line feed ends it too: somebody types into a bare socket, and a message cannot be split by it.

        :raises LineTooLong: where it has more than :data:`COMMAND_LIMIT` bytes
        """
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._skipping = self._skipping or len(self._buffer) > COMMAND_LIMIT
            if self._skipping:
                self._buffer.clear()
            self._searched = len(self._buffer)
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        self._searched = 0
        if self._skipping or end >= COMMAND_LIMIT:
            self._skipping = False
            raise LineTooLong
        return line.rstrip(b"\r")

    def expect_message(self, limit: int) -> None:
        """A message comes next.

        :param limit: the most bytes it may have
        """
        self._message_limit = limit
        # The line end before a message is the one of DATA; with it a message without lines ends like others.
        self._buffer[:0] = b"\r\n"

    def message(self) -> bytes | None:
        """Take the message; none where it is not complete yet.

        Only CR LF ends a line, so no other spelling of the closing dot can split a message in two ("SMTP smuggling").
        Lines may be of any length; dots that the client doubled are single again, and nothing else is changed
        (RFC 5321, 4.1.1.4 and 4.5.2).

        :raises MessageTooLarge: where it has more bytes than allowed
        """
        limit = self._message_limit
        assert limit is not None
        end = self._buffer.find(_END, self._searched)
        if end < 0:
            # The doubled dots do not count, and there is one in four bytes at most.
            if len(self._buffer) > limit + limit // 3 + len(_END):
                self._skipping = True
                del self._buffer[: -len(_END) + 1]
            self._searched = max(0, len(self._buffer) - len(_END) + 1)
            return None
        skipped = self._skipping
        self._message_limit, self._searched, self._skipping = None, 0, False
        with memoryview(self._buffer) as view:
            message = bytes(view[2 : end + 2])
        del self._buffer[: end + len(_END)]
        if b"\r\n." in message:
            message = message.replace(b"\r\n.", b"\r\n")
        if message.startswith(b"."):
            message = message[1:]
        if skipped or len(message) > limit:
            raise MessageTooLarge
        return message
