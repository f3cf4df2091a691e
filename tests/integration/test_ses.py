"""What LocalStack's SES (v1) accepts arrives in the mail sink, exactly once and as the mail SES would send."""

import email.policy
import json
import time
import uuid
from email.message import EmailMessage
from typing import Any

import pytest
import requests
from botocore.exceptions import ClientError

from tests.integration.arrivals import Arrivals, Arrived

SOURCE = "noreply@shop.example"


def test_send_email_arrives_with_every_destination_and_both_bodies(
    ses: Any, arrived: Arrivals
) -> None:
    answer = ses.send_email(
        Source=f'"Der Laden" <{SOURCE}>',
        Destination={
            "ToAddresses": ["Zoë Müller <zoe@customer.example>", "max@customer.example"],
            "CcAddresses": ["copy@customer.example"],
            "BccAddresses": ["secret@customer.example"],
        },
        ReplyToAddresses=["help@shop.example"],
        Message={
            "Subject": {"Data": "Grüße aus Zürich – 你好", "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": "Schöne Grüße", "Charset": "ISO-8859-1"},
                "Html": {"Data": "<p>Schöne <b>Grüße</b></p>", "Charset": "UTF-8"},
            },
        },
    )

    [message] = arrived()

    assert message.sender == SOURCE
    assert message.recipients == [
        "zoe@customer.example",
        "max@customer.example",
        "copy@customer.example",
        "secret@customer.example",
    ]
    assert f'\r\nFrom: "Der Laden" <{SOURCE}>\r\n'.encode() in b"\r\n" + message.raw
    assert message.mail["To"] == "Zoë Müller <zoe@customer.example>, max@customer.example"
    assert message.mail["Cc"] == "copy@customer.example"
    assert message.mail["Reply-To"] == "help@shop.example"
    assert message.mail["Bcc"] is None
    assert b"secret@" not in message.raw
    assert message.mail["Subject"] == "Grüße aus Zürich – 你好"
    assert message.mail["Message-ID"] == f"<{answer['MessageId']}@email.amazonses.com>"
    assert message.text() == "Schöne Grüße"
    assert message.text("html") == "<p>Schöne <b>Grüße</b></p>"
    plain = message.mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content_charset() == "iso-8859-1"


def test_the_answer_of_ses_and_its_own_record_are_as_without_the_sink(
    ses: Any, localstack: Any, arrived: Arrivals
) -> None:
    answer = ses.send_email(
        Source=SOURCE,
        Destination={"ToAddresses": ["record@customer.example"]},
        Message={"Subject": {"Data": "Record"}, "Body": {"Text": {"Data": "Text"}}},
    )

    record = requests.get(
        f"{localstack.url}/_aws/ses", params={"id": answer["MessageId"]}, timeout=10
    ).json()

    assert set(answer) == {"MessageId", "ResponseMetadata"}
    assert [message["Subject"] for message in record["messages"]] == ["Record"]
    assert len(arrived()) == 1


def test_send_raw_email_arrives_byte_for_byte_but_for_what_ses_replaces(
    ses: Any, arrived: Arrivals
) -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"] = SOURCE
    mail["To"] = '"Doe, John" <john@customer.example>'
    mail["Bcc"] = "hidden@customer.example"
    mail["Subject"] = "Rechnung für März"
    mail["Message-ID"] = "<mine@shop.example>"
    mail["X-Order"] = "42"
    mail.set_content("Im Anhang.\n")
    mail.add_attachment(b"%PDF-1.7 \x00\xff", "application", "pdf", filename="März.pdf")
    _, _, body = mail.as_bytes().partition(b"\r\n\r\n")

    answer = ses.send_raw_email(RawMessage={"Data": mail.as_bytes()})
    [message] = arrived()

    assert message.sender == SOURCE
    assert message.recipients == ["john@customer.example", "hidden@customer.example"]
    assert message.mail["Bcc"] is None
    assert message.mail["Message-ID"] == f"<{answer['MessageId']}@email.amazonses.com>"
    assert message.mail["Subject"] == "Rechnung für März"
    assert message.mail["X-Order"] == "42"
    [attachment] = message.mail.iter_attachments()
    assert attachment.get_filename() == "März.pdf"
    assert attachment.get_content() == b"%PDF-1.7 \x00\xff"
    assert message.raw.partition(b"\r\n\r\n")[2] == body


def test_destinations_of_a_raw_mail_are_its_recipients(ses: Any, arrived: Arrivals) -> None:
    raw = f"From: {SOURCE}\nTo: shown@customer.example\nSubject: x\n\nbody\n".encode()

    ses.send_raw_email(
        Source=SOURCE, Destinations=["only@customer.example"], RawMessage={"Data": raw}
    )
    [message] = arrived()

    assert message.recipients == ["only@customer.example"]
    assert message.mail["To"] == "shown@customer.example"


