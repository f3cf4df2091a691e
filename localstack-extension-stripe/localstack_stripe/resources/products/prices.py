"""Prices (https://docs.stripe.com/api/prices)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    defaults,
    hides,
    list_filter,
    lists_only,
)
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter, too_small
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.price_tiers import set_amounts, set_scheme, tiers_of

INTERVAL_LIMITS = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""The largest ``interval_count`` of each interval: three years."""

_MOST_DECIMALS = 12
"""How exact a price can be (https://docs.stripe.com/api/prices/create#create_price-unit_amount_decimal)."""


@defaults("price")
def active_price(work: UnitOfWork) -> Record:
    """A price is active unless something else is said."""
    return {"active": True, "tax_behavior": "unspecified"}


INLINE = "_inline"
"""Where a price, or a product, that is there for one use says so."""

hides("price", "tiers", "currency_options", INLINE)
hides("product", INLINE)

# https://docs.stripe.com/api/prices/list: the others are asked for.
lists_only("GET /v1/prices", unless=("active",), active=True)

AGGREGATION = "aggregate_usage"
"""Noted of a price, and given by older versions only: how usage is counted that is recorded without a meter."""


@before_create("price")
def complete(call: Call, price: Record) -> None:
    """Work out a price's type and amount, and take over a lookup key."""
    params, work = call.params, call.work
    if not price["product"]:
        raise invalid("You must specify either `product` or `product_data` when creating a price.")
    fill(price, params, "")
    keep_aggregation(work, price, params.get("recurring") or {})
    require_active_meter(work, price)
    _take_lookup_key(call, price)


@before_update("price")
def change(call: Call, price: Record, before: Record) -> None:
    """A product's default price stays active, and a lookup key can be taken over
    (https://docs.stripe.com/api/prices/update).
    """
    params, work = call.params, call.work
    if "currency_options" in params:
        price["currency_options"] = before.get("currency_options") or {}
        _set_options(price, params["currency_options"] or {}, "")
    product = work.get("product", price["product"])
    if before["tax_behavior"] not in (None, "unspecified", price["tax_behavior"]):
        raise invalid(
            f"The `tax_behavior` of this price is `{before['tax_behavior']}`, and cannot be changed.",
            "tax_behavior",
        )
    if not price["active"] and product is not None and product["default_price"] == price["id"]:
        raise invalid(
            "This price cannot be archived because it is the default price of its product."
        )
    if before["active"] and not price["active"]:
        tell_archived(work, price)
    _take_lookup_key(call, price)


_archived = Listeners()

tell_archived = _archived.tell
when_archived = _archived.register
"""Register who is told of a price that can be bought no more."""


def new_price(work: UnitOfWork, product: str, data: Mapping[str, Any], param: str) -> Record:
    """A price that another request describes, such as a product's ``default_price_data``."""
    price = work.create("price", **active_price(work), product=product)
    own = ("currency", "custom_unit_amount", "metadata", "nickname", "tax_behavior")
    given = {name: data[name] for name in own if data.get(name) is not None}
    assign(work, price, given, work.contract.resources["price"].fields)
    fill(price, data, param)
    return price


def require_type(price: Record, type: str, param: str) -> None:
    """Refuse a price that is not of a type, ``recurring`` or ``one_time``.

    :raises StripeError: 400
    """
    if price["type"] != type:
        raise invalid(
            f"The price specified is set to `type={price['type']}` but this field only accepts prices with "
            f"`type={type}`.",
            param,
        )


def require_active(price: Record, param: str) -> None:
    """Refuse a price that is archived.

    :raises StripeError: 400
    """
    if not price["active"]:
        raise invalid(
            "The price specified is inactive. This field only accepts active prices.", param
        )


def require_available(work: UnitOfWork, price: Record, param: str) -> None:
    """Refuse a price that is archived, or whose product is
    (https://docs.stripe.com/products-prices/manage-prices#archive-price).

    :raises StripeError: 400
    """
    require_active(price, param)
    product = work.get("product", price["product"])
    if product is not None and not product["active"]:
        raise invalid(
            f"Price `{price['id']}` is not available to be purchased because its product is not active.",
            param,
        )


