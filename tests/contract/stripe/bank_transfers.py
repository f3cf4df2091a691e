"""How a payment is asked for that a customer makes by bank transfer."""

from typing import Any

BY_BANK_TRANSFER: dict[str, Any] = {
    "allowed_payment_method_types": ["customer_balance"],
    "payment_method_data": {"type": "customer_balance"},
    "payment_method_options": {
        "customer_balance": {
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "us_bank_transfer"},
        }
    },
    "confirm": True,
}
