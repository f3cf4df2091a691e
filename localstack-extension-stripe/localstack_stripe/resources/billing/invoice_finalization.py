"""Finalizing an invoice: what is no draft any more, and waits to be paid.

https://docs.stripe.com/invoicing/integration/workflow-transitions
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.billing.amounts import MINIMUM_CHARGE
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing import credit_grants
from localstack_stripe.resources.billing.invoice_collection import (
    credit,
    mark_paid,
    move,
    new_payment,
    void_invoice,
)
from localstack_stripe.resources.billing.invoice_drafts import copy_customer, schedule
from localstack_stripe.resources.billing.invoice_issuers import issue
from localstack_stripe.resources.billing.invoice_numbers import take_number
from localstack_stripe.resources.billing.invoice_rendering import choose_page_size
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.billing.usage_billing import count_usage
from localstack_stripe.resources.connect.invoice_shares import intent_shares
from localstack_stripe.resources.core.customer_balances import balance_in, change_balance
from localstack_stripe.resources.core.payment_intents import new_intent
from localstack_stripe.resources.products.customer_discounts import spend_discount
from localstack_stripe.resources.tax.invoice_taxes import require_taxes

_opened = Listeners()

when_invoice_opens = _opened.register
"""Register who is told that an invoice waits to be paid: there may be cash for it."""


def finalize(
    work: UnitOfWork, invoice: Record, paid_by: Record | None = None, *, uses_balance: bool = True
) -> None:
    """Give a draft its number, apply the customer's balance, and open it to be paid.

    :param paid_by: the payment intent that has paid it before it was made, or is about to, in place of a new one that is to
    :param uses_balance: whether the customer's balance is applied

    An invoice over nothing is paid at once. https://docs.stripe.com/invoicing/integration/workflow-transitions

    :raises StripeError: 400 where it has automatic tax, and that cannot be found
    """
    customer = work.change(work.require("customer", invoice["customer"], "customer"))
    copy_customer(work, invoice, customer)
    count_usage(work, invoice)
    credit_grants.apply(work, invoice)
    add_up(work, invoice)
    require_taxes(work, invoice, located=True)
    spend_discount(work, customer, invoice)
    if invoice["number"] is None:
        take_number(invoice, customer)
    if uses_balance:
        apply_balance(work, invoice, customer)
    else:
        invoice["starting_balance"] = invoice["ending_balance"] = 0
    # The shares say on whose behalf it is, and so whose details it shows.
    shares = intent_shares(work, invoice)
    issue(work, invoice)
    choose_page_size(invoice)
    invoice["effective_at"] = work.now(invoice)
    # https://docs.stripe.com/invoicing/hosted-invoice-page
    invoice["hosted_invoice_url"] = f"{work.base}/i/{work.account}/{invoice['id']}"
    invoice["invoice_pdf"] = f"{work.base}/invoice/{work.account}/{invoice['id']}/pdf"
    schedule(invoice, None)
    move(work, invoice, "open")
    work.happened("invoice.finalized", invoice)
    _replace_revised(work, invoice)
    if invoice["amount_due"] == 0:
        mark_paid(work, invoice)
        work.happened("invoice.payment_succeeded", invoice)
        return
    if paid_by is not None:
        payment = new_payment(work, invoice, paid_by, is_default=True)
        if paid_by["status"] == "succeeded":
            credit(work, invoice, payment, paid_by["amount_received"])
        return
    _ask_for_payment(work, invoice, customer, shares)


def finalize_new(
    work: UnitOfWork, invoice: Record, paid_by: Record | None = None, *, uses_balance: bool = True
) -> None:
    """Finalize an invoice that was made just now: it was a draft in between, which no change shows."""
    work.happened("invoice.created", invoice)
    finalize(work, invoice, paid_by, uses_balance=uses_balance)


def _ask_for_payment(
    work: UnitOfWork, invoice: Record, customer: Record, shares: Mapping[str, Any]
) -> None:
    """Make the payment intent that an open invoice is to be paid by.

    :param shares: who has a part in the payment, as the intent says it
    """
    intent = new_intent(
        work,
        invoice["amount_due"],
        invoice["currency"],
        customer=customer["id"],
        customer_account=customer.get("customer_account"),
        description=_intent_description(invoice),
        payment_details={"customer_reference": None, "order_reference": invoice["id"]},
        payment_method_types=invoice["payment_settings"]["payment_method_types"] or ["card"],
        setup_future_usage="off_session" if invoice["parent"] else None,
        **shares,
    )
    new_payment(work, invoice, intent, is_default=True)
    _opened.tell(work, invoice)


def _replace_revised(work: UnitOfWork, invoice: Record) -> None:
    """Void the invoice that one revises, now that this one is in its place
    (https://docs.stripe.com/invoicing/invoice-edits).
    """
    revised = (invoice["from_invoice"] or {}).get("invoice")
    found = work.get("invoice", revised or "")
    if found is None:
        return
    original = work.change(found)
    original["latest_revision"] = invoice["id"]
    if original["status"] in ("open", "uncollectible"):
        void_invoice(work, original)


def _intent_description(invoice: Record) -> str:
    reasons = {
        "subscription_create": "Subscription creation",
        "subscription_cycle": "Subscription update",
        "subscription_update": "Subscription update",
    }
    return reasons.get(invoice["billing_reason"], "Payment for Invoice")


def apply_balance(work: UnitOfWork, invoice: Record, customer: Record) -> None:
    """Use the customer's credit, or charge what is owed (https://docs.stripe.com/billing/customer/balance).

    What is too little to be charged stays owed, and is added to the next invoice
    (https://docs.stripe.com/api/invoices).
    """
    currency = invoice["currency"]
    balance = balance_in(customer, currency)
    owed = invoice["total"] + balance
    is_too_small = 0 < owed < MINIMUM_CHARGE.get(currency, 1)
    due = 0 if is_too_small else max(owed, 0)
    invoice["starting_balance"] = balance
    invoice["ending_balance"] = owed - due
    invoice["amount_due"] = invoice["amount_remaining"] = due
    used_up = max(balance, 0) if is_too_small else min(owed, 0)
    moves = {"applied_to_invoice": used_up, "invoice_too_small": invoice["ending_balance"]}
    for type, left in moves.items():
        change = left - balance_in(customer, currency)
        if change:
            change_balance(work, customer, change, currency, type=type, invoice=invoice["id"])
