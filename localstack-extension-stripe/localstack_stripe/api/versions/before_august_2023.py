"""What requests meant until version 2023-08-16: an intent that listed no types of payment methods was for cards alone
(https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods); and to whom the money of a charge went.
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_SAY_TYPES = (
    "allowed_payment_method_types",
    "automatic_payment_methods",
    "excluded_payment_method_types",
    "payment_method_configuration",
    "payment_method_types",
)


def _for_cards(tree: Tree) -> Tree:
    if any(name in tree for name in _SAY_TYPES):
        return tree
    return {**tree, "payment_method_types": ["card"]}


def _charge(work: UnitOfWork, charge: Record) -> Record:
    return {"destination": at(charge, "transfer_data.destination")}


CHANGE = Change(
    day="2023-08-16",
    fields={"charge": {"destination": "@account | null"}},
    values={"charge": _charge},
    parameters={
        "POST /v1/payment_intents": by(_for_cards),
        "POST /v1/setup_intents": by(_for_cards),
    },
)
