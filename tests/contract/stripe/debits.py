"""How a payment is asked for that debits a bank account, and how such an account is saved."""

from typing import Any

ACCEPTED: dict[str, Any] = {
    "customer_acceptance": {
        "type": "online",
        "online": {"ip_address": "127.0.0.1", "user_agent": "a browser"},
    }
}
"""The customer has agreed to be debited."""

ADA = {"name": "Ada", "email": "ada@example.com"}
"""Whose account it is."""

US = {
    "account_number": "000123456789",
    "routing_number": "110000000",
    "account_holder_type": "company",
}
"""How a bank account in the United States is described."""

PAD: dict[str, Any] = {
    "acss_debit": {
        "mandate_options": {
            "interval_description": "First day of every month",
            "payment_schedule": "interval",
            "transaction_type": "personal",
        }
    }
}
"""What a customer in Canada has agreed to."""


def debiting(type: str, currency: str, method: str | None = None, **more: Any) -> dict[str, Any]:
    """The parameters of a payment of ten dollars, pounds or euros from an account of a type."""
    return {
        "amount": 1000,
        "currency": currency,
        "allowed_payment_method_types": [type],
        "confirm": True,
        "mandate_data": ACCEPTED,
        "payment_method": method,
        **({"payment_method_options": PAD} if type == "acss_debit" else {}),
        **more,
    }


def setting_up(type: str, method: str, customer: str) -> dict[str, Any]:
    """The parameters that save a customer's account of a type for later payments."""
    return {
        "customer": customer,
        "payment_method": method,
        "allowed_payment_method_types": [type],
        "mandate_data": ACCEPTED,
        "confirm": True,
    }
