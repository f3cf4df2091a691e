"""SES v2, which community LocalStack does not have, answers, and what it accepts arrives as SES would send it."""

import email.policy
import json
import uuid
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.arrivals import Arrivals

SENDER = "noreply@shop.example"
SIMPLE = {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Text"}}}}
TO = {"ToAddresses": ["zoe@customer.example"]}


@pytest.fixture
def welcome(sesv2: Any) -> Iterator[str]:
    """The name of a stored template that greets a ``name`` with a ``code``."""
    name = f"welcome-{uuid.uuid4().hex}"
    sesv2.create_email_template(
        TemplateName=name,
        TemplateContent={
            "Subject": "Grüezi {{name}}",
            "Text": "Code {{code}}",
            "Html": "<b>{{code}}</b>",
        },
    )
    yield name
    sesv2.delete_email_template(TemplateName=name)


def refusal(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    """The code and the status that the client was answered."""
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


# SendEmail


def test_a_simple_mail_arrives_with_everything_that_was_asked_for(
    sesv2: Any, arrived: Arrivals
) -> None:
    answer = sesv2.send_email(
        FromEmailAddress=f"Der Zürcher Laden <{SENDER}>",
        FromEmailAddressIdentityArn="arn:aws:ses:us-east-1:000000000000:identity/shop.example",
        Destination={
            "ToAddresses": ["Zoë <zoe@customer.example>"],
            "CcAddresses": ["copy@customer.example"],
            "BccAddresses": ["secret@customer.example"],
        },
        ReplyToAddresses=["help@shop.example", "Büro <office@shop.example>"],
        FeedbackForwardingEmailAddress="bounces@shop.example",
        Content={
            "Simple": {
                "Subject": {"Data": "你好 aus Zürich", "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": "Schöne Grüße", "Charset": "ISO-8859-1"},
                    "Html": {"Data": "<img src='cid:logo'>日本", "Charset": "Shift_JIS"},
                },
                "Headers": [{"Name": "X-Order", "Value": "42"}],
                "Attachments": [
                    {
                        "RawContent": b"%PDF-1.7 \x00\xff",
                        "FileName": "März.pdf",
                        "ContentDescription": "Die Rechnung für März",
                    },
                    {
                        "RawContent": b"\x89PNG",
                        "FileName": "logo.png",
                        "ContentType": "image/png",
                        "ContentDisposition": "INLINE",
                        "ContentId": "logo",
                        "ContentTransferEncoding": "BASE64",
                    },
                ],
            }
        },
        EmailTags=[{"Name": "campaign", "Value": "may"}],
        ConfigurationSetName="transactional",
        ListManagementOptions={"ContactListName": "news", "TopicName": "weekly"},
    )

    [message] = arrived()

    assert message.sender == "bounces@shop.example"
    assert message.recipients == [
        "zoe@customer.example",
        "copy@customer.example",
        "secret@customer.example",
    ]
    assert b"secret@" not in message.raw
    assert message.mail["From"] == f"Der Zürcher Laden <{SENDER}>"
    assert message.mail["To"] == "Zoë <zoe@customer.example>"
    assert message.mail["Cc"] == "copy@customer.example"
    assert message.mail["Reply-To"] == "help@shop.example, Büro <office@shop.example>"
    assert message.mail["Subject"] == "你好 aus Zürich"
    assert message.mail["Message-ID"] == f"<{answer['MessageId']}@email.amazonses.com>"
    assert message.mail["X-Order"] == "42"
    assert message.mail["X-SES-CONFIGURATION-SET"] == "transactional"
    assert message.mail["X-SES-MESSAGE-TAGS"] == "campaign=may"
    assert "/news/weekly>" in message.mail["List-Unsubscribe"]
    assert message.text() == "Schöne Grüße"
    assert message.text("html") == "<img src='cid:logo'>日本"
    [attachment] = message.mail.iter_attachments()
    assert attachment.get_filename() == "März.pdf"
    assert attachment.get_content_type() == "application/pdf"
    assert attachment["Content-Description"] == "Die Rechnung für März"
    assert attachment.get_content() == b"%PDF-1.7 \x00\xff"
    [logo] = [part for part in message.mail.walk() if part["Content-ID"] == "<logo>"]
    assert logo.get_content_disposition() == "inline"
    assert logo.get_payload(decode=True) == b"\x89PNG"


def test_a_raw_mail_arrives_byte_for_byte_but_for_what_ses_replaces(
    sesv2: Any, arrived: Arrivals
) -> None:
    body = "Schöne Grüße\r\n".encode("latin-1")
    raw = (
        f"from: Laden\r\n <{SENDER}>\r\nTo: zoe@customer.example\r\nBcc: secret@customer.example\r\n"
        "Subject: 8 bit\r\nMessage-ID: <mine@x>\r\nX-SES-CONFIGURATION-SET: theirs\r\n"
        "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + body

    answer = sesv2.send_email(Content={"Raw": {"Data": raw}}, ConfigurationSetName="ours")
    [message] = arrived()

    assert message.sender == SENDER
    assert message.recipients == ["zoe@customer.example", "secret@customer.example"]
    assert message.mail["Bcc"] is None
    assert message.mail.get_all("Message-ID") == [f"<{answer['MessageId']}@email.amazonses.com>"]
    assert message.mail.get_all("X-SES-CONFIGURATION-SET") == ["ours"]
    assert message.raw.endswith(b"\r\n\r\n" + body)
    assert message.text() == "Schöne Grüße"


def test_the_destination_of_a_raw_mail_is_where_it_goes(sesv2: Any, arrived: Arrivals) -> None:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = (
        "unverified@elsewhere.example",
        "shown@x.example",
        "x",
    )
    mail.set_content("body")

    sesv2.send_email(
        FromEmailAddress=SENDER,
        Destination={"CcAddresses": ["only@customer.example"]},
        Content={"Raw": {"Data": mail.as_bytes()}},
    )
    [message] = arrived()

    assert message.sender == SENDER
    assert message.recipients == ["only@customer.example"]
    assert message.mail["To"] == "shown@x.example"


def test_a_stored_template_is_filled_by_name_and_by_arn(
    sesv2: Any, welcome: str, arrived: Arrivals
) -> None:
    data = json.dumps({"name": "Zoë", "code": "0815"})
    arn = f"arn:aws:ses:us-east-1:000000000000:template/{welcome}"

    for template in ({"TemplateName": welcome}, {"TemplateArn": arn}):
        sesv2.send_email(
            FromEmailAddress=SENDER,
            Destination=TO,
            Content={
                "Template": {
                    **template,
                    "TemplateData": data,
                    "Headers": [{"Name": "X-Kind", "Value": "welcome"}],
                    "Attachments": [{"RawContent": b"terms", "FileName": "terms.txt"}],
                }
            },
        )
    messages = arrived()

    assert [message.mail["Subject"] for message in messages] == ["Grüezi Zoë"] * 2
    assert [message.text() for message in messages] == ["Code 0815"] * 2
    assert [message.text("html") for message in messages] == ["<b>0815</b>"] * 2
    assert [message.mail["X-Kind"] for message in messages] == ["welcome"] * 2
    for message in messages:
        [attachment] = message.mail.iter_attachments()
        assert attachment.get_payload(decode=True) == b"terms"


def test_a_template_in_the_request_is_filled_and_kept_nowhere(
    sesv2: Any, arrived: Arrivals
) -> None:
    before = sesv2.list_email_templates()["TemplatesMetadata"]

    sesv2.send_email(
        FromEmailAddress=SENDER,
        Destination=TO,
        Content={
            "Template": {
                "TemplateContent": {
                    "Subject": "{{a}}",
                    "Text": "{{a}} {{amazonSESUnsubscribeUrl}}",
                },
                "TemplateData": '{"a": "inline"}',
            }
        },
        ListManagementOptions={"ContactListName": "news"},
    )
    [message] = arrived()

    assert message.mail["Subject"] == "inline"
    assert message.text().startswith("inline https://")
    assert sesv2.list_email_templates()["TemplatesMetadata"] == before


def test_a_mail_whose_data_lacks_a_variable_is_accepted_and_not_delivered(
    sesv2: Any, welcome: str, arrived: Arrivals
) -> None:
    template = {"TemplateName": welcome, "TemplateData": '{"name": "Zoë"}'}

    answer = sesv2.send_email(
        FromEmailAddress=SENDER, Destination=TO, Content={"Template": template}
    )

    assert answer["MessageId"]
    assert arrived() == []


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"FromEmailAddress": "unverified@elsewhere.example"}, ("MessageRejected", 400)),
        ({"FromEmailAddress": ""}, ("BadRequestException", 400)),
        ({"Destination": {}}, ("BadRequestException", 400)),
        ({"Destination": {"ToAddresses": ["nobody"]}}, ("BadRequestException", 400)),
        (
            {"Destination": {"BccAddresses": [f"n{number}@x.example" for number in range(51)]}},
            ("BadRequestException", 400),
        ),
        ({"Content": {}}, ("BadRequestException", 400)),
        ({"Content": {"Template": {"TemplateName": "none"}}}, ("NotFoundException", 404)),
        (
            {"Content": {"Template": {"TemplateContent": {"Subject": "s"}, "TemplateData": "{"}}},
            ("BadRequestException", 400),
        ),
        ({"Content": {"Template": {"TemplateData": "{}"}}}, ("BadRequestException", 400)),
        (
            {
                "Content": {
                    "Simple": {**SIMPLE["Simple"], "Headers": [{"Name": "a:", "Value": "x"}]}
                }
            },
            ("BadRequestException", 400),
        ),
    ],
)
def test_what_ses_refuses_does_not_arrive(
    sesv2: Any, arrived: Arrivals, changes: dict[str, Any], refused: tuple[str, int]
) -> None:
    request = {"FromEmailAddress": SENDER, "Destination": TO, "Content": SIMPLE, **changes}

    with pytest.raises(ClientError) as error:
        sesv2.send_email(**request)

    assert refusal(error) == refused
    assert arrived() == []


