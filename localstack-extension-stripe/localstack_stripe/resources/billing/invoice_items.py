"""Invoice items (https://docs.stripe.com/api/invoiceitems): what waits to be billed, prorations among it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import price_amount, rounded
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    list_filter,
)
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line, pricing, pricing_of
from localstack_stripe.resources.billing.invoice_item_lines import (
    follow_item,
    lines_of_item,
    put_on_invoice,
)
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.products.discounts import new_discounts
from localstack_stripe.resources.products.inline_prices import price_in_place, price_of_amount
from localstack_stripe.resources.products.prices import (
    priced_in,
    require_available,
    require_currency,
    require_own_amount,
    require_type,
)
from localstack_stripe.resources.products.tax_rates import usable_rates
from localstack_stripe.resources.tax.invoice_taxes import TERMS as TAX_TERMS
from localstack_stripe.resources.tax.invoice_taxes import require_taxes

MOST_DECIMALS = 12
"""How exact a quantity can be."""

_FROZEN = {
    "discounts": {"discounts"},
    "pricing": {"amount", "price_data", "pricing", "unit_amount_decimal"},
    "quantity": {"quantity", "quantity_decimal"},
}
"""What cannot be changed of an item that was derived from what a subscription costs, and the parameters that would
(https://docs.stripe.com/changelog/dahlia/2026-08-26/adds-frozen-fields-property-to-invoice-items)."""


def new_item(work: UnitOfWork, customer: Record, line: Line, currency: str) -> Record:
    """A pending item: it goes onto the next invoice of its subscription, or of its customer."""
    is_derived = line.proration or line.subscription_item is not None
    subscription_details = None
    if line.subscription is not None:
        subscription_details = {
            "subscription": line.subscription,
            "subscription_item": line.subscription_item,
        }
    item = work.create(
        "invoiceitem",
        amount=line.amount,
        currency=currency,
        customer=customer["id"],
        customer_account=customer.get("customer_account"),
        date=work.now(customer),
        description=line.description,
        discountable=line.discountable and not line.proration,
        discounts=list(line.discounts),
        frozen_fields=list(_FROZEN) if is_derived else [],
        invoicing_rules=[],
        parent={"subscription_details": subscription_details, "type": "subscription_details"}
        if subscription_details
        else None,
        period={"start": line.period[0], "end": line.period[1]},
        pricing=pricing_of(line),
        proration=line.proration,
        quantity=int(line.quantity),
        quantity_decimal=str(line.quantity),
        tax_rates=[],
        test_clock=customer["test_clock"],
    )
    if line.proration:
        item["proration_details"] = {
            "credited_items": line.credited,
            "discount_amounts": line.discount_amounts,
        }
        item["net_amount"] = line.amount - sum(line.off.values())
    return item


@before_create("invoiceitem")
def from_parameters(call: Call, item: Record) -> None:
    """An amount, or a quantity of a price; it waits for an invoice unless it names one."""
    params, work = call.params, call.work
    if not params.get("customer"):
        raise missing_parameter("customer")
    customer = work.require("customer", params["customer"], "customer")
    now = work.now(customer)
    item["date"], item["test_clock"] = now, customer["test_clock"]
    item["customer_account"] = customer.get("customer_account")
    item["discounts"], item["tax_rates"] = [], []
    item["frozen_fields"], item["invoicing_rules"] = [], []
    set_taxes(call, item)
    item["period"] = dict(params.get("period") or {"start": now, "end": now})
    invoice = None
    if params.get("invoice"):
        invoice = _draft(work, params["invoice"])
        if invoice["customer"] != customer["id"]:
            raise invalid(
                f"The invoice {invoice['id']} is not one of the customer {customer['id']}.",
                "invoice",
            )
    of_invoice = invoice["currency"] if invoice is not None else None
    item["currency"] = (
        params.get("currency") or of_invoice or customer["currency"] or "usd"
    ).lower()
    item["quantity"], item["quantity_decimal"] = 1, "1"
    item["pricing"] = pricing(None, None)
    set_amount(call, item)
    set_discounts(call, item)
    item["discountable"] = params.get("discountable", item["amount"] >= 0)
    subscription = params.get("subscription")
    if subscription:
        work.require("subscription", subscription, "subscription")
        details = {"subscription": subscription, "subscription_item": None}
        item["parent"] = {"subscription_details": details, "type": "subscription_details"}
    if invoice is not None:
        if item["currency"] != invoice["currency"]:
            raise invalid(
                "You cannot combine currencies on a single invoice. This invoice has invoice items currency "
                f"{item['currency']} that conflicts with the invoice currency {invoice['currency']}."
            )
        invoice = work.change(invoice)
        put_on_invoice(work, item, invoice)
        require_taxes(work, invoice)


def _draft(work: UnitOfWork, id: str) -> Record:
    """The draft that an item goes onto.

    :raises StripeError: 400 where it is none
    """
    invoice = work.require("invoice", id, "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "Invoice items can only be added to draft invoices.", "invoice", "invoice_not_editable"
        )
    return invoice


def set_discounts(call: Call, item: Record) -> None:
    """Give an item the discounts that are for it alone, where the request does."""
    if "discounts" in call.params:
        given = call.params["discounts"] or []
        item["discounts"] = new_discounts(call.work, given, item, item["currency"])


def set_taxes(call: Call, item: Record) -> None:
    """Say how an item is taxed, as far as the request does."""
    work, params = call.work, call.params
    if "tax_rates" in params:
        item["tax_rates"] = usable_rates(work, params["tax_rates"] or [], "tax_rates")
    terms = {name: params[name] for name in ("tax_behavior", "tax_code") if name in params}
    if terms:
        work.note(item, TAX_TERMS, {**(work.noted(item, TAX_TERMS) or {}), **terms})


def set_amount(call: Call, item: Record) -> None:
    """Derive an item's amount from what the request says of it: an amount, or a price and a quantity."""
    params, work = call.params, call.work
    for name in ("pricing", "price_data", "unit_amount_decimal"):
        if params.get("amount") is not None and params.get(name) is not None:
            raise exclusive("amount", name)
    quantity = _quantity(params, item)
    price = _price(call, item)
    if params.get("amount") is not None:
        item["amount"], quantity = params["amount"], Decimal(1)
        item["pricing"] = _pricing_of_amount(work, item, str(item["amount"]))
    elif price is not None:
        if params.get("currency"):
            require_currency(price, params["currency"], "currency")
        price = priced_in(price, item["currency"])
        item["amount"], item["currency"] = price_amount(price, quantity), price["currency"]
        product = work.get("product", price["product"])
        named = product["name"] if product else ""
        item["description"] = item["description"] or named or None
        item["pricing"] = pricing(price, price["unit_amount_decimal"])
    else:
        unit = params.get("unit_amount_decimal") or item["pricing"]["unit_amount_decimal"]
        if unit is None:
            raise missing_parameter("amount")
        item["amount"] = rounded(Decimal(unit) * quantity)
        item["pricing"] = _pricing_of_amount(work, item, unit)
    item["quantity"], item["quantity_decimal"] = int(quantity), str(quantity)


def _quantity(params: Mapping[str, Any], item: Record) -> Decimal:
    """How many there are of an item, in parts of one, too
    (https://docs.stripe.com/changelog/dahlia/2026-03-25/invoice-items-decimal-quantity).

    :raises StripeError: 400 where that is said twice, or in too small parts
    """
    whole, exact = params.get("quantity"), params.get("quantity_decimal")
    if whole is not None and exact is not None:
        raise exclusive("quantity", "quantity_decimal")
    if exact is None:
        return Decimal(item["quantity_decimal"] if whole is None else whole)
    quantity = Decimal(exact)
    if quantity != round(quantity, MOST_DECIMALS):
        raise invalid(
            f"Invalid decimal: a quantity has at most {MOST_DECIMALS} decimal places.",
            "quantity_decimal",
        )
    return quantity


def _price(call: Call, item: Record) -> Record | None:
    """The price that the request names or describes, or that the item has."""
    params, work = call.params, call.work
    if params.get("unit_amount_decimal") is not None:
        return None
    named = (params.get("pricing") or {}).get("price")
    if named:
        price = work.require("price", named, "pricing[price]")
        require_type(price, "one_time", "pricing[price]")
        require_available(work, price, "pricing[price]")
        require_own_amount(price, "pricing[price]")
        return price
    data = params.get("price_data")
    if data:
        work.require("product", data["product"], "price_data[product]")
        return price_in_place(work, data["product"], data, "price_data")
    details = item["pricing"]["price_details"]
    return work.get("price", details["price"]) if details else None


def _pricing_of_amount(work: UnitOfWork, item: Record, unit: str) -> Record:
    price = price_of_amount(work, item["currency"], unit, item["description"])
    return pricing(price, unit)


TERMS = {"amount", "quantity", "quantity_decimal", "pricing", "price_data", "unit_amount_decimal"}
"""Parameters that change what an item costs."""


@before_update("invoiceitem")
def change(call: Call, item: Record, before: Record) -> None:
    """A change of what it costs reaches its draft; what is on a finalized invoice stays as it is."""
    work = call.work
    if not _is_editable(work, before):
        if work.get("invoice", before["invoice"]) is None:
            raise invalid("This invoice item has been deleted.")
        raise invalid(
            "This invoice item is already attached to an invoice that is no longer editable.",
            code="invoice_not_editable",
        )
    require_not_frozen(before, call.params)
    if TERMS & call.params.keys():
        kept = ("amount", "quantity", "quantity_decimal", "pricing", "currency")
        item |= {name: before[name] for name in kept}
        set_amount(call, item)
    item["tax_rates"], item["discounts"] = before["tax_rates"], before["discounts"]
    set_taxes(call, item)
    set_discounts(call, item)
    if item["invoice"] is not None:
        invoice = work.change(work.require("invoice", item["invoice"], "invoice"))
        follow_item(work, item, invoice)
        require_taxes(work, invoice)


def require_not_frozen(item: Record, params: Mapping[str, Any], where: str = "") -> None:
    """Refuse to change what is frozen of an item.

    :param where: the parameter that these are in
    :raises StripeError: 400
    """
    for field in item.get("frozen_fields", ()):
        for name in sorted(_FROZEN[field] & params.keys()):
            raise invalid(
                f"You cannot update `{name}` because `{field}` is one of the `frozen_fields` of this invoice item. Delete "
                "the invoice item, and create another one.",
                f"{where}[{name}]" if where else name,
            )


@before_delete("invoiceitem")
def remove(call: Call, item: Record) -> None:
    """Take an item away, from its draft too."""
    if not _is_editable(call.work, item):
        raise invalid(
            "Can't delete an invoice item that is attached to an invoice that is no longer editable"
        )
    if item["invoice"] is None:
        return
    for line in lines_of_item(call.work, item):
        call.work.remove(line)
    add_up(call.work, call.work.change(call.work.require("invoice", item["invoice"], "invoice")))


@list_filter("GET /v1/invoiceitems", "pending")
def is_pending(work: UnitOfWork, item: Record, pending: bool) -> bool:
    """Select what is on no invoice yet."""
    return (item["invoice"] is None) == pending


def _is_editable(work: UnitOfWork, item: Record) -> bool:
    """Whether an item is on no invoice, or on a draft that is still there."""
    if item["invoice"] is None:
        return True
    invoice = work.get("invoice", item["invoice"])
    return invoice is not None and bool(invoice["status"] == "draft")
