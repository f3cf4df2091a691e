"""Command lines and messages out of the bytes of a connection, however they are cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.smtp.incoming import (
    COMMAND_LIMIT,
    Incoming,
    LineTooLong,
    MessageTooLarge,
)

LARGE = 1 << 20


def read_message(*chunks: bytes, limit: int = LARGE) -> tuple[bytes | None, list[bytes]]:
    """The message that a client sends in *chunks*, and the commands behind it."""
    incoming = Incoming()
    incoming.expect_message(limit)
    message = None
    for chunk in chunks:
        incoming.feed(chunk)
        if incoming.in_message:
            message = incoming.message()
    return message, [] if message is None else lines(incoming)


def lines(incoming: Incoming) -> list[bytes]:
    """The command lines that are complete."""
    taken = []
    while (line := incoming.line()) is not None:
        taken.append(line)
    return taken


def stuffed(message: bytes) -> bytes:
    """A message of whole lines as a client sends it (RFC 5321, 4.5.2)."""
    return (b"\r\n" + message).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    """The same bytes in pieces of these lengths, and the rest."""
    pieces = []
    for length in cuts:
        pieces.append(data[:length])
        data = data[length:]
    return [piece for piece in [*pieces, data] if piece]


CUTS = st.lists(st.integers(1, 7))
MESSAGES = st.lists(
    st.text("ab.\r\n\0", max_size=6)
    .map(str.encode)
    .filter(lambda line: b"\r\n" not in line and line[-1:] != b"\r")
).map(lambda all_lines: b"".join(line + b"\r\n" for line in all_lines))


@given(MESSAGES, CUTS)
def test_a_message_is_read_unchanged_however_it_is_cut(message: bytes, cuts: list[int]) -> None:
    sent = stuffed(message) + b"NOOP\r\nQUIT\r\n"

    assert read_message(*cut(sent, cuts), limit=len(message)) == (message, [b"NOOP", b"QUIT"])


@given(st.lists(st.text("ab .\0", max_size=6).map(str.encode)), CUTS)
def test_commands_are_read_however_they_are_cut(commands: list[bytes], cuts: list[int]) -> None:
    incoming = Incoming()
    taken = []

    for piece in cut(b"".join(command + b"\r\n" for command in commands), cuts):
        incoming.feed(piece)
        taken += lines(incoming)

    assert taken == commands
    assert len(incoming) == 0


@pytest.mark.parametrize(
    "almost", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n", b"\r\n.\r", b"\r\n. \r\n"], ids=repr
)
def test_nothing_but_the_right_line_ends_a_message(almost: bytes) -> None:
    message, commands = read_message(b"a" + almost + b"MAIL FROM:<evil@x>\r\n.\r\nQUIT\r\n")

    assert message is not None
    assert message.startswith(b"a")
    assert message.endswith(b"MAIL FROM:<evil@x>\r\n")
    assert commands == [b"QUIT"]


def test_a_message_may_be_empty() -> None:
    assert read_message(b".\r\nQUIT\r\n") == (b"", [b"QUIT"])
    assert read_message(b".", b"\r", b"\n") == (b"", [])


def test_a_message_that_has_not_ended_is_not_there() -> None:
    assert read_message(b"half a mess") == (None, [])


def test_a_message_over_the_limit_is_skipped_to_its_end() -> None:
    assert read_message(b"x" * 8 + b"\r\n.\r\n", limit=10)[0] == b"x" * 8 + b"\r\n"
    for sent in ([b"x" * 9 + b"\r\n.\r\n"], [b"x" * 50_000] * 20 + [b"\r\n", b".\r\n"]):
        with pytest.raises(MessageTooLarge):
            read_message(*sent, limit=10)


def test_of_a_message_over_the_limit_nothing_is_kept() -> None:
    incoming = Incoming()
    incoming.expect_message(1000)

    for _ in range(100):
        incoming.feed(b"x" * 10_000)
        assert incoming.message() is None
        assert len(incoming) < 100

    incoming.feed(b"\r\n.\r\nNOOP\r\n")
    with pytest.raises(MessageTooLarge):
        incoming.message()
    assert lines(incoming) == [b"NOOP"]


def test_dots_that_were_doubled_do_not_count() -> None:
    message = b".\r\n" * 1000

    assert read_message(*cut(stuffed(message), [700] * 6), limit=len(message))[0] == message


def test_a_line_that_is_too_long_is_skipped_to_its_end() -> None:
    incoming = Incoming()

    for _ in range(10):
        incoming.feed(b"x" * COMMAND_LIMIT)
        assert incoming.line() is None
    assert len(incoming) == 0
    incoming.feed(b"x\r\nNOOP\r\n")

    with pytest.raises(LineTooLong):
        incoming.line()
    assert lines(incoming) == [b"NOOP"]


def test_what_was_not_used_can_be_forgotten() -> None:
    incoming = Incoming()
    incoming.feed(b"NOOP\r\nRC")
    incoming.line()

    incoming.clear()
    incoming.feed(b"EHLO me\r\n")

    assert lines(incoming) == [b"EHLO me"]
