"""The endpoints of localstripe that are no part of Stripe's API, for tests that were written for it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.api.authentication import authenticate as key_of
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords, is_true
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.resources.core.payment_confirmation import authenticate
from localstack_stripe.resources.core.webhook_endpoints import ENDPOINT, SECRET


class Localstripe(OnRecords):
    """``/_config/webhooks/{id}`` and ``/v1/payment_intents/{id}/_authenticate``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "POST /_config/webhooks/{id}": self._register,
            "POST /v1/payment_intents/{id}/_authenticate": self._authenticate,
        }

    def _register(self, asked: Asked) -> Any:
        """Make a webhook endpoint of this id, with a secret that is chosen."""
        params = asked.params
        url, secret = params.get("url"), params.get("secret")
        if not isinstance(url, str) or not isinstance(secret, str):
            raise invalid("A webhook needs a url and a secret.")
        work = self._begin(asked.account)
        id = asked.path["id"]
        existing = work.get(ENDPOINT, id)
        endpoint = work.change(existing) if existing else work.create(ENDPOINT, id=id)
        endpoint["url"] = url
        endpoint["status"] = "enabled"
        endpoint["enabled_events"] = params.get("events") or ["*"]
        work.note(endpoint, SECRET, secret)
        self._commit(work)
        return {}

    def _authenticate(self, asked: Asked) -> Any:
        """Say how the customer's authentication ended, which at Stripe happens in the browser."""
        work = self._begin(_account(asked))
        id = asked.path["id"]
        intent = work.get("payment_intent", id)
        if intent is None or intent["client_secret"] != asked.params.get("client_secret"):
            raise no_such("payment_intent", id, "intent", status=404)
        try:
            intent = authenticate(work, intent, success=is_true(asked.params.get("success")))
        except StripeError as error:
            if error.commits:
                self._commit(work)
            raise
        self._commit(work)
        return intent


def _account(asked: Asked) -> str:
    """The account of the key, which a page sends among the parameters."""
    key = asked.params.get("key")
    if not isinstance(key, str):
        return asked.account
    return key_of(replace(asked.request, headers={"authorization": f"Bearer {key}"})).account
