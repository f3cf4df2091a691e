"""What the bank behind a test card answers (https://docs.stripe.com/testing)."""

from typing import Literal

from localstack_stripe.payments.declines import AUTHENTICATION_REQUIRED, Decline, decline_for
from localstack_stripe.payments.test_cards import TestCard


class Approved:
    """The bank pays."""


class AuthenticationNeeded:
    """The bank wants to hear from the cardholder first, who is there to be asked."""


Answer = Approved | AuthenticationNeeded | Decline


def refusal(
    card: TestCard | None, occasion: Literal["attach", "charge"], forced: str | None = None
) -> Decline | None:
    """Why the bank refuses a card, or nothing.

    :param card: nothing for methods that are no cards, which no bank refuses
    :param forced: the reason for which a bank refuses now, whatever the card
    """
    if forced is not None:
        return decline_for(forced)
    return card.decline_when(occasion) if card is not None else None


def ask_to_save(
    card: TestCard | None,
    forced: str | None = None,
    *,
    authenticated: bool = False,
    requested: bool = False,
) -> Answer:
    """What the bank says to saving a card without a payment, while the cardholder is there.

    :param authenticated: whether the cardholder has authenticated it
    :param requested: whether the merchant wants them to, where the card allows it
    """
    if _asks(card, requested=requested) and not authenticated and forced is None:
        return AuthenticationNeeded()
    return refusal(card, "attach", forced) or Approved()


def ask_to_pay(
    card: TestCard | None,
    forced: str | None = None,
    *,
    off_session: bool,
    authenticated: bool,
    set_up: bool = False,
    requested: bool = False,
) -> Answer:
    """What the bank says to a payment.

    :param off_session: whether the cardholder is absent, and cannot be asked to authenticate
    :param authenticated: whether the cardholder has authenticated this payment
    :param set_up: whether the cardholder has authenticated that the card is charged later
    :param requested: whether the merchant wants the cardholder to authenticate, where the card allows it
    """
    if forced is None and card is not None and not authenticated:
        if not off_session:
            if _asks(card, requested=requested):
                return AuthenticationNeeded()
        elif card.authentication == "always" or (
            card.authentication == "unless_set_up" and not set_up
        ):
            return AUTHENTICATION_REQUIRED
    return refusal(card, "charge", forced) or Approved()


def _asks(card: TestCard | None, *, requested: bool) -> bool:
    """Whether a cardholder who is there has to authenticate."""
    when = card.authentication if card is not None else ""
    return requested if when == "on_request" else bool(when)
