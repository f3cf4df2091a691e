"""Line items of what is sold in one go, such as a Checkout session, a payment link or a quote
(https://docs.stripe.com/api/checkout/sessions/line_items): prices, and how many of each.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import (
    exclusive,
    invalid,
    missing_parameter,
    no_such,
    too_small,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.usage_billing import is_metered
from localstack_stripe.resources.products.inline_prices import price_in_place
from localstack_stripe.resources.products.prices import (
    priced_in,
    require_available,
    require_currency,
    require_own_amount,
)
from localstack_stripe.resources.products.products import described_product

ITEM = "item"
PARAM = "line_items"

_CALLED = {
    "checkout.session": "Checkout Session",
    "payment_link": "Payment Link",
    "quote": "Quote",
}
"""How Stripe's messages call what has line items."""


def add_items(work: UnitOfWork, parent: Record, given: Sequence[Mapping[str, Any]]) -> list[Record]:
    """Make the items of *parent* that a ``line_items`` parameter describes, in its order.

    :raises StripeError: 400 where a price does not exist, or the currencies differ
    """
    wanted = parent["currency"] or None
    priced = []
    for place, each in enumerate(given):
        price = price_of(work, each, f"{PARAM}[{place}]")
        # What is sold again was looked at when it was first, and it may have been described there.
        is_again = parent.get("payment_link") or parent.get("recovered_from")
        if each.get("price") and not is_again and not _has(work, price, each):
            require_available(work, price, f"{PARAM}[{place}][price]")
        if parent["object"] == "quote":
            require_own_amount(price, f"{PARAM}[{place}][price]")
        if wanted is not None:
            require_currency(price, wanted, f"{PARAM}[{place}]")
        priced.append((priced_in(price, wanted), each))
    require_one_currency(parent, [price for price, _ in priced])
    # A list shows the newest first, and items are listed as they were given.
    made = [_item(work, parent, price, each) for price, each in reversed(priced)]
    return made[::-1]


def change_items(work: UnitOfWork, parent: Record, given: Sequence[Mapping[str, Any]]) -> None:
    """Sell other quantities of items that *parent* has.

    :param given: which item by its ``id``, and what of it is other
    :raises StripeError: 400 where it has no such item
    """
    for place, each in enumerate(given):
        found = work.get(ITEM, each["id"])
        if found is None or found[PARENT] != parent["id"]:
            raise no_such("line_item", each["id"], f"{PARAM}[{place}][id]")
        item = work.change(found)
        if "adjustable_quantity" in each:
            item["adjustable_quantity"] = _adjustable(each["adjustable_quantity"])
        if each.get("quantity") is not None:
            price = priced_in(work.require("price", item["price"], PARAM), item["currency"])
            _check_quantity(price, each["quantity"], f"{PARAM}[{place}][quantity]")
            item |= terms(work, price, each["quantity"])


def replace_items(
    work: UnitOfWork, parent: Record, given: Sequence[Mapping[str, Any]]
) -> list[Record]:
    """Have *parent* sell what a ``line_items`` parameter describes and nothing else, in its order: an ``id`` keeps an item,
    as it is but for what is said of it.

    :raises StripeError: 400 where it has no such item, and as :func:`add_items`
    """
    left = {item["id"]: item for item in items_of(work, parent)}
    wanted = []
    for place, each in enumerate(given):
        id = each.get("id")
        if id is not None and id not in left:
            raise no_such("line item", id, f"{PARAM}[{place}][id]")
        wanted.append(each if id is None else _kept(work, left.pop(id), each))
    for item in left.values():
        work.remove(item)
    return add_items(work, parent, wanted)


def _kept(work: UnitOfWork, item: Record, given: Mapping[str, Any]) -> Record:
    names = ("adjustable_quantity", "metadata", "price", "quantity")
    kept: Record = {**{name: item[name] for name in names}, **given}
    if given.get("price_data"):
        del kept["price"]
    price = work.get("price", kept.get("price") or "")
    if price is not None and is_metered(price) and "quantity" not in given:
        kept["quantity"] = None
    return kept


