"""Early fraud warnings (https://docs.stripe.com/api/radar/early_fraud_warnings): a network thinks that a payment is fraud."""

from localstack_stripe.engine.behaviours import plain
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.afterwards import warns_of_fraud
from localstack_stripe.resources.core.payment_outcomes import when_settled
from localstack_stripe.resources.core.refund_outcomes import when_refunded
from localstack_stripe.resources.payment_methods.payment_methods import bank_card

WARNING = "radar.early_fraud_warning"

plain(
    "GET /v1/radar/early_fraud_warnings",
    "GET /v1/radar/early_fraud_warnings/{early_fraud_warning}",
)


@when_settled
def warn(work: UnitOfWork, intent: Record) -> None:
    """The network thinks that a payment is fraud, where its card is the one for that
    (https://docs.stripe.com/testing#disputes).
    """
    method = work.get("payment_method", intent["payment_method"] or "")
    if intent["status"] != "succeeded" or method is None:
        return
    if warns_of_fraud(bank_card(method)):
        work.create(
            WARNING,
            actionable=True,
            charge=intent["latest_charge"],
            fraud_type="made_with_stolen_card",
            payment_intent=intent["id"],
        )


@when_refunded
def calm(work: UnitOfWork, refund: Record) -> None:
    """Nothing can be done about a warning any more when all of a payment is given back
    (https://docs.stripe.com/api/radar/early_fraud_warnings/object#early_fraud_warning_object-actionable).
    """
    charge = work.get("charge", refund["charge"] or "")
    if charge is None or not charge["refunded"]:
        return
    for warning in work.where(WARNING, "charge", charge["id"]):
        if warning["actionable"]:
            work.change(warning)["actionable"] = False
