"""A mail as a person reads it."""

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.content.decoded import MAX_PARTS, decode_mail
from localstack_mailhog.content.headers import decode, decode_bytes, parameter


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (b"plain", "plain"),
        (b"=?utf-8?q?Gr=C3=BC=C3=9Fe_aus?= =?utf-8?b?WsO8cmljaA==?=", "Grüße ausZürich"),
        (b"=?iso-8859-1?Q?Z=FCrich?= today", "Zürich today"),
        (b"a =?utf-8?q?b?= c =?utf-8?q?d?=", "a b c d"),
        (b"=?utf-8?b?5L2g5Q==?= =?utf-8?b?pb0=?=", "你好"),  # cut within a character
        (b"=?utf-8*de?q?ja?=", "ja"),
        ("Zürich".encode(), "Zürich"),
        ("Zürich".encode("latin-1"), "Zürich"),
        (b"=?no-such-charset?q?abc?=", "abc"),
        (b"=?utf-8?b?!?=", ""),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"=?punycode?q?abc?=", "abc"),
        (b"=?utf-8?q?one=0D=0ATo:_two?=", "one To: two"),
    ],
)
def test_header_values(value: bytes, said: str) -> None:
    assert decode(value) == said


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))))
def test_what_python_encodes_is_read_again(text: str) -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Subject"] = text

    assert decode_mail(mail.as_bytes()).header("subject").split() == text.split()


def test_parameters_of_structured_values() -> None:
    value = b'multipart/mixed; charset=x;\r\n\tBOUNDARY="a;b\\"c"'

    assert parameter(value, "boundary") == b'a;b"c'
    assert parameter(value, "charset") == b"x"
    assert parameter(value, "name") is None


def test_text_html_and_attachments_are_told_apart() -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail.set_content("Grüße\nzweite Zeile\n", charset="iso-8859-1")
    mail.add_alternative("<p>Grüße</p>", subtype="html")
    mail.add_attachment("a,b\n", subtype="csv", filename="zürich.csv")
    mail.add_attachment(b"\x00\x01", "application", "octet-stream", filename="x.bin")

    decoded = decode_mail(mail.as_bytes())

    assert decoded.text == "Grüße\nzweite Zeile\n"
    assert decoded.html == "<p>Grüße</p>\n"
    assert [(a.filename, a.content_type) for a in decoded.attachments] == [
        ("zürich.csv", "text/csv"),
        ("x.bin", "application/octet-stream"),
    ]
    assert decoded.attachments[1].content == b"\x00\x01"


def test_an_attached_message_is_an_attachment_and_not_the_text() -> None:
    inner = EmailMessage()
    inner["Subject"] = "inner"
    inner.set_content("inner text")
    mail = EmailMessage(policy=email.policy.SMTP)
    mail.set_content("outer text")
    mail.add_attachment(inner)

    decoded = decode_mail(mail.as_bytes())

    assert decoded.text == "outer text\n"
    [attachment] = decoded.attachments
    assert attachment.content_type == "message/rfc822"
    assert b"inner text" in attachment.content


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "no-such", "idna"])
def test_a_body_in_any_charset_is_readable(charset: str) -> None:
    text = "日本語"
    known = charset if charset in ("utf-8", "iso-2022-jp", "shift_jis") else "utf-8"
    raw = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + text.encode(known)

    assert decode_mail(raw).text == text


def test_data_in_no_charset_is_still_text() -> None:
    assert decode_bytes(b"a\xffb", "utf-8") == "a\ufffdb"


def test_what_is_nested_beyond_reason_is_one_part() -> None:
    raw = b"Subject: deep\r\n"
    for level in range(3000):
        raw += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)

    decoded = decode_mail(raw)

    assert decoded.header("Subject") == "deep"
    assert len(decoded.attachments) == 1


def test_ten_thousand_parts_are_read_and_no_more() -> None:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * (MAX_PARTS + 10) + b"--b--"

    decoded = decode_mail(raw)

    assert decoded.text == "x"
    assert len(decoded.attachments) == MAX_PARTS - 1


@given(
    st.lists(
        st.sampled_from(
            [
                *(b"\r\n", b"\n", b": ", b"--b\r\n", b"\xff", b"=?utf-8?b?", b"?=", b"*0*=", b'"'),
                b"Content-Type: multipart/mixed; boundary=b\r\n",
                b"Content-Type: text/html; charset=",
                b"Content-Transfer-Encoding: base64\r\n\r\n",
                b"Content-Disposition: attachment; filename*=utf-8''%ff",
            ]
        )
        | st.binary(max_size=4)
    ).map(b"".join)
)
def test_no_bytes_break_it(raw: bytes) -> None:
    decoded = decode_mail(raw)

    for value in (decoded.text, decoded.html, *(text for _, text in decoded.headers)):
        assert (value or "").encode("utf-8") is not None
