"""Draft invoices: how one begins, and when it is no draft any more (https://docs.stripe.com/invoicing/overview).

Their lines are in ``draft_lines`` and ``invoice_item_lines``, what they add up to in ``invoice_totals``, how they look in
``invoice_rendering``.
"""

from typing import Any

from localstack_stripe.engine.behaviours import defaults
from localstack_stripe.engine.clock import HOUR
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_issuers import details_of_maker
from localstack_stripe.resources.billing.invoice_rendering import look_as_customer_says
from localstack_stripe.resources.tax.tax_ids import customer_tax_ids

DRAFT_SECONDS = HOUR
"""How long an automatic invoice stays a draft, so that it can still be changed."""


@defaults("invoice")
def new_invoice(work: UnitOfWork) -> Record:
    """What every invoice shows."""
    return {
        **details_of_maker(work),
        "attempt_count": 0,
        "auto_advance": False,
        "collection_method": "charge_automatically",
        "customer_tax_ids": [],
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "status": "draft",
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def draft(work: UnitOfWork, customer: Record, currency: str, **values: Any) -> Record:
    """A draft invoice for a customer, without lines."""
    invoice = work.create(
        "invoice",
        **{**new_invoice(work), **values},
        currency=currency,
        customer=customer["id"],
        customer_account=customer.get("customer_account"),
        test_clock=customer["test_clock"],
    )
    invoice["webhooks_delivered_at"] = invoice["created"]
    invoice["period_start"] = values.get("period_start", invoice["created"])
    invoice["period_end"] = values.get("period_end", invoice["created"])
    copy_customer(work, invoice, customer)
    look_as_customer_says(invoice, customer)
    if customer["currency"] is None:
        work.change(customer)["currency"] = currency
    return invoice


def schedule(invoice: Record, at: int | None) -> None:
    """Say when a draft is finalized by itself, and with that charged, where it is charged by itself
    (https://docs.stripe.com/api/invoices/object#invoice_object-next_payment_attempt).

    :param at: in seconds since 1970; nothing where it is not
    """
    invoice["automatically_finalizes_at"] = at
    is_charged = invoice["collection_method"] == "charge_automatically"
    invoice["next_payment_attempt"] = at if is_charged else None


def copy_customer(work: UnitOfWork, invoice: Record, customer: Record) -> None:
    """Write onto an invoice who it is for, as the customer is now."""
    invoice["customer_tax_ids"] = customer_tax_ids(work, customer)
    for name in ("address", "email", "name", "phone", "shipping", "tax_exempt"):
        invoice[f"customer_{name}"] = customer.get(name)


def require_email(customer: Record) -> None:
    """Refuse to send invoices to a customer without an address (https://docs.stripe.com/invoicing/send-email).

    :raises StripeError: 400
    """
    if not customer.get("email"):
        raise invalid(
            "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid "
            "email."
        )


# Pending items
