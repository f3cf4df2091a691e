"""Draft invoices: lines, pending items, and what they add up to (https://docs.stripe.com/invoicing/overview)."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from localstack_stripe.billing.amounts import Part, price_parts, spread, written
from localstack_stripe.engine.behaviours import (
    defaults,
)
from localstack_stripe.engine.clock import HOUR
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_issuers import details_of_maker
from localstack_stripe.resources.billing.invoice_shipping import shipping_of
from localstack_stripe.resources.billing.pretax_credits import credited, credits_in, shown
from localstack_stripe.resources.products.discounts import own_discount, reductions
from localstack_stripe.resources.tax.invoice_taxes import add_taxes
from localstack_stripe.resources.tax.tax_ids import customer_tax_ids

MAX_ITEMS = 250
"""https://docs.stripe.com/billing/invoices/subscription#adding-upcoming-invoice-items"""

DRAFT_SECONDS = HOUR
"""How long an automatic invoice stays a draft, so that it can still be changed."""


class Line(NamedTuple):
    """What becomes a line of an invoice.

    :param amount: in minor units; negative for a credit
    :param period: start and end of the service, in seconds since 1970
    :param price: nothing where an amount was given without one
    :param discounts: the ids of those that are for this line only
    :param metadata: of the invoice item, or of the subscription (https://docs.stripe.com/api/invoice-line-item/object)
    :param unit: what one costs in minor units, where that is not the price's own amount
    :param credited: what a proration gives back a part of
    :param off: what discounts have taken off a proration already, in minor units, by their ids
    """

    amount: int
    description: str | None
    period: tuple[int, int]
    price: Record | None
    quantity: int | Decimal
    subscription_item: str | None = None
    subscription: str | None = None
    invoice_item: str | None = None
    proration: bool = False
    discountable: bool = True
    discounts: tuple[str, ...] = ()
    metadata: Mapping[str, str] = MappingProxyType({})
    unit: Decimal | None = None
    credited: Mapping[str, Any] | None = None
    off: Mapping[str, int] = MappingProxyType({})

    @property
    def discount_amounts(self) -> list[Record]:
        """What discounts have taken off it already, as records show it."""
        return [{"amount": amount, "discount": id} for id, amount in self.off.items()]


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


def look_as_customer_says(invoice: Record, customer: Record, chosen: Collection[str] = ()) -> None:
    """Let a draft look as its customer's ``invoice_settings`` say, where nothing else does
    (https://docs.stripe.com/invoicing/customize#custom-field-inheritance).

    :param chosen: the names of what was chosen for it, if it was that there is none
    """
    settings = customer.get("invoice_settings") or {}
    options = settings.get("rendering_options")
    wanted = {
        "custom_fields": settings.get("custom_fields"),
        "footer": settings.get("footer"),
        "rendering": options and {"pdf": None, "template_version": None, **options},
    }
    for name, value in wanted.items():
        if value and not invoice[name] and name not in chosen:
            invoice[name] = value


def begin_rendering(work: UnitOfWork, invoice: Record) -> None:
    """Have a draft that is made by hand say how it is rendered, where nothing else is said, as recorded from Stripe's test
    mode; one that a subscription makes does not.
    """
    given = invoice["rendering"] or {}
    chosen = {name: value for name, value in given.items() if value is not None}
    empty = work.shapes.structure("InvoiceRendering")
    invoice["rendering"] = {**empty, "pdf": {"page_size": "auto"}, **chosen}


def choose_page_size(invoice: Record) -> None:
    """Render an invoice that is finalized on the paper of its customer's country, or else of the account's, where nothing
    else was chosen (https://docs.stripe.com/api/invoices/object#invoice_object-rendering-pdf-page_size).
    """
    rendering = invoice["rendering"] or {}
    if (rendering.get("pdf") or {}).get("page_size") == "auto":
        country = (invoice["customer_address"] or {}).get("country") or invoice["account_country"]
        size = "letter" if country in _LETTER else "a4"
        invoice["rendering"] = {**rendering, "pdf": {"page_size": size}}


_LETTER = ("CA", "MX", "US")
"""Where paper has the size `letter`."""


def add_lines(work: UnitOfWork, invoice: Record, lines: list[Line]) -> None:
    """Put lines on a draft, and add it up anew."""
    for line in lines:
        work.create(
            "line_item",
            **_values(line),
            currency=invoice["currency"],
            invoice=invoice["id"],
            pretax_credit_amounts=[],
            taxes=[],
        )
    add_up(work, invoice)


