"""Carbon removal (https://docs.stripe.com/climate/orders): suppliers, what can be ordered, and orders."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    find,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter, no_such
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balance_transactions import new_balance_transaction

ORDER, PRODUCT, SUPPLIER = "climate.order", "climate.product", "climate.supplier"

SUPPLIERS: Mapping[str, tuple[str, str, str, str, str]] = {
    "carbon_capture_inc": ("CarbonCapture Inc.", "carboncapture-inc", "direct_air_capture", "Los Angeles", "CA"),
    "charm_industrial": ("Charm Industrial", "charm-industrial", "biomass_carbon_removal_and_storage", "San Francisco", "CA"),
    "heirloom": ("Heirloom", "heirloom", "direct_air_capture", "Brisbane", "CA"),
    "lithos": ("Lithos", "lithos", "enhanced_weathering", "San Francisco", "CA"),
    "vaulted": ("Vaulted Deep", "vaulted", "biomass_carbon_removal_and_storage", "Houston", "TX"),
}  # fmt: skip
"""By the end of the id: name, page, pathway, city and region (https://docs.stripe.com/api/climate/supplier)."""

plain(
    "GET /v1/climate/products",
    "GET /v1/climate/products/{product}",
    "GET /v1/climate/suppliers",
    "GET /v1/climate/suppliers/{supplier}",
)

YEAR = 2027
TON = {"amount_fees": 1_650, "amount_subtotal": 55_000, "amount_total": 56_650}
"""What a metric ton of the product costs, in cents (https://docs.stripe.com/api/climate/product)."""


@from_the_start(SUPPLIER)
def suppliers(work: UnitOfWork) -> Iterator[Record]:
    """Those of Stripe's example."""
    for id, (name, page, pathway, city, region) in SUPPLIERS.items():
        place = {
            "city": city,
            "country": "US",
            "latitude": None,
            "longitude": None,
            "region": region,
        }
        yield {
            "id": f"climsup_{id}",
            "info_url": f"https://frontierclimate.com/portfolio/{page}",
            "locations": [place],
            "name": name,
            "removal_pathway": pathway,
        }


@from_the_start(PRODUCT)
def products(work: UnitOfWork) -> Iterator[Record]:
    """What can be ordered, in US dollars."""
    settle(work, SUPPLIER)
    yield {
        "id": f"climsku_frontier_offtake_portfolio_{YEAR}",
        "current_prices_per_metric_ton": {"usd": dict(TON)},
        "delivery_year": YEAR,
        "metric_tons_available": "1000000",
        "name": f"Frontier's {YEAR} offtake portfolio",
        "suppliers": [f"climsup_{id}" for id in SUPPLIERS],
    }


@before_create(ORDER)
def place(call: Call, order: Record) -> None:
    """Order so many tons, or for so much money, which is taken from the balance at once
    (https://docs.stripe.com/api/climate/order/create).
    """
    work, params = call.work, call.params
    product = find(work, PRODUCT, params["product"])
    if product is None:
        raise no_such("climate product", params["product"], "product")
    currency = params.get("currency") or "usd"
    prices = product["current_prices_per_metric_ton"].get(currency)
    if prices is None:
        raise invalid(f"The product has no price in {currency}.", "currency")
    tons = _tons(params, prices)
    if tons > Decimal(product["metric_tons_available"]):
        raise invalid("There is not so much of the product available.", "metric_tons")
    amounts = {name: rounded(tons * prices[name]) for name in ("amount_fees", "amount_subtotal")}
    order |= {
        **amounts,
        "amount_total": sum(amounts.values()),
        "currency": currency,
        "delivery_details": [],
        "expected_delivery_year": product["delivery_year"],
        "metric_tons": format(tons.normalize(), "f"),
        "product": product["id"],
        "status": "open",
    }
    new_balance_transaction(
        work, order, type="climate_order_purchase", amount=-order["amount_total"]
    )


@before_update(ORDER)
def change(call: Call, order: Record, before: Record) -> None:
    """Say in whose name (https://docs.stripe.com/api/climate/order/update)."""
    if before["status"] == "canceled":
        raise invalid("This order has been canceled, and cannot be changed.")


@operation("POST /v1/climate/orders/{order}/cancel")
def cancel(call: Call) -> Record:
    """Cancel within a day: what the carbon costs comes back, and the fees do not
    (https://docs.stripe.com/api/climate/order/cancel).
    """
    work = call.work
    order = work.change(require_path(call, "order", ORDER))
    if order["status"] != "open":
        raise invalid(
            f"This order is {order['status']}: only one that is open, within a day, can be canceled."
        )
    order |= {
        "canceled_at": work.now(),
        "cancellation_reason": "requested",
        "status": "canceled",
    }
    new_balance_transaction(
        work, order, type="climate_order_refund", amount=order["amount_subtotal"]
    )
    return order


def _next(work: UnitOfWork, order: Record) -> int | None:
    if order["status"] == "open":
        return int(order["created"]) + DAY
    if order["status"] == "confirmed":
        end = datetime(order["expected_delivery_year"] + 1, 1, 1, tzinfo=UTC)
        return max(int(end.timestamp()) - 1, int(order["confirmed_at"]))
    return None


@due(ORDER, next=_next)
def proceed(work: UnitOfWork, order: Record) -> None:
    """After a day it is confirmed, and at the end of its year it is delivered."""
    order, now = work.change(order), work.now()
    if order["status"] == "open":
        order["status"], order["confirmed_at"] = "confirmed", now
        return
    product = work.require(PRODUCT, order["product"], "product")
    order["status"], order["delivered_at"] = "delivered", now
    order["certificate"] = f"https://frontierclimate.com/certificates/{order['id']}"
    order["delivery_details"] = [
        {
            "delivered_at": now,
            "location": None,
            "metric_tons": order["metric_tons"],
            "registry_url": None,
            "supplier": product["suppliers"][0],
        }
    ]


def _tons(params: Mapping[str, Any], prices: Mapping[str, int]) -> Decimal:
    """How many metric tons are ordered, to a hundredth.

    :raises StripeError: 400 where that is not said, or said twice, or less than that
    """
    amount, tons = params.get("amount"), params.get("metric_tons")
    if (amount is None) == (tons is None):
        if amount is None:
            raise missing_parameter("metric_tons")
        raise exclusive("amount", "metric_tons")
    try:
        wanted = Decimal(str(tons)) if amount is None else Decimal(amount) / prices["amount_total"]
    except InvalidOperation:
        raise invalid(f"Invalid decimal: {tons}", "metric_tons") from None
    wanted = wanted.quantize(Decimal("0.01"), rounding="ROUND_DOWN")
    if wanted <= 0:
        raise invalid(
            "The order must be for at least 0.01 metric tons.",
            "metric_tons" if amount is None else "amount",
        )
    return wanted
