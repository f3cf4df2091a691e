"""Payments of invoices (https://docs.stripe.com/api/invoice-payment): those that are made elsewhere and attached."""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import credit, new_payment
from localstack_stripe.resources.core.payment_records import when_guaranteed


@operation("POST /v1/invoices/{invoice}/attach_payment")
def attach(call: Call) -> Record:
    """Count a payment intent towards an open invoice, once it has succeeded, or a payment that was made elsewhere
    (https://docs.stripe.com/api/invoices/attach_payment).
    """
    work, params = call.work, call.params
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] not in ("open", "uncollectible"):
        raise invalid(
            f"You can only attach payments to open invoices. This invoice is {invoice['status']}.",
            code="invoice_not_editable",
        )
    if params.get("payment_record"):
        return _attach_record(work, work.change(invoice), params["payment_record"])
    if not params.get("payment_intent"):
        raise missing_parameter("payment_intent")
    intent = work.require("payment_intent", params["payment_intent"], "payment_intent")
    _require_usable(work, invoice, intent)
    invoice = work.change(invoice)
    payment = new_payment(work, invoice, intent)
    if intent["status"] == "succeeded":
        credit(work, invoice, payment, intent["amount_received"])
    return invoice


def _attach_record(work: UnitOfWork, invoice: Record, id: str) -> Record:
    """Count what another processor has taken, or will have
    (https://docs.stripe.com/billing/subscriptions/third-party-payment-processing).

    :raises StripeError: 400 where that is in another currency, or counted already
    """
    record = work.require("payment_record", id, "payment_record")
    currency = record["amount"]["currency"]
    if currency != invoice["currency"]:
        raise invalid(
            f"The PaymentRecord {id} is in {currency}, and the invoice in {invoice['currency']}.",
            "payment_record",
        )
    if work.where("invoice_payment", "payment.payment_record", id):
        raise invalid(
            f"The PaymentRecord {id} is already attached to an invoice.", "payment_record"
        )
    payment = new_payment(work, invoice, record, record["amount"]["value"])
    if record["amount_guaranteed"]["value"]:
        credit(work, invoice, payment, record["amount_guaranteed"]["value"])
    return invoice


@when_guaranteed
def follow_record(work: UnitOfWork, record: Record) -> None:
    """What another processor was to take counts once it has."""
    for payment in work.where("invoice_payment", "payment.payment_record", record["id"]):
        invoice = work.require("invoice", payment["invoice"], "invoice")
        if payment["status"] == "open" and invoice["status"] in ("open", "uncollectible"):
            taken = record["amount_guaranteed"]["value"]
            credit(work, work.change(invoice), work.change(payment), taken)


def _require_usable(work: UnitOfWork, invoice: Record, intent: Record) -> None:
    """Refuse an intent that cannot pay an invoice.

    :raises StripeError: 400
    """
    id = intent["id"]
    if intent["currency"] != invoice["currency"]:
        raise invalid(
            f"The PaymentIntent {id} is in {intent['currency']}, and the invoice in {invoice['currency']}.",
            "payment_intent",
        )
    if intent["customer"] not in (None, invoice["customer"]):
        raise invalid(
            f"The PaymentIntent {id} does not belong to the customer of the invoice.",
            "payment_intent",
        )
    if intent["status"] == "canceled":
        raise invalid(f"The PaymentIntent {id} is canceled.", "payment_intent")
    if work.where("invoice_payment", "payment.payment_intent", id):
        raise invalid(
            f"The PaymentIntent {id} is already attached to an invoice.", "payment_intent"
        )
