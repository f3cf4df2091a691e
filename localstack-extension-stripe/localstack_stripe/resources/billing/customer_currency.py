"""The one currency of what a customer is subscribed to (https://docs.stripe.com/invoicing/multi-currency-customers)."""

from collections.abc import Iterator

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_stages import ENDED


def require_one_currency(work: UnitOfWork, customer: str, currency: str) -> None:
    """Refuse to subscribe a customer, known by an id, in another currency than what they have already.

    :raises StripeError: 400
    """
    other = next((each for each in _currencies(work, customer) if each != currency), None)
    if other is not None:
        raise invalid(
            "You cannot combine currencies on a single customer. This customer has an active subscription, "
            "subscription schedule, discount, quote, invoice item or active subscription mode checkout session with "
            f"currency {other}."
        )


def _currencies(work: UnitOfWork, customer: str) -> Iterator[str]:
    def of_customer(kind: str) -> list[Record]:
        return work.where(kind, "customer", customer)

    for subscription in of_customer("subscription"):
        if subscription["status"] not in ENDED:
            yield subscription["currency"]
    for schedule in of_customer("subscription_schedule"):
        if schedule["status"] in ("active", "not_started"):
            yield from (phase["currency"] for phase in schedule["phases"])
    for quote in of_customer("quote"):
        is_offered = quote["status"] in ("draft", "open")
        if is_offered and quote["currency"] and at(quote, "computed.recurring"):
            yield quote["currency"]
    for item in of_customer("invoiceitem"):
        if item["invoice"] is None:
            yield item["currency"]
    for session in of_customer("checkout.session"):
        if session["status"] == "open" and session["mode"] == "subscription":
            yield session["currency"]