def require_own_amount(price: Record, param: str) -> None:
    """Refuse a price that customers choose, as only Checkout and payment links let them
    (https://docs.stripe.com/products-prices/manage-prices#create-price).

    :raises StripeError: 400
    """
    if price.get("custom_unit_amount"):
        raise invalid(
            "The price specified has a `custom_unit_amount`, which can only be used in Checkout and payment links.",
            param,
        )


def recurrence(given: Mapping[str, Any], param: str) -> Record:
    """How often a price recurs, complete, from a price's ``recurring`` or a plan's parameters.

    :param param: what the interval's count is called in the request
    :raises StripeError: 400 where the interval is too long
    """
    recurring = {
        "interval": given["interval"],
        "interval_count": 1 if given.get("interval_count") is None else given["interval_count"],
        "meter": given.get("meter"),
        "trial_period_days": given.get("trial_period_days"),
        "usage_type": given.get("usage_type") or "licensed",
    }
    check_interval(recurring, param)
    is_counted = recurring["meter"] or given.get(AGGREGATION)
    if recurring["usage_type"] == "metered" and not is_counted:
        # https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-legacy-usage-based-billing
        raise invalid(
            "Starting with Stripe version 2025-03-31.basil, all metered prices must be backed by meters."
        )
    return recurring


def keep_aggregation(work: UnitOfWork, price: Record, given: Mapping[str, Any]) -> None:
    """Remember how usage is counted that is recorded without a meter, as until version 2025-03-31.basil.

    :param given: what a request says of how the price recurs
    """
    way, recurring = given.get(AGGREGATION), price["recurring"]
    if way and recurring["usage_type"] == "metered" and not recurring["meter"]:
        work.note(price, AGGREGATION, way)


def aggregation_of(work: UnitOfWork, price: Record) -> str | None:
    """How usage of a price is counted that has no meter; nothing of any other price."""
    way: str | None = work.noted({"object": "price", "id": price["id"]}, AGGREGATION)
    return way


def require_active_meter(work: UnitOfWork, price: Record) -> None:
    """A meter that takes no events cannot be billed by a new price (https://docs.stripe.com/api/billing/meter/deactivate).

    :raises StripeError: 400 where it is none any more
    """
    id = (price["recurring"] or {}).get("meter")
    meter = work.get("billing.meter", id) if id is not None else None
    if meter is not None and meter["status"] != "active":
        raise invalid(f"The meter {id} is not active.", "recurring[meter]")


def fill(price: Record, params: Mapping[str, Any], prefix: str) -> None:
    """Derive what of a price follows from its parameters: its type, its exact amount, its scheme."""
    price["currency"] = params["currency"]
    recurring = params.get("recurring")
    if recurring:
        price["recurring"] = recurrence(recurring, _in(prefix, "recurring[interval_count]"))
    price["type"] = "recurring" if recurring else "one_time"
    if not set_scheme(price, params):
        _set_amount(price, params, prefix)
    _set_options(price, params.get("currency_options") or {}, prefix)


_BY_CURRENCY = ("custom_unit_amount", "tax_behavior", "unit_amount", "unit_amount_decimal")
"""What of a price is another in each of its currencies, besides its tiers."""


def _set_options(price: Record, given: Mapping[str, Any], prefix: str) -> None:
    """Write what a price is in each currency, its own among them
    (https://docs.stripe.com/products-prices/pricing-models#multicurrency).

    :raises StripeError: 400 where one has no amount, or no tiers where the price has some
    """
    tiered = price["billing_scheme"] == "tiered"
    own = {name: price[name] for name in (*_BY_CURRENCY, *(("tiers",) if tiered else ()))}
    options = {**(price.get("currency_options") or {}), price["currency"]: own}
    for currency, each in given.items():
        option = {name: each.get(name) for name in _BY_CURRENCY}
        option["tax_behavior"] = each.get("tax_behavior") or price["tax_behavior"]
        where = _in(prefix, f"currency_options[{currency}]")
        if tiered:
            if not each.get("tiers"):
                raise missing_parameter(f"{where}[tiers]")
            option["tiers"] = tiers_of(each["tiers"], f"{where}[tiers]")
        else:
            _set_amount(option, each, where)
        options[currency.lower()] = option
    price["currency_options"] = dict(sorted(options.items()))


