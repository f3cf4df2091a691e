"""SES v2 where LocalStack has no provider of it, as in the community edition.

Sending, identities and templates are answered here, from the data that LocalStack's SES v1 works on; what else moto
can do of SES v2 is moto's. What is accepted is brought to the mailbox by the tap, as is what SES v1 accepts.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Operations.html
"""

import functools
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from localstack.aws.api import CommonServiceException, handler
from localstack.aws.skeleton import Skeleton, create_dispatch_table
from localstack.aws.spec import load_service
from localstack.services.moto import call_moto
from localstack.services.plugins import SERVICE_PLUGINS
from localstack.utils.bootstrap import is_api_enabled

from localstack_mailhog.aws.account import Account
from localstack_mailhog.aws.mime import Request, compose, recipients, source
from localstack_mailhog.aws.sending import (
    InvalidRequest,
    check,
    is_address,
    rendered,
    sends,
    template_name,
)
from localstack_mailhog.aws.templates import RenderingError

MAX_ENTRIES = 50
"""How many destinations a bulk send may have."""

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*", re.IGNORECASE)
_TEMPLATE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

_Item = TypeVar("_Item")


class SesV2:
    """A request handler that answers SES v2, and leaves it to LocalStack where that has a provider."""

    def __call__(self, chain: Any, context: Any, response: Any) -> None:
        """Answer a request of SES v2."""
        if context.service is None or context.operation is None:
            return
        if context.service.service_name != "sesv2" or not self._is_missing:
            return
        response.update_from(self._skeleton.invoke(context))
        chain.stop()

    @functools.cached_property
    def _is_missing(self) -> bool:
        """Whether LocalStack has SES v1 on moto, and not v2."""
        return (
            not SERVICE_PLUGINS.exists("sesv2")
            and is_api_enabled("ses")
            and SERVICE_PLUGINS.get_active_provider("ses") == "default"
        )

    @functools.cached_property
    def _skeleton(self) -> Skeleton:
        service = load_service("sesv2")
        by_moto = dict.fromkeys(service.operation_names, _answer_by_moto)
        return Skeleton(service, by_moto | create_dispatch_table(SesV2Operations()))


