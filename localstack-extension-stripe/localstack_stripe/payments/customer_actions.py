"""Ways to pay that ask something of the customer: to go to a bank's or a wallet's page, to scan a code, to pay a voucher
(https://docs.stripe.com/payments/payment-methods/overview, https://docs.stripe.com/payments/payment-methods/payment-method-support).

The table beside this file has them, by their type.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Asking(NamedTuple):
    """One such way to pay.

    :param currencies: in which it can be used
    :param action: the ``type`` of the intent's ``next_action``
    :param by_hand: whether the money can be authorized first, and captured later
    :param refusal: what a customer's refusal is called, a key of :data:`REFUSALS`
    :param waits: how long their answer is waited for, in seconds, where Stripe says so
    :param later: whether it is not known at once that they have paid: the payment is ``processing`` until then
        (https://docs.stripe.com/payments/payment-methods#payment-notification)
    """

    type: str
    currencies: tuple[str, ...]
    action: str
    by_hand: bool
    refusal: str
    waits: int | None
    later: bool


@cache
def ways_that_ask() -> dict[str, Asking]:
    """All of them, by type."""
    table = Path(__file__).with_name("customer_actions.csv").read_text("utf-8")
    return {
        row["type"]: Asking(
            row["type"],
            tuple(row["currencies"].split()),
            row["action"],
            row["by_hand"] == "yes",
            row["refusal"],
            int(row["waits"]) if row["waits"] else None,
            row["later"] == "yes",
        )
        for row in csv.DictReader(table.splitlines())
    }


REFUSALS = {
    "authentication": (
        "{intent}_authentication_failure",
        "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod "
        "to attempt to fulfill this {title} again.",
    ),
    "expired": (
        "{intent}_payment_attempt_expired",
        "The payment attempt has expired. You can provide payment_method_data or a new PaymentMethod to attempt to "
        "fulfill this {title} again.",
    ),
    "provider": (
        "payment_method_provider_decline",
        "The payment was declined by the issuer or the customer. You can provide payment_method_data or a new "
        "PaymentMethod to attempt to fulfill this {title} again.",
    ),
}
"""The code and the message of the error that an intent keeps (https://docs.stripe.com/error-codes,
https://docs.stripe.com/changelog/2022-11-15/adds-decline-codes-paymentintent-paymentmethod)."""
