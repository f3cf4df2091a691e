"""The tap delivers what was accepted, once, and never changes an answer."""

from concurrent.futures import Future
from typing import Any

import pytest

pytest.importorskip(
    "localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer"
)

from localstack.aws.api import CommonServiceException, RequestContext
from localstack.aws.spec import load_service
from localstack.http import Request, Response

from localstack_mailhog.aws.tap import SesTap
from localstack_mailhog.mailbox.mail import Mail

MESSAGE = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
V1 = {"Source": "a@x.example", "Destination": {"ToAddresses": ["b@y.example"]}, "Message": MESSAGE}
V2 = {
    "FromEmailAddress": "a@x.example",
    "Destination": {"ToAddresses": ["b@y.example"]},
    "Content": {"Simple": MESSAGE},
}


class Inbox:
    """Takes mails as the sink does; refuses those to ``full@…`` as a full disk would."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    def deliver(self, mail: Mail) -> "Future[str]":
        kept: Future[str] = Future()
        if mail.recipients[0].startswith("full@"):
            kept.set_exception(OSError("no space left on device"))
        else:
            self.mails.append(mail)
            kept.set_result("id")
        return kept


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def context_of(service: str, operation: str, request: Any) -> RequestContext:
    """A request of that operation, as LocalStack hands it to its handlers."""
    context = RequestContext(Request("POST", "/"))
    context.service = load_service(service)
    context.operation = context.service.operation_model(operation)
    context.service_request = request
    context.service_exception = None
    context.region, context.account_id = "us-east-1", "000000000000"
    return context


@pytest.mark.parametrize(("service", "request_"), [("ses", V1), ("sesv2", V2)])
def test_what_is_accepted_is_delivered_once(inbox: Inbox, service: str, request_: Any) -> None:
    tap, context = SesTap(inbox.deliver), context_of(service, "SendEmail", request_)

    tap.note(None, context, Response())
    context.service_response = {"MessageId": "the-id"}
    tap.deliver(None, context, Response())
    tap.deliver(None, context, Response())

    [mail] = inbox.mails
    assert mail.recipients == ("b@y.example",)
    assert b"<the-id@email.amazonses.com>" in mail.raw


def test_what_is_refused_is_not_delivered(inbox: Inbox) -> None:
    tap, context = SesTap(inbox.deliver), context_of("ses", "SendEmail", V1)

    tap.note(None, context, Response())
    context.service_exception = CommonServiceException("MessageRejected", "no")
    tap.deliver(None, context, Response(status=400))

    assert inbox.mails == []


def test_a_mail_that_cannot_be_kept_is_logged_and_the_others_arrive(
    inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    entries = [
        {"Destination": {"ToAddresses": [address]}} for address in ("full@y.example", "b@y.example")
    ]
    content = {"Template": {"TemplateContent": {"Subject": "s", "Text": "t"}}}
    bulk = {**V2, "DefaultContent": content, "BulkEmailEntries": entries}
    tap, context = SesTap(inbox.deliver), context_of("sesv2", "SendBulkEmail", bulk)

    tap.note(None, context, Response())
    results = [{"Status": "SUCCESS", "MessageId": name} for name in ("first", "second")]
    context.service_response = {"BulkEmailEntryResults": results}
    tap.deliver(None, context, Response())

    assert [mail.recipients for mail in inbox.mails] == [("b@y.example",)]
    assert "The mail first that SES accepts did not arrive" in caplog.text
    assert "no space left" in caplog.text


@pytest.mark.parametrize(
    ("service", "operation"),
    [("ses", "ListIdentities"), ("sesv2", "GetAccount"), ("sqs", "SendMessage")],
)
def test_other_operations_are_let_pass(inbox: Inbox, service: str, operation: str) -> None:
    tap, context = SesTap(inbox.deliver), context_of(service, operation, None)

    tap.note(None, context, Response())
    context.service_response = {"MessageId": "an SQS message has one too"}
    tap.deliver(None, context, Response())

    assert inbox.mails == []
