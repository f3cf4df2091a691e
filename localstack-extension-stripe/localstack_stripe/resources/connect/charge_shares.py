"""Who has a share in a charge's money: Stripe, the account, its platform or a connected account.

https://docs.stripe.com/connect/charges: of a direct charge, which is the connected account's, the platform takes an
application fee; of a destination charge, which is the platform's, the connected account gets what is transferred.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid, too_small
from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.afterwards import SETTLES_AT_ONCE
from localstack_stripe.payments.test_cards import TestCard, card_of_fingerprint
from localstack_stripe.resources.connect.application_fees import application_fee, earn
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, kept_account
from localstack_stripe.resources.connect.thresholds import follow_charge
from localstack_stripe.resources.connect.transfers import (
    TRANSFER,
    own_group,
    pay,
    require_other_account,
)
from localstack_stripe.resources.core.balance_transactions import (
    fee_detail,
    new_balance_transaction,
)

_FEE_RATE, _FEE_FIXED = Decimal("0.029"), 30
"""Stripe's standard fee on a card in the United States (https://stripe.com/pricing), in minor units."""


def check_shares(work: UnitOfWork, payment: Record) -> None:
    """Refuse shares in a charge or an intent that nobody can have.

    :raises StripeError: 400
    """
    fee, data = payment.get("application_fee_amount"), payment.get("transfer_data") or {}
    amount, part = payment["amount"], data.get("amount")
    if payment.get("on_behalf_of"):
        require_merchant(work, payment["on_behalf_of"])
    if data.get("destination"):
        require_other_account(work, data["destination"], "transfer_data[destination]")
    elif fee is not None and work.platform() is None:
        raise StripeError(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
            "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
            code="parameter_missing",
            param="application_fee_amount",
        )
    if fee is not None and part is not None:
        raise StripeError(
            "Received both application_fee_amount and transfer_data[amount] parameters. Please pass in only one.",
            code="parameters_exclusive",
            param="application_fee_amount",
        )
    for name, share in (("application_fee_amount", fee), ("transfer_data[amount]", part)):
        if share is not None and share < 0:
            raise too_small(name, 0)
        if share is not None and share > amount:
            raise invalid(f"`{name}` must be less than or equal to the charge's amount.", name)


def require_merchant(work: UnitOfWork, id: str) -> None:
    """Refuse to charge on behalf of an account that may not take payments itself
    (https://docs.stripe.com/connect/separate-charges-and-transfers#settlement-merchant).

    :raises StripeError: 400
    """
    settle(work, ACCOUNT)
    account = work.require(ACCOUNT, id, "on_behalf_of")
    taken = (each for each in account["capabilities"] if each.endswith("_payments"))
    if not any(account["capabilities"][each] == "active" for each in taken):
        raise invalid(
            f"The account {id} cannot be charged on behalf of: it needs a capability for payments, such as "
            "`card_payments`, that is active.",
            "on_behalf_of",
        )


def require_card_payments(work: UnitOfWork, type: str) -> None:
    """Refuse to charge a card for a connected account that may not take cards
    (https://docs.stripe.com/connect/account-capabilities#card-payments).

    :param type: of the payment method
    :raises StripeError: 402, as Stripe has it (https://github.com/stripe/stripe-node/pull/737)
    """
    if work.platform() is None or not is_card(type):
        return
    _, account = kept_account(work)
    if account is not None and account["capabilities"].get("card_payments") != "active":
        raise StripeError(
            "You cannot create a charge on a connected account without the `card_payments` capability enabled.",
            status=402,
        )


def change_shares(work: UnitOfWork, payment: Record, params: Mapping[str, Any]) -> None:
    """Change the shares in a charge or an intent, as a capture may.

    :raises StripeError: 400 where nobody can have them
    """
    if params.get("application_fee_amount") is not None:
        payment["application_fee_amount"] = params["application_fee_amount"]
    if params.get("transfer_data"):
        if not payment.get("transfer_data"):
            raise invalid(
                "`transfer_data[amount]` can only be changed where there is a `transfer_data[destination]`.",
                "transfer_data",
            )
        payment["transfer_data"] = {**payment["transfer_data"], **params["transfer_data"]}
    check_shares(work, payment)