class SesV2Operations:
    """The operations that are answered here."""

    # Sending

    @handler("SendEmail", expand=False)
    def send_email(self, context: Any, request: Request) -> Request:
        """Accept a mail.

        :raises CommonServiceException: where SES refuses it
        """
        account = _account(context)
        [send] = sends(request)
        _check(send)
        _check_sender(account, request, source(send))
        _check_template(account, send["Content"].get("Template"))
        account.count(len(recipients(send)))
        return {"MessageId": _message_id()}

    @handler("SendBulkEmail", expand=False)
    def send_bulk_email(self, context: Any, request: Request) -> Request:
        """Accept a mail for each destination, or say of it why not.

        :raises CommonServiceException: where SES refuses all of them
        """
        account = _account(context)
        template = (request.get("DefaultContent") or {}).get("Template")
        entries = sends(request)
        if not template:
            raise _bad_request("DefaultContent must have a Template.")
        if not 0 < len(entries) <= MAX_ENTRIES:
            raise _bad_request(f"BulkEmailEntries must have 1 to {MAX_ENTRIES} entries.")
        _check_sender(account, request, request.get("FromEmailAddress") or "")
        _check_template(account, template)
        return {"BulkEmailEntryResults": [_accept(account, send) for send in entries]}

    # Identities

    @handler("CreateEmailIdentity", expand=False)
    def create_email_identity(self, context: Any, request: Request) -> Request:
        """Create an identity, verified at once as those of LocalStack's SES v1 are.

        :raises CommonServiceException: where there is one of that name, or it is neither an address nor a domain
        """
        account, name = _account(context), request.get("EmailIdentity") or ""
        if not (is_address(name) if "@" in name else _DOMAIN.fullmatch(name)):
            raise _bad_request(f"Invalid email address or domain name {name}.")
        name = name if "@" in name else name.lower()
        if account.identity(name) is not None:
            raise _already_exists(f"Email identity {name} already exists.")
        identity = account.create_identity(name, request)
        return {
            "IdentityType": identity.identity_type,
            "VerifiedForSendingStatus": True,
            "DkimAttributes": _dkim_attributes(account, name),
        }

    @handler("GetEmailIdentity", expand=False)
    def get_email_identity(self, context: Any, request: Request) -> Request:
        """Show an identity.

        :raises CommonServiceException: where there is none of that name
        """
        account = _account(context)
        name, identity = _identity(account, request)
        return {
            "IdentityType": identity.identity_type,
            "FeedbackForwardingStatus": account.forwards_feedback(name),
            "VerifiedForSendingStatus": True,
            "VerificationStatus": "SUCCESS",
            "DkimAttributes": _dkim_attributes(account, name),
            "Policies": identity.policies,
            "Tags": identity.tags or [],
            "ConfigurationSetName": identity.configuration_set_name,
        }

    @handler("ListEmailIdentities", expand=False)
    def list_email_identities(self, context: Any, request: Request) -> Request:
        """List the identities, those of SES v1 among them, by name."""
        account = _account(context)
        names, token = _page(request, account.identities(), default=100, most=1000)
        return {
            "EmailIdentities": [
                {
                    "IdentityName": name,
                    "IdentityType": account.identity(name).identity_type,
                    "SendingEnabled": True,
                    "VerificationStatus": "SUCCESS",
                }
                for name in names
            ],
            "NextToken": token,
        }

    @handler("DeleteEmailIdentity", expand=False)
    def delete_email_identity(self, context: Any, request: Request) -> Request:
        """Delete an identity.

        :raises CommonServiceException: where there is none of that name
        """
        account = _account(context)
        name, _ = _identity(account, request)
        account.delete_identity(name)
        return {}

    # Templates

    @handler("CreateEmailTemplate", expand=False)
    def create_email_template(self, context: Any, request: Request) -> Request:
        """Keep a new template.

        :raises CommonServiceException: where there is one of that name, or its name or content cannot be used
        """
        account, name = _account(context), request.get("TemplateName") or ""
        if not _TEMPLATE_NAME.fullmatch(name):
            raise _bad_request(
                "The template name must have 1 to 64 letters, digits, hyphens and underscores."
            )
        content = _template_content(request)
        if account.template(name) is not None:
            raise _already_exists(f"Template {name} already exists.")
        account.put_template(name, content)
        return {}

    @handler("GetEmailTemplate", expand=False)
    def get_email_template(self, context: Any, request: Request) -> Request:
        """Show a template.

        :raises CommonServiceException: where there is none of that name
        """
        name = request["TemplateName"]
        content = _template(_account(context), name)
        return {
            "TemplateName": name,
            "TemplateContent": {part: text for part, text in content.items() if text},
        }

    @handler("UpdateEmailTemplate", expand=False)
    def update_email_template(self, context: Any, request: Request) -> Request:
        """Replace a template.

        :raises CommonServiceException: where there is none of that name, or the content cannot be used
        """
        account, name = _account(context), request["TemplateName"]
        _template(account, name)
        account.put_template(name, _template_content(request))
        return {}

    @handler("DeleteEmailTemplate", expand=False)
    def delete_email_template(self, context: Any, request: Request) -> Request:
        """Delete a template.

        :raises CommonServiceException: where there is none of that name
        """
        account, name = _account(context), request["TemplateName"]
        _template(account, name)
        account.delete_template(name)
        return {}

    @handler("ListEmailTemplates", expand=False)
    def list_email_templates(self, context: Any, request: Request) -> Request:
        """List the templates, those of SES v1 among them, oldest first."""
        templates, token = _page(request, _account(context).templates(), default=10, most=100)
        return {
            "TemplatesMetadata": [
                {"TemplateName": name, "CreatedTimestamp": created} for name, created in templates
            ],
            "NextToken": token,
        }

    @handler("TestRenderEmailTemplate", expand=False)
    def test_render_email_template(self, context: Any, request: Request) -> Request:
        """Show the message that a template makes of data.

        :raises CommonServiceException: where there is no such template, or the data does not have what it asks for
        """
        account = _account(context)
        _template(account, request["TemplateName"])
        try:
            send = rendered({"Content": {"Template": request}}, account.template)
        except RenderingError as error:
            raise _bad_request(str(error)) from None
        return {"RenderedTemplate": compose(send, _message_id(), context.region).raw.decode()}


