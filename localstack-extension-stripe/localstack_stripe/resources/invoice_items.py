"""Invoice items (https://docs.stripe.com/api/invoiceitems): what waits to be billed, prorations among it."""

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    list_filter,
)
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.invoices import Line, add_lines, add_up
from localstack_stripe.resources.prices import require_price


def new_item(work: UnitOfWork, customer: Record, line: Line, currency: str) -> Record:
    """A pending item: it goes onto the next invoice of its subscription, or of its customer."""
    subscription_details = None
    if line.subscription is not None:
        subscription_details = {
            "subscription": line.subscription,
            "subscription_item": line.subscription_item,
        }
    return work.create(
        "invoiceitem",
        amount=line.amount,
        currency=currency,
        customer=customer["id"],
        date=work.now(customer),
        description=line.description,
        discountable=not line.proration,
        discounts=[],
        parent={"subscription_details": subscription_details, "type": "subscription_details"}
        if subscription_details
        else None,
        period={"start": line.period[0], "end": line.period[1]},
        pricing={
            "price_details": {"price": line.price["id"], "product": line.price["product"]},
            "type": "price_details",
            "unit_amount_decimal": line.price["unit_amount_decimal"],
        },
        proration=line.proration,
        quantity=line.quantity,
        quantity_decimal=str(line.quantity),
        tax_rates=[],
        test_clock=customer["test_clock"],
    )


def bill_pending(work: UnitOfWork, invoice: Record, subscription: str | None) -> None:
    """Put the customer's pending items onto a draft: those of the subscription, and those of none."""
    for item in reversed(work.where("invoiceitem", "customer", invoice["customer"])):
        of_subscription = _subscription_of(item)
        if item["invoice"] is not None or item["currency"] != invoice["currency"]:
            continue
        if of_subscription is not None and of_subscription != subscription:
            continue
        work.change(item)["invoice"] = invoice["id"]
        put_on_invoice(work, item, invoice)


def put_on_invoice(work: UnitOfWork, item: Record, invoice: Record) -> None:
    """Make the line that an item becomes."""
    price_details = (item["pricing"] or {}).get("price_details") or {}
    price = work.get("price", price_details.get("price") or "") or {
        "id": None,
        "product": None,
        "unit_amount_decimal": str(item["amount"]),
    }
    line = Line(
        item["amount"],
        item["description"] or "",
        (item["period"]["start"], item["period"]["end"]),
        price,
        item["quantity"],
        subscription=_subscription_of(item),
        invoice_item=item["id"],
        proration=item["proration"],
    )
    add_lines(work, invoice, [line])


def _subscription_of(item: Record) -> str | None:
    details = (item["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None


@before_create("invoiceitem")
def from_parameters(call: Call, item: Record) -> None:
    """An amount, or a quantity of a price; it waits for an invoice unless it names one."""
    params, work = call.params, call.work
    if not params.get("customer"):
        raise missing_parameter("customer")
    customer = work.require("customer", params["customer"], "customer")
    quantity = params.get("quantity") or 1
    price_id = (params.get("pricing") or {}).get("price")
    now = work.now(customer)
    item["date"], item["test_clock"] = now, customer["test_clock"]
    item["discounts"], item["tax_rates"] = [], []
    period = params.get("period")
    item["period"] = {"start": now, "end": now} if period is None else dict(period)
    if price_id:
        price = require_price(work, price_id, "pricing[price]")
        item["amount"] = (price["unit_amount"] or 0) * quantity
        item["currency"] = price["currency"]
        product = work.get("product", price["product"])
        item["description"] = item["description"] or (product["name"] if product else None)
        details: Record | None = {"price": price["id"], "product": price["product"]}
        unit = price["unit_amount_decimal"]
    else:
        amount = params.get("amount")
        if amount is None and params.get("unit_amount_decimal") is None:
            raise missing_parameter("amount")
        item["currency"] = params.get("currency") or customer["currency"] or "usd"
        unit = params.get("unit_amount_decimal") or str(amount)
        item["amount"] = amount if amount is not None else round(float(unit) * quantity)
        details = None
    item["quantity"], item["quantity_decimal"] = quantity, str(quantity)
    item["discountable"] = params.get("discountable", item["amount"] >= 0)
    item["pricing"] = {
        "price_details": details,
        "type": "price_details",
        "unit_amount_decimal": unit,
    }
    subscription = params.get("subscription")
    if subscription:
        work.require("subscription", subscription, "subscription")
        details = {"subscription": subscription, "subscription_item": None}
        item["parent"] = {"subscription_details": details, "type": "subscription_details"}
    if params.get("invoice"):
        invoice = work.require("invoice", params["invoice"], "invoice")
        if invoice["status"] != "draft":
            raise invalid(
                "Invoice items can only be added to draft invoices.",
                "invoice",
                "invoice_not_editable",
            )
        put_on_invoice(work, item, work.change(invoice))


@before_update("invoiceitem")
def change(call: Call, item: Record, before: Record) -> None:
    """What is on a finalized invoice stays as it is."""
    _require_editable(call, before)


@before_delete("invoiceitem")
def remove(call: Call, item: Record) -> None:
    """Take an item away, from its draft too."""
    _require_editable(call, item)
    if item["invoice"] is None:
        return
    for line in call.work.where("line_item", "invoice", item["invoice"]):
        details = line["parent"]["invoice_item_details"]
        if details and details["invoice_item"] == item["id"]:
            call.work.remove(line)
    add_up(call.work, call.work.change(call.work.require("invoice", item["invoice"], "invoice")))


@list_filter("GET /v1/invoiceitems", "pending")
def is_pending(work: UnitOfWork, item: Record, pending: bool) -> bool:
    """Select what is on no invoice yet."""
    return (item["invoice"] is None) == pending


def _require_editable(call: Call, item: Record) -> None:
    if item["invoice"] is None:
        return
    invoice = call.work.require("invoice", item["invoice"], "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "This invoice item is already attached to an invoice that is no longer editable.",
            code="invoice_not_editable",
        )
