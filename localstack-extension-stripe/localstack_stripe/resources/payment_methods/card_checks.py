"""What is checked of a card, its CVC and its address, and what its bank says to that
(https://docs.stripe.com/api/payment_methods/object#payment_method_object-card-checks).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.payments.test_cards import TestCard

_CHECKS = {
    "address_line1_check": "line1",
    "address_postal_code_check": "postal_code",
    "cvc_check": "cvc",
}
"""What is checked, and what the test cards call that."""

_UNCHECKED = "unchecked"


def to_check(address: Record, *, has_cvc: bool) -> Record:
    """What of a card's address and its CVC is to be checked by the bank, which is asked when the card is saved or charged.

    :param address: what was sent of it
    """
    is_sent = {what: bool(address.get(what)) for what in _CHECKS.values()} | {"cvc": has_cvc}
    return {name: _UNCHECKED if is_sent[what] else None for name, what in _CHECKS.items()}


def to_check_of(card: TestCard) -> Record:
    """The same of a test value, with which a CVC is sent, and of an address what its bank does not like."""
    return to_check({what: what in card.checks for what in _CHECKS.values()}, has_cvc=True)


def checked(card: TestCard, checks: Record) -> Record:
    """What the bank says to what of a card is to be checked."""
    return {
        name: card.check(_CHECKS[name]) if value == _UNCHECKED else value
        for name, value in checks.items()
    }
