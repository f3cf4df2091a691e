"""Why a bank refuses a card, in Stripe's words (https://docs.stripe.com/declines/codes)."""

from typing import NamedTuple

from localstack_stripe.engine.formats import is_digits


class Decline(NamedTuple):
    """A refusal: the error's code, the bank's reason, and what a customer is told.

    :param decline_code: nothing where the bank was not asked, since the card cannot be right
    """

    code: str
    decline_code: str | None
    message: str
    param: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None

    @property
    def seller_message(self) -> str:
        """What the business is told (https://docs.stripe.com/api/charges/object#charge_object-outcome-seller_message)."""
        if self.decline_code in (None, "generic_decline"):
            return "The bank did not return any further details with this decline."
        return f"The bank returned the decline code `{self.decline_code}`."


_DECLINED = "Your card was declined."

_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "card_velocity_exceeded": (
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."
    ),
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
    "invalid_cvc": "Your card's security code is invalid.",
    "invalid_expiry_month": "Your card's expiration month is invalid.",
    "invalid_expiry_year": "Your card's expiration year is invalid.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "card_not_supported": "Your card does not support this type of purchase.",
    "transaction_not_allowed": "Your card does not support this type of purchase.",
    "incorrect_zip": "The zip code you supplied failed validation.",
}

_PARAMS = {
    "expired_card": "exp_month",
    "incorrect_cvc": "cvc",
    "incorrect_number": "number",
    "incorrect_zip": "address_zip",
    "invalid_cvc": "cvc",
    "invalid_expiry_month": "exp_month",
    "invalid_expiry_year": "exp_year",
}

_UNASKED = {"incorrect_number", "invalid_cvc", "invalid_expiry_month", "invalid_expiry_year"}
"""Codes that Stripe answers itself: no bank declined anything."""

_OWN_CODES = {*_PARAMS, "authentication_required", "processing_error"}
"""Reasons that are an error's code, too; for all others the code is ``card_declined``."""

_ADVICE = {
    "expired_card": "confirm_card_data",
    "incorrect_cvc": "confirm_card_data",
    "insufficient_funds": "try_again_later",
    "generic_decline": "try_again_later",
    "lost_card": "do_not_try_again",
    "stolen_card": "do_not_try_again",
    "processing_error": "try_again_later",
}

_NETWORK = {"generic_decline": "01"}
"""What the network answers, of the reasons of which we know it; from answers of Stripe's test mode
(https://github.com/zulip/zulip/blob/main/corporate/tests/stripe_fixtures/replace_payment_method--Invoice.pay.2.json).
"""


def decline(code: str, decline_code: str = "") -> Decline:
    """The refusal with an error code and, where the two differ, the bank's reason."""
    reason = decline_code or code
    return Decline(
        code,
        None if code in _UNASKED else reason,
        _MESSAGES.get(reason, _DECLINED),
        _PARAMS.get(code),
        _ADVICE.get(reason),
        _NETWORK.get(reason),
    )


def decline_for(reason: str) -> Decline:
    """The refusal for a bank's reason, such as ``insufficient_funds`` or ``expired_card``."""
    return decline(reason) if reason in _OWN_CODES else decline("card_declined", reason)


def mistake_in_card(
    number: str, exp_month: int, exp_year: int, cvc: str, *, this_year: int
) -> Decline | None:
    """What is wrong with a card as it was typed (https://docs.stripe.com/testing#invalid-data), or nothing."""
    if not is_digits(number) or not 12 <= len(number) <= 19 or not _luhn(number):
        return decline("incorrect_number")
    mistake = mistake_in_expiry(exp_month, exp_year, this_year=this_year)
    if mistake is None and cvc and not (is_digits(cvc) and len(cvc) in (3, 4)):
        return decline("invalid_cvc")
    return mistake


def mistake_in_expiry(exp_month: int, exp_year: int, *, this_year: int) -> Decline | None:
    """What is wrong with a card's expiry date, or nothing."""
    if not 1 <= exp_month <= 12:
        return decline("invalid_expiry_month")
    if not this_year <= exp_year <= this_year + 50:
        return decline("invalid_expiry_year")
    return None


def _luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (divmod(2 * digit, 10) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(map(sum, doubled))) % 10 == 0


AUTHENTICATION_REQUIRED = decline("authentication_required")
"""Of a payment for which the customer cannot be asked, as they are not there."""

AUTHENTICATION_NOT_HANDLED = Decline(
    "authentication_required",
    "authentication_not_handled",
    "This payment required an authentication action to complete, but `error_on_requires_action` was set.",
)
"""Of a payment for which the customer is not to be asked."""
