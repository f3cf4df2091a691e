"""What the bank behind a test card answers (https://docs.stripe.com/testing)."""

from typing import Literal

from localstack_stripe.billing.amounts import ZERO_DECIMAL
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


_BY_AMOUNT = {
    1: "call_issuer",
    5: "generic_decline",
    55: "incorrect_pin",
    60: "online_or_offline_pin_required",
    65: "withdrawal_count_limit_exceeded",
    75: "pin_try_exceeded",
}


def reason_by_amount(card: TestCard | None, amount: int, currency: str) -> str | None:
    """Why the bank refuses to pay an amount with a standard test card that is held to a reader, or nothing
    (https://docs.stripe.com/terminal/references/testing#physical-test-cards): its last two digits say it.

    :param amount: in minor units
    """
    has_own = card is None or card.decline_when("charge") is not None
    return None if has_own or currency in ZERO_DECIMAL else _BY_AMOUNT.get(amount % 100)


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
