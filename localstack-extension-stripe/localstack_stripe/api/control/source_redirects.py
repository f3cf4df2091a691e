"""Where a source's ``redirect[url]`` leads (https://docs.stripe.com/sources/ideal#customer-action): the page that Stripe
shows in test mode, with a button to authorize and one to refuse, and the same without a browser.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords, outcome_of
from localstack_stripe.api.control.pages import choice, go_to, is_browser, page
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.source_flows import authorized, return_address
from localstack_stripe.resources.payment_methods.sources import SOURCE

_OUTCOMES = {"failed": False, "succeeded": True}


class SourceRedirects(OnRecords):
    """``/_emulator/sources/{id}/redirect``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /_emulator/sources/{id}/redirect": self.ask,
            "POST /_emulator/sources/{id}/redirect": self.answer,
        }

    def ask(self, asked: Asked) -> Response:
        """Show the page."""
        source = _source(self._begin(asked.account), asked)
        known = {"account": asked.account, "client_secret": source["client_secret"]}
        return page("Test payment page", choice(_what(source), known))

    def answer(self, asked: Asked) -> Any:
        """The customer authorizes or refuses, and goes where the source sends them; a program gets the source."""
        success = _OUTCOMES[outcome_of(asked.params, _OUTCOMES, "succeeded")]
        work = self._begin(asked.account)
        source = authorized(work, _source(work, asked), success=success)
        address = return_address(source)
        self._commit(work)
        return go_to(address) if address is not None and is_browser(asked) else source


def _source(work: UnitOfWork, asked: Asked) -> Record:
    id, secret = asked.path["id"], asked.params.get("client_secret")
    source = work.get(SOURCE, id)
    if source is None or secret not in (None, source["client_secret"]):
        raise no_such(SOURCE, id, "source", status=404)
    return source


def _what(source: Record) -> str:
    if source["status"] != "pending":
        return f"Nothing is asked of the customer: the status is {source['status']}."
    if source["amount"] is None:
        return "Pay with this source from now on?"
    return f"Pay {source['amount']} ({source['currency'].upper()}, in its smallest unit)?"
