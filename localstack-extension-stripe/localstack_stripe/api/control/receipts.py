"""Where a charge's ``receipt_url`` leads (https://docs.stripe.com/receipts): what was paid, and what of it was given back."""

from collections.abc import Callable, Mapping

from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.api.control.pages import page, table
from localstack_stripe.api.messages import Response
from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.work import UnitOfWork


class Receipts:
    """``GET /receipts/{account}/{charge}``."""

    def __init__(self, begin: Callable[[str], UnitOfWork]) -> None:
        self._begin = begin

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {"GET /receipts/{account}/{charge}": self.show}

    def show(self, asked: Asked) -> Response:
        """The receipt.

        :raises StripeError: 404 where there is no such charge
        """
        work = self._begin(asked.path["account"])
        charge = work.get("charge", asked.path["charge"])
        if charge is None:
            raise no_such("charge", asked.path["charge"], "charge", status=404)
        details, currency = charge["payment_method_details"], charge["currency"]
        last4 = (details.get(details["type"]) or {}).get("last4")
        rows = {
            "Amount paid": written(charge["amount_captured"], currency),
            "Refunded": written(charge["amount_refunded"], currency),
            "Date": moment(charge["created"]),
            "Payment method": f"{details['type']} {last4 or ''}".strip(),
            "Description": charge["description"] or "",
        }
        return page("Receipt", table(rows.items()))