def _values(line: Line) -> Record:
    return {
        "amount": line.amount,
        "description": line.description,
        # What a discount of the item alone has taken off is shown where it is something
        # (https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts).
        "discount_amounts": [
            each
            for each in line.discount_amounts
            if each["amount"] or each["discount"] not in line.discounts
        ],
        "discountable": line.discountable and not line.proration,
        "discounts": list(line.discounts),
        "metadata": dict(line.metadata),
        "parent": _line_parent(line),
        "period": {"start": line.period[0], "end": line.period[1]},
        "pricing": pricing_of(line),
        "quantity": int(line.quantity),
        "quantity_decimal": str(line.quantity),
        "subtotal": line.amount,
    }


def pricing_of(line: Line) -> Record:
    """The ``pricing`` of a line: its price, or only an amount."""
    details = None
    if line.price is not None:
        details = {"price": line.price["id"], "product": line.price["product"]}
    unit: Decimal | str | int | None = line.unit
    if unit is None:
        unit = line.price["unit_amount_decimal"] if line.price is not None else line.amount
    return {
        "price_details": details,
        "type": "price_details",
        "unit_amount_decimal": str(unit) if unit is not None else None,
    }


def _line_parent(line: Line) -> Record:
    credited = {"credited_items": (line.credited or {}).get("invoice_line_item_details")}
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
    """Put the customer's pending items onto a draft, the latest first: those of the subscription, and those of none."""
    pending = [
        item
        for item in reversed(work.where("invoiceitem", "customer", invoice["customer"]))
        if item["invoice"] is None
        and item["currency"] == invoice["currency"]
        and subscription_of(item) in (None, subscription)
    ]
    # What was made at the same time, such as the two sides of a proration, stays in its order.
    pending.sort(key=lambda item: item["date"], reverse=True)
    # The latest of too many wait for the next invoice.
    pending = pending[-MAX_ITEMS:]
    for item in pending:
        work.change(item)["invoice"] = invoice["id"]
    if pending:
        add_lines(work, invoice, [line_of(work, item) for item in pending])


def put_on_invoice(work: UnitOfWork, item: Record, invoice: Record) -> None:
    """Put the line that an item becomes on a draft, and add it up anew.

    :raises StripeError: 400 where it is full
    """
    lines = work.where("line_item", "invoice", invoice["id"])
    if sum(1 for line in lines if line["parent"]["invoice_item_details"]) >= MAX_ITEMS:
        raise invalid(f"An invoice can have at most {MAX_ITEMS} invoice items.", "invoice")
    add_lines(work, invoice, [line_of(work, item)])


def follow_item(work: UnitOfWork, item: Record, invoice: Record) -> None:
    """Write onto the line of an item on a draft what the item is now, and add the draft up anew."""
    for line in lines_of_item(work, item):
        work.change(line).update(_values(line_of(work, item)))
    add_up(work, invoice)


def lines_of_item(work: UnitOfWork, item: Record) -> list[Record]:
    """The lines that an item has become."""
    return [
        line
        for line in work.where("line_item", "invoice", item["invoice"])
        if (line["parent"]["invoice_item_details"] or {}).get("invoice_item") == item["id"]
    ]


def line_of(work: UnitOfWork, item: Record) -> Line:
    """The line that an item becomes."""
    details = item["pricing"]["price_details"]
    price = work.get("price", details["price"]) if details else None
    prorated = item.get("proration_details") or {"credited_items": None, "discount_amounts": []}
    return Line(
        item["amount"],
        item["description"],
        (item["period"]["start"], item["period"]["end"]),
        price,
        Decimal(item["quantity_decimal"]),
        subscription=subscription_of(item),
        invoice_item=item["id"],
        proration=item["proration"],
        discountable=item["discountable"],
        discounts=tuple(item["discounts"]),
        metadata=item["metadata"],
        credited=prorated["credited_items"],
        off={each["discount"]: each["amount"] for each in prorated["discount_amounts"]},
    )


def line_description(price: Record, product: Record | None, part: Part) -> str:
    """How Stripe describes a line: ``2 × Team (at $12.00 / month)``, ``3 seat × Team (Tier 1 at $5.00 / month)``,
    ``Team (Tier 1 at $99.00 / month)`` for a flat amount, ``12 × Calls (at $1.00 per 5 units / month)``.
    """
    name, label = (product["name"], product["unit_label"]) if product else ("Subscription", None)
    counted = f"{part.quantity} {label}" if label else f"{part.quantity}"
    cost = f"at {written(part.unit, price['currency'])}"
    if part.tier is not None:
        cost = f"Tier {part.tier} {cost}"
    if price["transform_quantity"]:
        cost += f" per {price['transform_quantity']['divide_by']} units"
    recurring = price["recurring"]
    if recurring is not None:
        count = recurring["interval_count"]
        every = recurring["interval"] if count == 1 else f"every {count} {recurring['interval']}s"
        cost += f" / {every}"
    return f"{name} ({cost})" if part.is_flat else f"{counted} × {name} ({cost})"


