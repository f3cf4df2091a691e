"""Who else has a share in what an invoice brings: the platform its fee, or a connected account what is transferred.

https://docs.stripe.com/connect/subscriptions, https://docs.stripe.com/connect/invoices
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.connect.charge_shares import check_shares, require_merchant
from localstack_stripe.resources.connect.transfers import require_other_account

SHARES = "shares"
"""Noted of an invoice: its own ``application_fee_amount`` and ``transfer_data``, which it does not show."""

_OF_INVOICE = ("application_fee_amount", "transfer_data")
_OF_SUBSCRIPTION = ("application_fee_percent", "on_behalf_of", "transfer_data")


def keep_shares(work: UnitOfWork, invoice: Record, params: Mapping[str, Any]) -> None:
    """Keep the shares in an invoice that a request names, until it is paid.

    :raises StripeError: 400 where nobody can have them
    """
    given = {name: params[name] for name in _OF_INVOICE if name in params}
    if not given:
        return
    shares = {**dict.fromkeys(_OF_INVOICE), **(work.noted(invoice, SHARES) or {}), **given}
    # How much there is to share is only known when it is finalized.
    check_shares(work, {**shares, "amount": max(_amounts(shares))})
    work.note(invoice, SHARES, shares)


def _amounts(shares: Record) -> tuple[int, int]:
    part = (shares["transfer_data"] or {}).get("amount")
    return shares["application_fee_amount"] or 0, part or 0


def subscription_shares(work: UnitOfWork, params: Mapping[str, Any], before: Record) -> Record:
    """The shares in a subscription's invoices, as a request leaves them.

    :param before: what they were; empty for a new subscription
    :raises StripeError: 400 where nobody can have them
    """
    shares = {name: params.get(name, before.get(name)) for name in _OF_SUBSCRIPTION}
    percent, data = shares["application_fee_percent"], shares["transfer_data"]
    if params.get("on_behalf_of"):
        require_merchant(work, params["on_behalf_of"])
    if percent is not None and not 0 <= percent <= 100:
        raise invalid("Invalid decimal: must be between 0 and 100.", "application_fee_percent")
    if percent is not None and round(percent, 2) != percent:
        raise invalid(
            "Invalid decimal: must have at most two decimal places.", "application_fee_percent"
        )
    if data:
        require_other_account(work, data["destination"], "transfer_data[destination]")
        data = shares["transfer_data"] = {"amount_percent": None, **data}
        if percent is not None and data["amount_percent"] is not None:
            raise StripeError(
                "Received both application_fee_percent and transfer_data[amount_percent] parameters. Please pass in "
                "only one.",
                code="parameters_exclusive",
                param="application_fee_percent",
            )
    elif percent is not None and work.platform() is None:
        raise StripeError(
            "Can only apply an application_fee_percent when the request is made on behalf of another account (using an "
            "OAuth key, the Stripe-Account header, or `transfer_data[destination]`).",
            code="parameter_missing",
            param="application_fee_percent",
        )
    return shares


def intent_shares(work: UnitOfWork, invoice: Record) -> Record:
    """The shares in the payment of an invoice that is finalized, as its payment intent has them."""
    amount = invoice["amount_due"]
    shares = work.noted(invoice, SHARES) or _of_subscription(work, invoice)
    fee, data = shares.get("application_fee_amount"), shares.get("transfer_data")
    if shares.get("on_behalf_of") and not invoice["on_behalf_of"]:
        invoice["on_behalf_of"] = shares["on_behalf_of"]
    found: Record = {"on_behalf_of": invoice["on_behalf_of"]}
    if fee is not None:
        found["application_fee_amount"] = min(fee, amount)
    if data:
        part = data.get("amount")
        whole = {"amount": min(part, amount)} if part is not None else {}
        found["transfer_data"] = {"destination": data["destination"], **whole}
    return found


def _of_subscription(work: UnitOfWork, invoice: Record) -> Record:
    subscription = work.get("subscription", subscription_of(invoice) or "")
    if subscription is None:
        return {}
    shares: Record = {"on_behalf_of": subscription["on_behalf_of"]}
    percent, data = subscription["application_fee_percent"], subscription["transfer_data"]
    if percent is not None:
        shares["application_fee_amount"] = _percent(invoice["amount_due"], percent)
    if data:
        shares["transfer_data"] = {"destination": data["destination"]}
        if data["amount_percent"] is not None:
            part = _percent(invoice["amount_due"], data["amount_percent"])
            shares["transfer_data"]["amount"] = part
    return shares


def _percent(amount: int, percent: float) -> int:
    return rounded(Decimal(amount) * Decimal(str(percent)) / 100)
