"""The life of a payment intent (https://docs.stripe.com/payments/paymentintents/lifecycle): what its states allow."""

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")

ALLOWED_FROM = {
    "confirm": OPEN,
    "capture": ("requires_capture",),
    "cancel": (
        "requires_payment_method",
        "requires_capture",
        "requires_confirmation",
        "requires_action",
        "processing",
    ),
}
"""In which states of an intent each action is allowed; from the others it is ``payment_intent_unexpected_state``."""

UPDATED_FROM = {
    **dict.fromkeys(
        (
            "allowed_payment_method_types",
            "amount",
            "capture_method",
            "currency",
            "customer",
            "excluded_payment_method_types",
            "payment_method",
            "payment_method_configuration",
            "payment_method_data",
            "payment_method_options",
            "setup_future_usage",
        ),
        OPEN,
    ),
    **dict.fromkeys(("application_fee_amount", "transfer_data"), (*OPEN, "requires_capture")),
}
"""In which states a parameter of an intent can still be changed; what is not named, such as ``metadata`` and
``description``, always can be (https://docs.stripe.com/api/payment_intents/update)."""
