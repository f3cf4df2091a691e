"""What is read without the parser is what the parser reads, and everything doubtful is left to it."""

import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from localstack_shared.plain_request import LONGEST, PlainRequest, plain_request


class Parsed:
    """A request as the parser reads it."""

    def __init__(self) -> None:
        self.url, self.body, self.ended = b"", b"", 0
        self.headers: list[tuple[str, str]] = []
        self._parser = httptools.HttpRequestParser(self)

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        # It leaves the white space behind a value, which is no part of it (RFC 9110, 5.5).
        text = value.decode("latin-1").rstrip(" \t")
        self.headers.append((name.decode("latin-1").lower(), text))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.ended += 1

    def read(self, data: bytes) -> PlainRequest:
        self._parser.feed_data(data)
        url = httptools.parse_url(self.url)
        assert self.ended == 1
        assert self._parser.should_keep_alive()
        assert self._parser.get_http_version() == "1.1"
        assert len(dict(self.headers)) == len(self.headers)
        return (
            self._parser.get_method().decode(),
            url.path.decode(),
            (url.query or b"").decode(),
            dict(self.headers),
            self.body,
        )


POST = (
    b"POST /v1/customers?expand[]=a HTTP/1.1\r\nHost: localhost:8420\r\ncontent-TYPE:text/plain\t\r\n"
    b"X-Name: caf\xe9 \r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n\r\na=b\r\n"
)


def test_a_whole_request_is_read():
    assert plain_request(POST) == (
        "POST",
        "/v1/customers",
        "expand[]=a",
        {
            "host": "localhost:8420",
            "content-type": "text/plain",
            "x-name": "café",
            "content-length": "5",
            "connection": "Keep-Alive",
        },
        b"a=b\r\n",
    )


def test_one_without_a_body_needs_no_length():
    assert plain_request(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") == (
        "GET",
        "/",
        "",
        {"host": "x"},
        b"",
    )


@pytest.mark.parametrize(
    "request_head",
    [
        "GET / HTTP/1.0\r\nHost: x",
        "HEAD / HTTP/1.1\r\nHost: x",
        "OPTIONS * HTTP/1.1\r\nHost: x",
        "GET http://x/ HTTP/1.1\r\nHost: x",
        "GET /#part HTTP/1.1\r\nHost: x",
        'GET /" HTTP/1.1\r\nHost: x',
        "GET /  HTTP/1.1\r\nHost: x",
        "GET / HTTP/1.1",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: close",
        "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, upgrade",
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked",
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +0",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y",
        "GET / HTTP/1.1\r\nHost : x",
        "GET / HTTP/1.1\r\nHost: x\r\n folded: y",
        "GET / HTTP/1.1\r\nHost: x\ry",
        "GET / HTTP/1.1\r\nHost: x\ny: z",
        "GET / HTTP/1.1\r\nHost: x\0",
        "GET / HTTP/1.1\r\nHost",
        "GET / HTTP/1.1\r\n: x",
    ],
)
def test_what_is_doubtful_is_left_to_the_parser(request_head):
    assert plain_request(f"{request_head}\r\n\r\n".encode()) is None


def test_part_of_a_request_is_left_to_the_parser():
    assert plain_request(POST) is not None
    assert all(plain_request(POST[:size]) is None for size in range(len(POST)))


def test_more_than_a_request_is_left_to_the_parser():
    assert plain_request(POST + b"G") is None


def test_a_long_request_is_left_to_the_parser():
    assert plain_request(b"GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n" % (b"x" * LONGEST)) is None


PIECES = [
    b"GET / HTTP/1.1\r\n", b"POST /v1/a?b=%20&c[]=d HTTP/1.1\r\n", b"GET //a/./b?c?d HTTP/1.1\r\n",
    b"GET /a HTTP/1.1 \r\n", b"Host: x\r\n", b"Host:x", b"Host", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\t",
    b":", b"Content-Length: 3\r\n", b"Content-Length: 03\r\n", b"Content-Length: 3, 3\r\n", b"Content-Length:\r\n",
    b"Transfer-Encoding: chunked\r\n", b"transfer-encoding:x\r\n", b"Connection: keep-alive\r\n",
    b"Connection: close\r\n", b"Connection:\r\n", b"Proxy-Connection: close\r\n", b"Upgrade: h2c\r\n",
    b"X-A: \xc3\xbc\r\n", b"x-a: \x01\r\n", b"x_b: \x7f\r\n", b"a=b", b"0\r\n\r\n", b"\0", b"HTTP/1.1",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=9).map(b"".join))
@example(POST)
@example(b"GET / HTTP/1.1\r\nHost: x\r\nConnection:\r\n\r\n")
def test_what_is_plain_is_what_the_parser_reads(data):
    read = plain_request(data)

    assert read is None or Parsed().read(data) == read
