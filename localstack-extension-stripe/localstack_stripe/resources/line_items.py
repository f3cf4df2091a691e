"""Line items of what is sold in one go, such as a Checkout session or a payment link
(https://docs.stripe.com/api/checkout/sessions/line_items): prices, and how many of each.

Neither tax nor discounts are calculated: where a request asks for them, it is refused.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.prices import price_in_place
from localstack_stripe.resources.products import described_product

ITEM = "item"
PARAM = "line_items"


def add_items(work: UnitOfWork, parent: Record, given: Sequence[Mapping[str, Any]]) -> list[Record]:
    """Make the items of *parent* that a ``line_items`` parameter describes, in its order.

    :raises StripeError: 400 where a price does not exist, or the currencies differ
    """
    priced = [(_price(work, each, f"{PARAM}[{place}]"), each) for place, each in enumerate(given)]
    currencies = {price["currency"] for price, _ in priced}
    if len(currencies) > 1:
        raise invalid(
            "All prices on a Checkout Session must be in the same currency, but these are in "
            f"{' and '.join(sorted(currencies))}.",
            PARAM,
        )
    # A list shows the newest first, and items are listed as they were given.
    made = [_item(work, parent, price, each) for price, each in reversed(priced)]
    return made[::-1]


def _price(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record:
    data = given.get("price_data")
    if (data is None) == (given.get("price") is None):
        if data is None:
            raise missing_parameter(f"{param}[price]")
        raise invalid("You may only specify one of these parameters: price, price_data.", param)
    if given.get("quantity") is None:
        raise missing_parameter(f"{param}[quantity]")
    if given["quantity"] < 0:
        raise invalid("This value must be greater than or equal to 0.", f"{param}[quantity]")
    if data is None:
        return work.require("price", given["price"], f"{param}[price]")
    described = f"{param}[price_data]"
    return price_in_place(work, _product(work, data, described), data, described)


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
    amount = price_amount(price, given["quantity"])
    product = work.get("product", price["product"]) or {}
    return work.create(
        ITEM,
        **{PARENT: parent["id"]},
        adjustable_quantity=_adjustable(given.get("adjustable_quantity")),
        amount_subtotal=amount,
        amount_total=amount,
        currency=price["currency"],
        description=product.get("name"),
        metadata=dict(given.get("metadata") or {}),
        price=price["id"],
        quantity=given["quantity"],
    )


def _adjustable(given: Mapping[str, Any] | None) -> Record | None:
    if not given or not given["enabled"]:
        return None
    return {"enabled": True, "maximum": given.get("maximum"), "minimum": given.get("minimum")}
