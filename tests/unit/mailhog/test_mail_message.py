"""MailHog's JSON shape of a mail."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.content.parts import split_parts
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.message import (
    JSON,
    MAX_DEPTH,
    message_json,
    path_json,
    rfc3339_local,
)

MOMENT = 1_795_461_484_569_134_630


def shape(raw: bytes, **envelope: object) -> JSON:
    """What MailHog's API says of a mail."""
    values = {"sender": "a@x.example", "recipients": ("b@y.example",), "helo": "me", **envelope}
    entry = Entry(1, "ID=@host", MOMENT, size=len(raw), **values)  # type: ignore[arg-type]
    return message_json(entry, raw, "host")


def test_a_message_has_mailhogs_keys_in_mailhogs_order() -> None:
    raw = b"Subject: Hello\r\nFrom: A <a@x.example>\r\n\r\nLine\r\n"

    message = shape(raw)

    assert list(message) == ["ID", "From", "To", "Content", "Created", "MIME", "Raw"]
    assert list(message["Content"]) == ["Headers", "Body", "Size", "MIME"]
    assert message["From"] == {
        "Relays": None,
        "Mailbox": "a",
        "Domain": "x.example",
        "Params": "",
    }
    assert message["Content"]["Body"] == "Line"
    assert message["Content"]["Size"] == len(raw) - 2
    assert message["Content"]["MIME"] is None
    assert message["MIME"] is None
    assert message["Raw"] == {
        "From": "a@x.example",
        "To": ["b@y.example"],
        "Data": raw[:-2].decode(),
        "Helo": "me",
    }


def test_headers_are_sorted_and_completed_as_mailhog_does() -> None:
    message = shape(b"X-Z: 1\r\nSubject: s\r\nReceived: earlier\r\n\r\n")

    headers = message["Content"]["Headers"]

    assert list(headers) == ["Message-ID", "Received", "Return-Path", "Subject", "X-Z"]
    assert headers["Message-ID"] == ["ID=@host"]
    assert headers["Return-Path"] == ["<a@x.example>"]
    earlier, ours = headers["Received"]
    assert earlier == "earlier"
    assert ours.startswith("from me by host (MailHog)\r\n          id ID=@host; ")


def test_mail_that_did_not_come_by_smtp_came_from_nobody_with_a_name() -> None:
    [received] = shape(b"Subject: s\r\n\r\n", helo="")["Content"]["Headers"]["Received"]

    assert received.startswith("by host (MailHog)\r\n          id ID=@host; ")


def test_a_message_id_of_the_sender_stays() -> None:
    headers = shape(b"message-id: <mine@x>\r\n\r\n")["Content"]["Headers"]

    assert headers["message-id"] == ["<mine@x>"]
    assert "Message-ID" not in headers


def test_a_repeated_header_keeps_every_value_in_order() -> None:
    headers = shape(b"X-Tag: one\r\nX-Other: x\r\nX-Tag: two\r\n\r\n")["Content"]["Headers"]

    assert headers["X-Tag"] == ["one", "two"]


def test_a_folded_header_keeps_the_blank_and_loses_the_line_end() -> None:
    headers = shape(b"Subject: one\r\n\ttwo\r\n three\r\n\r\n")["Content"]["Headers"]

    assert headers["Subject"] == ["one\ttwo three"]


def test_a_header_without_a_blank_after_the_colon_is_one() -> None:
    assert shape(b"X:1\r\n\r\n")["Content"]["Headers"]["X"] == ["1"]


@pytest.mark.parametrize(
    "raw", [b"just text\r\nmore\r\n", b"\r\njust text\r\nmore\r\n", b"Hello there\r\n\r\nmore\r\n"]
)
def test_text_without_headers_is_all_body(raw: bytes) -> None:
    content = shape(raw)["Content"]

    assert content["Body"] == raw.decode().removeprefix("\r\n").removesuffix("\r\n")
    assert set(content["Headers"]) == {"Message-ID", "Received", "Return-Path"}


MULTIPART = (
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nfirst\r\n\r\nparagraph\r\n"
    b"--b\r\n\r\nno: headers\r\n\r\nhere\r\n"
    b"--b\r\nContent-Type: multipart/alternative; boundary=b-inner\r\n\r\n"
    b"--b-inner\r\n\r\nnested\r\n--b-inner--\r\n"
    b"--b--\r\nepilogue\r\n"
)


