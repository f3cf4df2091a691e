"""Behaviours, one file a resource: what it does beyond the engine, in Stripe's words.

Subscriptions have several: what is asked for is in ``subscriptions``, what happens by itself in
``subscription_cycle``, what a change costs in ``subscription_changes``, pausing in ``subscription_pauses``.

Importing this package registers them all.
"""

from localstack_stripe.resources import (
    app_secrets,
    cards,
    charges,
    coupons,
    customer_balances,
    customers,
    discounts,
    files,
    invoice_items,
    invoice_previews,
    invoices,
    payment_intents,
    payment_methods,
    plans,
    prices,
    products,
    refunds,
    setup_intents,
    subscription_changes,
    subscription_cycle,
    subscription_items,
    subscription_pauses,
    subscriptions,
    tax_associations,
    test_clocks,
)

__all__ = [
    "app_secrets",
    "cards",
    "charges",
    "coupons",
    "customer_balances",
    "customers",
    "discounts",
    "files",
    "invoice_items",
    "invoice_previews",
    "invoices",
    "payment_intents",
    "payment_methods",
    "plans",
    "prices",
    "products",
    "refunds",
    "setup_intents",
    "subscription_changes",
    "subscription_cycle",
    "subscription_items",
    "subscription_pauses",
    "subscriptions",
    "tax_associations",
    "test_clocks",
]
