"""How long money that is only authorized stays so, until it is captured or released
(https://docs.stripe.com/payments/place-a-hold-on-a-payment-method).
"""

from localstack_stripe.engine.clock import DAY, HOUR

_HELD = 7 * DAY
"""How long most payments are, in seconds."""

_PRESENTED = 2 * DAY
"""How long a card that is held to a reader is charged later."""

_SHORT_FOR_VISA = 4 * DAY + 18 * HOUR
"""The same of Visa, and of a card of Visa that the merchant charges by itself: five days, less what clearing takes."""

_EXTENDED, _EXTENDED_FOR_VISA = 30 * DAY, 29 * DAY + 18 * HOUR
"""How long it can be where that is asked for (https://docs.stripe.com/payments/extended-authorization)."""

_HELD_BY_TYPE = {
    "affirm": 30 * DAY,
    "afterpay_clearpay": 13 * DAY,
    # Ten days, which Stripe extends by another ten.
    "paypal": 20 * DAY,
}

_DAYS_OF_KLARNA = 28
"""Until the midnight with which this day after the payment begins (UTC) Klarna waits."""


def held_until(
    since: int,
    type: str,
    brand: str | None = None,
    *,
    off_session: bool = False,
    extended: bool = False,
) -> int:
    """When money that was authorized is released, in seconds since 1970.

    :param since: when it was authorized
    :param type: of the payment method
    :param brand: of a card
    :param off_session: whether the merchant has initiated the payment, without the customer
    :param extended: whether an extended authorization was asked for, and is possible
    """
    if type == "klarna":
        return (since // DAY + _DAYS_OF_KLARNA) * DAY
    if extended:
        return since + (_EXTENDED_FOR_VISA if brand == "visa" else _EXTENDED)
    if type == "card_present":
        return since + (_SHORT_FOR_VISA if brand == "visa" else _PRESENTED)
    if brand == "visa" and off_session:
        return since + _SHORT_FOR_VISA
    return since + _HELD_BY_TYPE.get(type, _HELD)
