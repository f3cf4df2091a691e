"""Invoices (https://docs.stripe.com/invoicing/integration/workflow-transitions): lines, totals, finalizing, collecting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    defaults,
    includable,
    list_filter,
    operation,
    refuses,
    require_path,
)
from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.errors import CardError, StripeError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.discounts import new_discounts, reductions
from localstack_stripe.resources.payment_intents import (
    attempt,
    cancel_intent,
    new_intent,
    when_settled,
)
from localstack_stripe.resources.payment_methods import obtain, owned_method

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

DRAFT_SECONDS = HOUR
"""How long an automatic invoice stays a draft, so that it can still be changed."""

Listener = Callable[[UnitOfWork, Record], None]

_LISTENERS: list[Listener] = []


def when_invoice_changes(listener: Listener) -> Listener:
    """Register who is told when an invoice was paid, was not, or was given up: a subscription follows its invoices."""
    _LISTENERS.append(listener)
    return listener


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes a line of an invoice.

    :param amount: in minor units; negative for a credit
    :param period: start and end of the service, in seconds since 1970
    :param price: nothing where an amount was given without one
    """

    amount: int
    description: str
    period: tuple[int, int]
    price: Record | None
    quantity: int
    subscription_item: str | None = None
    subscription: str | None = None
    invoice_item: str | None = None
    proration: bool = False
    discountable: bool = True


refuses(
    ("POST /v1/invoices", "POST /v1/invoices/{invoice}"),
    "application_fee_amount",
    "default_tax_rates",
    "from_invoice",
    "shipping_cost",
    "transfer_data",
)
refuses(
    ("POST /v1/invoices/{invoice}/add_lines", "POST /v1/invoices/{invoice}/update_lines"), "lines"
)
refuses(("POST /v1/invoices/{invoice}/remove_lines",), "lines")
refuses(
    ("POST /v1/invoices/{invoice}/lines/{line}",),
    "discounts",
    "price_data",
    "pricing",
    "quantity",
    "quantity_decimal",
    "tax_amounts",
    "tax_rates",
)
refuses(("POST /v1/invoices/{invoice}/attach_payment",), "payment_intent", "payment_record")


@defaults("invoice")
def new_invoice(work: UnitOfWork) -> Record:
    """What every invoice shows."""
    return {
        "account_country": "US",
        "account_name": "LocalStack",
        "attempt_count": 0,
        "auto_advance": False,
        "collection_method": "charge_automatically",
        "customer_tax_ids": [],
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "status": "draft",
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
        "webhooks_delivered_at": None,
    }


def draft(work: UnitOfWork, customer: Record, currency: str, **values: Any) -> Record:
    """A draft invoice for a customer, without lines."""
    invoice = work.create(
        "invoice",
        **{**new_invoice(work), **values},
        currency=currency,
        customer=customer["id"],
        test_clock=customer["test_clock"],
    )
    invoice["period_start"] = values.get("period_start", invoice["created"])
    invoice["period_end"] = values.get("period_end", invoice["created"])
    _copy_customer(invoice, customer)
    if customer["currency"] is None:
        work.change(customer)["currency"] = currency
    return invoice


def _copy_customer(invoice: Record, customer: Record) -> None:
    for name in ("address", "email", "name", "phone", "shipping", "tax_exempt"):
        invoice[f"customer_{name}"] = customer.get(name)


def add_lines(work: UnitOfWork, invoice: Record, lines: list[Line]) -> None:
    """Put lines on a draft, and add it up anew."""
    for line in lines:
        work.create(
            "line_item",
            amount=line.amount,
            currency=invoice["currency"],
            description=line.description,
            discount_amounts=[],
            discountable=line.discountable and not line.proration,
            invoice=invoice["id"],
            parent=_line_parent(line),
            period={"start": line.period[0], "end": line.period[1]},
            pretax_credit_amounts=[],
            pricing=pricing_of(line),
            quantity=line.quantity,
            quantity_decimal=str(line.quantity),
            subscription=line.subscription,
            subtotal=line.amount,
            taxes=[],
        )
    add_up(work, invoice)


def pricing_of(line: Line) -> Record:
    """The ``pricing`` of a line: its price, or only an amount."""
    details = None
    if line.price is not None:
        details = {"price": line.price["id"], "product": line.price["product"]}
    return {
        "price_details": details,
        "type": "price_details",
        "unit_amount_decimal": line.price["unit_amount_decimal"]
        if line.price is not None
        else str(line.amount),
    }


