"""Collecting an invoice: what it is charged with, and what becomes of it then: paid, void or given up.

https://docs.stripe.com/invoicing/integration/workflow-transitions
"""

from localstack_stripe.engine.errors import CardError, invalid
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import AUTHENTICATION_REQUIRED
from localstack_stripe.resources.billing import credit_grants
from localstack_stripe.resources.billing.invoice_drafts import schedule
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.invoice_retries import plan_retry
from localstack_stripe.resources.core.customer_balances import change_balance
from localstack_stripe.resources.core.payment_attempts import answer_to, attempt
from localstack_stripe.resources.core.payment_cancellation import cancel_intent
from localstack_stripe.resources.core.payment_outcomes import when_settled
from localstack_stripe.resources.payment_methods.payment_methods import obtain
from localstack_stripe.resources.payment_methods.sources import chargeable_source

TRANSITIONS = {
    "draft": {"open", "paid"},
    "open": {"paid", "void", "uncollectible"},
    "uncollectible": {"paid", "void"},
    "paid": set(),
    "void": set(),
}
"""Which states an invoice may go to from each."""

TRANSITION_TIMES = {
    "open": "finalized_at",
    "paid": "paid_at",
    "void": "voided_at",
    "uncollectible": "marked_uncollectible_at",
}


_changed = Listeners()

when_invoice_changes = _changed.register
"""Register who is told when an invoice was paid, was not, or was given up: a subscription follows its invoices."""


def move(work: UnitOfWork, invoice: Record, status: str) -> None:
    """Bring an invoice into another state, and note when.

    :raises StripeError: 400 ``invoice_not_editable`` where :data:`TRANSITIONS` does not have it
    """
    if status not in TRANSITIONS[invoice["status"]]:
        raise invalid(
            f"This invoice is {invoice['status']}; it can no longer become {status}.",
            code="invoice_not_editable",
        )
    invoice["status"] = status
    invoice.pop("status_details", None)
    invoice["status_transitions"][TRANSITION_TIMES[status]] = work.now(invoice)


def collect(
    work: UnitOfWork, invoice: Record, method: Record | None, *, off_session: bool
) -> CardError | None:
    """Try to charge an open invoice.

    :param method: what to charge; without one the attempt fails
    :return: the error of a decline, which is recorded either way
    """
    if invoice["status"] not in ("open", "uncollectible"):
        return None
    intent = work.change(default_intent(work, invoice))
    if intent["status"] == "processing":
        return None
    invoice["attempted"] = True
    has_to_ask = method is not None and _has_to_ask(work, method)
    # The first payment of a subscription that waits for its cardholder counts as no attempt, as recorded from Stripe's
    # test mode.
    if not has_to_ask or invoice["billing_reason"] != "subscription_create":
        invoice["attempt_count"] += 1
    if method is None:
        fail(work, invoice)
        return None
    error = attempt(work, intent, method, off_session=off_session and not has_to_ask)
    if error is None and intent["status"] not in ("processing", "succeeded"):
        work.happened("invoice.payment_action_required", invoice)
        fail(work, invoice)
    return error


def _has_to_ask(work: UnitOfWork, method: Record) -> bool:
    """Whether the bank wants the cardholder to authenticate: an invoice waits for that, where another payment without
    them would be declined
    (https://support.stripe.com/questions/subscription-retries-for-failed-3d-secure-authorizations).
    """
    return answer_to(work, method, off_session=True) is AUTHENTICATION_REQUIRED


def fail(work: UnitOfWork, invoice: Record) -> None:
    """Note that an attempt to collect an invoice has failed, as one does that waits for the customer.

    https://docs.stripe.com/billing/subscriptions/webhooks#payment-failures
    """
    plan_retry(work, invoice, method_for(work, invoice))
    work.happened("invoice.payment_failed", invoice)
    _changed.tell(work, invoice)


def default_intent(work: UnitOfWork, invoice: Record) -> Record:
    """The payment intent that pays an open invoice."""
    payment = default_payment(work, invoice)
    return work.require("payment_intent", payment["payment"]["payment_intent"], "payment_intent")


def default_payment(work: UnitOfWork, invoice: Record) -> Record:
    """The invoice payment that an open invoice waits for.

    :raises StripeError: 400 where there is none
    """
    payments = work.where("invoice_payment", "invoice", invoice["id"])
    default = next((payment for payment in payments if payment["is_default"]), None)
    if default is None:
        raise invalid("This invoice has no payment: it is not open.", code="invoice_not_editable")
    return default


@when_settled
def follow_intent(work: UnitOfWork, intent: Record) -> None:
    """An invoice is paid when its intent has succeeded, whoever confirmed it."""
    payments = work.where("invoice_payment", "payment.payment_intent", intent["id"])
    if not payments:
        return
    invoice = work.change(work.require("invoice", payments[0]["invoice"], "invoice"))
    if intent["status"] == "succeeded" and invoice["status"] in ("open", "uncollectible"):
        invoice["attempted"] = True
        invoice["attempt_count"] = max(invoice["attempt_count"], 1)
        credit(work, invoice, work.change(payments[0]), intent["amount_received"])
    elif intent["status"] == "requires_payment_method":
        fail(work, invoice)


