"""What is known of a payment method that it does not show: whether it was set up, is verified, or may not be used again,
and which voucher it has."""

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_SET_UP = "set_up"
"""Noted of a payment method: its owner has authenticated that it is charged in their absence."""


def mark_set_up(work: UnitOfWork, method: Record) -> None:
    """Note that a card's bank was told by its owner of later payments (https://docs.stripe.com/testing#regulatory-cards)."""
    work.note(method, _SET_UP)


def is_set_up(work: UnitOfWork, method: Record) -> bool:
    """Whether a payment method was set up for payments in its owner's absence."""
    return bool(work.noted(method, _SET_UP))


_VERIFIED = "verified"
"""Noted of a payment method: its bank account is known to be the customer's."""


def mark_verified(work: UnitOfWork, method: Record) -> None:
    """Note that a bank account was verified (https://docs.stripe.com/payments/ach-direct-debit#verification)."""
    work.note(method, _VERIFIED)


def is_verified(work: UnitOfWork, method: Record) -> bool:
    """Whether a bank account was verified, as those are that were connected through Financial Connections."""
    connected = method[method["type"]].get("financial_connections_account")
    return connected is not None or bool(work.noted(method, _VERIFIED))


_SPENT = "spent"
"""Noted of a payment method that was detached, or used without being attached: it may not be used again."""


def mark_spent(work: UnitOfWork, method: Record) -> None:
    """Note that a payment method may not be used again."""
    work.note(method, _SPENT)


def refuse_spent(work: UnitOfWork, method: Record) -> None:
    """Refuse a payment method that may not be used again (https://docs.stripe.com/api/payment_methods/detach).

    :raises StripeError: 400
    """
    if method["customer"] is None and work.noted(method, _SPENT):
        raise invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
            "with a connected account without Customer attachment, or was detached from a Customer. It may not be "
            "used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
            "payment_method",
        )


_VOUCHER = "voucher"
"""Noted of a payment method: what its last voucher is found by, such as its number."""


def note_voucher(work: UnitOfWork, method: Record, told: Record) -> None:
    """Note what a customer was told to pay a voucher with, which the charge tells too."""
    work.note(method, _VOUCHER, told)


def voucher_of(work: UnitOfWork, method: Record) -> Record:
    """What that was, if they were told anything."""
    return work.noted(method, _VOUCHER) or {}
