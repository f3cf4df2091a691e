"""Payments by card in Mexico that the customer's bank collects month by month
(https://docs.stripe.com/payments/mx-installments): the merchant has all of the money at once.
"""

from typing import Any

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.payment_methods import bank_card

_LEAST = {3: 30_000, 6: 60_000, 9: 90_000, 12: 120_000, 18: 180_000, 24: 240_000}
"""How much has to be paid in so many months, in minor units of pesos."""

_PLAN = "payment_method_options[card][installments][plan]"


def offer_installments(work: UnitOfWork, intent: Record, options: Record) -> None:
    """Say which plans there are for an intent, which may be written to, with its card, where it wants any.

    :param options: what it says of payments by card
    :raises StripeError: 400 where another one was chosen
    """
    asked = options.get("installments") or {}
    if not asked.get("enabled"):
        return
    method = work.get("payment_method", intent["payment_method"] or "")
    card = bank_card(method) if method is not None else None
    plans: list[dict[str, Any]] = []
    if card is not None and (card.country, card.funding) == ("MX", "credit"):
        plans = [
            {"count": count, "interval": "month", "type": "fixed_count"}
            for count, least in _LEAST.items()
            if intent["currency"] == "mxn" and intent["amount"] >= least
        ]
    asked["available_plans"] = plans
    if asked.get("plan") and asked["plan"] not in plans:
        raise invalid("This installment plan is not available for this payment.", _PLAN)


def chosen_plan(options: Record) -> Record | None:
    """What a charge says of the plan that an intent is paid by, if it is by one.

    :param options: what the intent says of payments by card
    """
    asked = options.get("installments") or {}
    return {"plan": asked["plan"]} if asked.get("enabled") and asked.get("plan") else None