def _line_parent(line: Line) -> Record:
    credited = {"credited_items": None}
    if line.invoice_item is not None:
        details = {
            "invoice_item": line.invoice_item,
            "proration": line.proration,
            "proration_details": credited,
            "subscription": line.subscription,
        }
        return {
            "invoice_item_details": details,
            "subscription_item_details": None,
            "type": "invoice_item_details",
        }
    details = {
        "invoice_item": None,
        "proration": line.proration,
        "proration_details": credited,
        "subscription": line.subscription,
        "subscription_item": line.subscription_item,
    }
    return {
        "invoice_item_details": None,
        "subscription_item_details": details,
        "type": "subscription_item_details",
    }


# Pending items


def bill_pending(work: UnitOfWork, invoice: Record, subscription: str | None) -> None:
    """Put the customer's pending items onto a draft: those of the subscription, and those of none."""
    for item in reversed(work.where("invoiceitem", "customer", invoice["customer"])):
        of_subscription = subscription_of_item(item)
        if item["invoice"] is not None or item["currency"] != invoice["currency"]:
            continue
        if of_subscription is not None and of_subscription != subscription:
            continue
        work.change(item)["invoice"] = invoice["id"]
        put_on_invoice(work, item, invoice)


def put_on_invoice(work: UnitOfWork, item: Record, invoice: Record) -> None:
    """Make the line that an item becomes."""
    details = item["pricing"]["price_details"]
    price = work.get("price", details["price"]) if details else None
    line = Line(
        item["amount"],
        item["description"] or "",
        (item["period"]["start"], item["period"]["end"]),
        price,
        item["quantity"],
        subscription=subscription_of_item(item),
        invoice_item=item["id"],
        proration=item["proration"],
        discountable=item["discountable"],
    )
    add_lines(work, invoice, [line])


