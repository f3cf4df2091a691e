"""Requests that come in one piece and have nothing unusual about them, as nearly all do (RFC 9112).

They are read here, in a tenth of what a parser's calls take. Whatever is not certain to be plain is nothing here, and
the parser's: so there is one place that decides what is malformed.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

LONGEST = 1 << 16
"""How many bytes a request may have to be looked at."""

PlainRequest = tuple[str, str, str, Mapping[str, str], bytes]
"""A method, a path as it was sent, a query without its question mark, the headers by their lower-case names, a body."""

_REQUEST_LINE = re.compile(
    r"(GET|POST|PUT|PATCH|DELETE) (/[\w/.~%+,:@!$&'()*=;\[\]-]*)(?:\?([\w/.~%+,:@!$&'()*=;\[\]?-]*))? HTTP/1\.1",
    re.ASCII,
)

_IN_A_HEAD = bytes((*b"\t\r\n", *range(0x20, 0x7F), *range(0x80, 0x100)))

_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
"""A header's name is a token (RFC 9110, 5.6.2)."""

_UNUSUAL = frozenset({"expect", "proxy-connection", "transfer-encoding", "upgrade"})
"""Headers that change how the rest is read, or what is answered first."""


def plain_request(data: bytes) -> PlainRequest | None:
    """The request that *data* is, if it is one, all of it, no more, and plain; else nothing."""
    if len(data) > LONGEST:
        return None
    head, end, body = data.partition(b"\r\n\r\n")
    line, _, lines = head.partition(b"\r\n")
    asked = _REQUEST_LINE.fullmatch(line.decode("latin-1")) if end else None
    headers = _headers(lines) if asked is not None else None
    if asked is None or headers is None:
        return None
    if headers.get("content-length", "0") != str(len(body)):
        return None
    method, path, query = asked.groups("")
    return method, path, query, headers, body


@lru_cache(256)
def _headers(lines: bytes) -> Mapping[str, str] | None:
    """The headers in some lines, if they are plain. Clients often send the same ones again and again."""
    if lines.translate(None, _IN_A_HEAD):
        return None
    headers = {}
    texts = lines.decode("latin-1").split("\r\n")
    for text in texts:
        name, colon, value = text.partition(":")
        if not (colon and _NAME.fullmatch(name)) or "\r" in value or "\n" in value:
            return None
        headers[name.lower()] = value.strip(" \t")
    if len(headers) != len(texts) or not _UNUSUAL.isdisjoint(headers):
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return headers
