"""The smallest parameters with which an object is made that something can be done with, by its kind."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.content import Upload
from localstack_stripe.engine.initial import After


class Another(NamedTuple):
    """The id of another object, which is made as well, or another field of it."""

    kind: str
    field: str = "id"


_ONCE = {"currency": "usd", "product_data": {"name": "A product"}, "unit_amount": 1000}
"""A price that is paid once."""

_WITHOUT_REDIRECTS = {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
"""So that an intent is confirmed without an address to return to."""

_REQUESTED = {"requested": True}

_OUT_OF_TREASURY = {
    "amount": 1000,
    "currency": "usd",
    "destination_payment_method_data": {
        "type": "financial_account",
        "financial_account": Another("treasury.financial_account"),
    },
    "financial_account": Another("treasury.received_credit", "financial_account"),
}
"""Out of an account to which the same amount has come."""

SMALLEST: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    # It has told what makes it able to be paid.
    "account": (
        "POST /v1/accounts",
        {
            "type": "standard",
            "business_profile": {"mcc": "5734", "url": "https://example.com"},
            "business_type": "individual",
            "capabilities": {
                "card_payments": {"requested": True},
                "transfers": {"requested": True},
            },
            "individual": {
                "address": {"line1": "address_full_match"},
                "dob": {"day": 1, "month": 1, "year": 1901},
                "email": "jenny@example.com",
                "first_name": "Jenny",
                "last_name": "Rosen",
                "phone": "0000000000",
            },
        },
    ),
    "billing.credit_grant": (
        "POST /v1/billing/credit_grants",
        {
            "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": 1000}},
            "applicability_config": {"scope": {"price_type": "metered"}},
            "customer": Another("customer"),
        },
    ),
    "billing.meter": (
        "POST /v1/billing/meters",
        {
            "default_aggregation": {"formula": "sum"},
            "display_name": "Calls",
            "event_name": "calls",
        },
    ),
    "charge": ("POST /v1/charges", {"amount": 1000, "currency": "usd", "source": "tok_visa"}),
    "checkout.session": (
        "POST /v1/checkout/sessions",
        {
            "line_items": [{"price_data": _ONCE, "quantity": 1}],
            "mode": "payment",
            "success_url": "https://example.com/",
        },
    ),
    "coupon": ("POST /v1/coupons", {"percent_off": 10.0, "duration": "once"}),
    "credit_note": ("POST /v1/credit_notes", {"amount": 500, "invoice": Another("invoice")}),
    # An address, as subscriptions are sent their invoices.
    "customer": ("POST /v1/customers", {"email": "customer@example.com"}),
    "file": (
        "POST /v1/files",
        {
            "file": Upload("file.pdf", "application/pdf", b"%PDF-1.4\n"),
            "purpose": "dispute_evidence",
        },
    ),
    "invoice": ("POST /v1/invoices", {"customer": Another("customer")}),
    "invoiceitem": (
        "POST /v1/invoiceitems",
        {"customer": Another("customer"), "amount": 1000, "currency": "usd"},
    ),
    "identity.verification_session": (
        "POST /v1/identity/verification_sessions",
        {"type": "document"},
    ),
    "issuing.authorization": (
        "POST /v1/test_helpers/issuing/authorizations",
        {"amount": 1000, "card": Another("issuing.card")},
    ),
    "issuing.card": (
        "POST /v1/issuing/cards",
        {
            "cardholder": Another("issuing.cardholder"),
            "currency": "usd",
            "status": "active",
            "type": "virtual",
        },
    ),
    "issuing.cardholder": (
        "POST /v1/issuing/cardholders",
        {
            "billing": {"address": {"city": "Reno", "country": "US", "line1": "1 Main St"}},
            "individual": {"first_name": "Jenny", "last_name": "Rosen"},
            "name": "Jenny Rosen",
        },
    ),
    "issuing.transaction": (
        "POST /v1/test_helpers/issuing/transactions/create_force_capture",
        {"amount": 1000, "card": Another("issuing.card")},
    ),
    "payment_intent": (
        "POST /v1/payment_intents",
        {"amount": 1000, "currency": "usd", **_WITHOUT_REDIRECTS},
    ),
    "payment_link": (
        "POST /v1/payment_links",
        {"line_items": [{"price": Another("price"), "quantity": 1}]},
    ),
    "payment_method": (
        "POST /v1/payment_methods",
        {"type": "card", "card": {"token": "tok_visa"}},
    ),
    "plan": (
        "POST /v1/plans",
        {"amount": 1000, "currency": "usd", "interval": "month", "product": Another("product")},
    ),
    "price": (
        "POST /v1/prices",
        {
            "currency": "usd",
            "product": Another("product"),
            "recurring": {"interval": "month"},
            "unit_amount": 1000,
        },
    ),
    "product": ("POST /v1/products", {"name": "A product"}),
    "product_catalog.trial_offer": (
        "POST /v1/product_catalog/trial_offers",
        {
            "duration": {"type": "relative", "relative": {"iterations": 1}},
            "end_behavior": {"transition": {"price": Another("price")}},
            "price": Another("price"),
        },
    ),
    "promotion_code": (
        "POST /v1/promotion_codes",
        {"promotion": {"type": "coupon", "coupon": Another("coupon")}},
    ),
    "quote": (
        "POST /v1/quotes",
        {
            "customer": Another("customer"),
            "line_items": [{"price": Another("price"), "quantity": 1}],
        },
    ),
    "refund": ("POST /v1/refunds", {"charge": Another("charge")}),
    "setup_intent": ("POST /v1/setup_intents", _WITHOUT_REDIRECTS),
    "shipping_rate": (
        "POST /v1/shipping_rates",
        {"display_name": "Ground", "fixed_amount": {"amount": 500, "currency": "usd"}},
    ),
    "subscription": (
        "POST /v1/subscriptions",
        {
            "customer": Another("customer"),
            "items": [{"price": Another("price")}],
            "collection_method": "send_invoice",
            "days_until_due": 30,
        },
    ),
    "subscription_schedule": (
        "POST /v1/subscription_schedules",
        {
            "customer": Another("customer"),
            "phases": [{"items": [{"price": Another("price")}]}],
            "start_date": "now",
        },
    ),
    "subscription_item": (
        "POST /v1/subscription_items",
        {"price": Another("price"), "subscription": Another("subscription")},
    ),
    "tax_rate": (
        "POST /v1/tax_rates",
        {"display_name": "VAT", "inclusive": False, "percentage": 20.0},
    ),
    "terminal.reader": ("POST /v1/terminal/readers", {"registration_code": "simulated-wpe"}),
    "test_helpers.test_clock": (
        "POST /v1/test_helpers/test_clocks",
        {"frozen_time": 1_735_689_600},
    ),
    # A debit card, which can be paid out to, too.
    "token": (
        "POST /v1/tokens",
        {"card": {"number": "4000056655665556", "exp_month": "12", "exp_year": "2034"}},
    ),
    "transfer": (
        "POST /v1/transfers",
        {
            "amount": 1000,
            "currency": "usd",
            "destination": Another("account"),
            "source_transaction": Another("charge"),
        },
    ),
    "topup": ("POST /v1/topups", {"amount": 1000, "currency": "usd"}),
    "treasury.financial_account": (
        "POST /v1/treasury/financial_accounts",
        {
            "supported_currencies": ["usd"],
            "features": {
                "card_issuing": _REQUESTED,
                "inbound_transfers": {"ach": _REQUESTED},
                "intra_stripe_flows": _REQUESTED,
                "outbound_payments": {"ach": _REQUESTED},
                "outbound_transfers": {"ach": _REQUESTED},
            },
        },
    ),
    "treasury.inbound_transfer": (
        "POST /v1/treasury/inbound_transfers",
        {
            "amount": 1000,
            "currency": "usd",
            "financial_account": Another("treasury.financial_account"),
            "origin_payment_method": "pm_usBankAccount_success",
        },
    ),
    "treasury.outbound_payment": ("POST /v1/treasury/outbound_payments", _OUT_OF_TREASURY),
    "treasury.outbound_transfer": ("POST /v1/treasury/outbound_transfers", _OUT_OF_TREASURY),
    "treasury.received_credit": (
        "POST /v1/test_helpers/treasury/received_credits",
        {
            "amount": 1000,
            "currency": "usd",
            "financial_account": Another("treasury.financial_account"),
            "network": "ach",
        },
    ),
    "treasury.received_debit": (
        "POST /v1/test_helpers/treasury/received_debits",
        {
            "amount": 1000,
            "currency": "usd",
            "financial_account": Another("treasury.received_credit", "financial_account"),
            "network": "ach",
        },
    ),
    "webhook_endpoint": (
        "POST /v1/webhook_endpoints",
        {"enabled_events": ["*"], "url": "https://example.com/"},
    ),
}
"""By which operation, and with which parameters, an object is made that something can be done with. The others have
only their empty fields, and the objects that these cannot do without.
"""

_BANK_ACCOUNT = {
    "account_holder_name": "Jenny Rosen",
    "account_holder_type": "individual",
    "account_number": "000123456789",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
}

BY_PREFIX: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]] = {
    ("token", "btok"): ("POST /v1/tokens", {"bank_account": _BANK_ACCOUNT}),
}
"""The same, where it depends on what the id begins with: by its kind and that."""

_OF_ACCOUNT = "POST /v1/accounts/{account}"

BY_OWNER: Mapping[tuple[str, str], tuple[str, Mapping[str, Any]]] = {
    ("bank_account", "account"): (
        f"{_OF_ACCOUNT}/external_accounts",
        {"external_account": {"object": "bank_account", **_BANK_ACCOUNT}},
    ),
    ("bank_account", "customer"): (
        "POST /v1/customers/{customer}/sources",
        {"source": {"object": "bank_account", **_BANK_ACCOUNT}},
    ),
    ("card", "account"): (
        f"{_OF_ACCOUNT}/external_accounts",
        {"external_account": "tok_visa_debit"},
    ),
    ("card", "customer"): ("POST /v1/customers/{customer}/sources", {"source": "tok_visa"}),
    ("person", "account"): (f"{_OF_ACCOUNT}/persons", {}),
}
"""The same of what belongs to somebody, by its kind and its owner's: of what stands under that in the path."""

_SUM = {"amount": 1000, "currency": "usd"}

NOT_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "application_fee": _SUM,
    "dispute": {
        **_SUM,
        "evidence_details": {"due_by": 4_102_444_800, "submission_method": "not_submitted"},
        "reason": "fraudulent",
        "status": "needs_response",
    },
    "financial_connections.account": {
        "permissions": ["balances", "ownership", "payment_method", "transactions"],
        "status": "active",
        "subscriptions": [],
    },
    "payout": _SUM,
    "review": {"open": True, "opened_reason": "rule", "reason": "rule"},
    "tax.calculation": {"expires_at": After(90 * DAY)},
    "transfer": _SUM,
}
"""What others have that is not empty: no operation makes them, or only one that needs more than parameters, as money.
A structure is laid over the empty one.
"""

PARTS = frozenset({"bank_account", "card", "line_item", "person"})
"""What is only a part of another object, and is not made without it."""