# SendBulkEmail


def test_each_destination_of_a_bulk_send_gets_its_own_mail(
    sesv2: Any, welcome: str, arrived: Arrivals
) -> None:
    answer = sesv2.send_bulk_email(
        FromEmailAddress=SENDER,
        ReplyToAddresses=["help@shop.example"],
        FeedbackForwardingEmailAddress="bounces@shop.example",
        DefaultEmailTags=[{"Name": "t", "Value": "all"}],
        ConfigurationSetName="bulk",
        DefaultContent={
            "Template": {
                "TemplateName": welcome,
                "TemplateData": json.dumps({"name": "du", "code": "1"}),
                "Headers": [{"Name": "X-A", "Value": "all"}, {"Name": "X-B", "Value": "all"}],
            }
        },
        BulkEmailEntries=[
            {
                "Destination": {"ToAddresses": ["a@customer.example"]},
                "ReplacementEmailContent": {
                    "ReplacementTemplate": {"ReplacementTemplateData": '{"name": "Anna"}'}
                },
                "ReplacementTags": [{"Name": "t", "Value": "own"}],
                "ReplacementHeaders": [{"Name": "x-a", "Value": "own"}],
            },
            {"Destination": {"ToAddresses": ["nowhere"]}},
            {"Destination": {"ToAddresses": ["b@customer.example"]}},
        ],
    )
    first, second = arrived()

    results = answer["BulkEmailEntryResults"]
    assert [result["Status"] for result in results] == ["SUCCESS", "INVALID_PARAMETER", "SUCCESS"]
    assert "nowhere" in results[1]["Error"]
    assert (first.recipients, second.recipients) == (["a@customer.example"], ["b@customer.example"])
    assert first.mail["Message-ID"] == f"<{results[0]['MessageId']}@email.amazonses.com>"
    assert second.mail["Message-ID"] == f"<{results[2]['MessageId']}@email.amazonses.com>"
    assert (first.mail["Subject"], second.mail["Subject"]) == ("Grüezi Anna", "Grüezi du")
    assert (first.text(), second.text()) == ("Code 1", "Code 1")
    assert (first.mail["X-A"], first.mail["X-B"]) == ("own", "all")
    assert (second.mail["X-A"], second.mail["X-B"]) == ("all", "all")
    assert first.mail["X-SES-MESSAGE-TAGS"] == "t=own"
    assert second.mail["X-SES-MESSAGE-TAGS"] == "t=all"
    for message in (first, second):
        assert message.sender == "bounces@shop.example"
        assert message.mail["Reply-To"] == "help@shop.example"
        assert message.mail["X-SES-CONFIGURATION-SET"] == "bulk"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"FromEmailAddress": "unverified@elsewhere.example"}, "MessageRejected"),
        ({"DefaultContent": {"Template": {"TemplateName": "none"}}}, "NotFoundException"),
        ({"DefaultContent": {}}, "BadRequestException"),
        ({"BulkEmailEntries": []}, "BadRequestException"),
        ({"BulkEmailEntries": [{"Destination": TO}] * 51}, "BadRequestException"),
    ],
)
def test_a_bulk_send_that_ses_refuses_does_not_arrive(
    sesv2: Any, welcome: str, arrived: Arrivals, changes: dict[str, Any], code: str
) -> None:
    request = {
        "FromEmailAddress": SENDER,
        "DefaultContent": {
            "Template": {"TemplateName": welcome, "TemplateData": '{"name": "", "code": ""}'}
        },
        "BulkEmailEntries": [{"Destination": TO}],
        **changes,
    }

    with pytest.raises(ClientError) as error:
        sesv2.send_bulk_email(**request)

    assert refusal(error)[0] == code
    assert arrived() == []


