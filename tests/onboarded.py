"""A connected account that has told everything, as tests make one without Stripe's page."""

from typing import Any

PERSON: dict[str, Any] = {
    "address": {
        "city": "San Francisco",
        "country": "US",
        "line1": "address_full_match",
        "postal_code": "94103",
        "state": "CA",
    },
    "dob": {"day": 1, "month": 1, "year": 1901},
    "email": "jenny@example.com",
    "first_name": "Jenny",
    "last_name": "Rosen",
    "phone": "0000000000",
}

BANK_ACCOUNT = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "account_number": "000123456789",
    "routing_number": "110000000",
}
"""What an account is paid out to, described by its number."""

ONBOARDED: dict[str, Any] = {
    "type": "custom",
    "country": "US",
    "business_profile": {"mcc": "5734", "url": "https://accessible.stripe.com"},
    "business_type": "individual",
    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
    "external_account": "btok_us_verified",
    "individual": PERSON,
    "tos_acceptance": {"date": 1_700_000_000, "ip": "127.0.0.1"},
}
"""The parameters with which it is created: it can be paid, and is paid out."""

NOT_PAID_OUT = {name: value for name, value in ONBOARDED.items() if name != "external_account"}
"""The same without a bank account: it can be paid."""
