"""Behaviours, one file a resource: what it does beyond the engine, in Stripe's words.

Importing this package registers them all.
"""

from localstack_stripe.resources import (
    cards,
    charges,
    customers,
    invoice_items,
    invoices,
    payment_intents,
    payment_methods,
    plans,
    prices,
    products,
    subscription_items,
    subscriptions,
    test_clocks,
)

__all__ = [
    "cards",
    "charges",
    "customers",
    "invoice_items",
    "invoices",
    "payment_intents",
    "payment_methods",
    "plans",
    "prices",
    "products",
    "subscription_items",
    "subscriptions",
    "test_clocks",
]