# Identities


def test_an_identity_is_verified_at_once_shared_with_v1_and_deleted(
    ses: Any, sesv2: Any, arrived: Arrivals
) -> None:
    domain = f"{uuid.uuid4().hex}.example"
    created = sesv2.create_email_identity(
        EmailIdentity=domain, Tags=[{"Key": "team", "Value": "shop"}]
    )
    with pytest.raises(ClientError) as twice:
        sesv2.create_email_identity(EmailIdentity=domain)

    shown = sesv2.get_email_identity(EmailIdentity=domain)
    sesv2.send_email(FromEmailAddress=f"a@mail.{domain}", Destination=TO, Content=SIMPLE)
    ses.send_email(Source=f"a@{domain}", Destination=TO, Message=SIMPLE["Simple"])
    known_to_v1 = ses.list_identities()["Identities"]
    sesv2.delete_email_identity(EmailIdentity=domain)
    with pytest.raises(ClientError) as gone:
        sesv2.get_email_identity(EmailIdentity=domain)
    with pytest.raises(ClientError) as nothing_to_delete:
        sesv2.delete_email_identity(EmailIdentity=domain)
    with pytest.raises(ClientError) as unverified:
        sesv2.send_email(FromEmailAddress=f"a@{domain}", Destination=TO, Content=SIMPLE)

    assert created["IdentityType"] == shown["IdentityType"] == "DOMAIN"
    assert created["VerifiedForSendingStatus"] is shown["VerifiedForSendingStatus"] is True
    assert created["DkimAttributes"] == shown["DkimAttributes"]
    assert len(created["DkimAttributes"]["Tokens"]) == 3
    assert shown["Tags"] == [{"Key": "team", "Value": "shop"}]
    assert refusal(twice) == ("AlreadyExistsException", 400)
    assert domain in known_to_v1
    assert [message.sender for message in arrived()] == [f"a@mail.{domain}", f"a@{domain}"]
    assert refusal(gone) == refusal(nothing_to_delete) == ("NotFoundException", 404)
    assert refusal(unverified) == ("MessageRejected", 400)


