"""Clients that cost little: bare sockets, so that what is measured is the server."""

import socket

TIMEOUT = 60.0


class SmtpClient:
    """A connection on which mail is sent."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self._reply()
        self._say(b"EHLO bench.example\r\n")

    def send(self, message: bytes) -> None:
        """Send one; return when it is acknowledged."""
        self.begin()
        self.end(message)

    def begin(self) -> None:
        """Everything before the message."""
        for command in (b"MAIL FROM:<a@x.example>", b"RCPT TO:<b@y.example>", b"DATA"):
            self._say(command + b"\r\n")

    def end(self, message: bytes) -> None:
        """The message, which has no line that begins with a dot; return when it is acknowledged."""
        self._say(message + b".\r\n")

    def hand_over(self, message: bytes) -> None:
        """The same without waiting for the reply, which :meth:`acknowledged` reads."""
        self._socket.sendall(message + b".\r\n")

    def acknowledged(self) -> None:
        """Read the reply to a message."""
        self._reply()

    def fileno(self) -> int:
        """For ``select``."""
        return self._socket.fileno()

    def close(self) -> None:
        """Leave."""
        self._lines.close()
        self._socket.close()

    def _say(self, data: bytes) -> None:
        self._socket.sendall(data)
        self._reply()

    def _reply(self) -> None:
        line = self._lines.readline()
        while line[3:4] == b"-":
            line = self._lines.readline()
        if line[:1] not in (b"2", b"3"):
            raise RuntimeError(f"refused: {line!r}")


class HttpClient:
    """A kept connection on which requests without a body are answered."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")

    def get(self, path: str) -> bytes:
        """The body of the answer, which has to be a good one."""
        self.ask(path)
        return self.answer()

    def ask(self, path: str) -> None:
        """Send a request; its answer comes later."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def answer(self) -> bytes:
        """The body of the answer to what was asked."""
        status = self._answers.readline()
        headers = {}
        while (line := self._answers.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if headers.get(b"transfer-encoding") == b"chunked":
            body = self._chunks()
        else:
            body = self._answers.read(int(headers[b"content-length"]))
        if b" 200 " not in status:
            raise RuntimeError(f"{status!r}: {body[:300]!r}")
        return body

    def fileno(self) -> int:
        """For ``select``."""
        return self._socket.fileno()

    def close(self) -> None:
        """Leave."""
        self._answers.close()
        self._socket.close()

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._answers.readline(), 16):
            body += self._answers.read(size)
            self._answers.readline()
        self._answers.readline()
        return body