def _answer_by_moto(context: Any, request: Request) -> Any:
    """What moto answers, with the errors of SES v2 where moto has those of v1, or none."""
    try:
        return call_moto(context)
    except KeyError as missing:
        if not context.operation.name.startswith("Delete"):
            raise
        raise _not_found(f"{missing.args[0]} does not exist.") from None
    except CommonServiceException as error:
        if "AlreadyExists" in error.code:
            raise _already_exists(error.message) from None
        raise


def _accept(account: Account, send: Request) -> Request:
    """What a bulk send answers for one destination."""
    try:
        check(send)
    except InvalidRequest as invalid:
        return {"Status": "INVALID_PARAMETER", "Error": str(invalid)}
    account.count(len(recipients(send)))
    return {"Status": "SUCCESS", "MessageId": _message_id()}


def _check(send: Request) -> None:
    try:
        check(send)
    except InvalidRequest as invalid:
        raise _bad_request(str(invalid)) from None


def _check_sender(account: Account, request: Request, sender: str) -> None:
    if not sender:
        raise _bad_request("Missing required header 'From'.")
    if not account.may_send(sender, request.get("FromEmailAddressIdentityArn")):
        raise CommonServiceException(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"{account.region.upper()}: {sender}",
        )


def _check_template(account: Account, template: Request | None) -> None:
    if template and (name := template_name(template)):
        _template(account, name)
    elif template and not template.get("TemplateContent"):
        raise _bad_request("A template needs a TemplateName, a TemplateArn or a TemplateContent.")


def _template(account: Account, name: str) -> Request:
    content = account.template(name)
    if content is None:
        raise _not_found(f"Template {name} does not exist.")
    return content


def _template_content(request: Request) -> Request:
    content: Request = request.get("TemplateContent") or {}
    if not content.get("Subject"):
        raise _bad_request("The subject must be specified.")
    return content


def _identity(account: Account, request: Request) -> tuple[str, Any]:
    name = request["EmailIdentity"]
    identity = account.identity(name)
    if identity is None:
        raise _not_found(f"Email identity {name} does not exist.")
    return name, identity


def _dkim_attributes(account: Account, name: str) -> Request:
    return {
        "SigningEnabled": True,
        "Status": "SUCCESS",
        "SigningAttributesOrigin": "AWS_SES",
        "Tokens": account.dkim_tokens(name),
    }


def _page(
    request: Request, items: Sequence[_Item], default: int, most: int
) -> tuple[Sequence[_Item], str | None]:
    """The page that *request* asks for, and the token of the next one; a token is where its page begins."""
    size, token = request.get("PageSize") or default, request.get("NextToken") or "0"
    if not 1 <= size <= most:
        raise _bad_request(f"PageSize must be between 1 and {most}.")
    if not (token.isascii() and token.isdigit()):
        raise _bad_request("NextToken is not valid.")
    begin = int(token)
    end = begin + size
    return items[begin:end], str(end) if end < len(items) else None


def _account(context: Any) -> Account:
    return Account(context.account_id, context.region)


def _message_id() -> str:
    from moto.ses.utils import get_random_message_id

    message_id: str = get_random_message_id()
    return message_id


def _error(code: str, status: int) -> Callable[[str], CommonServiceException]:
    return lambda message: CommonServiceException(code, message, status_code=status)


_bad_request = _error("BadRequestException", 400)
_already_exists = _error("AlreadyExistsException", 400)
_not_found = _error("NotFoundException", 404)
