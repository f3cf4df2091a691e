"""What objects had in them until version 2022-11-15: the charges of a payment, the refunds of a charge, and where a Checkout
session's customer wants it brought to, by its older name (https://docs.stripe.com/changelog/2022-11-15).
"""

from localstack_stripe.api.versions.change import Change
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _session(work: UnitOfWork, session: Record) -> Record:
    return {"shipping": at(session, "collected_information.shipping_details")}


CHANGE = Change(
    day="2022-11-15",
    fields={
        "checkout.session": {"shipping": "{any} | null"},
        "payment_intent": {"charges": "list(#charge)"},
    },
    values={"checkout.session": _session},
    shown={"charge": ("refunds",)},
)
