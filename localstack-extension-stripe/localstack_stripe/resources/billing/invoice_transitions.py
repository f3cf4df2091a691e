"""What is done with an invoice: it is finalized, sent, paid, voided, given up or deleted
(https://docs.stripe.com/invoicing/integration/workflow-transitions).
"""

from dataclasses import replace

from localstack_stripe.engine.behaviours import Call, operation, require_path, understands
from localstack_stripe.engine.errors import CardError, StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.billing.invoice_advancement import plan_collection
from localstack_stripe.resources.billing.invoice_collection import (
    cancel_payment,
    collect,
    default_intent,
    default_payment,
    give_up,
    mark_paid,
    method_for,
    void_invoice,
)
from localstack_stripe.resources.billing.invoice_finalization import finalize
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.payment_methods.payment_methods import obtain

NEEDS_ACTION = "invoice_payment_intent_requires_action"
"""The code of the error that an invoice is not paid yet because its cardholder has to authenticate."""


@operation("POST /v1/invoices/{invoice}/finalize")
def finalize_now(call: Call) -> Record:
    """Open a draft without waiting."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        )
    invoice = call.work.change(invoice)
    if call.params.get("auto_advance") is not None:
        invoice["auto_advance"] = call.params["auto_advance"]
    finalize(call.work, invoice)
    if invoice["status"] == "open":
        plan_collection(call.work, invoice)
    return invoice


@operation("POST /v1/invoices/{invoice}/pay")
def pay(call: Call) -> Record:
    """Pay now (https://docs.stripe.com/api/invoices/pay).

    :raises CardError: 402 with the failed charge and the intent, both of which stay; with
        ``invoice_payment_intent_requires_action`` where the cardholder has to authenticate
    """
    work, params = call.work, call.params
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid")
    if invoice["status"] == "void":
        raise invalid("Voided invoices cannot be paid.")
    invoice = work.change(invoice)
    if invoice["status"] == "draft":
        finalize(work, invoice)
        if invoice["status"] == "paid":
            return invoice
    if params.get("paid_out_of_band"):
        cancel_payment(work, invoice, default_payment(work, invoice))
        mark_paid(work, invoice, attempted=False)
        return invoice
    if params.get("payment_method"):
        method: Record | None = obtain(work, params["payment_method"], "payment_method")
    elif params.get("source"):
        method = work.require("card", params["source"], "source")
    else:
        method = method_for(work, invoice)
    if method is None:
        raise invalid(
            "There is no `default_payment_method` set on this Customer or Invoice. Please provide a payment method to "
            "pay this invoice, or set a default."
        )
    error = collect(work, invoice, method, off_session=params.get("off_session", True))
    if error is not None:
        raise error
    intent = default_intent(work, invoice)
    if intent["status"] == "requires_action":
        raise CardError(
            "This payment requires additional user action before it can be completed successfully. Payment can be "
            f"completed using the PaymentIntent associated with the invoice, `{intent['id']}`.",
            code=NEEDS_ACTION,
            payment_intent=intent,
        )
    return invoice


@operation("POST /v1/invoices/{invoice}/void")
def void(call: Call) -> Record:
    """Void an open invoice."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] == "paid":
        raise invalid("Invoices with `paid` payments cannot be voided.")
    if invoice["status"] not in ("open", "uncollectible"):
        raise _not_open()
    invoice = call.work.change(invoice)
    void_invoice(call.work, invoice)
    return invoice


def _not_open() -> StripeError:
    return invalid("You can only pass in open invoices. This invoice isn't open.")


@operation("POST /v1/invoices/{invoice}/send")
def send(call: Call) -> Record:
    """Send to the customer, which finalizes a draft (https://docs.stripe.com/api/invoices/send)."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] not in ("draft", "open"):
        raise invalid(
            "This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with "
            "details, so we can help."
        )
    if invoice["collection_method"] != "send_invoice":
        raise invalid(
            "You can only manually send an invoice if its collection method is 'send_invoice'."
        )
    invoice = call.work.change(invoice)
    if invoice["status"] == "draft":
        finalize(call.work, invoice)
    call.work.happened("invoice.sent", invoice)
    return invoice


FORGIVEN = "forgiven"
"""What older versions say of an invoice that nobody is expected to pay any more."""


@understands(FORGIVEN)
def forgive(call: Call) -> Call:
    """Give up an invoice, in the words of before version 2018-11-08
    (https://docs.stripe.com/changelog/2018-11-08/mark-invoice-uncollectible-instead-forgiven).
    """
    if not call.params[FORGIVEN]:
        return call
    action = call.work.contract.operations["POST /v1/invoices/{invoice}/mark_uncollectible"]
    return replace(call, operation=action, params={})


@operation("POST /v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call) -> Record:
    """Give an open invoice up."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] == "uncollectible":
        raise invalid("This invoice has already been marked uncollectible.")
    if invoice["status"] != "open":
        raise _not_open()
    invoice = call.work.change(invoice)
    give_up(call.work, invoice, "user_forgiven")
    return invoice


@operation("DELETE /v1/invoices/{invoice}")
def delete(call: Call) -> Record:
    """Delete a draft that is for no subscription (https://docs.stripe.com/api/invoices/delete)."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid("You can only delete draft invoices.")
    if subscription_of(invoice) is not None:
        raise invalid("You can't delete an invoice that is for a subscription; it must be voided.")
    return call.work.bury(invoice)
