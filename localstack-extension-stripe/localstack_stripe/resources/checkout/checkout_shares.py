"""Who else has a share in what a Checkout page brings (https://docs.stripe.com/connect/direct-charges,
https://docs.stripe.com/connect/payment-links): said when the page is made, and had when it is completed.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.charge_shares import check_shares, require_merchant
from localstack_stripe.resources.connect.invoice_shares import subscription_shares


def check_session(
    work: UnitOfWork, mode: str, data: Mapping[str, Any], amount: int, name: str
) -> None:
    """Refuse shares in what a session will make that nobody can have.

    :param data: what the session says of the payment, the subscription or the saved method that it makes
    :param amount: what is to be paid, in minor units
    :param name: the parameter that the data is the value of
    :raises StripeError: 400
    """
    try:
        if mode == "payment":
            check_shares(work, {**data, "amount": amount})
        elif mode == "subscription":
            subscription_shares(work, data, {})
        elif data.get("on_behalf_of"):
            require_merchant(work, data["on_behalf_of"])
    except StripeError as error:
        if error.param is not None:
            first, bracket, rest = error.param.partition("[")
            error.param = f"{name}[{first}]{bracket}{rest}"
        raise


def check_link(work: UnitOfWork, mode: str, link: Record, amount: int) -> None:
    """Refuse shares in what a payment link's sessions will make that nobody can have.

    :param amount: what is to be paid, in minor units
    :raises StripeError: 400
    """
    if mode == "payment":
        if link["application_fee_percent"] is not None:
            raise invalid(
                "`application_fee_percent` can only be used with at least one line item that has a recurring price.",
                "application_fee_percent",
            )
        check_shares(work, {**link, "amount": amount})
        return
    if link["application_fee_amount"] is not None:
        raise invalid(
            "`application_fee_amount` can only be used where no line item has a recurring price.",
            "application_fee_amount",
        )
    if (link["transfer_data"] or {}).get("amount") is not None:
        raise invalid(
            "`transfer_data[amount]` can only be used where no line item has a recurring price.",
            "transfer_data[amount]",
        )
    subscription_shares(work, link, {})
