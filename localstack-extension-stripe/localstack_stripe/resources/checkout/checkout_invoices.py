"""The invoice that is made of what a Checkout session has sold once
(https://docs.stripe.com/payments/checkout/receipts#paid-invoices).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import draft
from localstack_stripe.resources.billing.invoice_finalization import finalize_new
from localstack_stripe.resources.billing.line_item_amounts import put_items
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.checkout.checkout_totals import DEFAULT_RATES, OFFERED
from localstack_stripe.resources.products.discounts import copied
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax

_TOLD = ("custom_fields", "description", "footer", "metadata", "rendering_options")


def is_invoiced(session: Record) -> bool:
    """Whether a session's payment is to have an invoice."""
    return session["mode"] == "payment" and bool((session["invoice_creation"] or {}).get("enabled"))


def invoice_payment(work: UnitOfWork, session: Record, intent: Record) -> None:
    """Make the invoice of a session, which may be written to, that *intent* has paid."""
    if not is_invoiced(session) or session["invoice"] is not None:
        return
    customer = work.require("customer", session["customer"], "customer")
    told = session["invoice_creation"].get("invoice_data") or {}
    invoice = draft(
        work,
        customer,
        session["currency"],
        automatic_tax=automatic_tax(work, session["automatic_tax"]),
        billing_reason="manual",
        default_tax_rates=work.noted(session, DEFAULT_RATES) or [],
        shipping_cost=session["shipping_cost"],
        **{name: told[name] for name in _TOLD if told.get(name)},
    )
    invoice["discounts"] = copied(work, work.noted(session, OFFERED) or (), invoice)
    put_items(work, invoice, customer, items_of(work, session))
    # https://docs.stripe.com/billing/customer/balance: the credit balance does not apply to it.
    finalize_new(work, invoice, paid_by=intent, uses_balance=False)
    session["invoice"] = invoice["id"]
