"""Payment evaluations (https://docs.stripe.com/api/radar/payment-evaluations): what Radar says of payments that are made
elsewhere.
"""

from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.store import Record
from localstack_stripe.payments.risk import risk_of
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, obtain

EVALUATION = "radar.payment_evaluation"


@before_create(EVALUATION)
def evaluate(call: Call, evaluation: Record) -> None:
    """Say how risky a payment is that is made elsewhere: Stripe's test cards decide
    (https://docs.stripe.com/api/radar/payment-evaluations/create).
    """
    work = call.work
    named = call.params["payment_details"]["payment_method_details"]["payment_method"]
    method = obtain(work, named, "payment_details[payment_method_details][payment_method]")
    details = evaluation["payment_details"]["payment_method_details"]
    details["payment_method"] = method["id"]
    risk = risk_of(bank_card(method))
    signal = {"evaluated_at": work.now(), "risk_level": risk.level, "score": risk.score}
    signals = dict.fromkeys(("early_fraud_warning", "fraudulent_dispute"))
    evaluation["created_at"] = work.now()
    evaluation["recommended_action"] = "block" if risk.blocks else "continue"
    evaluation["signals"] = {**signals, "fraudulent_payment": signal}
