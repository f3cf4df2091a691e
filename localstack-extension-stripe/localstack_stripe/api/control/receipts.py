"""Where a charge's ``receipt_url`` leads (https://docs.stripe.com/receipts): what was paid, and what of it was given back;
and the receipt of a transaction of v2.
"""

from collections.abc import Callable, Mapping

from localstack_stripe.api.control.dispatch import Asked, Endpoint
from localstack_stripe.api.control.pages import page, table
from localstack_stripe.api.messages import Response
from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.money_management.money_management import TRANSACTION


class Receipts:
    """``GET /receipts/{account}/{charge}`` and ``GET /transaction_receipts/{account}/{transaction}``."""

    def __init__(self, begin: Callable[[str], UnitOfWork]) -> None:
        self._begin = begin

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /receipts/{account}/{charge}": self.show,
            "GET /transaction_receipts/{account}/{transaction}": self.show_transaction,
        }

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

    def show_transaction(self, asked: Asked) -> Response:
        """The receipt of a transaction, as long as its address is valid.

        :raises StripeError: 404 where there is none
        """
        work, id = self._begin(asked.path["account"]), asked.path["transaction"]
        transaction = work.get(TRANSACTION, id)
        if transaction is None or transaction["regulatory_receipt"]["status"] != "available":
            raise no_such("transaction receipt", id, "transaction", status=404)
        amount = transaction["amount"]
        rows = {
            "Transaction": id,
            "Amount": written(amount["value"], amount["currency"]),
            "Date": transaction["created"],
            "Description": transaction["category"].replace("_", " "),
        }
        return page("Receipt", table(rows.items()))
