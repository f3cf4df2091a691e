"""In which state an operation needs the object that it names, where one that is new is not in it.

stripe-mock answers whatever it is asked for, so tests that were written for it capture, void and accept what they never
made: the lenient mode makes it so that this can be done.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from localstack_stripe.api.smallest import Another


class Ready(NamedTuple):
    """How an object becomes ready for an operation.

    :param params: what it is made with besides the smallest parameters of its kind
    :param steps: the operations that are done on it then, with their parameters
    """

    params: Mapping[str, Any] = {}
    steps: tuple[tuple[str, Mapping[str, Any]], ...] = ()


_ADD_LINES = (
    "POST /v1/invoices/{invoice}/add_lines",
    {"lines": [{"amount": 1000, "description": "A product"}]},
)
_FINALIZE: tuple[str, Mapping[str, Any]] = ("POST /v1/invoices/{invoice}/finalize", {})

_OPEN_INVOICE = Ready(steps=(_ADD_LINES, _FINALIZE))

_OPEN_QUOTE = Ready(steps=(("POST /v1/quotes/{quote}/finalize", {}),))

_ABLE_TO_PAY = Ready(
    {
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
        "payment_method": "pm_card_visa",
    }
)

_HELD = Ready({"capture_method": "manual", "confirm": True, "payment_method": "pm_card_visa"})

_WAITS_FOR_MICRODEPOSITS: Mapping[str, Any] = {
    "automatic_payment_methods": None,
    "confirm": True,
    "mandate_data": {"customer_acceptance": {"type": "offline", "offline": {}}},
    "payment_method_data": {
        "billing_details": {"name": "Jenny Rosen", "email": "jenny@example.com"},
        "type": "us_bank_account",
        "us_bank_account": {
            "account_holder_type": "individual",
            "account_number": "000123456789",
            "routing_number": "110000000",
        },
    },
    "payment_method_options": {"us_bank_account": {"verification_method": "microdeposits"}},
    "payment_method_types": ["us_bank_account"],
}

_SHIPPED = {
    "shipping": {
        "address": {
            "city": "Reno",
            "country": "US",
            "line1": "1 Main St",
            "postal_code": "89501",
            "state": "NV",
        },
        "name": "Jenny Rosen",
        "service": "standard",
    },
    "type": "physical",
}

_SHIPPING = "POST /v1/test_helpers/issuing/cards/{card}/shipping"

_SUBMITTED = Ready(_SHIPPED, ((f"{_SHIPPING}/submit", {}),))
_ON_ITS_WAY = Ready(_SHIPPED, (*_SUBMITTED.steps, (f"{_SHIPPING}/ship", {})))

READY: Mapping[tuple[str, str], Ready] = {
    ("GET /v1/credit_notes/preview", "invoice"): _OPEN_INVOICE,
    ("GET /v1/credit_notes/preview/lines", "invoice"): _OPEN_INVOICE,
    ("GET /v1/quotes/{quote}/pdf", "quote"): _OPEN_QUOTE,
    ("POST /v1/charges/{charge}/capture", "charge"): Ready({"capture": False}),
    ("POST /v1/credit_notes", "invoice"): _OPEN_INVOICE,
    ("POST /v1/invoices/{invoice}/mark_uncollectible", "invoice"): _OPEN_INVOICE,
    ("POST /v1/invoices/{invoice}/send", "invoice"): Ready(
        {"collection_method": "send_invoice", "days_until_due": 30}, (_ADD_LINES,)
    ),
    ("POST /v1/invoices/{invoice}/void", "invoice"): _OPEN_INVOICE,
    ("POST /v1/payment_intents/{intent}/capture", "payment_intent"): _HELD,
    ("POST /v1/payment_intents/{intent}/increment_authorization", "payment_intent"): Ready(
        {
            **_HELD.params,
            "payment_method_options": {
                "card": {"request_incremental_authorization": "if_available"}
            },
        }
    ),
    ("POST /v1/payment_intents/{intent}/verify_microdeposits", "payment_intent"): Ready(
        _WAITS_FOR_MICRODEPOSITS
    ),
    ("POST /v1/payment_methods/{payment_method}/detach", "payment_method"): Ready(
        steps=(
            (
                "POST /v1/payment_methods/{payment_method}/attach",
                {"customer": Another("customer")},
            ),
        )
    ),
    ("POST /v1/quotes/{quote}/accept", "quote"): _OPEN_QUOTE,
    ("POST /v1/setup_intents/{intent}/verify_microdeposits", "setup_intent"): Ready(
        _WAITS_FOR_MICRODEPOSITS
    ),
    ("POST /v1/quotes", "customer"): _ABLE_TO_PAY,
    ("POST /v1/subscriptions", "customer"): _ABLE_TO_PAY,
    (f"{_SHIPPING}/deliver", "issuing.card"): _ON_ITS_WAY,
    (f"{_SHIPPING}/fail", "issuing.card"): _ON_ITS_WAY,
    (f"{_SHIPPING}/return", "issuing.card"): _ON_ITS_WAY,
    (f"{_SHIPPING}/ship", "issuing.card"): _SUBMITTED,
}
"""By operation and kind."""

AS_IT_IS = Ready()
