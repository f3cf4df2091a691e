"""Webhook endpoints (https://docs.stripe.com/api/webhook_endpoints): who is to be told of which events."""

import logging

from localstack_stripe.engine.behaviours import Call, before_create, before_update, shows_once
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.formats import url
from localstack_stripe.engine.store import Record

LOG = logging.getLogger(__name__)

ENDPOINT = "webhook_endpoint"
SECRET = "secret"
"""Noted of an endpoint: what its deliveries are signed with. Only the answer that creates it shows it."""

_MOST = 16
"""How many an account has at most (https://docs.stripe.com/webhooks)."""

shows_once(ENDPOINT, SECRET)


@before_create(ENDPOINT)
def complete(call: Call, endpoint: Record) -> None:
    """Give it a secret (https://docs.stripe.com/api/webhook_endpoints/create)."""
    url(endpoint["url"], "url")
    _check_events(endpoint)
    if sum(1 for _ in call.work.all(ENDPOINT)) > _MOST:
        raise invalid(f"You have reached the maximum of {_MOST} test webhook endpoints.")
    call.work.note(endpoint, SECRET, f"whsec_{call.work.ids.text(32)}")
    warn_that_nothing_is_delivered(endpoint)


@before_update(ENDPOINT)
def change(call: Call, endpoint: Record, before: Record) -> None:
    """It can be turned off, and on again (https://docs.stripe.com/api/webhook_endpoints/update)."""
    url(endpoint["url"], "url")
    _check_events(endpoint)
    if call.params.get("disabled") is not None:
        endpoint["status"] = "disabled" if call.params["disabled"] else "enabled"


def warn_that_nothing_is_delivered(destination: Record) -> None:
    """Say in the log what one that is told of events will wait for in vain."""
    LOG.warning(
        "%s is kept, and nothing is delivered to it yet: GET /v1/events lists what has happened",
        destination["id"],
    )


def _check_events(endpoint: Record) -> None:
    if not endpoint["enabled_events"]:
        raise invalid("You must specify at least one event.", "enabled_events")
    if "*" in endpoint["enabled_events"] and len(endpoint["enabled_events"]) > 1:
        raise invalid("`*` stands for all events, and cannot be combined.", "enabled_events")
