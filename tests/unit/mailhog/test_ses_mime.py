"""A send of SES becomes the mail that SES would send."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.aws.mime import compose
from localstack_mailhog.content.decoded import decode_mail
from localstack_mailhog.mailbox.mail import Mail


def simple(message: dict[str, Any] | None = None, **changes: Any) -> Mail:
    """The mail of a small send, with its message or some of its fields replaced."""
    send: dict[str, Any] = {
        "FromEmailAddress": "shop@x.example",
        "Destination": {"ToAddresses": ["a@y.example"]},
        "Content": {
            "Simple": message or {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Text"}}}
        },
        **changes,
    }
    return compose(send, "0100-id", "us-east-1")


def parsed(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def content(**bodies: dict[str, str]) -> dict[str, Any]:
    return {"Subject": {"Data": "s"}, "Body": bodies}


def test_the_headers_are_those_of_ses_in_its_order() -> None:
    mail = simple(
        ReplyToAddresses=["r@x.example"],
        ConfigurationSetName="set",
        EmailTags=[{"Name": "campaign", "Value": "may"}, {"Name": "n", "Value": "1"}],
    )

    headers = parsed(mail)

    assert list(headers.keys()) == [
        *("From", "To", "Reply-To", "Subject", "Date", "Message-ID"),
        *("X-SES-CONFIGURATION-SET", "X-SES-MESSAGE-TAGS"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    ]
    assert headers["Message-ID"] == "<0100-id@email.amazonses.com>"
    assert headers["X-SES-MESSAGE-TAGS"] == "campaign=may, n=1"
    assert headers["Date"].datetime.tzinfo is not None


def test_the_message_id_names_the_region() -> None:
    send = {"FromEmailAddress": "a@x", "Content": {"Simple": content()}}

    mail = compose(send, "id", "eu-central-1")

    assert parsed(mail)["Message-ID"] == "<id@eu-central-1.amazonses.com>"


def test_bounces_go_to_the_return_path() -> None:
    mail = simple(
        FromEmailAddress="Shop <shop@x.example>",
        FeedbackForwardingEmailAddress="bounces@x.example",
    )

    assert mail.sender == "bounces@x.example"
    assert parsed(mail)["From"] == "Shop <shop@x.example>"


def test_recipients_are_bare_addresses_each_once() -> None:
    mail = simple(
        Destination={
            "ToAddresses": ['"Doe, John" <john@y.example>', "=?utf-8?q?Zo=C3=AB?= <zoe@y.example>"],
            "CcAddresses": ["john@y.example", "odd <<cc@y.example"],
            "BccAddresses": ["bcc@y.example"],
        }
    )

    assert mail.recipients[:2] == ("john@y.example", "zoe@y.example")
    assert any("cc@y.example" in recipient for recipient in mail.recipients[2:3])
    assert mail.recipients[3:] == ("bcc@y.example",)
    assert b"bcc@" not in mail.raw.lower()


@pytest.mark.parametrize(
    ("charset", "data", "declared"),
    [
        (None, "plain", "us-ascii"),
        (None, "grün", "utf-8"),
        ("UTF-8", "grün", "utf-8"),
        ("ISO-8859-1", "grün", "iso-8859-1"),
        ("ISO-8859-1", "日本", "utf-8"),
        ("Shift_JIS", "日本", "shift_jis"),
        ("UTF-16", "日本", "utf-8"),
        ("no-such", "grün", "utf-8"),
    ],
)
def test_a_body_has_the_charset_it_asks_for_where_it_fits(
    charset: str | None, data: str, declared: str
) -> None:
    text = {"Data": data} if charset is None else {"Data": data, "Charset": charset}

    message = parsed(simple(content(Text=text)))

    assert message.get_content_charset() == declared
    assert message.get_content() == data + "\r\n"


def test_text_and_html_are_alternatives_and_html_alone_is_html() -> None:
    both = parsed(simple(content(Text={"Data": "t"}, Html={"Data": "<p>h</p>"})))
    html = parsed(simple(content(Html={"Data": "<p>h</p>"})))
    neither = parsed(simple(content()))

    assert both.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"]
    assert html.get_content_type() == "text/html"
    assert neither.get_content_type() == "text/plain"


def test_mail_has_seven_bits_and_short_lines_whatever_is_sent() -> None:
    long = "Grüße " * 2000

    mail = simple({"Subject": {"Data": long}, "Body": {"Html": {"Data": long}}})

    assert mail.raw.isascii()
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")


EVIL = "x@x.example\r\nBcc: victim@z.example"


@pytest.mark.parametrize(
    "changes",
    [
        {"FromEmailAddress": EVIL},
        {"ReplyToAddresses": [EVIL]},
        {"Destination": {"ToAddresses": [EVIL]}},
        {"ConfigurationSetName": EVIL},
        {"EmailTags": [{"Name": EVIL, "Value": EVIL}]},
        {"message": {"Subject": {"Data": EVIL}, "Body": {}}},
        {"message": {"Subject": {}, "Body": {}, "Headers": [{"Name": "X", "Value": EVIL}]}},
    ],
)
def test_a_line_end_in_a_field_begins_no_header(changes: dict[str, Any]) -> None:
    message = parsed(simple(**changes))

    assert message["Bcc"] is None


@pytest.mark.parametrize("field", ["FileName", "ContentType", "ContentId", "ContentDescription"])
def test_a_line_end_in_what_is_said_of_an_attachment_begins_no_header(field: str) -> None:
    attachment = {"RawContent": b"x", "FileName": "f", field: "a/b\r\nX-Evil: 1"}

    message = parsed(simple(content() | {"Attachments": [attachment]}))

    assert all(part["X-Evil"] is None for part in message.walk())


ANY_TEXT = st.text(max_size=60) | st.sampled_from(
    [
        EVIL,
        '"Doe, John" <john@y.example>',
        "a@y.example, b@y.example",
        "<",
        '"',
        "\ud800",
        "группа: a@y;",
    ]
)


@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=3), ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_whatever_is_in_a_request_its_mail_has_the_headers_of_ses(
    sender: str, addresses: list[str], subject: str, text: str, name: str
) -> None:
    mail = simple(
        content(Text={"Data": text, "Charset": name}) | {"Subject": {"Data": subject}},
        FromEmailAddress=sender,
        Destination={"ToAddresses": addresses},
        ReplyToAddresses=addresses,
        ConfigurationSetName=name,
    )

    assert {name.lower() for name, _ in email.message_from_bytes(mail.raw).items()} <= {
        *("from", "to", "reply-to", "subject", "date", "message-id"),
        *("x-ses-configuration-set", "mime-version", "content-type", "content-transfer-encoding"),
    }


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))))
def test_any_subject_is_read_as_it_was_given(subject: str) -> None:
    mail = simple({"Subject": {"Data": subject}, "Body": {}})

    assert decode_mail(mail.raw).header("Subject").split() == subject.split()


def attached(**attachment: Any) -> EmailMessage:
    """The only attachment of a mail, as a mail program reads it."""
    message = parsed(simple(content(Text={"Data": "t"}) | {"Attachments": [attachment]}))
    [part] = [part for part in message.walk() if part.get_content_disposition()]
    return part


@pytest.mark.parametrize(
    ("wanted", "data", "declared"),
    [
        (None, b"plain", "base64"),
        ("BASE64", b"\x00" * 1000, "base64"),
        ("QUOTED_PRINTABLE", "Grüße\r\n".encode() * 50, "quoted-printable"),
        ("QUOTED_PRINTABLE", b"a \n b\r c\t", "quoted-printable"),
        ("SEVEN_BIT", b"a,b\r\n1,2", "7bit"),
        ("SEVEN_BIT", b"bare\nline feed", "base64"),
        ("SEVEN_BIT", "grün".encode(), "base64"),
        ("SEVEN_BIT", b"x" * 1000, "base64"),
    ],
)
def test_an_attachment_is_encoded_as_it_asks_for_where_that_keeps_its_bytes(
    wanted: str | None, data: bytes, declared: str
) -> None:
    part = attached(RawContent=data, FileName="f.bin", ContentTransferEncoding=wanted)

    decoded = part.get_payload(decode=True)

    assert part["Content-Transfer-Encoding"] == declared
    assert decoded == data


@pytest.mark.parametrize(
    ("given_type", "name", "declared"),
    [
        (None, "invoice.pdf", "application/pdf"),
        (None, "what-is-this", "application/octet-stream"),
        ("text/calendar; method=REQUEST", "invite.ics", "text/calendar"),
        ("nonsense", "logo.png", "image/png"),
    ],
)
def test_an_attachment_has_the_type_given_or_that_of_its_name(
    given_type: str | None, name: str, declared: str
) -> None:
    part = attached(RawContent=b"x", FileName=name, ContentType=given_type)

    assert part.get_content_type() == declared
    assert part.get_filename() == name


def test_what_the_html_shows_is_beside_it_and_what_is_attached_is_outside() -> None:
    inline = {"RawContent": b"i", "FileName": "i.png", "ContentDisposition": "INLINE"}
    message = content(Text={"Data": "t"}, Html={"Data": "h"}) | {
        "Attachments": [
            {"RawContent": b"a", "FileName": "a.pdf"},
            {**inline, "ContentId": "<logo>", "ContentDescription": "Das Logo für März"},
        ]
    }

    types = [part.get_content_type() for part in parsed(simple(message)).walk()]
    image = list(parsed(simple(message)).walk())[-2]

    assert types == [
        *("multipart/mixed", "multipart/related", "multipart/alternative"),
        *("text/plain", "text/html", "image/png", "application/pdf"),
    ]
    assert image["Content-ID"] == "<logo>"
    assert image["Content-Description"] == "Das Logo für März"


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80), st.binary(max_size=200))
def test_whatever_is_said_of_an_attachment_its_bytes_arrive(
    name: str, media_type: str, description: str, data: bytes
) -> None:
    message = content() | {
        "Attachments": [
            {
                "RawContent": data,
                "FileName": name,
                "ContentType": media_type,
                "ContentId": name,
                "ContentDescription": description,
            }
        ]
    }

    mail = simple(message)

    [part] = decode_mail(mail.raw).attachments
    assert part.content == data


def raw(data: bytes, **changes: Any) -> Mail:
    """The mail of a raw send."""
    return compose({"Content": {"Raw": {"Data": data}}, **changes}, "id", "us-east-1")


def test_raw_mail_loses_only_what_ses_replaces() -> None:
    mail = raw(
        b"From: Shop <shop@x.example>\r\nTo: a@y.example,\r\n b@y.example\r\nBCC: secret@y.example,\r\n"
        b"\tmore@y.example\r\nDate: yesterday\r\nMessage-Id: <mine@x>\r\nX-Mine: 1\r\n\r\n"
        b"Bcc: in the body\r\n"
    )

    head, _, body = mail.raw.partition(b"\r\n\r\n")

    assert mail.sender == "shop@x.example"
    assert mail.recipients == (
        *("a@y.example", "b@y.example"),
        *("secret@y.example", "more@y.example"),
    )
    assert b"secret" not in mail.raw
    assert b"more@" not in mail.raw
    assert head.endswith(
        b"From: Shop <shop@x.example>\r\nTo: a@y.example,\r\n b@y.example\r\nX-Mine: 1"
    )
    assert body == b"Bcc: in the body\r\n"
    assert parsed(mail)["Message-ID"] == "<id@email.amazonses.com>"


def test_raw_mail_with_other_line_ends_gets_those_of_mail() -> None:
    mail = raw(b"From: a@x.example\nTo: b@y.example\n\none\ntwo")

    assert mail.raw.endswith(b"To: b@y.example\r\n\r\none\r\ntwo\r\n")


def test_the_sender_and_destination_of_the_request_are_the_envelope() -> None:
    data = b"From: header@x.example\r\nTo: header@y.example\r\n\r\nx\r\n"

    mail = raw(
        data,
        FromEmailAddress="S <source@x.example>",
        Destination={"ToAddresses": ["D <dest@y.example>"]},
    )

    assert mail.sender == "source@x.example"
    assert mail.recipients == ("dest@y.example",)


def test_raw_mail_without_a_head_keeps_its_body_apart() -> None:
    mail = raw(
        b"only text",
        FromEmailAddress="a@x.example",
        Destination={"ToAddresses": ["b@y.example"]},
    )

    assert mail.raw.endswith(b"\r\n\r\nonly text\r\n")


def test_bounces_of_raw_mail_go_where_the_request_or_its_header_says() -> None:
    data = b"From: a@x.example\r\nReturn-Path: <header@x.example>\r\nTo: b@y.example\r\n\r\nx\r\n"

    from_header = raw(data)
    from_request = raw(data, FeedbackForwardingEmailAddress="request@x.example")

    assert from_header.sender == "header@x.example"
    assert from_request.sender == "request@x.example"
    assert b"Return-Path" not in from_header.raw


def test_what_the_request_says_of_the_send_replaces_what_raw_mail_says() -> None:
    data = (
        b"From: a@x.example\r\nTo: b@y.example\r\nX-SES-Configuration-Set: theirs\r\n"
        b"X-SES-MESSAGE-TAGS: a=b\r\n\r\nx\r\n"
    )

    kept = parsed(raw(data))
    replaced = parsed(raw(data, ConfigurationSetName="ours"))

    assert kept.get_all("X-SES-CONFIGURATION-SET") == ["theirs"]
    assert replaced.get_all("X-SES-CONFIGURATION-SET") == ["ours"]
    assert replaced.get_all("X-SES-MESSAGE-TAGS") == ["a=b"]


@given(
    st.lists(
        st.binary(max_size=5)
        | st.sampled_from(
            [b"From: ", b"To: ", b"Bcc: ", b"\r\n", b"\n", b"a@x.example", b"<", b","]
        )
    )
)
def test_whatever_raw_mail_is_given_it_becomes_a_mail(pieces: list[bytes]) -> None:
    mail = raw(b"".join(pieces))

    assert mail.raw.startswith(b"Date: ")
    assert mail.raw.endswith(b"\r\n")
