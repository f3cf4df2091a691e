"""How long what was paid can be given back, by type of payment method (https://docs.stripe.com/payments/payment-methods/overview
leads to the page of each, which says so). Of other types nothing is said, and cards can be refunded always.
"""

from localstack_stripe.engine.clock import DAY

NEVER = frozenset({"oxxo"})
"""The types by which nothing is given back (https://docs.stripe.com/payments/oxxo#refunds)."""

_DAYS = {
    "acss_debit": 180,
    "affirm": 120,
    "afterpay_clearpay": 120,
    "alipay": 90,
    "alma": 180,
    "au_becs_debit": 90,
    "bacs_debit": 180,
    "bancontact": 180,
    "cashapp": 90,
    "eps": 180,
    "grabpay": 90,
    "ideal": 180,
    "multibanco": 365,
    "nz_bank_account": 90,
    "p24": 180,
    "paynow": 90,
    "paypal": 180,
    "pix": 90,
    "revolut_pay": 180,
    "sepa_debit": 180,
    "sofort": 180,
    "swish": 365,
    "twint": 180,
    "us_bank_account": 180,
    "wechat_pay": 180,
    "zip": 180,
}


def refundable_until(type: str, paid_at: int) -> int | None:
    """Until when a payment can be refunded, in seconds since 1970, if that ever ends.

    :param type: of its payment method
    :param paid_at: when it was paid, in seconds since 1970
    """
    days = _DAYS.get(type)
    return None if days is None else paid_at + days * DAY
