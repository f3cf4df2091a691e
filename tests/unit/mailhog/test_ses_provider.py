"""SES v2 is answered by the extension only where LocalStack has SES v1 on moto, and no v2."""

import pytest

pytest.importorskip(
    "localstack", reason="LocalStack is not installed: it needs Python 3.12 or newer"
)

from localstack import config
from localstack.aws.api import RequestContext
from localstack.aws.chain import HandlerChain
from localstack.aws.spec import load_service
from localstack.http import Request, Response
from localstack.services.plugins import SERVICE_PLUGINS
from localstack.utils import bootstrap

from localstack_mailhog.aws.provider import SesV2


def answers(service: str, operation: str) -> bool:
    """Whether the handler answers a request of that operation, and LocalStack is not asked."""
    context = RequestContext(Request("GET", "/v2/email/identities"))
    context.service = load_service(service)
    context.operation = context.service.operation_model(operation)
    context.protocol = context.service.resolved_protocol
    context.service_request = {}
    context.region, context.account_id = "us-east-1", "000000000000"
    context.request_id = "id"
    chain = HandlerChain([SesV2()])
    chain.handle(context, Response())
    return chain.stopped


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    """The services of community LocalStack, all of them enabled."""
    monkeypatch.setattr(SERVICE_PLUGINS, "_api_provider_specs", {"ses": ["default"]})
    monkeypatch.setattr(bootstrap, "get_enabled_apis", lambda: {"ses"})


def test_ses_v2_is_answered_where_localstack_has_none() -> None:
    assert answers("sesv2", "ListEmailIdentities")


def test_other_services_are_localstacks() -> None:
    assert not answers("ses", "ListIdentities")
    assert not answers("sqs", "ListQueues")


def test_ses_v2_is_localstacks_where_it_has_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    specs = {"ses": ["default"], "sesv2": ["default"]}
    monkeypatch.setattr(SERVICE_PLUGINS, "_api_provider_specs", specs)

    assert not answers("sesv2", "ListEmailIdentities")


def test_ses_v2_is_not_answered_where_moto_does_not_keep_what_ses_v1_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    providers = config.ServiceProviderConfig("default")
    providers.set_provider("ses", "another")
    monkeypatch.setattr(SERVICE_PLUGINS, "provider_config", providers)

    assert not answers("sesv2", "ListEmailIdentities")


def test_ses_v2_is_disabled_with_ses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "get_enabled_apis", lambda: {"s3"})

    assert not answers("sesv2", "ListEmailIdentities")
