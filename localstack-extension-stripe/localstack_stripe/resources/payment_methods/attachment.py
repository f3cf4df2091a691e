"""Payment methods of customers: which can be saved, attaching them and detaching them
(https://docs.stripe.com/api/payment_methods/attach).
"""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import refusal
from localstack_stripe.resources.payment_methods.card_checks import checked
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.method_notes import mark_spent, refuse_spent
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, obtain, of_path


def can_be_set_up(work: UnitOfWork, type: str) -> bool:
    """Whether payment methods of a type can be saved without a payment
    (https://docs.stripe.com/api/setup_attempts/object#setup_attempt_object-payment_method_details).
    """
    return type in work.contract.structures["SetupAttemptPaymentMethodDetails"]


def can_be_saved(work: UnitOfWork, type: str) -> bool:
    """Whether payment methods of a type can be saved to pay again; Alipay's only by a payment
    (https://docs.stripe.com/payments/alipay).
    """
    return can_be_set_up(work, type) or type == "alipay"


def owned_method(work: UnitOfWork, customer: Record, id: str, param: str) -> Record:
    """A payment method that is attached to the customer: attaching is not making default, nor the reverse.

    :raises StripeError: 400 ``resource_missing`` where it does not exist or is not attached
    """
    method = obtain(work, id, param)
    if method["customer"] != customer["id"]:
        raise invalid(
            f"The customer does not have a payment method with the ID {id}. The payment method must be attached to "
            "the customer.",
            param,
            "resource_missing",
        )
    return method


def attach(work: UnitOfWork, method: Record, customer: Record) -> Record:
    """Attach a payment method to a customer (https://docs.stripe.com/api/payment_methods/attach).

    :raises CardError: where the card's bank refuses it already now
    """
    owner = method["customer"]
    if owner is not None and owner != customer["id"]:
        raise invalid(
            "The payment method you provided has already been attached to a customer.",
            "payment_method",
        )
    if method["type"] in ("card_present", "interac_present"):
        raise invalid(
            f"A PaymentMethod of type {method['type']} cannot be attached to a customer. Use the `generated_card` that "
            "saving it makes.",
            "payment_method",
        )
    if not can_be_saved(work, method["type"]):
        raise invalid(
            f"Payment methods of type {method['type']} cannot be saved to customers.",
            "payment_method",
        )
    refuse_spent(work, method)
    card = bank_card(method)
    refused = refusal(card, "attach", work.forced_decline)
    if refused is not None:
        raise declined(refused)
    method = work.change(method)
    if card is not None and method["type"] == "card":
        method["card"]["checks"] = checked(card, method["card"]["checks"])
    method["customer"], method["customer_account"] = (
        customer["id"],
        customer.get("customer_account"),
    )
    return method


@operation("POST /v1/payment_methods/{payment_method}/attach")
def attach_to_customer(call: Call) -> Record:
    """Attach, which does not make it the default."""
    customer = call.params.get("customer")
    if not customer:
        raise invalid("Must provide customer or customer_account.", code="parameter_missing")
    owner = call.work.require("customer", customer, "customer")
    return attach(call.work, of_path(call), owner)


_detached = Listeners()

when_detached = _detached.register
"""Register who is told that a payment method, which may be written to, is its customer's no more."""


@operation("POST /v1/payment_methods/{payment_method}/detach")
def detach(call: Call) -> Record:
    """Detach, and let go of it wherever it was a default (https://docs.stripe.com/api/payment_methods/detach)."""
    work = call.work
    method = require_path(call, "payment_method", "payment_method")
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            "payment_method",
        )
    customer = work.change(work.require("customer", method["customer"], "customer"))
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
    for subscription in work.where("subscription", "default_payment_method", method["id"]):
        work.change(subscription)["default_payment_method"] = None
    method = work.change(method)
    method["customer"] = method["customer_account"] = None
    mark_spent(work, method)
    _detached.tell(work, method)
    return method
