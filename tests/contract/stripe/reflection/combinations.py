"""What the contract does not say of parameters: which go together, and which text names an object.

By Stripe's reference pages of the operations (https://docs.stripe.com/api).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from localstack_stripe.contract.loader import load_contract
from tests.onboarded import BANK_ACCOUNT, ONBOARDED

if TYPE_CHECKING:
    from tests.contract.stripe.reflection.smallest import Maker

OPERATIONS = load_contract().operations


def of_customer(maker: Maker) -> dict[str, Any]:
    """Whose it is."""
    return {"customer": maker.made("customer")["id"]}


def usage(maker: Maker) -> dict[str, Any]:
    """What a meter can take."""
    maker.made("billing.meter")
    return {"payload": {"stripe_customer_id": maker.made("customer")["id"], "value": "3"}}


def used(maker: Maker, version: str) -> dict[str, Any]:
    """What names an event that a meter has taken."""
    event = maker.call(OPERATIONS[f"POST /{version}/billing/meter_events"])
    return {"cancel": {"identifier": event["identifier"]}}


def funded(maker: Maker) -> dict[str, Any]:
    """A financial account that has something."""
    maker.another("treasury.received_credit", amount=100_000)
    return held(maker)


def earned(maker: Maker, **terms: Any) -> dict[str, Any]:
    """Something of what the account has earned, which is more."""
    call = OPERATIONS["POST /v1/charges"]
    money = {"amount": 100_000, "currency": "usd", "source": "tok_bypassPending"}
    maker.sdk.call(call, [], money | terms)
    return {"amount": 1000, "currency": "usd"}


def shared(maker: Maker) -> Any:
    """A platform's share in what it has earned for a connected account."""
    destination = {"destination": maker.made("account")["id"]}
    earned(maker, transfer_data=destination, application_fee_amount=90_000)
    return maker.sdk.call(OPERATIONS["GET /v1/application_fees"], [], {})["data"][0]


def held(maker: Maker) -> dict[str, Any]:
    """A financial account."""
    return {"financial_account": maker.made("treasury.financial_account")["id"]}


def stored(maker: Maker) -> str:
    """The id of the financial account of v2 that there is."""
    listing = OPERATIONS["GET /v2/money_management/financial_accounts"]
    return str(maker.call(listing)["data"][0]["id"])


def paid_out(maker: Maker) -> dict[str, Any]:
    """From where to where v2's money is sent, which there is enough of."""
    account = stored(maker)
    maker.another("v2.money_management.financial_address_credit_simulation")
    return {
        "amount": {"value": 10, "currency": "usd"},
        "from": {"financial_account": account, "currency": "usd"},
        "to": {"recipient": maker.made("v2.core.account")["id"]},
    }


def paid_to(maker: Maker) -> dict[str, Any]:
    """Where v2's money is sent to."""
    return {"payout_method": maker.made("v2.core.vault.gb_bank_account")["id"]}


def sent(maker: Maker) -> dict[str, Any]:
    """From where to where money is sent."""
    return {**funded(maker), "destination_payment_method": "pm_usBankAccount_success"}


def received(maker: Maker, what: str) -> dict[str, Any]:
    """What came to a financial account or was taken from it, and can be reversed once."""
    flow = maker.another(f"treasury.received_{what}", network="ach")
    return {f"received_{what}": flow["id"]}


def onboarded(maker: Maker) -> dict[str, Any]:
    """An account with an Express dashboard that has told everything, which is the account from here on."""
    # Its owner accepts Stripe's terms, and nobody else.
    terms = {**ONBOARDED, "tos_acceptance": {}, "type": "express"}
    maker.keep("account", maker.another("account", **terms))
    return {}


def open_invoice(maker: Maker) -> str:
    """The id of an invoice that has to be paid."""
    id = str(maker.another("invoice")["id"])
    maker.another("invoiceitem", invoice=id)
    maker.sdk.call(OPERATIONS["POST /v1/invoices/{invoice}/finalize"], [id], {})
    return id


def taxable(maker: Maker) -> dict[str, Any]:
    """Somebody who is somewhere, and an account that is."""
    office = {"address": {"country": "DE"}}
    maker.sdk.call(OPERATIONS["POST /v1/tax/settings"], [], {"head_office": office})
    return {"customer": maker.another("customer", address={"country": "DE"})["id"]}


NAMED = {
    name: name
    for name in ("account", "charge", "customer", "payment_intent", "price", "product", "coupon")
}
"""Parameters that are an object's id."""

