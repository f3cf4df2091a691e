"""The parts of a multipart body (RFC 2046, 5.1.1)."""

import re

_LINE_END = re.compile(rb"\A\r?\n")


def split_parts(body: bytes, boundary: bytes) -> tuple[bytes, list[bytes]]:
    """What stands before the first delimiter line, and the blocks between the delimiters; all as it was sent.

    What follows the closing delimiter is left out. Where that is missing, the last block ends with the body.
    """
    delimiter = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?:(?=\r?\n)|\Z)"
    )
    blocks: list[bytes] = []
    begin = 0
    for found in delimiter.finditer(body):
        blocks.append(body[begin : found.start()])
        begin = found.end()
        if found[1]:
            break
    else:
        blocks.append(body[begin:])
    preamble, *parts = blocks
    # A delimiter's line end belongs to it; it was left to be the next delimiter's, of an empty part.
    return preamble, [_LINE_END.sub(b"", part) for part in parts]
