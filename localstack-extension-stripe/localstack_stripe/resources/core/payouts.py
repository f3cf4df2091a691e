"""Payouts (https://docs.stripe.com/api/payouts): money that leaves the balance for a bank account or a debit card.

Here every day is a business day: a payout is on its way at the next midnight (UTC), and there at the one after it.
"""

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid, no_such, too_small
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.instant_payouts import A_DAY, TERMS
from localstack_stripe.payments.payout_failures import MESSAGES, failure_of
from localstack_stripe.resources.connect.account_requirements import REJECTED
from localstack_stripe.resources.connect.external_accounts import place
from localstack_stripe.resources.connect.kept_accounts import (
    external_accounts_of,
    keeper_of,
    kept_account,
)
from localstack_stripe.resources.core.balance_transactions import (
    fee_detail,
    new_balance_transaction,
)
from localstack_stripe.resources.core.balances import require_available
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT, of_token

PAYOUT = "payout"

plain("POST /v1/payouts/{payout}")


_WHOLE_ONLY = frozenset({"huf", "twd"})
"""Currencies whose parts can be charged and not paid out (https://docs.stripe.com/currencies#special-cases)."""


@before_create(PAYOUT)
def from_parameters(call: Call, payout: Record) -> None:
    """Pay out by hand (https://docs.stripe.com/api/payouts/create)."""
    work = call.work
    if payout["amount"] < 1:
        raise too_small("amount")
    if payout["currency"] in _WHOLE_ONLY and payout["amount"] % 100:
        raise invalid(f"Payouts in {payout['currency']} must be evenly divisible by 100.", "amount")
    destination = destination_of(work, payout["currency"], payout["destination"])
    if payout["method"] not in (destination["available_payout_methods"] or ()):
        raise StripeError(
            f"The external account {destination['id']} does not support payouts with the method {payout['method']}.",
            code="instant_payouts_unsupported",
            param="method",
        )
    send(work, payout, destination)


