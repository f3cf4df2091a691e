"""What requests meant until version 2023-08-16: an intent that listed no types of payment methods was for cards alone
(https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods); and to whom the money of a charge went.
"""

from localstack_stripe.api.versions.change import Change, by_default, found_at

_SAY_TYPES = (
    "allowed_payment_method_types",
    "automatic_payment_methods",
    "excluded_payment_method_types",
    "payment_method_configuration",
    "payment_method_types",
)


_FOR_CARDS = by_default({"payment_method_types": ["card"]}, *_SAY_TYPES)

CHANGE = Change(
    day="2023-08-16",
    fields={"charge": {"destination": "@account | null"}},
    values={"charge": found_at(destination="transfer_data.destination")},
    parameters={
        "POST /v1/payment_intents": _FOR_CARDS,
        "POST /v1/setup_intents": _FOR_CARDS,
    },
)