def test_parts_are_listed_without_mailhogs_phantom() -> None:
    message = shape(MULTIPART)

    first, second, third = message["MIME"]["Parts"]

    assert first["Headers"] == {"Content-Type": ["text/plain"]}
    assert first["Body"] == "first\r\n\r\nparagraph"
    assert first["Size"] == len("Content-Type: text/plain\r\n\r\nfirst\r\n\r\nparagraph")
    assert second == {
        "Headers": {},
        "Body": "no: headers\r\n\r\nhere",
        "Size": len("no: headers\r\n\r\nhere"),
        "MIME": None,
    }
    assert [part["Body"] for part in third["MIME"]["Parts"]] == ["nested"]
    assert message["Content"]["MIME"] is None


def test_a_preamble_is_the_first_part_as_in_mailhog() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\nFor old programs.\r\n--b\r\n\r\nx\r\n--b--"

    parts = shape(raw)["MIME"]["Parts"]

    assert [part["Body"] for part in parts] == ["For old programs.", "x"]


def test_only_delimiter_lines_split() -> None:
    body = b"--b\r\nnot --b here\r\n--bb\r\nnor there\r\n--b \t\r\nnext\r\n--b--"

    preamble, parts = split_parts(body, b"b")

    assert preamble == b""
    assert parts == [b"not --b here\r\n--bb\r\nnor there", b"next"]


def test_parts_nested_deeper_than_any_honest_mail_are_left_alone() -> None:
    raw = b"x"
    for level in range(200):
        raw = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s" % (
            level,
            level,
            raw,
        )

    message = shape(raw)

    depth = 0
    while message.get("MIME") and message["MIME"]["Parts"]:
        message = message["MIME"]["Parts"][0]
        depth += 1
    assert depth == MAX_DEPTH


@pytest.mark.parametrize(
    ("path", "relays", "mailbox", "domain"),
    [
        ("a@x", None, "a", "x"),
        ("", None, "", ""),
        ("postmaster", None, "postmaster", ""),
        ('"a@b"@x', None, '"a@b"', "x"),
        ("@r1,@r2:a@x", ["@r1", "@r2"], "a", "x"),
        ('"a:b"@x', None, '"a:b"', "x"),
    ],
)
def test_paths(path: str, relays: list[str] | None, mailbox: str, domain: str) -> None:
    assert path_json(path) == {
        "Relays": relays,
        "Mailbox": mailbox,
        "Domain": domain,
        "Params": "",
    }


@pytest.mark.parametrize(
    ("zone", "nanoseconds", "text"),
    [
        ("UTC0", MOMENT, "2026-11-23T19:18:04.56913463Z"),
        ("UTC0", MOMENT // 10**9 * 10**9, "2026-11-23T19:18:04Z"),
        ("XXX-5:30", MOMENT, "2026-11-24T00:48:04.56913463+05:30"),
        ("XXX3", MOMENT, "2026-11-23T16:18:04.56913463-03:00"),
    ],
)
def test_times_are_written_as_go_does(
    zone: str, nanoseconds: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()

    assert rfc3339_local(nanoseconds) == text

    monkeypatch.undo()
    time.tzset()


def test_bytes_that_are_not_utf_8_are_replaced_one_by_one() -> None:
    body = shape(b"A: b\r\n\r\n\xe2\x82x\xff\xfe")["Content"]["Body"]

    assert body == "\ufffd\ufffdx\ufffd\ufffd"


HOSTILE = st.lists(
    st.sampled_from(
        [
            *(
                b"\r\n",
                b"\n",
                b"\r",
                b": ",
                b":",
                b" ",
                b"\t",
                b"--",
                b"--b",
                b"\xff",
                b"=?utf-8?b?",
            ),
            *(b"Content-Type: multipart/mixed; boundary=b\r\n", b'boundary="', b"Subject", b"?="),
        ]
    )
    | st.binary(max_size=6)
).map(b"".join)


@given(HOSTILE)
def test_no_bytes_break_it(raw: bytes) -> None:
    message = shape(raw)

    assert orjson.loads(orjson.dumps(message)) == message


@given(
    st.lists(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1), max_size=8)
)
def test_no_header_value_is_lost(values: list[str]) -> None:
    raw = "".join(f"X-Value: {value}\r\n" for value in values).encode() + b"\r\nbody\r\n"

    headers = shape(raw)["Content"]["Headers"]

    assert headers.get("X-Value", []) == values
