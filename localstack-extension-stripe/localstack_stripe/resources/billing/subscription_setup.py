"""Setting a payment method up for a subscription that costs nothing yet, as in a trial
(https://docs.stripe.com/billing/subscriptions/deferred-payment).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import Approved, ask_to_save
from localstack_stripe.resources.core.setup_attempts import attempt, when_set_up
from localstack_stripe.resources.core.setup_intents import new_setup_intent
from localstack_stripe.resources.payment_methods.method_notes import is_set_up
from localstack_stripe.resources.payment_methods.payment_methods import bank_card


def prepare(work: UnitOfWork, subscription: Record, method: Record | None) -> None:
    """Leave a setup intent to the customer where nothing is there to pay with later, or where that needs them first.

    :param method: what the subscription would be charged with
    """
    if method is not None and _is_ready(work, method):
        return
    intent = new_setup_intent(work, subscription["customer"], method)
    work.happened("setup_intent.created", intent)
    subscription["pending_setup_intent"] = intent["id"]
    if method is not None:
        attempt(work, intent, method)


def _is_ready(work: UnitOfWork, method: Record) -> bool:
    if method["object"] != "payment_method" or is_set_up(work, method):
        return True
    return isinstance(ask_to_save(bank_card(method), work.forced_decline), Approved)


@when_set_up
def keep(work: UnitOfWork, intent: Record) -> None:
    """A subscription waits for its setup intent no more, and is charged with what was set up where it says so
    (https://docs.stripe.com/api/subscriptions/object#subscription_object-payment_settings-save_default_payment_method).
    """
    for found in work.where("subscription", "pending_setup_intent", intent["id"]):
        subscription = work.change(found)
        subscription["pending_setup_intent"] = None
        if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
            subscription["default_payment_method"] = intent["payment_method"]
