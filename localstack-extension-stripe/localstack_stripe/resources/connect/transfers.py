"""Transfers (https://docs.stripe.com/api/transfers): a platform's money, moved to a connected account, and back.

The connected account gets it as a payment of its own (https://docs.stripe.com/connect/separate-charges-and-transfers).
"""

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call, before_create, includable, plain
from localstack_stripe.engine.errors import (
    StripeError,
    invalid,
    missing_parameter,
    require_positive,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.account_requirements import REJECTED
from localstack_stripe.resources.connect.application_fees import (
    application_fee,
    earn,
    give_fee_back,
)
from localstack_stripe.resources.connect.kept_accounts import kept_account
from localstack_stripe.resources.core.balance_transactions import (
    new_balance_transaction,
    settles_with,
)
from localstack_stripe.resources.core.balances import available, require_available

TRANSFER, REVERSAL = "transfer", "transfer_reversal"

plain(
    "POST /v1/transfers/{transfer}",
    "POST /v1/transfers/{transfer}/reversals/{id}",
)


@includable(TRANSFER, "destination_payment")
def destination_payment(work: UnitOfWork, transfer: Record) -> Record | None:
    """The payment that the connected account has got, where it is expanded."""
    return work.of(transfer["destination"]).get("charge", transfer["destination_payment"])


@before_create(TRANSFER)
def from_parameters(call: Call, transfer: Record) -> None:
    """Move money to a connected account (https://docs.stripe.com/api/transfers/create)."""
    work, params = call.work, call.params
    # From a connected account to its platform, it is a debit (https://docs.stripe.com/connect/account-debits).
    if transfer["destination"] == work.platform():
        require_debitable(work, transfer["currency"])
    else:
        require_other_account(work, transfer["destination"], "destination")
    settles = None
    if params.get("source_transaction"):
        charge = work.require("charge", params["source_transaction"], "source_transaction")
        transfer["amount"] = _within(work, transfer, charge, params.get("amount"))
        transfer["transfer_group"] = _group_with(work, charge, transfer["transfer_group"])
        settles = settles_with(work, charge["balance_transaction"])
    elif params.get("amount") is None:
        raise missing_parameter("amount")
    require_positive(transfer["amount"])
    if not params.get("source_transaction"):
        require_available(
            work, transfer["amount"], transfer["currency"], params.get("source_type", "card")
        )
    pay(work, transfer, settles)


def require_other_account(work: UnitOfWork, id: str, param: str) -> None:
    """Refuse a destination that no money can go to.

    :raises StripeError: 400
    """
    account = work.require("account", id, param)
    if account["id"] == work.account:
        raise invalid("You cannot transfer to your own account.", param)
    if work.noted(account, REJECTED) is not None:
        raise StripeError(
            f"The account {id} has been rejected: it cannot receive transfers.",
            code="transfers_not_allowed",
            param=param,
        )
    if not any(account["capabilities"].get(name) == "active" for name in _RECEIVING):
        raise StripeError(
            "Your destination account needs to have at least one of the following capabilities enabled: "
            f"{', '.join(_RECEIVING)}",
            code="insufficient_capabilities_for_transfer",
        )


def require_debitable(work: UnitOfWork, currency: str) -> None:
    """Refuse to debit a connected account, whose work it is, that answers for its losses itself, or in a currency that is
    not its default one (https://docs.stripe.com/connect/account-debits#requirements).

    :raises StripeError: 400
    """
    _, account = kept_account(work)
    assert account is not None
    if (account["controller"].get("losses") or {}).get("payments") != "application":
        raise invalid(
            f"The account {account['id']} cannot be debited: its platform does not answer for its losses."
        )
    if currency != account["default_currency"]:
        raise invalid(
            f"The account {account['id']} can only be debited in its default currency, which is "
            f"{account['default_currency']}.",
            "currency",
        )


_RECEIVING = ("transfers", "crypto_transfers", "legacy_payments")
"""The capabilities with which an account is paid (https://docs.stripe.com/connect/account-capabilities#transfers)."""


def pay(
    work: UnitOfWork,
    transfer: Record,
    settles: int | None,
    fee: int = 0,
    origin: str | None = None,
    payment: Record | None = None,
) -> None:
    """Take a new transfer's money out of this account's balance, and give its destination a payment of it.

    :param settles: when the money has settled, in seconds since 1970; nothing where it has
    :param fee: what the platform keeps of it as its application fee, in minor units
    :param origin: the charge that the fee is taken from
    :param payment: what the destination gets, where that was asked for; else it is new
    """
    amount, currency = transfer["amount"], transfer["currency"]
    transfer["balance_transaction"] = new_balance_transaction(
        work, transfer, type="transfer", amount=-amount, available_on=settles
    )["id"]
    there = work.of(transfer["destination"])
    if payment is None:
        payment = there.create("charge", id=there.ids.new("py_", 24))
    payment |= {
        "amount": amount,
        "amount_captured": amount,
        "captured": True,
        "created": transfer["created"],
        "currency": currency,
        "paid": True,
        "payment_method_details": {"stripe_account": {}, "type": "stripe_account"},
        "source_transfer": transfer["id"],
        "status": "succeeded",
    }
    payment["balance_transaction"] = new_balance_transaction(
        there,
        payment,
        type="payment",
        amount=amount,
        fees=[application_fee(work.account, fee, currency)] if fee else [],
        available_on=settles,
    )["id"]
    transfer["destination_payment"] = payment["id"]
    if fee:
        payment["application_fee_amount"] = fee
        payment["application_fee"] = earn(
            work,
            payment,
            fee,
            settles,
            account=there.account,
            originating_transaction=origin,
        )


def _within(work: UnitOfWork, transfer: Record, charge: Record, amount: int | None) -> int:
    """What is moved of a charge: no more than is left of it after the transfers before, or else all of that."""
    currency = charge["currency"]
    if not charge["captured"]:
        raise invalid(f"The charge {charge['id']} is not captured.", "source_transaction")
    if currency != transfer["currency"]:
        raise invalid(
            f"The currency of source_transaction's balance transaction ({currency}) must be the same as the transfer "
            f"currency ({transfer['currency']})",
            "source_transaction",
        )
    whole = charge["amount_captured"]
    before = sum(
        each["amount"]
        for each in work.where(TRANSFER, "source_transaction", charge["id"])
        if each["id"] != transfer["id"]
    )
    if amount is None:
        amount = whole - before
    if not amount or amount + before > whole:
        moved = written(before, currency)
        already = f" (There is already a transfer using this source, amounting to {moved}.)"
        raise invalid(
            "Transfers using this transaction as a source must not exceed the source amount of "
            f"{written(whole, currency)}.{already if before else ''}",
            "amount",
        )
    return int(amount)


def _group_with(work: UnitOfWork, charge: Record, group: str | None) -> str:
    """The transfer group of a charge, which all transfers of it share."""
    if charge["transfer_group"] is None:
        charge = work.change(charge)
        charge["transfer_group"] = group or own_group(charge)
    return str(group or charge["transfer_group"])


def own_group(paid: Record) -> str:
    """The transfer group of a charge, or of the intent that it pays, where nobody has named one."""
    return f"group_{paid.get('payment_intent') or paid['id']}"


@before_create(REVERSAL)
def reverse(call: Call, reversal: Record) -> None:
    """Take a transfer back, all that is left of it or a part (https://docs.stripe.com/api/transfer_reversals/create)."""
    work, params = call.work, call.params
    transfer = work.require(TRANSFER, reversal["transfer"], "id")
    left = transfer["amount"] - transfer["amount_reversed"]
    if not left:
        raise invalid(f"The transfer {transfer['id']} is already fully reversed.", "id")
    amount = params.get("amount", left)
    require_positive(amount)
    if amount > left:
        raise invalid(
            f"Reversal amount ({written(amount, transfer['currency'])}) is greater than unreversed amount on transfer "
            f"({written(left, transfer['currency'])})",
            "amount",
        )
    _require_there(work, transfer, amount)
    give_fee = bool(params.get("refund_application_fee"))
    take_back(work, reversal, transfer, amount, refund_application_fee=give_fee)


def take_back(
    work: UnitOfWork,
    reversal: Record,
    transfer: Record,
    amount: int,
    *,
    refund_application_fee: bool = False,
) -> None:
    """Make *reversal* the one of an amount in minor units of a transfer that has that much left.

    :param refund_application_fee: whether the same part of the platform's fee is given back
    :raises StripeError: 400 where there is no such fee
    """
    transfer = work.change(transfer)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    reversal["transfer"], reversal["amount"] = transfer["id"], amount
    reversal["currency"] = transfer["currency"]
    settles = settles_with(work, transfer["balance_transaction"])
    reversal["balance_transaction"] = new_balance_transaction(
        work, reversal, type="transfer_refund", amount=amount, available_on=settles
    )["id"]
    there = work.of(transfer["destination"])
    payment = there.change(there.require("charge", transfer["destination_payment"], "transfer"))
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    refund = there.create(
        "refund",
        id=there.ids.new("pyr_", 24),
        amount=amount,
        charge=payment["id"],
        currency=payment["currency"],
        source_transfer_reversal=reversal["id"],
        status="succeeded",
    )
    back = 0
    if refund_application_fee:
        back = give_fee_back(work, fee_of(payment), amount, payment["amount"])
    refund["balance_transaction"] = new_balance_transaction(
        there,
        refund,
        type="payment_refund",
        amount=-amount,
        fees=[application_fee(work.account, -back, refund["currency"])] if back else [],
        available_on=settles,
    )["id"]
    reversal["destination_payment_refund"] = refund["id"]


def fee_of(charge: Record) -> str:
    """The application fee of a charge.

    :raises StripeError: 400 where it has none
    """
    if not charge["application_fee"]:
        raise invalid(
            f"Attempting to refund_application_fee on {charge['id']}, but it has no application fee",
            "refund_application_fee",
        )
    return str(charge["application_fee"])


def _require_there(work: UnitOfWork, transfer: Record, amount: int) -> None:
    """Refuse to take back what the connected account has no more: of what is still pending, it has all."""
    there = work.of(transfer["destination"])
    pending = settles_with(work, transfer["balance_transaction"]) is not None
    if not pending and available(there, transfer["currency"]) < amount:
        raise StripeError(
            f"The account {there.account} has insufficient available funds for this reversal.",
            code="balance_insufficient",
        )