def test_a_raw_mail_may_have_fifty_recipients_that_its_header_shows_too(
    ses: Any, arrived: Arrivals
) -> None:
    addresses = [f"n{number}@customer.example" for number in range(50)]
    raw = f"From: {SOURCE}\r\nTo: {', '.join(addresses)}\r\n\r\nx\r\n".encode()

    ses.send_raw_email(Source=SOURCE, Destinations=addresses, RawMessage={"Data": raw})
    [message] = arrived()

    assert message.recipients == addresses


def test_raw_mail_in_latin_1_is_accepted_and_unchanged(ses: Any, arrived: Arrivals) -> None:
    raw = (
        f"From: {SOURCE}\r\nTo: latin@customer.example\r\nSubject: 8 bit\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
        "Content-Transfer-Encoding: 8bit\r\n\r\nSchöne Grüße\r\n"
    ).encode("latin-1")

    ses.send_raw_email(RawMessage={"Data": raw})
    [message] = arrived()

    assert message.raw.endswith("\r\n\r\nSchöne Grüße\r\n".encode("latin-1"))
    assert message.text() == "Schöne Grüße"


def test_a_folded_from_in_other_letter_case_is_the_source_of_a_raw_mail(
    ses: Any, arrived: Arrivals
) -> None:
    raw = f"from: =?utf-8?q?Z=C3=BCrich?=\r\n <{SOURCE}>\r\nTo: a@customer.example\r\n\r\nx\r\n"

    ses.send_raw_email(RawMessage={"Data": raw.encode()})
    [message] = arrived()

    assert message.sender == SOURCE
    assert message.mail["From"] == f"Zürich <{SOURCE}>"


@pytest.mark.parametrize("operation", ["send_email", "send_raw_email", "send_templated_email"])
def test_the_configuration_set_tags_and_return_path_are_with_the_mail(
    ses: Any, arrived: Arrivals, operation: str
) -> None:
    name = f"tagged-{uuid.uuid4().hex}"
    ses.create_template(Template={"TemplateName": name, "SubjectPart": "s", "TextPart": "t"})
    to: dict[str, Any] = {"Destination": {"ToAddresses": ["a@customer.example"]}}
    own: dict[str, Any] = {
        "send_email": {
            **to,
            "Message": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
            "ReturnPath": "bounces@shop.example",
        },
        "send_raw_email": {
            "RawMessage": {
                "Data": b"From: noreply@shop.example\r\nTo: a@customer.example\r\n\r\nt\r\n"
            },
        },
        "send_templated_email": {
            **to,
            "Template": name,
            "TemplateData": "{}",
            "ReturnPath": "bounces@shop.example",
        },
    }[operation]

    getattr(ses, operation)(
        Source="bounces@shop.example" if operation == "send_raw_email" else SOURCE,
        ConfigurationSetName="transactional",
        Tags=[{"Name": "campaign", "Value": "may"}],
        **own,
    )
    [message] = arrived()

    assert message.sender == "bounces@shop.example"
    assert message.mail["From"] == SOURCE
    assert message.mail["X-SES-CONFIGURATION-SET"] == "transactional"
    assert message.mail["X-SES-MESSAGE-TAGS"] == "campaign=may"


def test_a_templated_mail_is_rendered_once(ses: Any, arrived: Arrivals) -> None:
    name = f"welcome-{uuid.uuid4().hex}"
    ses.create_template(
        Template={
            "TemplateName": name,
            "SubjectPart": "Willkommen, {{user.name}}",
            "TextPart": "{{#each items}}{{this.title}}: {{this.count}}\n{{/each}}Code {{code}}",
            "HtmlPart": "{{#if vip}}<b>VIP</b>{{else}}<i>Gast</i>{{/if}} {{user.name}}",
        }
    )
    data = {
        "user": {"name": "Zoë {{code}}"},
        "items": [{"title": "Äpfel", "count": 3}, {"title": "Birnen", "count": 1.5}],
        "code": "0815",
        "vip": False,
    }

    answer = ses.send_templated_email(
        Source=SOURCE,
        Destination={"ToAddresses": ["zoe@customer.example"], "BccAddresses": ["b@x.example"]},
        Template=name,
        TemplateData=json.dumps(data),
    )
    [message] = arrived()

    assert message.recipients == ["zoe@customer.example", "b@x.example"]
    assert message.mail["Subject"] == "Willkommen, Zoë {{code}}"
    assert message.text() == "Äpfel: 3\nBirnen: 1.5\nCode 0815"
    assert message.text("html") == "<i>Gast</i> Zoë {{code}}"
    assert answer["MessageId"] in message.mail["Message-ID"]


