"""What the bank behind a test card answers (https://docs.stripe.com/testing)."""

from dataclasses import dataclass

from localstack_stripe.payments.declines import AUTHENTICATION_REQUIRED, Decline
from localstack_stripe.payments.test_cards import TestCard


@dataclass(frozen=True, slots=True)
class Approved:
    """The bank pays."""


@dataclass(frozen=True, slots=True)
class AuthenticationNeeded:
    """The bank wants to hear from the cardholder first, who is there to be asked."""


Answer = Approved | AuthenticationNeeded | Decline


def ask_to_save(card: TestCard | None) -> Answer:
    """What the bank says to saving a card without a payment, while the cardholder is there."""
    if card is None:
        return Approved()
    if card.authentication in ("always", "unless_set_up", "on_session"):
        return AuthenticationNeeded()
    return card.decline_when("attach") or Approved()


def ask_to_pay(card: TestCard | None, *, off_session: bool, authenticated: bool) -> Answer:
    """What the bank says to a payment.

    :param card: nothing for methods that are no cards, whose bank pays
    :param off_session: whether the cardholder is absent, and cannot be asked to authenticate
    :param authenticated: whether the cardholder has authenticated this payment
    """
    if card is None:
        return Approved()
    if card.authentication and not authenticated:
        if not off_session:
            return AuthenticationNeeded()
        if card.authentication != "on_session":
            return AUTHENTICATION_REQUIRED
    return card.decline_when("charge") or Approved()
