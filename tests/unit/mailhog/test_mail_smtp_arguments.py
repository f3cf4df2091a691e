"""The arguments of MAIL and RCPT, and the end of a message's data."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.smtp.paths import parse_path
from localstack_mailhog.smtp.reading import TooMuchData, read_data


@pytest.mark.parametrize(
    ("argument", "address", "parameters"),
    [
        ("FROM:<a@x.example>", "a@x.example", {}),
        ("from: <a@x.example>", "a@x.example", {}),
        ("FROM :<a@x.example>  ", "a@x.example", {}),
        ("FROM:<>", "", {}),
        ("FROM:<> BODY=8BITMIME", "", {"BODY": "8BITMIME"}),
        ("FROM:<a@x> size=12 SMTPUTF8", "a@x", {"SIZE": "12", "SMTPUTF8": ""}),
        (
            "FROM:<a@x> RET=HDRS ENVID=q+3Dq AUTH=<>",
            "a@x",
            {"RET": "HDRS", "ENVID": "q+3Dq", "AUTH": "<>"},
        ),
        ('FROM:<"quoted > \\" local"@x.example>', '"quoted > \\" local"@x.example', {}),
        ("FROM:<@r1,@r2:a@x.example>", "@r1,@r2:a@x.example", {}),
        ("FROM:a@x.example SIZE=1", "a@x.example", {"SIZE": "1"}),
        ("FROM:<zoë@пример.example>", "zoë@пример.example", {}),
    ],
)
def test_paths(argument: str, address: str, parameters: dict[str, str]) -> None:
    path = parse_path(argument, "FROM")

    assert path is not None
    assert (path.address, path.parameters) == (address, parameters)


@pytest.mark.parametrize(
    "argument",
    [
        None,
        "",
        "FROM",
        "FROM:",
        "TO:<a@x>",
        "FROM:<a@x",
        "FROM:<a b@x>",
        "FROM:<a\x00@x>",
        "FROM:<a\ufffd@x>",
    ],
)
def test_what_is_no_path(argument: str | None) -> None:
    assert parse_path(argument, "FROM") is None


def read(*chunks: bytes, limit: int = 1 << 20) -> tuple[bytes, bytes]:
    """What is read from a client that sends *chunks*, and what is left unread."""

    async def run() -> tuple[bytes, bytes]:
        reader = asyncio.StreamReader()

        async def feed() -> None:
            for chunk in chunks:
                reader.feed_data(chunk)
                await asyncio.sleep(0)
            reader.feed_eof()

        feeding = asyncio.ensure_future(feed())
        data = await read_data(reader, limit, lambda: None)
        await feeding
        return data, await reader.read()

    return asyncio.run(run())


def stuffed(message: bytes) -> bytes:
    """A message of whole lines as a client sends it (RFC 5321, 4.5.2)."""
    return (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


LINES = st.lists(st.binary(max_size=6).filter(lambda b: b"\r\n" not in b and b[-1:] != b"\r")).map(
    lambda lines: b"".join(line + b"\r\n" for line in lines)
)


@given(LINES, st.lists(st.integers(1, 7)), st.binary(max_size=8))
def test_a_message_is_read_unchanged_however_it_is_cut(
    message: bytes, cuts: list[int], rest: bytes
) -> None:
    sent = stuffed(message) + rest
    chunks = []
    for cut in cuts:
        chunks.append(sent[:cut])
        sent = sent[cut:]

    assert read(*(chunk for chunk in [*chunks, sent] if chunk)) == (message, rest)


@pytest.mark.parametrize(
    "almost", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\n. \r\n"]
)
def test_nothing_but_the_right_line_ends_a_message(almost: bytes) -> None:
    data, rest = read(b"a" + almost + b"MAIL FROM:<evil@x>\r\n.\r\nQUIT\r\n")

    assert data.startswith(b"a")
    assert data.endswith(b"MAIL FROM:<evil@x>\r\n")
    assert rest == b"QUIT\r\n"


def test_a_message_may_be_empty() -> None:
    assert read(b".\r\nQUIT\r\n") == (b"", b"QUIT\r\n")


def test_a_message_over_the_limit_is_read_to_its_end() -> None:
    assert read(b"x" * 8 + b"\r\n.\r\n", limit=10)[0] == b"x" * 8 + b"\r\n"
    with pytest.raises(TooMuchData):
        read(b"x" * 9 + b"\r\n.\r\n", limit=10)
    with pytest.raises(TooMuchData):
        read(*[b"x" * 50_000] * 20, b"\r\n.\r\n", limit=1000)


def test_a_client_that_leaves_before_the_end_has_sent_nothing() -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        read(b"half a mess")