def priced_in(price: Record, currency: str | None) -> Record:
    """A price as it is in one of its currencies; one that it does not have is left to whoever checks that."""
    option = (price.get("currency_options") or {}).get(currency)
    return price if option is None else {**price, **option, "currency": currency}


def supported(price: Record) -> list[str]:
    """The currencies of a price, in alphabetical order."""
    return sorted({price["currency"], *(price.get("currency_options") or ())})


def require_currency(price: Record, currency: str, param: str) -> None:
    """Refuse a price that is not in a currency.

    :raises StripeError: 400
    """
    currencies = supported(price)
    if currency.lower() not in currencies:
        named = " and ".join(f"`{each}`" for each in currencies)
        only = (
            f"only supports {named}" if len(currencies) == 1 else f"supports currencies of {named}"
        )
        raise invalid(
            f"The price specified {only}. This doesn't match the expected currency: `{currency}`.",
            param,
        )


def _set_amount(price: Record, params: Mapping[str, Any], prefix: str) -> None:
    """Write the amount of a price, or of one in another currency.

    :raises StripeError: 400 where there is none, or it is negative
    """
    amount, exact = params.get("unit_amount"), params.get("unit_amount_decimal")
    if exact is not None and len(exact.partition(".")[2].rstrip("0")) > _MOST_DECIMALS:
        raise invalid(
            f"Invalid decimal: {exact}; must have at most {_MOST_DECIMALS} decimal places.",
            _in(prefix, "unit_amount_decimal"),
        )
    for name, given in (("unit_amount", amount), ("unit_amount_decimal", exact)):
        if given is not None and Decimal(given) < 0:
            raise too_small(_in(prefix, name), 0)
    if amount is not None and exact is not None:
        raise exclusive("unit_amount", "unit_amount_decimal", prefix)
    custom = params.get("custom_unit_amount")
    if amount is None and exact is None and not custom:
        raise missing_parameter(_in(prefix, "unit_amount"))
    set_amounts(price, "unit_amount", amount, exact)


def check_interval(recurring: Record, param: str) -> None:
    """Refuse intervals of more than three years.

    :raises StripeError: 400
    """
    count, limit = recurring["interval_count"], INTERVAL_LIMITS[recurring["interval"]]
    if count < 1:
        raise too_small(param)
    if count > limit:
        raise invalid(
            f"Invalid interval_count: the maximum for the interval {recurring['interval']} is {limit}.",
            param,
        )


@list_filter("GET /v1/prices", "recurring")
def recurs(work: UnitOfWork, price: Record, wanted: Record) -> bool:
    """Select by interval, meter or usage type."""
    recurring = price["recurring"] or {}
    return all(recurring.get(name) == value for name, value in wanted.items())


def _take_lookup_key(call: Call, price: Record) -> None:
    """Have the lookup key that a request gives a price be no other one's."""
    key = call.params.get("lookup_key")
    if not key:
        return
    for other in call.work.where("price", "lookup_key", key):
        if other["id"] == price["id"]:
            continue
        if not call.params.get("transfer_lookup_key"):
            raise invalid(f"A price (`{other['id']}`) already uses that lookup key.", "lookup_key")
        call.work.change(other)["lookup_key"] = None


def _in(prefix: str, name: str) -> str:
    if not prefix:
        return name
    head, bracket, rest = name.partition("[")
    return f"{prefix}[{head}]{bracket}{rest}"