def whole_transfer_data(charge: Record) -> None:
    """Let a charge say where its money goes as charges do, which always name an amount, if only as nothing."""
    data = charge["transfer_data"]
    if data:
        charge["transfer_data"] = {
            "amount": data.get("amount"),
            "destination": data["destination"],
        }


def collect(work: UnitOfWork, charge: Record, amount: int) -> None:
    """Take the money that was captured of a charge into the account's balance, and give others what is theirs.

    :param amount: in minor units; less than the charge's where it is captured more than once
    """
    currency = charge["currency"]
    to_stripe = rounded(amount * _FEE_RATE) + _FEE_FIXED
    fees = [fee_detail(to_stripe, currency, "stripe_fee", "Stripe processing fees")]
    fee = min(charge["application_fee_amount"] or 0, amount)
    destination = (charge["transfer_data"] or {}).get("destination")
    platform = work.platform() if fee and not destination else None
    if platform is not None:
        fees.insert(0, application_fee(platform, fee, currency))
    card = card_of_charge(charge)
    settles = _settles(work, charge, card)
    charge["balance_transaction"] = new_balance_transaction(
        work,
        charge,
        type="charge" if is_of_card(charge) else "payment",
        amount=amount,
        fees=fees,
        available_on=settles,
    )["id"]
    if platform is not None:
        there = work.of(platform)
        charge["application_fee"] = earn(there, charge, fee, settles, account=work.account)
    if destination:
        _pass_on(work, charge, amount, fee, settles)
    follow_charge(work, charge, card)


def is_of_card(charge: Record) -> bool:
    """Whether a card was charged, and nothing else, which makes a payment and no charge."""
    return is_card(charge["payment_method_details"]["type"])


def is_card(type: str) -> bool:
    """Whether payment methods of a type are cards. What else is charged makes a payment, whose id begins with ``py_``."""
    return type in ("card", "card_present", "interac_present")


def card_of_charge(charge: Record) -> TestCard | None:
    """The test card that was charged."""
    details = charge["payment_method_details"] or {}
    card = details.get(details.get("type")) or {}
    return card_of_fingerprint(card.get("fingerprint") or "")


def _settles(work: UnitOfWork, charge: Record, card: TestCard | None) -> int | None:
    """When the money can be used (https://docs.stripe.com/payments/balances): at the midnight (UTC) with which the second
    day after begins, unless the account's balance settings say otherwise; here every day is one.
    """
    if card is not None and card.name in SETTLES_AT_ONCE:
        return None
    # https://docs.stripe.com/testing#test-settlement-behavior
    if charge["payment_method_details"]["type"] == "us_bank_account":
        return None
    settings = work.get("balance_settings", "balance_settings")
    timing = settings["payments"]["settlement_timing"] if settings is not None else {}
    return (work.now(charge) // DAY + int(timing.get("delay_days", 2))) * DAY


def _pass_on(
    work: UnitOfWork, charge: Record, captured: int, fee: int, settles: int | None
) -> None:
    """Transfer a destination charge's money (https://docs.stripe.com/connect/destination-charges)."""
    data = charge["transfer_data"]
    part = data.get("amount")
    group = charge["transfer_group"] or own_group(charge)
    transfer = work.create(
        TRANSFER,
        amount=captured if part is None else min(part, captured),
        amount_reversed=0,
        created=work.now(charge),
        currency=charge["currency"],
        destination=data["destination"],
        source_transaction=charge["id"],
        source_type="card",
        transfer_group=group,
    )
    pay(work, transfer, settles, fee, charge["id"])
    charge["transfer"], charge["transfer_group"] = transfer["id"], group
    if fee:
        payment = work.of(transfer["destination"]).require(
            "charge", transfer["destination_payment"], "transfer"
        )
        charge["application_fee"] = payment["application_fee"]
