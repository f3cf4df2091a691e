"""What is held for a charge (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method): taken, at once or in parts, or
released.
"""

from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.charge_shares import collect, whole_transfer_data
from localstack_stripe.resources.core.statement_descriptors import descriptor_of


def take_authorized(
    work: UnitOfWork, charge: Record, amount: int, *, is_final: bool = True
) -> None:
    """Capture an amount, in minor units, of an authorized charge, or more of one of which some was captured before.

    :param is_final: whether what is left is released; else it stays authorized, and the charge is not captured yet
    """
    charge["amount_captured"] += amount
    # What was captured in all is what a charge is of, where that is more than was authorized
    # (https://docs.stripe.com/payments/overcapture).
    charge["amount"] = max(charge["amount"], charge["amount_captured"])
    charge["calculated_statement_descriptor"] = descriptor_of(work, charge)
    whole_transfer_data(charge)
    if amount:
        collect(work, charge, amount)
    if is_final:
        charge["captured"] = True
        given_back = charge["amount_refunded"]
        charge["refunded"] = bool(given_back) and given_back == charge["amount_captured"]


def can_be_captured_again(charge: Record) -> bool:
    """Whether a charge's money can be captured in parts (https://docs.stripe.com/payments/multicapture)."""
    card = charge["payment_method_details"].get("card") or {}
    return bool(card.get("multicapture", {}).get("status") == "available")


def take_again(work: UnitOfWork, charge: Record, amount: int, *, is_final: bool) -> None:
    """Capture an amount of a charge that can be captured more than once, and tell of it as each such capture does: what
    is new, such as the balance transaction, replaces that of the capture before
    (https://docs.stripe.com/payments/multicapture#webhooks).
    """
    before = {name: charge.get(name) for name in (*_COLLECTED, "amount", "amount_captured")}
    take_authorized(work, charge, amount, is_final=is_final)
    _tell_collected(work, charge, before)


def collect_afterwards(work: UnitOfWork, charge: Record) -> None:
    """Take a charge's money into the balance when its payment has succeeded, and tell of that, as asynchronous capture does
    (https://docs.stripe.com/payments/payment-intents/asynchronous-capture).
    """
    before = {name: charge.get(name) for name in _COLLECTED}
    collect(work, charge, charge["amount_captured"])
    _tell_collected(work, charge, before)


def _tell_collected(work: UnitOfWork, charge: Record, before: Record) -> None:
    previous = {name: value for name, value in before.items() if charge.get(name) != value}
    work.happened("charge.updated", charge, previous)


_COLLECTED = ("application_fee", "balance_transaction", "transfer", "transfer_group")
"""What a charge has from when its money was taken into the balance."""


_RELEASED = "released"
"""Noted of a charge whose money was not captured in time."""


def release_expired(work: UnitOfWork, charge: Record) -> None:
    """Release what was authorized for a charge and was not captured in time. That is no refund, and moves no money
    (https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow).
    """
    work.note(charge, _RELEASED)
    work.happened("charge.expired", charge)


def is_released(work: UnitOfWork, charge: Record) -> bool:
    """Whether a charge's money was not captured in time."""
    return bool(work.noted(charge, _RELEASED))


def held_by_intent(intent: str, instead: str) -> StripeError:
    """The refusal of what cannot be done to a charge whose money an intent holds.

    :param instead: what has to be done
    """
    return invalid(
        f"This uncaptured Charge was created by a PaymentIntent ({intent}). You must {instead}. For more information, see "
        "https://stripe.com/docs/payments/place-a-hold-on-a-payment-method"
    )
