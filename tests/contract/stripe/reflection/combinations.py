"""What the contract does not say of parameters: which go together, and which text names an object.

By Stripe's reference pages of the operations (https://docs.stripe.com/api).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.stripe.reflection.smallest import Maker

MADE_BY: dict[str, str] = {}
"""The operation that makes an object, where the plainest one does not."""

NAMED = {
    name: name
    for name in ("account", "charge", "customer", "payment_intent", "price", "product", "coupon")
}
"""Parameters that are an object's id."""

ALSO: dict[str, dict[str, Any] | Callable[[Maker], dict[str, Any]]] = {
    "POST /v1/charges": {"amount": 1000, "currency": "usd", "source": "tok_visa"},
    "POST /v1/checkout/sessions": lambda maker: {
        "mode": "payment",
        "success_url": "https://example.com/",
        "line_items": [
            {
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 1000,
                    "product_data": {"name": "Team"},
                },
                "quantity": 1,
            }
        ],
    },
    "POST /v1/coupons": {"percent_off": 10, "duration": "once"},
    "POST /v1/credit_notes": lambda maker: {
        "invoice": maker.made("invoice")["id"],
        "amount": 100,
    },
    "POST /v1/invoices": lambda maker: {"customer": maker.made("customer")["id"]},
    "POST /v1/invoiceitems": lambda maker: {
        "customer": maker.made("customer")["id"],
        "amount": 1000,
        "currency": "usd",
    },
    "POST /v1/payment_methods": {"type": "card", "card": {"token": "tok_visa"}},
    "POST /v1/payment_links": lambda maker: {
        "line_items": [{"price": maker.made("price")["id"], "quantity": 1}]
    },
    "POST /v1/plans": lambda maker: {
        "product": maker.made("product")["id"],
        "amount": 1000,
        "currency": "usd",
        "interval": "month",
    },
    "POST /v1/prices": {
        "currency": "usd",
        "unit_amount": 1000,
        "recurring": {"interval": "month"},
        "product_data": {"name": "Team"},
    },
    "POST /v1/promotion_codes": lambda maker: {
        "promotion": {"type": "coupon", "coupon": maker.made("coupon")["id"]}
    },
    "POST /v1/refunds": lambda maker: {"charge": maker.made("charge")["id"]},
    "POST /v1/subscription_items": lambda maker: {
        "subscription": maker.made("subscription")["id"],
        "price": maker.another("price")["id"],
    },
    "POST /v1/subscriptions": lambda maker: {
        "customer": maker.made("customer")["id"],
        "items": [{"price": maker.made("price")["id"]}],
        "trial_period_days": 30,
    },
}
"""Parameters that an operation needs besides the required ones."""

NO_FILTERS = {("v2.core.event_destination", "include")}
"""Parameters of lists that choose what is shown of the objects, and not which."""

ENDED = {"subscription"}
"""What is deleted and stays readable: it has ended."""