def send(work: UnitOfWork, payout: Record, destination: Record) -> None:
    """Take a new payout's money out of the balance, and send it.

    :raises StripeError: 400 ``balance_insufficient``
    """
    amount, currency = payout["amount"], payout["currency"]
    is_instant = payout["method"] == "instant"
    fee = _instant_fee(work, payout) if is_instant else 0
    require_available(work, amount + fee, currency, payout["source_type"], instant=is_instant)
    now = work.now()
    payout["arrival_date"] = now if is_instant else (now // DAY + 2) * DAY
    payout["destination"], payout["type"] = destination["id"], destination["object"]
    payout["balance_transaction"] = new_balance_transaction(
        work,
        payout,
        type="payout",
        amount=-amount,
        fees=[fee_detail(fee, currency, "stripe_fee", "Instant Payout fee")] if fee else [],
    )["id"]


def _instant_fee(work: UnitOfWork, payout: Record) -> int:
    """What an Instant Payout costs, in minor units.

    :raises StripeError: 400 where there is none in the currency, of the amount, or any more today
    """
    amount, currency = payout["amount"], payout["currency"]
    terms = TERMS.get(currency)
    if terms is None:
        raise StripeError(
            f"Instant Payouts are not supported in {currency}.",
            code="instant_payouts_currency_disabled",
            param="currency",
        )
    if amount < terms.least:
        least = written(terms.least, currency)
        raise invalid(f"Instant Payouts must be at least {least}.", "amount", "amount_too_small")
    if amount > terms.most:
        most = written(terms.most, currency)
        raise invalid(f"Instant Payouts must be no more than {most}.", "amount", "amount_too_large")
    today = work.now() // DAY
    made = [
        each
        for each in work.where(PAYOUT, "method", "instant")
        if each["id"] != payout["id"] and each["created"] // DAY == today
    ]
    if len(made) >= A_DAY:
        raise StripeError(
            f"There can be {A_DAY} Instant Payouts in a day.", code="instant_payouts_limit_exceeded"
        )
    return terms.fee(amount)


def destination_of(work: UnitOfWork, currency: str, chosen: str | None) -> Record:
    """The bank account or card that is paid out to: one of the account's, by default that of the currency.

    :raises StripeError: 400 where there is none
    """
    keeper, kept = kept_account(work)
    account = kept or {}
    known = external_accounts_of(keeper, work.account)
    is_disabled = account and known and not account["payouts_enabled"]
    if is_disabled or (account and keeper.noted(account, REJECTED) is not None):
        raise StripeError("Payouts are not allowed for this account.", code="payouts_not_allowed")
    fitting = [each for each in known if each["currency"] == currency]
    if chosen is not None:
        found = next((each for each in known if each["id"] == chosen), None)
        if found is None:
            raise no_such("external account", chosen, "destination")
        fitting = [found] if found in fitting else []
    fitting.sort(key=lambda each: not each["default_for_currency"])
    # An account that was verified elsewhere, as the own one was, has told Stripe its bank account there.
    if not fitting and chosen is None and account.get("payouts_enabled"):
        has_told_here = known and keeper is not work
        fitting = [] if has_told_here else [_bank_of(keeper, work.account, currency)]
    if not fitting:
        raise invalid(f"Sorry, you don't have any external accounts in that currency ({currency}).")
    if fitting[0].get("status") == "errored":
        raise StripeError(
            "The bank account provided cannot be used for payouts. A different bank account must be used.",
            code="bank_account_unusable",
            param="destination",
        )
    return fitting[0]


def _bank_of(keeper: UnitOfWork, account: str, currency: str) -> Record:
    id = keeper.new_id(BANK_ACCOUNT)
    values = of_token(keeper, "btok_us_verified", "destination") | {
        "account": account,
        "available_payout_methods": ["standard", "instant"],
        "currency": currency,
        "default_for_currency": True,
        "future_requirements": None,
    }
    keeper.lay(BANK_ACCOUNT, id=id, **values)
    return keeper.require(BANK_ACCOUNT, id, "destination")


@operation("POST /v1/payouts/{payout}/cancel")
def cancel(call: Call) -> Record:
    """Keep the money, as long as it has not left (https://docs.stripe.com/api/payouts/cancel)."""
    payout = require_path(call, "payout", PAYOUT)
    if payout["status"] != "pending" or payout["original_payout"] is not None:
        raise invalid("Payouts can only be canceled while they are pending.")
    payout = call.work.change(payout)
    payout["status"] = "canceled"
    _give_back(call.work, payout, "payout_cancel")
    return payout


@operation("POST /v1/payouts/{payout}/reverse")
def reverse(call: Call) -> Record:
    """Have the bank send a connected account's payout back (https://docs.stripe.com/api/payouts/reverse)."""
    work = call.work
    payout = require_path(call, "payout", PAYOUT)
    if work.platform() is None:
        raise invalid("Only payouts of connected accounts can be reversed.")
    if payout["reversed_by"] is not None or payout["original_payout"] is not None:
        raise invalid(f"The payout {payout['id']} has already been reversed.")
    if payout["status"] not in ("in_transit", "paid"):
        raise invalid(
            f"The payout {payout['id']} has the status {payout['status']}: only one that was sent can be reversed."
        )
    same = ("currency", "destination", "method", "source_type", "type", "reconciliation_status")
    back = work.create(
        PAYOUT,
        **{name: payout[name] for name in same},
        amount=-payout["amount"],
        arrival_date=(work.now() // DAY + 2) * DAY,
        automatic=False,
        metadata=dict(call.params.get("metadata") or {}),
        original_payout=payout["id"],
        status="pending",
    )
    back["balance_transaction"] = new_balance_transaction(
        work, back, type="payout", amount=payout["amount"], available_on=back["arrival_date"]
    )["id"]
    work.change(payout)["reversed_by"] = back["id"]
    return back


def _moves_at(work: UnitOfWork, payout: Record) -> int | None:
    if payout["status"] == "in_transit" or payout["method"] == "instant":
        open = payout["status"] in ("pending", "in_transit")
        return int(payout["arrival_date"]) if open else None
    return int(payout["arrival_date"]) - DAY if payout["status"] == "pending" else None


@due(PAYOUT, next=_moves_at)
def go_on(work: UnitOfWork, payout: Record) -> None:
    """The money leaves, and then it is there, or the bank sends it back (https://docs.stripe.com/payouts#payout-failures)."""
    payout = work.change(payout)
    if payout["status"] == "pending" and payout["method"] != "instant":
        payout["status"] = "in_transit"
        return
    keeper = keeper_of(work)
    destination = place(keeper, payout["destination"])
    code = failure_of(destination)
    if code is None or payout["original_payout"] is not None:
        payout["status"] = "paid"
        if payout["automatic"]:
            payout["reconciliation_status"] = "completed"
        payout["trace_id"] = {"status": "supported", "value": work.ids.digits(15)}
        return
    payout["status"], payout["failure_code"] = "failed", code
    payout["failure_message"] = MESSAGES[code]
    _give_back(work, payout, "payout_failure")
    if destination is not None and "status" in destination:
        keeper.change(destination)["status"] = "errored"


def _give_back(work: UnitOfWork, payout: Record, type: str) -> None:
    payout["failure_balance_transaction"] = new_balance_transaction(
        work, payout, type=type, amount=payout["amount"]
    )["id"]