def test_each_destination_of_a_bulk_send_gets_its_own_mail(ses: Any, arrived: Arrivals) -> None:
    name = f"bulk-{uuid.uuid4().hex}"
    ses.create_template(
        Template={"TemplateName": name, "SubjectPart": "{{greeting}} {{name}}", "TextPart": "x"}
    )

    answer = ses.send_bulk_templated_email(
        Source=SOURCE,
        Template=name,
        DefaultTemplateData=json.dumps({"greeting": "Hallo", "name": "du"}),
        Destinations=[
            {
                "Destination": {"ToAddresses": ["a@customer.example"]},
                "ReplacementTemplateData": json.dumps({"name": "Anna"}),
            },
            {"Destination": {"ToAddresses": ["b@customer.example"]}},
        ],
    )
    messages = arrived()

    assert [message.recipients for message in messages] == [
        ["a@customer.example"],
        ["b@customer.example"],
    ]
    assert [message.mail["Subject"] for message in messages] == ["Hallo Anna", "Hallo du"]
    for status, message in zip(answer["Status"], messages, strict=True):
        assert status["MessageId"] in message.mail["Message-ID"]


def test_what_ses_refuses_does_not_arrive(ses: Any, arrived: Arrivals) -> None:
    message = {"Subject": {"Data": "No"}, "Body": {"Text": {"Data": "no"}}}
    to = {"ToAddresses": ["x@customer.example"]}

    with pytest.raises(ClientError, match="MessageRejected"):
        ses.send_email(Source="unverified@elsewhere.example", Destination=to, Message=message)
    with pytest.raises(ClientError, match="MessageRejected"):
        ses.send_raw_email(RawMessage={"Data": b"From: u@elsewhere.example\nTo: x@x.example\n\nx"})
    with pytest.raises(ClientError, match="TemplateDoesNotExist"):
        ses.send_templated_email(
            Source=SOURCE, Destination=to, Template="no-such-template", TemplateData="{}"
        )

    assert arrived() == []


@pytest.mark.parametrize(
    ("operation", "request_without"),
    [
        (
            "send_email",
            {"Destination": {}, "Message": {"Subject": {"Data": "s"}, "Body": {}}},
        ),
        ("send_raw_email", {"RawMessage": {"Data": b"From: noreply@shop.example\r\n\r\nx\r\n"}}),
        (
            "send_templated_email",
            {
                "Destination": {"ToAddresses": ["a@customer.example"]},
                "Template": "any",
                "TemplateData": "{not json",
            },
        ),
        (
            "send_bulk_templated_email",
            {
                "Template": "any",
                "DefaultTemplateData": "{}",
                "Destinations": [
                    {
                        "Destination": {"ToAddresses": ["a@customer.example"]},
                        "ReplacementTemplateData": "{not json",
                    }
                ],
            },
        ),
    ],
)
def test_what_only_real_ses_refuses_is_refused_and_does_not_arrive(
    ses: Any, arrived: Arrivals, operation: str, request_without: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="InvalidParameterValue"):
        getattr(ses, operation)(Source=SOURCE, **request_without)

    assert arrived() == []


def test_more_than_fifty_recipients_are_refused(ses: Any, arrived: Arrivals) -> None:
    addresses = [f"n{number}@customer.example" for number in range(51)]

    with pytest.raises(ClientError, match="MessageRejected"):
        ses.send_email(
            Source=SOURCE,
            Destination={"ToAddresses": addresses},
            Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
        )

    assert arrived() == []


def test_a_mail_whose_data_lacks_a_variable_is_accepted_and_not_delivered(
    ses: Any, arrived: Arrivals
) -> None:
    name = f"lacking-{uuid.uuid4().hex}"
    ses.create_template(
        Template={"TemplateName": name, "SubjectPart": "{{there}}", "TextPart": "{{missing}}"}
    )

    answer = ses.send_templated_email(
        Source=SOURCE,
        Destination={"ToAddresses": ["x@customer.example"]},
        Template=name,
        TemplateData=json.dumps({"there": "yes"}),
    )

    assert answer["MessageId"]
    assert arrived() == []


def test_a_notification_of_sns_arrives_once_for_each_subscribed_address(
    localstack: Any, arrived: Arrivals
) -> None:
    sns = localstack.client("sns")
    topic = sns.create_topic(Name=f"topic-{uuid.uuid4().hex}")["TopicArn"]
    for address in ("first@customer.example", "second@customer.example"):
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)

    for text in ("Schöne Grüße", "Noch einmal"):
        sns.publish(TopicArn=topic, Message=text, Subject="ignored")

    messages = wait_for(arrived, 4)
    assert sorted((*message.recipients, message.text()) for message in messages) == [
        ("first@customer.example", "Noch einmal"),
        ("first@customer.example", "Schöne Grüße"),
        ("second@customer.example", "Noch einmal"),
        ("second@customer.example", "Schöne Grüße"),
    ]


def wait_for(arrived: Arrivals, number: int) -> list[Arrived]:
    """What arrived, once it is *number* mails: SNS sends after it has answered."""
    deadline = time.monotonic() + 20
    while len(messages := arrived()) < number and time.monotonic() < deadline:
        time.sleep(0.05)
    return messages
