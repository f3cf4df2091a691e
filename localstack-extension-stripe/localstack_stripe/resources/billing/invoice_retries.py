"""How often an invoice of a subscription is charged again (https://docs.stripe.com/billing/revenue-recovery/smart-retries).

As new accounts have it at Stripe: eight more tries within two weeks, after which the subscription is canceled. When
exactly it tries is what Stripe's model has learned; here the tries are equally far apart.
"""

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.subscription_stages import RENEWING
from localstack_stripe.resources.payment_methods.debited_accounts import is_debit

TRIES = 8
BETWEEN_TRIES = 14 * DAY // TRIES

PLANNED = "planned retries"
"""Noted of an invoice: how many retries have been planned so far."""

HARD_DECLINES = frozenset(
    {
        "authentication_required",
        "highest_risk_level",
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "transaction_not_allowed",
    }
)
"""Reasons after which the same card is not charged again."""


def plan_retry(work: UnitOfWork, invoice: Record, method: Record | None) -> None:
    """Say when an invoice that could not be collected is tried again, where it is and that is not planned yet.

    :param method: what it is charged with
    """
    planned = work.noted(invoice, PLANNED) or 0
    if (
        invoice["next_payment_attempt"] is not None
        or planned == TRIES
        or not _is_retried(work, invoice, method)
    ):
        return
    work.note(invoice, PLANNED, planned + 1)
    invoice["next_payment_attempt"] = work.now(invoice) + BETWEEN_TRIES


def _is_retried(work: UnitOfWork, invoice: Record, method: Record | None) -> bool:
    """Whether an invoice is tried again at all: one of a running subscription, and not by a bank's debit, of which an
    account would have to ask for it.
    """
    if not invoice["auto_advance"] or invoice["collection_method"] != "charge_automatically":
        return False
    if invoice["billing_reason"] == "subscription_create":
        return False
    if method is not None and is_debit(method.get("type")):
        return False
    id = subscription_of(invoice)
    subscription = work.get("subscription", id) if id is not None else None
    return (
        subscription is not None
        and subscription["status"] in RENEWING
        and subscription["pending_update"] is None
    )


def is_worth_trying(intent: Record, method: Record) -> bool:
    """Whether a method may pay what could not be paid before: it is another one, or its bank may think better of it."""
    if intent["status"] == "requires_action":
        return bool(intent["payment_method"] != method["id"])
    failure = intent["last_payment_error"] or {}
    is_hard = (failure.get("decline_code") or failure.get("code")) in HARD_DECLINES
    refused = failure.get("payment_method") or failure.get("source")
    return not (is_hard and refused == method["id"])


def is_given_up(work: UnitOfWork, invoice: Record) -> bool:
    """Whether every try to collect an open invoice was in vain."""
    return (
        invoice["status"] == "open"
        and invoice["next_payment_attempt"] is None
        and work.noted(invoice, PLANNED) == TRIES
    )