def credit(work: UnitOfWork, invoice: Record, payment: Record, amount: int) -> None:
    """Note that a payment of an invoice has come, in part or in whole
    (https://docs.stripe.com/invoicing/partial-payments).
    """
    payment["status"], payment["amount_paid"] = "paid", amount
    payment["status_transitions"]["paid_at"] = work.now(invoice)
    default = default_payment(work, invoice)
    left = invoice["amount_remaining"] - amount
    if left > 0:
        invoice["amount_paid"] += amount
        invoice["amount_remaining"] = left
        if default["status"] == "open":
            work.change(default)["amount_requested"] = left
            work.change(default_intent(work, invoice))["amount"] = left
        return
    if left < 0:
        invoice["amount_overpaid"] = -left
    if default["status"] == "open":
        cancel_payment(work, invoice, default)
    mark_paid(work, invoice)
    work.happened("invoice.payment_succeeded", invoice)


def new_payment(
    work: UnitOfWork,
    invoice: Record,
    paying: Record,
    amount: int | None = None,
    *,
    is_default: bool = False,
) -> Record:
    """What is to be paid of an invoice (https://docs.stripe.com/api/invoice-payment).

    :param paying: the payment intent that does so, or the record of a payment that was made elsewhere
    :param amount: in minor units, where that is not the intent's
    """
    kind = paying["object"]
    return work.create(
        "invoice_payment",
        amount_requested=paying["amount"] if amount is None else amount,
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=is_default,
        payment={kind: paying["id"], "type": kind},
        status="open",
        created=work.now(invoice),
    )


def cancel_payment(
    work: UnitOfWork, invoice: Record, payment: Record, reason: str = "automatic"
) -> None:
    """Let what would have paid an invoice do so no more."""
    payment = work.change(payment)
    payment["status"] = "canceled"
    payment["status_transitions"]["canceled_at"] = work.now(invoice)
    if payment["payment"]["type"] == "payment_intent":
        intent = work.require("payment_intent", payment["payment"]["payment_intent"], "intent")
        cancel_intent(work, intent, reason)


def mark_paid(work: UnitOfWork, invoice: Record, *, attempted: bool = True) -> None:
    """Note that nothing is owed any more.

    :param attempted: whether Stripe has collected it; else it was paid out of band
    """
    move(work, invoice, "paid")
    invoice["amount_paid"] = invoice["amount_due"]
    invoice["amount_remaining"] = 0
    invoice["attempted"] = invoice["attempted"] or attempted
    set_delinquent(work, invoice, False)
    stop(invoice)
    work.happened("invoice.paid", invoice)
    _changed.tell(work, invoice)


def void_invoice(work: UnitOfWork, invoice: Record) -> None:
    """Void an open invoice; what would have paid it is canceled, and the customer's balance is what it was before
    (https://docs.stripe.com/changelog/2019-12-03/customer-balances-returned-voided-invoices).
    """
    move(work, invoice, "void")
    applied = invoice["starting_balance"] - (invoice["ending_balance"] or 0)
    customer = work.get("customer", invoice["customer"] or "")
    if applied and customer is not None:
        change_balance(
            work,
            work.change(customer),
            applied,
            invoice["currency"],
            type="unapplied_from_invoice",
            invoice=invoice["id"],
        )
    stop(invoice)
    credit_grants.give_back(work, invoice)
    for payment in work.where("invoice_payment", "invoice", invoice["id"]):
        if payment["status"] == "open":
            cancel_payment(work, invoice, payment, "void_invoice")
    _changed.tell(work, invoice)


def give_up(work: UnitOfWork, invoice: Record, reason: str) -> None:
    """Mark an open invoice uncollectible; it can still be paid.

    :param reason: why, as its ``status_details`` say
        (https://docs.stripe.com/changelog/endive/2026-09-30/invoice-uncollectible-status-detail)
    """
    move(work, invoice, "uncollectible")
    invoice["status_details"] = {"uncollectible": {"reason": reason}}
    set_delinquent(work, invoice, False)
    stop(invoice)
    _changed.tell(work, invoice)


def set_delinquent(work: UnitOfWork, invoice: Record, is_delinquent: bool) -> None:
    """Note whether a customer owes what should have been paid
    (https://docs.stripe.com/api/customers/object#customer_object-delinquent).
    """
    customer = work.get("customer", invoice["customer"] or "")
    if customer is not None and customer["delinquent"] != is_delinquent:
        work.change(customer)["delinquent"] = is_delinquent


def stop(invoice: Record) -> None:
    """Let an invoice go on by itself no more."""
    invoice["auto_advance"] = False
    schedule(invoice, None)


def default_method(work: UnitOfWork, *owners: Record | None) -> Record | None:
    """What a customer is charged with, in Stripe's order of priority.

    https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority

    :param owners: the invoice, the subscription and the customer, the nearest first
    """
    for owner in owners:
        if owner is None:
            continue
        settings = owner.get("invoice_settings") or {}
        method = owner.get("default_payment_method") or settings.get("default_payment_method")
        if method:
            return obtain(work, method, "default_payment_method")
        source = owner.get("default_source")
        if source:
            return chargeable_source(work, source) or work.require("card", source, "default_source")
    return None


def method_for(work: UnitOfWork, invoice: Record) -> Record | None:
    """What an invoice is charged with."""
    subscription_id = subscription_of(invoice)
    subscription = work.get("subscription", subscription_id) if subscription_id else None
    customer = work.get("customer", invoice["customer"])
    return default_method(work, invoice, subscription, customer)
