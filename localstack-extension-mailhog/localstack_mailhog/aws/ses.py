"""The tap: what LocalStack's SES (v1) accepts is put into the mailbox.

A request handler notes what is asked for before the provider works on it; a response handler delivers what was
accepted, before the answer goes out. The answer is never changed, and a mail that cannot be delivered is logged.
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from typing import Any

from localstack_mailhog.aws.mime import (
    SesRequest,
    Template,
    bulk_mail,
    raw_mail,
    simple_mail,
    templated_mail,
)
from localstack_mailhog.aws.templates import RenderingError
from localstack_mailhog.mailbox.mail import Mail

LOG = logging.getLogger(__name__)

DELIVERY_SECONDS = 10.0
"""How long the answer may wait for the mailbox."""

_NOTE = "localstack_mailhog_ses_request"


class SesTap:
    """LocalStack's handlers that bring what SES sends to *deliver*.

    :param deliver: takes a mail; its future is done when the mail is kept
    """

    def __init__(self, deliver: "Callable[[Mail], Future[str]]") -> None:
        self._deliver = deliver

    def note(self, chain: Any, context: Any, response: Any) -> None:
        """A request handler: remember what is sent, as long as it is what the client sent."""
        if _operation(context) not in _OPERATIONS:
            return
        request = dict(context.service_request)
        if "RawMessage" in request:
            # moto adds the addresses of the mail's own headers to this very list.
            request["Destinations"] = list(request.get("Destinations") or [])
            context.service_request["RawMessage"] = _readable(request["RawMessage"])
        setattr(context, _NOTE, request)

    def deliver(self, chain: Any, context: Any, response: Any) -> None:
        """A response handler: deliver what was accepted."""
        request = context.get(_NOTE)
        if request is None:
            return
        setattr(context, _NOTE, None)  # once
        if response.status_code != 200 or context.service_exception:
            return
        operation = _operation(context)
        try:
            for mail in _OPERATIONS[operation](request, context.service_response, context):
                self._deliver(mail).result(DELIVERY_SECONDS)
                LOG.info("SES: %s", mail)
        except RenderingError as error:
            _log_rendering_error(request, error)
        except Exception:
            LOG.exception("What %s sent did not arrive in the mail sink", operation)


def _log_rendering_error(request: SesRequest, error: RenderingError) -> None:
    LOG.warning(
        "SES accepts a mail with the template %s that it cannot deliver: %s",
        request["Template"],
        error,
    )


def _operation(context: Any) -> str:
    """The SES operation that is called; empty for everything else."""
    if context.operation is None or context.service is None:
        return ""
    return str(context.operation.name) if context.service.service_name == "ses" else ""


def _simple(request: SesRequest, answer: Mapping[str, Any], context: Any) -> Iterator[Mail]:
    yield simple_mail(request, answer["MessageId"], context.region)


def _raw(request: SesRequest, answer: Mapping[str, Any], context: Any) -> Iterator[Mail]:
    yield raw_mail(request, answer["MessageId"], context.region)


def _templated(request: SesRequest, answer: Mapping[str, Any], context: Any) -> Iterator[Mail]:
    template = _template(request["Template"], context)
    yield templated_mail(request, template, answer["MessageId"], context.region)


def _bulk(request: SesRequest, answer: Mapping[str, Any], context: Any) -> Iterator[Mail]:
    template = _template(request["Template"], context)
    for number, status in enumerate(answer["Status"]):
        if "MessageId" not in status:
            continue
        try:
            yield bulk_mail(request, number, template, status["MessageId"], context.region)
        except RenderingError as error:  # the others' data may be complete
            _log_rendering_error(request, error)


_OPERATIONS: dict[str, Callable[[SesRequest, Mapping[str, Any], Any], Iterator[Mail]]] = {
    "SendEmail": _simple,
    "SendRawEmail": _raw,
    "SendTemplatedEmail": _templated,
    "SendBulkTemplatedEmail": _bulk,
}


def _template(name: str, context: Any) -> Template:
    """The stored template, which SES has just found."""
    from moto.ses import ses_backends

    template: Template = ses_backends[context.account_id][context.region].templates[name]
    return template


def _readable(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """A raw message that the provider can read: it decodes strictly, and fails on 8-bit mail that is not UTF-8.

    Only the provider's own record sees it.
    """
    data = message.get("Data")
    if isinstance(data, bytes):
        with contextlib.suppress(UnicodeDecodeError):
            data.decode("utf-8")
            return message
        return {**message, "Data": data.decode("latin-1")}
    return message
