"""What objects had in them until version 2022-11-15: the charges of a payment, the refunds of a charge, and where a Checkout
session's customer wants it brought to, by its older name (https://docs.stripe.com/changelog/2022-11-15).
"""

from localstack_stripe.api.versions.change import Change, found_at

CHANGE = Change(
    day="2022-11-15",
    fields={
        "checkout.session": {"shipping": "{any} | null"},
        "payment_intent": {"charges": "list(#charge)"},
    },
    values={"checkout.session": found_at(shipping="collected_information.shipping_details")},
    shown={"charge": ("refunds",)},
)
