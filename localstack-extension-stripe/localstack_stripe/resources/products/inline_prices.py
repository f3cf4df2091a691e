"""Prices that are described where they are used (https://docs.stripe.com/products-prices/pricing-models#inline-pricing): each
is there for this one use, nobody can use it again, and it is not among the prices that are listed.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import lists_only
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.price_tiers import set_amounts
from localstack_stripe.resources.products.prices import INLINE, active_price, new_price

# https://docs.stripe.com/api/prices/list; what is described is found by a search and by its id
# (https://github.com/stripe/stripe-python/issues/1724).
lists_only("GET /v1/prices", _inline=None)
lists_only("GET /v1/products", _inline=None)


def price_in_place(work: UnitOfWork, product: str, data: Mapping[str, Any], param: str) -> Record:
    """The price that a request describes, as its ``price_data`` does."""
    price = new_price(work, product, data, param)
    price["active"], price[INLINE] = False, "price_data"
    return price


def price_of_amount(work: UnitOfWork, currency: str, unit: str, description: str | None) -> Record:
    """The price, and with it the product, that stand for an amount which is billed without either, as recorded from
    Stripe's test mode: the same ones for what is described in the same way.

    :param unit: the amount of one in minor units, a decimal
    """
    described = f"{currency} {unit} {description or ''}"
    known = work.where("price", INLINE, described)
    if known:
        return known[0]
    product, price = (work.new_id(each) for each in ("product", "price"))
    inline = {"active": False, INLINE: described}
    work.lay("product", id=product, name=description or "", type="service", **inline)
    amounts: Record = {}
    set_amounts(amounts, "unit_amount", None, unit)
    values = {**active_price(work), **amounts, **inline, "billing_scheme": "per_unit"}
    work.lay("price", id=price, product=product, currency=currency, type="one_time", **values)
    return work.require("price", price, "price")
