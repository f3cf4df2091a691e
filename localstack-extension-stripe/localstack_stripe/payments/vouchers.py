"""Vouchers, which are paid at a till, a cash machine or a bank (https://docs.stripe.com/payments/vouchers), and Pix, whose
codes are as vouchers: until when, for how much, and what becomes of a test voucher.
"""

from typing import NamedTuple

from localstack_stripe.engine.clock import DAY, HOUR

PAID_AFTER = 180
"""How long it takes until a test voucher is paid or expires, in seconds, where that does not happen at once."""

CONFIRMATION_OUTCOMES = {
    "11111111110": "",
    "22222222220": "succeed_immediately",
    "33333333330": "expire_immediately",
    "44444444440": "expire_with_delay",
    "55555555550": "fill_never",
}
"""What the confirmation numbers of Konbini mean, in the words of the email addresses
(https://docs.stripe.com/payments/konbini/accept-a-payment#test-integration)."""

REJECTED_NUMBER = "01234567890"
"""The confirmation number of Konbini that too many others have."""


class Voucher(NamedTuple):
    """One kind of voucher.

    :param ahead: how far its country's time is ahead of UTC, in seconds
    :param lasts: how long it is valid if nothing else is asked for, in its unit
    :param choice: how long can be asked for, in its unit, if it can be
    :param amounts: how little and how much can be paid, in minor units
    :param unit: ``days``, to the end of the last one, or ``seconds``
    :param moments: between which times from now it can be asked to expire, in seconds, where it can be
    :param kept: how long money that is under way is waited for when the voucher is not valid any more, in seconds
    :param each_time: whether a customer who has saved the payment method pays one each time
    """

    ahead: int
    lasts: int
    choice: range | None
    amounts: tuple[int, int | None]
    unit: str = "days"
    moments: range | None = None
    kept: int = 0
    each_time: bool = True

    def valid_until(self, now: int, lasts: int) -> int:
        """When one that is made now is valid no more, in seconds since 1970: at the end of a day in its country, or to the
        second where none can be asked for.

        :param lasts: how long it is valid, in its unit
        """
        if self.unit == "seconds":
            return now + lasts
        if self.choice is None:
            return now + lasts * DAY
        return ((now + self.ahead) // DAY + lasts + 1) * DAY - 1 - self.ahead


VOUCHERS = {
    "boleto": Voucher(-3 * HOUR, 3, range(61), (500, 4_999_999)),
    "konbini": Voucher(
        9 * HOUR, 3, range(1, 61), (120, 300_000), moments=range(HOUR // 2, 60 * DAY)
    ),
    "multibanco": Voucher(0, 7, None, (50, 9_999_900), kept=4 * DAY),
    "oxxo": Voucher(-6 * HOUR, 3, range(1, 8), (1_000, 1_000_000)),
    "pix": Voucher(
        -3 * HOUR,
        4 * HOUR,
        range(10, 3 * DAY + 1),
        (50, None),
        unit="seconds",
        moments=range(10, 3 * DAY + 1),
        each_time=False,
    ),
}
"""By type of payment method (https://docs.stripe.com/payments/boleto, https://docs.stripe.com/payments/konbini,
https://docs.stripe.com/payments/multibanco, https://docs.stripe.com/payments/oxxo, https://docs.stripe.com/payments/pix, and
what they say of accepting payments)."""


class Outcome(NamedTuple):
    """What becomes of a test voucher.

    :param after: in how many seconds; nothing where it is never paid, and expires by itself
    """

    paid: bool
    after: int | None


def outcome_of(email: str | None, confirmation_number: str | None = None) -> Outcome:
    """What becomes of a test voucher, by the customer's email address, or what they say at the till, which counts first
    (https://docs.stripe.com/payments/oxxo/accept-a-payment#test-integration).
    """
    said = CONFIRMATION_OUTCOMES.get(confirmation_number or "")
    name = (email or "").partition("@")[0] if said is None else said
    if name.endswith("fill_never"):
        return Outcome(paid=False, after=None)
    paid = not name.endswith(("expire_immediately", "expire_with_delay"))
    at_once = name.endswith(("succeed_immediately", "expire_immediately"))
    return Outcome(paid, 0 if at_once else PAID_AFTER)
