"""Where a source's ``redirect[url]`` leads (https://docs.stripe.com/sources/ideal#customer-action): the page that Stripe
shows in test mode, with a button to authorize and one to refuse, and the same without a browser.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.api.control.customer_choices import (
    agrees,
    choice_page,
    shown_record,
    whether_to_pay,
)
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.control.pages import go_to, is_browser
from localstack_stripe.api.messages import Response
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods.source_flows import authorized, return_address
from localstack_stripe.resources.payment_methods.sources import SOURCE


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
        source = shown_record(self._begin(asked.account), SOURCE, asked, "source")
        return choice_page(asked, source, _question(source))

    def answer(self, asked: Asked) -> Any:
        """The customer authorizes or refuses, and goes where the source sends them; a program gets the source."""
        success = agrees(asked)
        work = self._begin(asked.account)
        source = shown_record(work, SOURCE, asked, "source")
        source = authorized(work, source, success=success)
        address = return_address(source)
        self._commit(work)
        return go_to(address) if address is not None and is_browser(asked) else source


def _question(source: Record) -> str | None:
    if source["status"] != "pending":
        return None
    is_open = source["amount"] is None
    return "Pay with this source from now on?" if is_open else whether_to_pay(source)
