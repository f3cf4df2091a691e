"""Our own API: what one mail says, its parts, links and codes."""

import email.policy
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

import pytest

Send = Callable[..., None]


@pytest.fixture
def stored(send: Send, api: Any) -> Callable[[bytes], str]:
    """Put a mail into the sink: ``stored(raw)``; the result is its path in the API."""

    def stored(raw: bytes) -> str:
        send(raw)
        identifier = api.get("/api/own/messages?limit=1").json()["items"][0]["id"]
        return f"/api/own/messages/{quote(identifier)}"

    return stored


Stored = Callable[[bytes], str]


@pytest.fixture
def letter() -> bytes:
    """A mail with text, HTML, an image of the HTML, and two files of one name."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = "Shop <shop@x.example>"
    mail["To"] = "Zoë <zoe@y.example>"
    mail["Reply-To"] = "help@x.example"
    mail["Subject"] = "Aktivieren Sie Ihr Konto"
    mail["Message-ID"] = "<1@x.example>"
    mail["Received-SPF"] = "pass"
    mail.set_content("Ihr Code: 402913\nhttps://x.example/terms.\n", charset="iso-8859-1")
    mail.add_alternative('<a href="https://x.example/a?b=1&amp;c=2">Aktivieren</a>', subtype="html")
    mail.get_payload()[1].add_related(  # type: ignore[union-attr]
        b"\x89PNG", "image", "png", cid="<logo/1@x.example>", filename="logo.png"
    )
    mail.add_attachment(
        "a;b\nä;1\n", subtype="csv", charset="iso-8859-1", filename="Größe 100%.csv"
    )
    mail.add_attachment(b"\x00\x01", "application", "pdf", filename="same.pdf")
    mail.add_attachment(b"\x02", "application", "pdf", filename="same.pdf")
    return mail.as_bytes()


def test_a_mail_is_read_whole(stored: Stored, letter: bytes, api: Any) -> None:
    message = api.get(stored(letter)).json()

    assert message["subject"] == "Aktivieren Sie Ihr Konto"
    assert message["from"] == "Shop <shop@x.example>"
    assert message["to"] == "Zoë <zoe@y.example>"
    assert (message["cc"], message["reply_to"], message["date"]) == ("", "help@x.example", "")
    assert message["message_id"] == "1@x.example"
    assert message["authentication"] == [{"name": "Received-SPF", "value": "pass"}]
    assert {"name": "To", "value": "Zoë <zoe@y.example>"} in message["headers"]
    assert message["text"] == "Ihr Code: 402913\nhttps://x.example/terms.\n"
    assert message["html"].startswith("<a href=")
    assert [part["filename"] for part in message["attachments"]] == [
        "logo.png",
        "Größe 100%.csv",
        "same.pdf",
        "same.pdf",
    ]
    assert message["codes"] == ["402913"]


def test_links_have_their_texts(stored: Stored, letter: bytes, api: Any) -> None:
    path = stored(letter)

    links = api.get(f"{path}/links").json()

    assert links == [
        {"url": "https://x.example/a?b=1&c=2", "text": "Aktivieren"},
        {"url": "https://x.example/terms", "text": "https://x.example/terms"},
    ]
    assert api.get(path).json()["links"] == links
    assert api.get(f"{path}/codes").json() == ["402913"]


def test_the_raw_mail_is_there_byte_for_byte(stored: Stored, api: Any) -> None:
    raw = b"Subject: =?x?\r\nX: \xff\xfe\r\n\tfolded  \r\n\r\n\x01 \xe4 trailing \r\n\r\n"

    response = api.get(f"{stored(raw)}/raw")

    assert response.content == raw
    assert response.headers["Content-Type"] == "message/rfc822"


def test_text_and_html_are_in_utf_8_and_can_do_nothing(
    stored: Stored, letter: bytes, api: Any
) -> None:
    path = stored(letter)

    text, html = api.get(f"{path}/text"), api.get(f"{path}/html")

    assert text.text == "Ihr Code: 402913\nhttps://x.example/terms.\n"
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert html.headers["Content-Type"] == "text/html; charset=utf-8"
    for response in (text, html):
        policy = response.headers["Content-Security-Policy"].split("; ")
        assert "default-src 'none'" in policy
        assert "allow-scripts" not in policy[0]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("kind", "said"), [("text", "plain text"), ("html", "HTML")])
def test_what_a_mail_does_not_have_is_404(stored: Stored, api: Any, kind: str, said: str) -> None:
    path = stored(b"Content-Type: application/pdf\r\n\r\n%PDF\r\n")

    response = api.get(f"{path}/{kind}")

    assert (response.status_code, response.json()) == (404, {"error": f"the message has no {said}"})
    assert api.get(path).json()[kind] is None


def test_an_attachment_is_found_by_its_content_id(stored: Stored, letter: bytes, api: Any) -> None:
    path = stored(letter)

    responses = [
        api.get(f"{path}/attachments/{quote(name, safe='')}")
        for name in ("logo/1@x.example", "logo.png")
    ]

    for response in responses:
        assert response.content == b"\x89PNG"
        assert response.headers["Content-Type"] == "image/png"
        assert response.headers["Content-Disposition"] == 'attachment; filename="logo.png"'


@pytest.mark.parametrize(
    ("name", "plain", "encoded"),
    [
        ("plain.txt", "plain.txt", None),
        ("two words.txt", "two words.txt", None),
        ("Größe.txt", "Gr__e.txt", "Gr%C3%B6%C3%9Fe.txt"),
        ("100%25.txt", "100_25.txt", "100%2525.txt"),
        ("日本 語.txt", "__ _.txt", "%E6%97%A5%E6%9C%AC%20%E8%AA%9E.txt"),
        ('a"b.txt', "a_b.txt", "a%22b.txt"),
        ("a/../b.txt", "a_.._b.txt", None),
        ("?#&.txt", "_#&.txt", "%3F%23%26.txt"),
    ],
)
def test_an_attachment_is_found_by_whatever_name_it_has(
    stored: Stored, api: Any, name: str, plain: str, encoded: str | None
) -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail.add_attachment(b"content", "application", "octet-stream", filename=name)
    path = stored(mail.as_bytes())

    response = api.get(f"{path}/attachments/{quote(name, safe='')}")

    assert response.content == b"content"
    expected = f'attachment; filename="{plain}"'
    expected += f"; filename*=UTF-8''{encoded}" if encoded else ""
    assert response.headers["Content-Disposition"] == expected


def test_of_two_equal_names_each_is_found_by_its_section(
    stored: Stored, letter: bytes, api: Any
) -> None:
    path = stored(letter)
    sections = [
        part["section"]
        for part in api.get(path).json()["attachments"]
        if part["filename"] == "same.pdf"
    ]

    contents = [api.get(f"{path}/parts/{section}").content for section in sections]

    assert contents == [b"\x00\x01", b"\x02"]
    assert api.get(f"{path}/attachments/same.pdf").content == b"\x00\x01"


def test_every_part_is_found_by_its_section(stored: Stored, letter: bytes, api: Any) -> None:
    path = stored(letter)
    parts = api.get(path).json()["parts"]

    found = {part["section"]: api.get(f"{path}/parts/{part['section']}") for part in parts[1:]}

    assert [part["section"] for part in parts] == ["", "1", "1.1", "1.2", "1.2.1", "1.2.2", "2", "3", "4"]  # fmt: skip
    assert found["1"].status_code == found["1.2"].status_code == 404  # they consist of others
    assert found["1.1"].headers["Content-Type"] == "text/plain; charset=iso-8859-1"
    assert found["2"].content == "a;b\nä;1\n".replace("\n", "\r\n").encode("latin-1")
    for part in parts:
        response = found.get(part["section"])
        assert response is None or not response.ok or part["size"] == len(response.content)


def test_a_mail_without_parts_is_its_own_first_section(stored: Stored, api: Any) -> None:
    path = stored(b"Content-Type: application/x-thing\r\n\r\nbody\r\n")

    response = api.get(f"{path}/parts/1")

    assert response.content == b"body\r\n"
    assert response.headers["Content-Type"] == "application/x-thing"


@pytest.mark.parametrize("where", ["parts/7", "parts/1.3", "parts/x", "attachments/none", "raw/x"])
def test_a_part_that_is_not_there_is_404(
    stored: Stored, letter: bytes, api: Any, where: str
) -> None:
    assert api.get(f"{stored(letter)}/{where}").status_code == 404


@pytest.mark.parametrize(
    "what", ["raw", "text", "html", "links", "codes", "parts/1", "attachments/a"]
)
def test_nothing_is_there_of_a_mail_that_is_not(api: Any, what: str) -> None:
    response = api.get(f"/api/own/messages/none/{what}")

    assert (response.status_code, response.json()) == (404, {"error": "there is no message none"})


@pytest.mark.parametrize(
    "content_type",
    [b"text/x\rSet-Cookie: a=b", b"text/html;x\x00", b"\x01/\x02", b"text", "te/ü".encode()],
)
def test_a_parts_type_cannot_break_the_response(
    stored: Stored, api: Any, content_type: bytes
) -> None:
    path = stored(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: %s\r\n"
        b'Content-Disposition: attachment; filename="a\rSet-Cookie: c=d"\r\n\r\nx\r\n--b--\r\n'
        % content_type
    )

    response = api.get(f"{path}/parts/1")

    assert response.content == b"x"
    assert "Set-Cookie" not in response.headers
    assert response.headers["Content-Type"] in (
        "text/html",
        "text/plain",
        "application/octet-stream",
    )


def test_a_large_mail_comes_whole(stored: Stored, api: Any) -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail.set_content("large")
    content = bytes(range(256)) * 40_000
    mail.add_attachment(content, "application", "octet-stream", filename="large.bin")
    raw = mail.as_bytes()
    path = stored(raw)

    assert zlib.crc32(api.get(f"{path}/raw").content) == zlib.crc32(raw)
    assert zlib.crc32(api.get(f"{path}/attachments/large.bin").content) == zlib.crc32(content)
