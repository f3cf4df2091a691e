"""A client that sends what it likes and sees every line that comes back."""

import socket

from localstack_shared.settings import Address


class Talk:
    """A conversation with an SMTP server."""

    def __init__(self, address: Address) -> None:
        self.socket = socket.create_connection((address.host, address.port), timeout=10)
        self._lines = self.socket.makefile("rb")

    def secure(self, secure: socket.socket) -> None:
        """Go on over *secure*, which was made of this socket."""
        self.socket = secure
        self._lines = secure.makefile("rb")

    def reply(self) -> list[str]:
        """The lines of one reply; none where the server has hung up."""
        lines = []
        while line := self._lines.readline():
            lines.append(line.decode().removesuffix("\r\n"))
            if line[3:4] == b" ":
                break
        return lines

    def say(self, text: str | bytes) -> str:
        """Send a line; the last line of the reply."""
        self.socket.sendall((text.encode() if isinstance(text, str) else text) + b"\r\n")
        return self.reply()[-1]

    def rest(self) -> list[str]:
        """Every line until the server hangs up."""
        return self._lines.read().decode().splitlines()

    def close(self) -> None:
        """Leave without a word."""
        self._lines.close()
        self.socket.close()