def _has(work: UnitOfWork, price: Record, given: Mapping[str, Any]) -> bool:
    """Whether an item that is kept has the price already, which may be archived by now."""
    item = work.get(ITEM, given.get("id") or "")
    return item is not None and bool(item["price"] == price["id"])


def items_of(work: UnitOfWork, parent: Record) -> list[Record]:
    """The items of *parent*, in their order."""
    return work.where(ITEM, PARENT, parent["id"])


def require_one_currency(parent: Record, prices: Sequence[Record]) -> None:
    """Refuse prices in several currencies.

    :raises StripeError: 400
    """
    currencies = {price["currency"] for price in prices}
    if len(currencies) > 1:
        raise invalid(
            f"All prices on a {_CALLED[parent['object']]} must be in the same currency, but these are in "
            f"{' and '.join(sorted(currencies))}.",
            PARAM,
        )


def price_of(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record:
    """The price that an item names or describes.

    :param param: where the item is in the request
    :raises StripeError: 400 where there is none, or no quantity, or one of what is metered
    """
    data = given.get("price_data")
    if (data is None) == (given.get("price") is None):
        if data is None:
            raise missing_parameter(f"{param}[price]")
        raise exclusive("price", "price_data", param)
    if data is None:
        price = work.require("price", given["price"], f"{param}[price]")
    else:
        described = f"{param}[price_data]"
        price = price_in_place(work, _product(work, data, described), data, described)
    _check_quantity(price, given.get("quantity"), param)
    return price


def _check_quantity(price: Record, quantity: int | None, param: str) -> None:
    at = f"{param}[quantity]"
    if is_metered(price):
        if quantity is not None:
            raise invalid(
                "Quantity should not be specified where usage_type is `metered`. Remove quantity from "
                f"`{param}`",
                at,
            )
    elif quantity is None:
        raise invalid(f"Quantity is required. Add `quantity` to `{param}`", at, "parameter_missing")
    elif quantity < 0:
        raise too_small(at, 0)


def _product(work: UnitOfWork, data: Mapping[str, Any], param: str) -> str:
    named, described = data.get("product"), data.get("product_data")
    if named is not None:
        return str(work.require("product", named, f"{param}[product]")["id"])
    if not described:
        raise missing_parameter(f"{param}[product]")
    product = described_product(work, described, f"{param}[product_data]")
    product["active"] = False
    return str(product["id"])


def _item(work: UnitOfWork, parent: Record, price: Record, given: Mapping[str, Any]) -> Record:
    known = work.get(ITEM, given.get("id") or "")
    if known is not None:
        # What is added again stands where it is added.
        work.remove(known)
    return work.create(
        ITEM,
        **({"id": known["id"]} if known is not None else {}),
        **{PARENT: parent["id"]},
        **terms(work, price, given.get("quantity")),
        adjustable_quantity=_adjustable(given.get("adjustable_quantity")),
        metadata=dict(given.get("metadata") or {}),
    )


def terms(work: UnitOfWork, price: Record, quantity: int | None) -> Record:
    """What an item shows of its price and its quantity.

    :param quantity: nothing of what is metered, which costs nothing that is known yet
    """
    amount = 0 if quantity is None else price_amount(price, quantity)
    product = work.get("product", price["product"]) or {}
    return {
        "amount_subtotal": amount,
        "amount_total": amount,
        "currency": price["currency"],
        "description": product.get("name"),
        "price": price["id"],
        "quantity": quantity,
    }


def _adjustable(given: Mapping[str, Any] | None) -> Record | None:
    if not given or not given["enabled"]:
        return None
    return {"enabled": True, "maximum": given.get("maximum"), "minimum": given.get("minimum")}
