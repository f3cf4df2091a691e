"""What objects had in them until version 2022-11-15: the charges of a payment, and the refunds of a charge
(https://docs.stripe.com/changelog/2022-11-15).
"""

from localstack_stripe.api.versions.change import Change

CHANGE = Change(
    day="2022-11-15",
    fields={"payment_intent": {"charges": "list(#charge)"}},
    shown={"charge": ("refunds",)},
)