def test_identities_of_both_apis_are_listed_page_by_page(ses: Any, sesv2: Any) -> None:
    address, domain = f"a-{uuid.uuid4().hex}@x.example", f"{uuid.uuid4().hex}.example"
    ses.verify_email_identity(EmailAddress=address)
    sesv2.create_email_identity(EmailIdentity=domain)

    listed: list[dict[str, Any]] = []
    page = sesv2.list_email_identities(PageSize=1)
    listed += page["EmailIdentities"]
    while token := page.get("NextToken"):
        page = sesv2.list_email_identities(PageSize=1, NextToken=token)
        listed += page["EmailIdentities"]

    kinds = {each["IdentityName"]: each["IdentityType"] for each in listed}
    assert (kinds[address], kinds[domain]) == ("EMAIL_ADDRESS", "DOMAIN")
    assert all(each["SendingEnabled"] for each in listed)
    assert len(kinds) == len(listed)


@pytest.mark.parametrize("name", ["nonsense", "@x.example", "a@"])
def test_what_is_neither_an_address_nor_a_domain_is_no_identity(sesv2: Any, name: str) -> None:
    with pytest.raises(ClientError) as error:
        sesv2.create_email_identity(EmailIdentity=name)

    assert refusal(error) == ("BadRequestException", 400)


def test_what_moto_can_do_of_the_rest_is_answered(sesv2: Any) -> None:
    name = f"set-{uuid.uuid4().hex}"

    sesv2.create_configuration_set(ConfigurationSetName=name)
    with pytest.raises(ClientError) as twice:
        sesv2.create_configuration_set(ConfigurationSetName=name)
    listed = sesv2.list_configuration_sets()["ConfigurationSets"]
    sesv2.delete_configuration_set(ConfigurationSetName=name)
    with pytest.raises(ClientError) as gone:
        sesv2.delete_configuration_set(ConfigurationSetName=name)
    with pytest.raises(ClientError) as unknown:
        sesv2.list_import_jobs()

    assert name in listed
    assert refusal(twice) == ("AlreadyExistsException", 400)
    assert refusal(gone) == ("NotFoundException", 404)
    assert refusal(unknown)[1] == 501


# Templates