def price_lines(work: UnitOfWork, line: Line) -> list[Line]:
    """The lines that bill a quantity of a price, described as Stripe does: several where it has tiers.

    :param line: what they have in common, and the amount that they come to, which may be less than the price says
    """
    price = line.price
    assert price is not None
    product = work.get("product", price["product"])
    parts = price_parts(price, line.quantity)
    weights = [part.amount for part in parts]
    amounts = spread(line.amount, weights, sum(weights))
    return [
        line._replace(
            amount=amount,
            description=line_description(price, product, part),
            quantity=part.quantity,
            unit=part.unit if part.tier is not None else None,
        )
        for part, amount in zip(parts, amounts, strict=True)
    ]


def discounted(line: Record) -> int:
    """What a line of an invoice asks for, less its discounts, in minor units."""
    off: int = sum(each["amount"] for each in line["discount_amounts"])
    return int(line["amount"]) - off


def add_up(work: UnitOfWork, invoice: Record) -> None:
    """Derive an invoice's totals from its lines, its discounts, its taxes and what shipping costs."""
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    off = _take_off(work, invoice, lines)
    # https://docs.stripe.com/api/invoices/object#invoice_object-subtotal
    subtotal = sum(line["amount"] - own_discount(line) for line in lines)
    _show_pretax_credits(work, invoice, lines)
    discounted = sum(line["amount"] for line in lines) - off
    discounted -= sum(credited(line) for line in lines)
    taxes = add_taxes(work, invoice, lines)
    shipping = shipping_of(invoice)
    total = discounted + taxes.on_top + shipping.total
    invoice["amount_shipping"] = shipping.amount
    invoice["subtotal"] = subtotal
    invoice["subtotal_excluding_tax"] = subtotal - taxes.inside_of_subtotal
    invoice["total"] = total
    invoice["total_excluding_tax"] = discounted - taxes.inside + shipping.net
    due_now = max(total, 0)
    invoice["amount_due"] = due_now
    invoice["amount_remaining"] = due_now - invoice["amount_paid"]


def _take_off(work: UnitOfWork, invoice: Record, lines: list[Record]) -> int:
    """Write each line's discounts into it and their sums into the invoice, and return what they come to.

    A line's own discounts come before the invoice's (https://docs.stripe.com/billing/subscriptions/coupons).
    """
    discountable = [line for line in lines if line["discountable"]]
    own, priced = [], []
    for line in discountable:
        [off] = reductions(work, line["discounts"], [(_product_of(line), line["amount"])])
        own.append(off)
        priced.append((_product_of(line), line["amount"] - sum(off.values())))
    ids = [*(id for line in discountable for id in line["discounts"]), *invoice["discounts"]]
    sums = dict.fromkeys(ids, 0)
    for line in lines:
        if _is_proration(line):
            for each in line["discount_amounts"]:
                if each["amount"]:
                    sums[each["discount"]] = sums.get(each["discount"], 0) + each["amount"]
    general = reductions(work, invoice["discounts"], priced)
    for line, first, then in zip(discountable, own, general, strict=True):
        off = {**first, **{id: first.get(id, 0) + amount for id, amount in then.items()}}
        amounts = [{"amount": amount, "discount": id} for id, amount in off.items()]
        if line["discount_amounts"] != amounts:
            work.change(line)["discount_amounts"] = amounts
        for id, amount in off.items():
            sums[id] += amount
    invoice["total_discount_amounts"] = [
        {"amount": amount, "discount": id} for id, amount in sums.items()
    ]
    return sum(sums.values())


def _is_proration(line: Record) -> bool:
    parent = line["parent"]
    return bool(parent[parent["type"]]["proration"])


def _show_pretax_credits(work: UnitOfWork, invoice: Record, lines: list[Record]) -> None:
    for line in lines:
        off = shown(line["discount_amounts"], credits_in(line["pretax_credit_amounts"]))
        if line["pretax_credit_amounts"] != off:
            work.change(line)["pretax_credit_amounts"] = off
    credits = [each for line in lines for each in credits_in(line["pretax_credit_amounts"])]
    invoice["total_pretax_credit_amounts"] = shown(invoice["total_discount_amounts"], credits)


def _product_of(line: Record) -> str | None:
    product: str | None = ((line["pricing"] or {}).get("price_details") or {}).get("product")
    return product


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


def quote_parent(quote: Record) -> Record:
    """The ``parent`` of an invoice that bills what a quote has offered."""
    return {
        "quote_details": {"quote": quote["id"]},
        "subscription_details": None,
        "type": "quote_details",
    }


def subscription_of(record: Record) -> str | None:
    """The id of the subscription that an invoice bills, or that a pending item waits for."""
    details = (record["parent"] or {}).get("subscription_details")
    return details["subscription"] if details else None
