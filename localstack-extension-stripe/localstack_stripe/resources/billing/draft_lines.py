"""Lines of draft invoices: what each says, and how Stripe describes it (https://docs.stripe.com/api/invoice-line-item/object)."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from localstack_stripe.billing.amounts import Part, price_parts, spread, written
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_totals import add_up


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


def add_lines(work: UnitOfWork, invoice: Record, lines: list[Line]) -> None:
    """Put lines on a draft, and add it up anew."""
    for line in lines:
        work.create(
            "line_item",
            **values_of(line),
            currency=invoice["currency"],
            invoice=invoice["id"],
            pretax_credit_amounts=[],
            taxes=[],
        )
    add_up(work, invoice)


def values_of(line: Line) -> Record:
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
    unit: Decimal | str | int | None = line.unit
    if unit is None:
        unit = line.price["unit_amount_decimal"] if line.price is not None else line.amount
    return pricing(line.price, str(unit) if unit is not None else None)


def pricing(price: Record | None, unit: str | None) -> Record:
    """The ``pricing`` of lines and of invoice items.

    :param unit: what one costs in minor units, a decimal; nothing where that depends on how many there are
    """
    details = {"price": price["id"], "product": price["product"]} if price is not None else None
    return {"price_details": details, "type": "price_details", "unit_amount_decimal": unit}


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
