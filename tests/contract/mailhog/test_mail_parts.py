"""Downloading one part of a mail."""

from collections.abc import Callable
from typing import Any

import pytest

MAIL = b"""\
From: a@x.example
Content-Type: multipart/mixed; boundary="=b"

--=b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Z=C3=BCrich =3D =
here
--=b
Content-Type: image/png; name="dot.png"
Content-Disposition: inline; filename="dot.png"
Content-ID: <dot@x.example>
Content-Transfer-Encoding: BASE64

iVBO
Rw==
--=b
Content-Type: text/html
Set-Cookie: stolen=1
Location: https://evil.example
Content-Length: 99999

<script>alert(1)</script>
--=b
Content-Type: multipart/alternative; boundary="inner"

--inner

one
--inner--
--=b
Content-Disposition: attachment; filename="Gr\xc3\xbc\xc3\x9fe\x01.txt"

\xff\xfe bytes
--=b--
""".replace(b"\n", b"\r\n")


@pytest.fixture
def part(send: Callable[..., None], api: Any) -> Callable[[object], Any]:
    """Downloads a part of the mail above."""
    send(MAIL)
    identifier = api.messages()[0]["ID"]
    return lambda number: api.get(f"/api/v1/messages/{identifier}/mime/part/{number}/download")


def test_the_number_is_the_place_in_the_messages_parts(
    part: Callable[[object], Any], api: Any
) -> None:
    listed = api.messages()[0]["MIME"]["Parts"]

    downloaded = [part(number) for number in range(len(listed))]

    assert [answer.status_code for answer in downloaded] == [200] * 5
    for answer, item in zip(downloaded, listed, strict=True):
        [content_type] = item["Headers"].get("Content-Type", ["text/plain"])
        assert answer.headers["Content-Type"] == content_type


def test_quoted_printable_and_base64_are_undone(part: Callable[[object], Any]) -> None:
    assert part(0).content == "Zürich = here".encode()
    assert part(1).content == b"\x89PNG"


def test_other_bytes_come_as_they_are(part: Callable[[object], Any]) -> None:
    assert part(4).content == b"\xff\xfe bytes"
    assert part(3).content.startswith(b"--inner\r\n")


def test_the_name_is_the_parts_own_or_made_of_the_id(
    part: Callable[[object], Any], api: Any
) -> None:
    identifier = api.messages()[0]["ID"]

    assert part(1).headers["Content-Disposition"] == 'inline; filename="dot.png"'
    assert part(1).headers["Content-ID"] == "<dot@x.example>"
    expected = f'attachment; filename="{identifier}-part-0"'
    assert part(0).headers["Content-Disposition"] == expected
    odd = part(4).headers["Content-Disposition"].encode("latin-1").decode()
    assert odd == 'attachment; filename="Grüße .txt"'


def test_a_part_cannot_set_headers_or_run_scripts(part: Callable[[object], Any]) -> None:
    answer = part(2)

    assert answer.text == "<script>alert(1)</script>"
    assert not {"Set-Cookie", "Location"} & set(answer.headers)
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


def test_what_is_no_number_is_the_first(part: Callable[[object], Any]) -> None:
    assert part("x").content == part(0).content == part("+0").content


@pytest.mark.parametrize("number", [5, -1, 999999999])
def test_a_part_that_is_not_there_is_not_found(part: Callable[[object], Any], number: int) -> None:
    assert part(number).status_code == 404


def test_a_name_without_end_is_left_out(send: Callable[..., None], api: Any) -> None:
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    send(head + b"Content-Type: text/" + b"x" * 100_000 + b"\r\n\r\none\r\n--b--\r\n")
    identifier = api.messages()[0]["ID"]

    answer = api.get(f"/api/v1/messages/{identifier}/mime/part/0/download")

    assert answer.content == b"one"
    assert answer.headers["Content-Type"] == "text/plain"


def test_a_mail_without_parts_has_none(send: Callable[..., None], api: Any) -> None:
    send(b"Subject: x\r\n\r\nbody\r\n")
    identifier = api.messages()[0]["ID"]

    answer = api.get(f"/api/v1/messages/{identifier}/mime/part/0/download")

    assert answer.status_code == 404


def test_text_before_the_first_delimiter_is_the_first_part(
    send: Callable[..., None], api: Any
) -> None:
    send(b"Content-Type: multipart/mixed; boundary=b\r\n\r\nhello\r\n--b\r\n\r\none\r\n--b--\r\n")
    identifier = api.messages()[0]["ID"]

    path = f"/api/v1/messages/{identifier}/mime/part"
    assert api.get(f"{path}/0/download").content == b"hello"
    assert api.get(f"{path}/1/download").content == b"one"
