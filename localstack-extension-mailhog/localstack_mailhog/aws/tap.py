"""The tap: what LocalStack's SES accepts is put into the mailbox, whichever of its APIs was called.

A request handler notes what is asked for before the provider works on it; a response handler delivers what was
accepted, before the answer goes out. The answer is never changed, and a mail that cannot be delivered is logged.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from localstack_mailhog.aws import v1
from localstack_mailhog.aws.account import Account
from localstack_mailhog.aws.mime import Request, compose, recipients, source
from localstack_mailhog.aws.sending import (
    InvalidRequest,
    check_is_deliverable,
    rendered,
    sends,
)
from localstack_mailhog.aws.templates import RenderingError
from localstack_mailhog.mailbox.mail import Mail

LOG = logging.getLogger(__name__)

DELIVERY_SECONDS = 10.0
"""How long the answer may wait for the mailbox."""

_NOTE = "localstack_mailhog_ses_sends"


class SesTap:
    """LocalStack's handlers that bring what SES sends to *deliver*.

    :param deliver: takes a mail; its future is done when the mail is kept
    """

    def __init__(self, deliver: "Callable[[Mail], Future[str]]") -> None:
        self._deliver = deliver

    def note(self, chain: Any, context: Any, response: Any) -> None:
        """A request handler: remember what is sent, as long as it is what the client sent.

        :raises localstack.aws.api.CommonServiceException: where LocalStack would accept what SES refuses
        """
        if context.operation is None or context.service is None:
            return
        operation, request = context.operation.name, context.service_request
        if context.service.service_name == "sesv2" and operation in _V2_SENDS:
            setattr(context, _NOTE, sends(request))
        elif context.service.service_name == "ses" and operation in v1.SENDS:
            noted = sends(v1.SENDS[operation](request))
            for send in noted:
                _refuse_undeliverable(send)
            _help_to_read(request)
            setattr(context, _NOTE, noted)

    def deliver(self, chain: Any, context: Any, response: Any) -> None:
        """A response handler: deliver what was accepted."""
        noted = context.get(_NOTE)
        if noted is None:
            return
        setattr(context, _NOTE, None)  # once
        if response.status_code != 200 or context.service_exception:
            return
        account = Account(context.account_id, context.region)
        waiting = []
        for send, answer in zip(noted, _answers(context.service_response), strict=False):
            if message_id := answer.get("MessageId"):
                with _failure_logged(message_id):
                    simple = rendered(send, account.template)
                    mail = compose(simple, message_id, context.region)
                    waiting.append((message_id, mail, self._deliver(mail)))
        for message_id, mail, kept in waiting:
            with _failure_logged(message_id):
                kept.result(DELIVERY_SECONDS)
                LOG.info("SES: %s", mail)


_V2_SENDS = {"SendEmail", "SendBulkEmail"}


def _answers(response: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What SES says to each send: its message id, or why it has none."""
    for results in ("BulkEmailEntryResults", "Status"):
        if results in response:
            return list(response[results])
    return [response]


@contextlib.contextmanager
def _failure_logged(message_id: str) -> Iterator[None]:
    try:
        yield
    except RenderingError as error:
        LOG.warning("SES accepts the mail %s and cannot deliver it: %s", message_id, error)
    except Exception:
        LOG.exception("The mail %s that SES accepts did not arrive in the mail sink", message_id)


def _refuse_undeliverable(send: Request) -> None:
    """Refuse what SES refuses and LocalStack, which sends nothing, accepts."""
    from localstack.aws.api import CommonServiceException

    try:
        check_is_deliverable(send)
    except InvalidRequest as invalid:
        raise CommonServiceException(
            "InvalidParameterValue", str(invalid), sender_fault=True
        ) from None


def _help_to_read(request: dict[str, Any]) -> None:
    """Put a raw message so that the provider can read it; only its own record sees the difference.

    It decodes strictly, and fails on 8-bit mail that is not UTF-8. It looks for the sender in one line that begins with
    ``From:``, where a header may be folded and written in any case. And moto adds the addresses of the mail's header to
    the very list of destinations, and counts those that are in both twice.
    """
    if "RawMessage" not in request:
        return
    request["Source"] = request.get("Source") or source(v1.send_raw_email(request))
    shown = set(recipients(v1.send_raw_email({"RawMessage": request["RawMessage"]})))
    request["Destinations"] = [
        destination
        for destination in request.get("Destinations") or []
        if shown.isdisjoint(recipients({"Destination": {"ToAddresses": [destination]}}))
    ]
    data = request["RawMessage"].get("Data")
    if isinstance(data, bytes):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            request["RawMessage"] = {**request["RawMessage"], "Data": data.decode("latin-1")}