def subscription_of_item(item: Record) -> str | None:
    """The id of the subscription that a pending item waits for."""
    details = (item["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None


def line_description(price: Record, product: Record | None, quantity: int) -> str:
    """How Stripe describes a line: ``2 × Team (at $12.00 / month)``."""
    name = product["name"] if product else "Subscription"
    recurring = price["recurring"]
    unit = written(price["unit_amount"] or 0, price["currency"])
    if recurring is None:
        return f"{quantity} × {name} (at {unit})"
    count = recurring["interval_count"]
    every = recurring["interval"] if count == 1 else f"every {count} {recurring['interval']}s"
    return f"{quantity} × {name} (at {unit} / {every})"


def add_up(work: UnitOfWork, invoice: Record) -> None:
    """Derive an invoice's totals from its lines and its discounts."""
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    subtotal = sum(line["amount"] for line in lines)
    total = subtotal - _take_off(work, invoice, lines)
    invoice["subtotal"] = invoice["subtotal_excluding_tax"] = subtotal
    invoice["total"] = invoice["total_excluding_tax"] = total
    due_now = max(total, 0)
    invoice["amount_due"] = due_now
    invoice["amount_remaining"] = due_now - invoice["amount_paid"]


def _take_off(work: UnitOfWork, invoice: Record, lines: list[Record]) -> int:
    """Write each line's discounts into it and their sums into the invoice, and return what they come to."""
    discountable = [line for line in lines if line["discountable"]]
    priced = [(_product_of(line), line["amount"]) for line in discountable]
    sums = dict.fromkeys(invoice["discounts"], 0)
    for line, off in zip(discountable, reductions(work, invoice["discounts"], priced), strict=True):
        shown = [{"amount": amount, "discount": id} for id, amount in off.items()]
        if line["discount_amounts"] != shown:
            work.change(line)["discount_amounts"] = shown
        for id, amount in off.items():
            sums[id] += amount
    invoice["total_discount_amounts"] = [
        {"amount": amount, "discount": id} for id, amount in sums.items()
    ]
    return sum(sums.values())


def _product_of(line: Record) -> str | None:
    product: str | None = ((line["pricing"] or {}).get("price_details") or {}).get("product")
    return product


# Finalizing


def finalize(work: UnitOfWork, invoice: Record) -> None:
    """Give a draft its number, apply the customer's balance, and open it to be paid.

    An invoice over nothing is paid at once. https://docs.stripe.com/invoicing/integration/workflow-transitions
    """
    customer = work.change(work.require("customer", invoice["customer"], "customer"))
    invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    _copy_customer(invoice, customer)
    add_up(work, invoice)
    _apply_balance(work, invoice, customer)
    invoice["effective_at"] = work.now(invoice)
    invoice["automatically_finalizes_at"] = None
    _move(work, invoice, "open")
    if invoice["amount_due"] == 0:
        _pay(work, invoice)
        return
    intent = new_intent(
        work,
        invoice["amount_due"],
        invoice["currency"],
        customer=customer["id"],
        description=_intent_description(invoice),
        setup_future_usage="off_session" if invoice["parent"] else None,
    )
    work.create(
        "invoice_payment",
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"payment_intent": intent["id"], "type": "payment_intent"},
        status="open",
        created=work.now(invoice),
    )


def _intent_description(invoice: Record) -> str:
    reasons = {
        "subscription_create": "Subscription creation",
        "subscription_cycle": "Subscription update",
        "subscription_update": "Subscription update",
    }
    return reasons.get(invoice["billing_reason"], f"Payment for Invoice {invoice['number']}")


def _apply_balance(work: UnitOfWork, invoice: Record, customer: Record) -> None:
    """Use the customer's credit, or charge what is owed (https://docs.stripe.com/billing/customer/balance)."""
    balance = customer["balance"]
    owed = invoice["total"] + balance
    least = 0 if owed < 0 else owed
    invoice["starting_balance"] = balance
    invoice["ending_balance"] = owed - least
    invoice["amount_due"] = least
    invoice["amount_remaining"] = least
    if invoice["ending_balance"] != balance:
        customer["balance"] = invoice["ending_balance"]
        work.create(
            "customer_balance_transaction",
            amount=invoice["ending_balance"] - balance,
            currency=invoice["currency"],
            customer=customer["id"],
            ending_balance=invoice["ending_balance"],
            invoice=invoice["id"],
            type="applied_to_invoice",
        )


def _move(work: UnitOfWork, invoice: Record, status: str) -> None:
    if status not in TRANSITIONS[invoice["status"]]:
        raise invalid(
            f"This invoice is {invoice['status']}; it can no longer become {status}.",
            code="invoice_not_editable",
        )
    invoice["status"] = status
    invoice["status_transitions"][TRANSITION_TIMES[status]] = work.now(invoice)


# Collecting


def collect(
    work: UnitOfWork, invoice: Record, method: Record | None, *, off_session: bool
) -> CardError | None:
    """Try to charge an open invoice.

    :param method: what to charge; without one the attempt fails
    :return: the error of a decline, which is recorded either way
    """
    if invoice["status"] not in ("open", "uncollectible"):
        return None
    invoice["attempted"] = True
    invoice["attempt_count"] += 1
    intent = work.change(default_intent(work, invoice))
    if method is None:
        _tell(work, invoice)
        return None
    error = attempt(work, intent, method, off_session=off_session)
    if error is None and intent["status"] != "succeeded":
        _tell(work, invoice)
    return error


def default_intent(work: UnitOfWork, invoice: Record) -> Record:
    """The payment intent that pays an open invoice."""
    payment = _default_payment(work, invoice)
    return work.require("payment_intent", payment["payment"]["payment_intent"], "payment_intent")


def _default_payment(work: UnitOfWork, invoice: Record) -> Record:
    payments = work.where("invoice_payment", "invoice", invoice["id"])
    if not payments:
        raise invalid("This invoice has no payment: it is not open.", code="invoice_not_editable")
    return payments[0]


@when_settled
def follow_intent(work: UnitOfWork, intent: Record) -> None:
    """An invoice is paid when its intent has succeeded, whoever confirmed it."""
    payments = work.where("invoice_payment", "payment.payment_intent", intent["id"])
    if not payments:
        return
    invoice = work.change(work.require("invoice", payments[0]["invoice"], "invoice"))
    if intent["status"] == "succeeded" and invoice["status"] in ("open", "uncollectible"):
        payment = work.change(payments[0])
        payment["status"], payment["amount_paid"] = "paid", intent["amount_received"]
        payment["status_transitions"]["paid_at"] = work.now(invoice)
        invoice["attempted"] = True
        invoice["attempt_count"] = max(invoice["attempt_count"], 1)
        _pay(work, invoice)
    elif intent["status"] == "requires_payment_method":
        _tell(work, invoice)


def _pay(work: UnitOfWork, invoice: Record) -> None:
    _move(work, invoice, "paid")
    invoice["amount_paid"] = invoice["amount_due"]
    invoice["amount_remaining"] = 0
    invoice["auto_advance"] = False
    invoice["attempted"] = True
    invoice["next_payment_attempt"] = None
    _tell(work, invoice)


def _tell(work: UnitOfWork, invoice: Record) -> None:
    for listener in _LISTENERS:
        listener(work, invoice)


def void_invoice(work: UnitOfWork, invoice: Record) -> None:
    """Void an open invoice; what would have paid it is canceled."""
    _move(work, invoice, "void")
    invoice["auto_advance"] = False
    for payment in work.where("invoice_payment", "invoice", invoice["id"]):
        payment = work.change(payment)
        payment["status"] = "canceled"
        payment["status_transitions"]["canceled_at"] = work.now(invoice)
        intent = work.require("payment_intent", payment["payment"]["payment_intent"], "intent")
        cancel_intent(work, intent, "void_invoice")
    _tell(work, invoice)


def give_up(work: UnitOfWork, invoice: Record) -> None:
    """Mark an open invoice uncollectible; it can still be paid."""
    _move(work, invoice, "uncollectible")
    invoice["auto_advance"] = False
    _tell(work, invoice)


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
            return work.require("card", source, "default_source")
    return None


# What falls due


def _finalizes_at(work: UnitOfWork, invoice: Record) -> int | None:
    return invoice["automatically_finalizes_at"] if invoice["status"] == "draft" else None


@due("invoice", next=_finalizes_at)
def finalize_draft(work: UnitOfWork, invoice: Record) -> None:
    """An automatic draft is finalized after an hour, and charged."""
    invoice = work.change(invoice)
    finalize(work, invoice)
    if invoice["collection_method"] == "charge_automatically":
        collect(work, invoice, method_for(work, invoice), off_session=True)


def method_for(work: UnitOfWork, invoice: Record) -> Record | None:
    """What an invoice is charged with."""
    subscription_id = subscription_of(invoice)
    subscription = work.get("subscription", subscription_id) if subscription_id else None
    customer = work.get("customer", invoice["customer"])
    return default_method(work, invoice, subscription, customer)


def subscription_of(invoice: Record) -> str | None:
    """The id of the subscription that an invoice bills."""
    details = (invoice["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None


# Operations


@before_create("invoice")
def from_parameters(call: Call, invoice: Record) -> None:
    """A draft made by hand."""
    params, work = call.params, call.work
    if not params.get("customer"):
        raise StripeError(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = work.require("customer", params["customer"], "customer")
    _copy_customer(invoice, customer)
    subscription = _subscription_to_bill(call, customer)
    if subscription is not None:
        invoice["parent"] = subscription_parent(subscription)
    if params.get("default_payment_method"):
        owned_method(work, customer, params["default_payment_method"], "default_payment_method")
    invoice["billing_reason"] = "manual"
    invoice["test_clock"] = customer["test_clock"]
    invoice["currency"] = params.get("currency") or customer["currency"] or "usd"
    invoice["collection_method"] = params.get("collection_method") or "charge_automatically"
    invoice["period_start"] = invoice["period_end"] = invoice["created"]
    if invoice["collection_method"] == "send_invoice":
        if not params.get("days_until_due") and not params.get("due_date"):
            raise invalid(
                "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'."
            )
        invoice["due_date"] = (
            params.get("due_date") or invoice["created"] + params["days_until_due"] * DAY
        )
    invoice["auto_advance"] = bool(params.get("auto_advance"))
    if invoice["auto_advance"]:
        at = params.get("automatically_finalizes_at") or invoice["created"] + DRAFT_SECONDS
        invoice["automatically_finalizes_at"] = at
    invoice["automatic_tax"] = automatic_tax(params.get("automatic_tax"))
    if "discounts" in params:
        invoice["discounts"] = new_discounts(
            work, params["discounts"] or [], invoice, invoice["currency"]
        )
    elif subscription is not None:
        invoice["discounts"] = list(subscription["discounts"])
    if params.get("pending_invoice_items_behavior") == "include" or subscription is not None:
        bill_pending(work, invoice, subscription["id"] if subscription else None)
    add_up(work, invoice)


def _subscription_to_bill(call: Call, customer: Record) -> Record | None:
    id = call.params.get("subscription")
    if not id:
        return None
    subscription = call.work.require("subscription", id, "subscription")
    if subscription["customer"] != customer["id"]:
        raise invalid(
            f"The subscription {id} does not belong to the customer {customer['id']}.",
            "subscription",
        )
    return subscription


def subscription_parent(subscription: Record) -> Record:
    """The ``parent`` of an invoice that bills a subscription."""
    return {
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]),
            "subscription": subscription["id"],
        },
        "type": "subscription_details",
    }


def automatic_tax(given: Record | None) -> Record:
    """What an invoice shows of Stripe Tax. An account without registrations, as here, collects none.

    https://docs.stripe.com/tax/zero-tax
    """
    enabled = bool((given or {}).get("enabled"))
    return {
        "disabled_reason": None,
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": "complete" if enabled else None,
    }


ALWAYS_EDITABLE = {"auto_advance", "description", "footer", "metadata", "default_payment_method"}
"""What may change of an invoice that is no draft (https://docs.stripe.com/api/invoices/update)."""


@before_update("invoice")
def change(call: Call, invoice: Record, before: Record) -> None:
    """A finalized invoice is fixed; a draft's totals and times follow its parameters."""
    params, work = call.params, call.work
    fixed = [name for name in params if name not in ALWAYS_EDITABLE]
    if before["status"] != "draft" and fixed:
        raise invalid(
            f"Finalized invoices can't be updated in this way: {', '.join(fixed)} of an invoice that is "
            f"{before['status']}.",
            fixed[0],
            "invoice_not_editable",
        )
    if "automatic_tax" in params:
        invoice["automatic_tax"] = automatic_tax(params["automatic_tax"])
    if params.get("days_until_due") is not None:
        invoice["due_date"] = invoice["created"] + params["days_until_due"] * DAY
    if "discounts" in params:
        invoice["discounts"] = new_discounts(
            work, params["discounts"] or [], invoice, invoice["currency"]
        )
        add_up(work, invoice)
    if invoice["status"] == "draft" and "auto_advance" in call.params:
        advance = bool(call.params["auto_advance"])
        at = work.now(invoice) + DRAFT_SECONDS
        invoice["automatically_finalizes_at"] = at if advance else None


@operation("POST /v1/invoices/{invoice}/finalize")
def finalize_now(call: Call) -> Record:
    """Open a draft without waiting."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
            code="invoice_not_editable",
        )
    invoice = call.work.change(invoice)
    if call.params.get("auto_advance") is not None:
        invoice["auto_advance"] = call.params["auto_advance"]
    finalize(call.work, invoice)
    return invoice


@operation("POST /v1/invoices/{invoice}/pay")
def pay(call: Call) -> Record:
    """Pay now (https://docs.stripe.com/api/invoices/pay).

    :raises CardError: 402 with the failed charge and the intent, both of which stay
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
        cancel_intent(work, default_intent(work, invoice), "automatic")
        _pay(work, invoice)
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
    return invoice


@operation("POST /v1/invoices/{invoice}/void")
def void(call: Call) -> Record:
    """Void an open invoice."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] not in ("open", "uncollectible"):
        raise invalid(
            f"You can only pass in open invoices. This invoice isn't open: it is {invoice['status']}."
        )
    invoice = call.work.change(invoice)
    void_invoice(call.work, invoice)
    return invoice


@before_update("line_item")
def change_line(call: Call, line: Record, before: Record) -> None:
    """Change a line of a draft, and add the draft up anew (https://docs.stripe.com/api/invoice-line-item/update)."""
    invoice = call.work.require("invoice", line["invoice"], "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "Only the lines of draft invoices can be changed.", code="invoice_not_editable"
        )
    line["subtotal"] = line["amount"]
    add_up(call.work, call.work.change(invoice))


@operation("POST /v1/invoices/{invoice}/send")
def send(call: Call) -> Record:
    """Send to the customer, which finalizes a draft (https://docs.stripe.com/api/invoices/send)."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["collection_method"] != "send_invoice":
        raise invalid(
            "You can only manually send an invoice if its collection method is 'send_invoice'."
        )
    if invoice["status"] not in ("draft", "open"):
        raise invalid(f"You can't send an invoice that is {invoice['status']}.")
    invoice = call.work.change(invoice)
    if invoice["status"] == "draft":
        finalize(call.work, invoice)
    return invoice


@operation("POST /v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call) -> Record:
    """Give an open invoice up."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "open":
        raise invalid(
            f"You can only pass in open invoices. This invoice isn't open: it is {invoice['status']}."
        )
    invoice = call.work.change(invoice)
    give_up(call.work, invoice)
    return invoice


@operation("DELETE /v1/invoices/{invoice}")
def delete(call: Call) -> Record:
    """Delete a draft that was made by hand."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid("You can only delete draft invoices.", code="invoice_not_editable")
    return call.work.bury(invoice)


@includable("invoice", "confirmation_secret")
def confirmation_secret(work: UnitOfWork, invoice: Record) -> Record | None:
    """What a browser confirms an open invoice's payment with."""
    payments = work.where("invoice_payment", "invoice", invoice["id"])
    if not payments or "payment_intent" not in payments[0]["payment"]:
        return None
    intent = work.require("payment_intent", payments[0]["payment"]["payment_intent"], "intent")
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


@list_filter("GET /v1/invoices", "subscription")
def bills_subscription(work: UnitOfWork, invoice: Record, subscription: str) -> bool:
    """Select the invoices of a subscription."""
    return subscription_of(invoice) == subscription
