"""A request of either API of SES is taken apart into its sends, which are checked and filled in."""

from collections.abc import Mapping
from typing import Any

import pytest

from localstack_mailhog.aws import v1
from localstack_mailhog.aws.mime import recipients
from localstack_mailhog.aws.sending import InvalidRequest, check, rendered, sends
from localstack_mailhog.aws.templates import RenderingError

TEMPLATES = {"hi": {"Subject": "Hi {{name}}", "Text": "{{name}}", "Html": ""}}
MESSAGE = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}


def send(**changes: Any) -> dict[str, Any]:
    """A send of v2 that SES takes, with some of its fields replaced."""
    return {
        "FromEmailAddress": "shop@x.example",
        "Destination": {"ToAddresses": ["a@y.example"]},
        "Content": {"Simple": MESSAGE},
        **changes,
    }


def message(filled: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = filled["Content"]["Simple"]
    return content


# v1 in v2's terms


def test_send_email_of_v1_says_the_same_in_v2() -> None:
    request = {
        "Source": "shop@x.example",
        "Destination": {"CcAddresses": ["a@y.example"]},
        "Message": MESSAGE,
        "ReplyToAddresses": ["r@x.example"],
        "ReturnPath": "bounces@x.example",
        "ConfigurationSetName": "set",
        "Tags": [{"Name": "a", "Value": "b"}],
    }

    assert v1.send_email(request) == {
        "FromEmailAddress": "shop@x.example",
        "Destination": {"CcAddresses": ["a@y.example"]},
        "Content": {"Simple": MESSAGE},
        "ReplyToAddresses": ["r@x.example"],
        "FeedbackForwardingEmailAddress": "bounces@x.example",
        "ConfigurationSetName": "set",
        "EmailTags": [{"Name": "a", "Value": "b"}],
    }


def test_the_destinations_of_a_raw_mail_of_v1_are_where_it_goes() -> None:
    raw = {"Data": b"To: header@y.example\r\n\r\n"}

    to_the_header = v1.send_raw_email({"RawMessage": raw})
    elsewhere = v1.send_raw_email({"RawMessage": raw, "Destinations": ["a@y.example"]})

    assert recipients(to_the_header) == ("header@y.example",)
    assert recipients(elsewhere) == ("a@y.example",)


def test_a_bulk_send_of_v1_has_the_same_entries_in_v2() -> None:
    request = {
        "Source": "shop@x.example",
        "Template": "hi",
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

    both = [rendered(each, TEMPLATES.get) for each in sends(v1.send_bulk_templated_email(request))]

    assert [recipients(each) for each in both] == [("a@y.example",), ("b@y.example",)]
    assert [message(each)["Subject"]["Data"] for each in both] == ["Hi all", "Hi B"]
    assert [each["EmailTags"][0]["Value"] for each in both] == ["default", "own"]


# Checks


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Content": None}, "Exactly one"),
        ({"Content": {"Simple": MESSAGE, "Raw": {"Data": b"x"}}}, "Exactly one"),
        ({"Destination": {"ToAddresses": []}}, "Missing required header 'To'"),
        ({"Content": {"Raw": {"Data": b"Subject: x\r\n\r\n"}}, "Destination": None}, "'To'"),
        ({"Destination": {"ToAddresses": ["a@y.example", "b@"]}}, "b@"),
        ({"Content": {"Template": {"TemplateName": "hi", "TemplateData": "[]"}}}, "invalid JSON"),
        (
            {"Content": {"Simple": {**MESSAGE, "Headers": [{"Name": "X", "Value": "a\nb"}]}}},
            "line end",
        ),
    ],
)
def test_what_ses_refuses_is_refused_with_a_reason(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        check(send(**changes))


def test_fifty_recipients_are_taken_and_one_more_is_not() -> None:
    addresses = [f"n{number}@y.example" for number in range(51)]

    check(send(Destination={"ToAddresses": addresses[:25], "BccAddresses": addresses[25:50]}))
    with pytest.raises(InvalidRequest, match="50"):
        check(send(Destination={"ToAddresses": addresses[:25], "BccAddresses": addresses[25:]}))


@pytest.mark.parametrize("data", ["{", "[]"])
@pytest.mark.parametrize("place", ["all", "one"])
def test_data_that_cannot_be_read_is_found_wherever_it_is(data: str, place: str) -> None:
    default, own = (data, '{"a": 1}') if place == "all" else ('{"a": 1}', data)
    bulk = {
        "DefaultContent": {"Template": {"TemplateName": "hi", "TemplateData": default}},
        "BulkEmailEntries": [
            {
                "Destination": {"ToAddresses": ["a@y.example"]},
                "ReplacementEmailContent": {
                    "ReplacementTemplate": {"ReplacementTemplateData": own}
                },
            }
        ],
    }

    [only] = sends(bulk)

    with pytest.raises(InvalidRequest, match="JSON"):
        check(only)


# Templates


def test_a_template_is_filled_and_its_empty_part_left_out() -> None:
    template = {"TemplateName": "hi", "TemplateData": '{"name": "Zoë"}', "Attachments": ["kept"]}

    filled = message(rendered(send(Content={"Template": template}), TEMPLATES.get))

    assert filled["Subject"] == {"Data": "Hi Zoë"}
    assert filled["Body"] == {"Text": {"Data": "Zoë"}}
    assert filled["Attachments"] == ["kept"]


def test_a_template_that_was_deleted_meanwhile_cannot_be_rendered() -> None:
    template = {"TemplateName": "gone", "TemplateData": "{}"}

    with pytest.raises(RenderingError, match="gone"):
        rendered(send(Content={"Template": template}), TEMPLATES.get)


def test_mail_to_a_list_says_where_to_unsubscribe() -> None:
    body = {"Html": {"Data": "<a href={{ amazonSESUnsubscribeUrl }}>", "Charset": "UTF-8"}}
    simple = {"Subject": {"Data": "s"}, "Body": body}

    filled = message(
        rendered(
            send(
                Content={"Simple": simple},
                ListManagementOptions={"ContactListName": "a b", "TopicName": "t"},
            ),
            TEMPLATES.get,
        )
    )

    url = "https://unsubscribe.amazonses.example/a%20b/t"
    assert filled["Body"]["Html"] == {"Data": f"<a href={url}>", "Charset": "UTF-8"}
    assert [header["Name"] for header in filled["Headers"]] == [
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
    ]
    assert filled["Headers"][0]["Value"] == f"<{url}>"