def test_a_template_of_v2_is_kept_shown_changed_listed_and_deleted(ses: Any, sesv2: Any) -> None:
    name = f"template-{uuid.uuid4().hex}"
    content = {"Subject": "Hi {{name}}", "Html": "<b>{{name}}</b>"}
    sesv2.create_email_template(TemplateName=name, TemplateContent=content)
    with pytest.raises(ClientError) as twice:
        sesv2.create_email_template(TemplateName=name, TemplateContent=content)

    shown = sesv2.get_email_template(TemplateName=name)
    in_v1 = ses.get_template(TemplateName=name)["Template"]
    sesv2.update_email_template(
        TemplateName=name, TemplateContent={"Subject": "Bye", "Text": "text"}
    )
    changed = sesv2.get_email_template(TemplateName=name)["TemplateContent"]
    # Both list them, in whatever order they are asked.
    in_lists = [
        name in [each["Name"] for each in ses.list_templates()["TemplatesMetadata"]],
        name in all_template_names(sesv2),
    ]
    sesv2.delete_email_template(TemplateName=name)

    assert shown["TemplateContent"] == content
    assert in_v1["SubjectPart"] == "Hi {{name}}"
    assert in_v1["HtmlPart"] == "<b>{{name}}</b>"
    assert changed == {"Subject": "Bye", "Text": "text"}
    assert in_lists == [True, True]
    assert refusal(twice) == ("AlreadyExistsException", 400)
    assert name not in all_template_names(sesv2)
    for operation in ("get_email_template", "delete_email_template"):
        with pytest.raises(ClientError) as gone:
            getattr(sesv2, operation)(TemplateName=name)
        assert refusal(gone) == ("NotFoundException", 404)


def all_template_names(sesv2: Any) -> list[str]:
    names: list[str] = []
    page = sesv2.list_email_templates(PageSize=2)
    names += [each["TemplateName"] for each in page["TemplatesMetadata"]]
    while token := page.get("NextToken"):
        page = sesv2.list_email_templates(PageSize=2, NextToken=token)
        names += [each["TemplateName"] for each in page["TemplatesMetadata"]]
    return names


def test_a_template_of_v1_is_sent_by_v2_and_of_v2_by_v1(
    ses: Any, sesv2: Any, welcome: str, arrived: Arrivals
) -> None:
    older = f"older-{uuid.uuid4().hex}"
    ses.create_template(Template={"TemplateName": older, "SubjectPart": "{{a}}", "TextPart": "x"})

    sesv2.send_email(
        FromEmailAddress=SENDER,
        Destination=TO,
        Content={"Template": {"TemplateName": older, "TemplateData": '{"a": "by v2"}'}},
    )
    ses.send_templated_email(
        Source=SENDER,
        Destination=TO,
        Template=welcome,
        TemplateData='{"name": "by v1", "code": "1"}',
    )

    assert [message.mail["Subject"] for message in arrived()] == ["by v2", "Grüezi by v1"]


def test_a_template_is_rendered_on_trial(sesv2: Any, welcome: str, arrived: Arrivals) -> None:
    rendered = sesv2.test_render_email_template(
        TemplateName=welcome, TemplateData='{"name": "Zoë", "code": "0815"}'
    )["RenderedTemplate"]
    with pytest.raises(ClientError) as lacking:
        sesv2.test_render_email_template(TemplateName=welcome, TemplateData='{"name": "Zoë"}')
    with pytest.raises(ClientError) as missing:
        sesv2.test_render_email_template(TemplateName="none", TemplateData="{}")

    message = email.message_from_string(rendered, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    html = message.get_body(("html",))
    assert html is not None
    assert message["Subject"] == "Grüezi Zoë"
    assert "<b>0815</b>" in html.get_content()
    assert refusal(lacking) == ("BadRequestException", 400)
    assert "code" in lacking.value.response["Error"]["Message"]
    assert refusal(missing) == ("NotFoundException", 404)
    assert arrived() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("no spaces", {"Subject": "s"}), ("ok", {"Text": "no subject"})],
)
def test_a_template_that_cannot_be_used_is_not_kept(
    sesv2: Any, name: str, content: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as error:
        sesv2.create_email_template(TemplateName=name, TemplateContent=content)

    assert refusal(error) == ("BadRequestException", 400)
    assert name not in all_template_names(sesv2)


def test_regions_have_templates_and_identities_of_their_own(localstack: Any, ses: Any) -> None:
    elsewhere = localstack.client("sesv2", "eu-central-1")

    with pytest.raises(ClientError) as error:
        elsewhere.send_email(FromEmailAddress=SENDER, Destination=TO, Content=SIMPLE)

    assert refusal(error) == ("MessageRejected", 400)
    assert "EU-CENTRAL-1" in error.value.response["Error"]["Message"]
