"""What SES is asked to send becomes the mail that SES would send."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.aws.mime import bulk_mail, raw_mail, simple_mail, templated_mail
from localstack_mailhog.content.decoded import decode_mail
from localstack_mailhog.mailbox.mail import Mail


def simple(**changes: Any) -> Mail:
    """The mail of a small ``SendEmail``, with some of its fields replaced."""
    request: dict[str, Any] = {
        "Source": "shop@x.example",
        "Destination": {"ToAddresses": ["a@y.example"]},
        "Message": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Text"}}},
        **changes,
    }
    return simple_mail(request, "0100-id", "us-east-1")


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
        Tags=[{"Name": "campaign", "Value": "may"}, {"Name": "n", "Value": "1"}],
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
    request = {"Source": "a@x", "Destination": {}, "Message": content()}

    mail = simple_mail(request, "id", "eu-central-1")

    assert parsed(mail)["Message-ID"] == "<id@eu-central-1.amazonses.com>"


def test_bounces_go_to_the_return_path() -> None:
    mail = simple(Source="Shop <shop@x.example>", ReturnPath="bounces@x.example")

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

    message = parsed(simple(Message=content(Text=text)))

    assert message.get_content_charset() == declared
    assert message.get_content() == data + "\r\n"


def test_text_and_html_are_alternatives_and_html_alone_is_html() -> None:
    both = parsed(simple(Message=content(Text={"Data": "t"}, Html={"Data": "<p>h</p>"})))
    html = parsed(simple(Message=content(Html={"Data": "<p>h</p>"})))
    neither = parsed(simple(Message=content()))

    assert both.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in both.iter_parts()] == ["text/plain", "text/html"]
    assert html.get_content_type() == "text/html"
    assert neither.get_content_type() == "text/plain"


def test_mail_has_seven_bits_and_short_lines_whatever_is_sent() -> None:
    long = "Grüße " * 2000

    mail = simple(Message={"Subject": {"Data": long}, "Body": {"Html": {"Data": long}}})

    assert mail.raw.isascii()
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("field", ["Source", "Subject", "ReplyToAddresses", "ConfigurationSetName"])
def test_a_line_end_in_a_field_begins_no_header(field: str) -> None:
    evil = "x@x.example\r\nBcc: victim@z.example"
    changes: dict[str, Any] = {
        "Source": {"Source": evil},
        "Subject": {"Message": {"Subject": {"Data": evil}, "Body": {}}},
        "ReplyToAddresses": {"ReplyToAddresses": [evil]},
        "ConfigurationSetName": {"ConfigurationSetName": evil},
    }[field]

    message = parsed(simple(**changes))

    assert message["Bcc"] is None


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))))
def test_any_subject_is_read_as_it_was_given(subject: str) -> None:
    mail = simple(Message={"Subject": {"Data": subject}, "Body": {}})

    assert decode_mail(mail.raw).header("Subject").split() == subject.split()


TEMPLATE = {"subject_part": "Hi {{name}}", "text_part": "{{name}}", "html_part": ""}


def test_a_template_is_filled_and_its_empty_part_left_out() -> None:
    request = {
        "Source": "shop@x.example",
        "Destination": {"ToAddresses": ["a@y.example"]},
        "TemplateData": '{"name": "Zoë"}',
    }

    message = parsed(templated_mail(request, TEMPLATE, "id", "us-east-1"))

    assert message["Subject"] == "Hi Zoë"
    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "Zoë\r\n"


def test_a_bulk_destination_has_its_own_data_tags_and_address() -> None:
    request = {
        "Source": "shop@x.example",
        "DefaultTemplateData": '{"name": "all"}',
        "DefaultTags": [{"Name": "t", "Value": "default"}],
        "Destinations": [
            {"Destination": {"ToAddresses": ["a@y.example"]}},
            {
                "Destination": {"ToAddresses": ["b@y.example"]},
                "ReplacementTemplateData": '{"name": "B"}',
                "ReplacementTags": [{"Name": "t", "Value": "own"}],
            },
        ],
    }

    mails = [bulk_mail(request, number, TEMPLATE, f"id{number}", "us-east-1") for number in (0, 1)]

    assert [mail.recipients for mail in mails] == [("a@y.example",), ("b@y.example",)]
    assert [parsed(mail)["Subject"] for mail in mails] == ["Hi all", "Hi B"]
    assert [parsed(mail)["X-SES-MESSAGE-TAGS"] for mail in mails] == ["t=default", "t=own"]


def raw(data: bytes, **changes: Any) -> Mail:
    return raw_mail({"RawMessage": {"Data": data}, **changes}, "id", "us-east-1")


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


def test_the_source_and_destinations_of_the_request_are_the_envelope() -> None:
    data = b"From: header@x.example\r\nTo: header@y.example\r\n\r\nx\r\n"

    mail = raw(data, Source="S <source@x.example>", Destinations=["D <dest@y.example>"])

    assert mail.sender == "source@x.example"
    assert mail.recipients == ("dest@y.example",)


def test_raw_mail_without_a_head_keeps_its_body_apart() -> None:
    mail = raw(b"only text", Source="a@x.example", Destinations=["b@y.example"])

    assert mail.raw.endswith(b"\r\n\r\nonly text\r\n")