ALSO: dict[str, dict[str, Any] | Callable[[Maker], dict[str, Any]]] = {
    "POST /v1/apps/installs": {"channel": "private_test"},
    "POST /v1/billing/credit_grants": lambda maker: {
        **of_customer(maker),
        "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": 1000}},
        "applicability_config": {"scope": {"price_type": "metered"}},
    },
    "POST /v1/billing/meter_event_adjustments": lambda maker: used(maker, "v1"),
    "POST /v1/billing/meter_events": usage,
    "POST /v1/billing_portal/sessions": of_customer,
    "POST /v1/accounts": ONBOARDED,
    "POST /v1/account_links": {
        "refresh_url": "https://example.com/again",
        "return_url": "https://example.com/back",
    },
    "POST /v1/accounts/{account}/login_links": onboarded,
    "POST /v1/accounts/{account}/external_accounts": {"external_account": BANK_ACCOUNT},
    "POST /v1/charges": {"amount": 1000, "currency": "usd", "source": "tok_visa"},
    "POST /v1/checkout/sessions": {
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
    "POST /v1/climate/orders": {
        "product": "climsku_frontier_offtake_portfolio_2027",
        "amount": 100_000,
    },
    "POST /v1/coupons": {"percent_off": 10, "duration": "once"},
    "POST /v1/credit_notes": lambda maker: {
        "invoice": open_invoice(maker),
        "amount": 100,
    },
    "POST /v1/account_sessions": {"components": {"payments": {"enabled": True}}},
    "POST /v1/billing/alerts": lambda maker: {
        "usage_threshold": {
            "gte": 100,
            "meter": maker.made("billing.meter")["id"],
            "recurrence": "one_time",
        }
    },
    "POST /v1/customer_sessions": lambda maker: {
        **of_customer(maker),
        "components": {"buy_button": {"enabled": True}},
    },
    "POST /v1/customers/{customer}/funding_instructions": {
        "bank_transfer": {"type": "us_bank_transfer"}
    },
    "POST /v1/ephemeral_keys": of_customer,
    "POST /v1/files": {"purpose": "dispute_evidence"},
    "POST /v1/forwarding/requests": lambda maker: {
        "payment_method": maker.made("payment_method")["id"],
        "request": {"body": '{"number": ""}'},
        "url": f"{maker.sdk.address}/_emulator/health",
    },
    "POST /v1/identity/verification_sessions": {"type": "document"},
    "POST /v1/invoices": of_customer,
    "POST /v1/financial_connections/sessions": lambda maker: {
        "account_holder": {"type": "customer", **of_customer(maker)}
    },
    "POST /v1/invoiceitems": lambda maker: {
        "customer": maker.made("customer")["id"],
        "amount": 1000,
        "currency": "usd",
    },
    "POST /v1/issuing/cards": lambda maker: {
        "cardholder": maker.made("issuing.cardholder")["id"],
        "type": "virtual",
    },
    "POST /v1/issuing/disputes": lambda maker: {
        "transaction": maker.another("issuing.transaction")["id"]
    },
    "POST /v1/test_helpers/issuing/authorizations": {"amount": 1000},
    "POST /v1/payment_methods": {"type": "card", "card": {"token": "tok_visa"}},
    "POST /v1/payment_links": lambda maker: {
        "line_items": [{"price": maker.made("price")["id"], "quantity": 1}]
    },
    "POST /v1/payouts": earned,
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
    "POST /v1/product_catalog/trial_offers": {
        "duration": {"type": "relative", "relative": {"iterations": 1}}
    },
    "POST /v1/promotion_codes": lambda maker: {
        "promotion": {"type": "coupon", "coupon": maker.made("coupon")["id"]}
    },
    "POST /v1/refunds": lambda maker: {"charge": maker.made("charge")["id"]},
    "POST /v1/reporting/report_runs": {
        "report_type": "balance.summary.1",
        "parameters": {"interval_start": 1_700_000_000, "interval_end": 1_700_086_400},
    },
    "POST /v1/shipping_rates": {"fixed_amount": {"amount": 500, "currency": "usd"}},
    "POST /v1/sources": {"type": "ach_debit"},
    "POST /v1/subscription_schedules": lambda maker: {
        **of_customer(maker),
        "phases": [{"items": [{"price": maker.made("price")["id"]}]}],
    },
    "POST /v1/subscription_items": lambda maker: {
        "subscription": maker.made("subscription")["id"],
        "price": maker.another("price")["id"],
    },
    "POST /v1/subscriptions": lambda maker: {
        "customer": maker.made("customer")["id"],
        "items": [{"price": maker.made("price")["id"]}],
        "trial_period_days": 30,
    },
    "POST /v1/terminal/locations": {
        "address": {"line1": "1234 Main Street", "country": "US"},
        "display_name": "My First Store",
    },
    "POST /v1/tax/calculations": taxable,
    "POST /v1/tax/registrations": {
        "country_options": {"us": {"state": "CA", "type": "state_sales_tax"}}
    },
    "POST /v1/tax/transactions/create_from_calculation": lambda maker: {
        "calculation": maker.made("tax.calculation")["id"]
    },
    "POST /v1/test_helpers/treasury/received_credits": held,
    "POST /v1/test_helpers/treasury/received_debits": funded,
    "GET /v1/treasury/credit_reversals": held,
    "GET /v1/treasury/debit_reversals": held,
    "GET /v1/treasury/inbound_transfers": held,
    "GET /v1/treasury/outbound_payments": held,
    "GET /v1/treasury/outbound_transfers": held,
    "GET /v1/treasury/received_credits": held,
    "GET /v1/treasury/received_debits": held,
    "POST /v1/treasury/credit_reversals": lambda maker: received(maker, "credit"),
    "POST /v1/treasury/debit_reversals": lambda maker: received(maker, "debit"),
    "POST /v1/treasury/financial_accounts": {
        "features": {
            name: {"ach": {"requested": True}}
            for name in ("inbound_transfers", "outbound_payments", "outbound_transfers")
        }
    },
    "POST /v1/treasury/inbound_transfers": lambda maker: {
        **held(maker),
        "origin_payment_method": "pm_usBankAccount_success",
    },
    "POST /v1/three_d_secure/authentications": {
        "channel": {
            "type": "browser",
            "browser": {
                "accept_header": "*/*",
                "ip_address": "203.0.113.7",
                "javascript_enabled": True,
                "language": "en",
                "user_agent": "x",
            },
        },
        "payment_method": "pm_card_visa",
    },
    "POST /v1/tokens": {"pii": {"id_number": "000000000"}},
    "POST /v1/transfers": earned,
    "POST /v1/transfers/{id}/reversals": {"amount": 10},
    "POST /v1/treasury/outbound_payments": sent,
    "POST /v1/treasury/outbound_transfers": sent,
    "POST /v2/billing/meter_event_adjustments": lambda maker: used(maker, "v2"),
    "POST /v2/commerce/product_catalog/imports": {"mode": "upsert"},
    "POST /v2/billing/meter_events": usage,
    "POST /v2/core/account_links": {
        "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {"refresh_url": "https://example.com/again"},
        }
    },
    "POST /v2/core/event_destinations": {
        "type": "webhook_endpoint",
        "event_payload": "thin",
        "enabled_events": ["v2.core.account.created"],
        "webhook_endpoint": {"url": "https://example.com/hook"},
    },
    "POST /v2/core/vault/gb_bank_accounts": {
        "account_number": "00012345",
        "sort_code": "108800",
        "currency": "gbp",
    },
    "POST /v2/core/vault/us_bank_accounts": {
        "account_number": "000123456789",
        "routing_number": "110000000",
    },
    "POST /v2/money_management/financial_addresses": lambda maker: {
        "financial_account": stored(maker),
        "bank_account": {"currency": "usd"},
    },
    "POST /v2/money_management/inbound_transfers": lambda maker: {
        "from": {"payment_method": maker.made("v2.core.vault.us_bank_account")["id"]},
        "to": {"financial_account": stored(maker), "currency": "usd"},
    },
    "POST /v2/money_management/outbound_payments": paid_out,
    "POST /v2/money_management/recipient_verifications": paid_to,
    "POST /v2/test_helpers/money_management/recipient_verifications": paid_to,
    "POST /v2/money_management/payout_intents": lambda maker: {
        **paid_out(maker),
        "confirmation_method": "manual",
    },
}
"""Parameters that an operation needs besides the required ones."""

BY_OTHER_MEANS: dict[str, Callable[[Maker], Any]] = {"application_fee": shared}
"""How objects are made that no operation creates."""

NO_FILTERS = {("v2.core.event_destination", "include")}
"""Parameters of lists that choose what is shown of the objects, and not which."""

SHOWN_WHEN_EXPANDED = {"apps.secret": ["payload"]}
"""What is sent and kept, and answered only where it is expanded."""

OTHERWISE = {
    ("v2.money_management.financial_address", "status"),
    ("issuing.transaction", "amount"),
    ("refund", "destination_details"),
    ("reporting.report_run", "result"),
    ("reporting.report_run", "status"),
    ("reporting.report_run", "succeeded_at"),
}
"""What is shown otherwise than it was sent, or a moment before: an amount that was taken is negative, a report is run,
an address is opened, a refund gets its reference."""

CHANGED_ONCE_SAVED = {"payment_method"}
"""What can only be changed when a customer has it."""

ENDED = {"subscription"}
"""What is deleted and stays readable: it has ended."""
