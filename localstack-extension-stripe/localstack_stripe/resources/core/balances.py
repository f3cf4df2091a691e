"""An account's balance (https://docs.stripe.com/api/balance): what its balance transactions come to, in each currency.

What is ``available`` can be paid out or transferred; the rest is ``pending`` until it has settled
(https://docs.stripe.com/payments/balances).
"""

from collections import Counter

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.instant_payouts import TERMS
from localstack_stripe.resources.connect.kept_accounts import kept_account

BALANCE = "balance"
PARTS = ("available", "pending")


@operation("GET /v1/balance")
def retrieve(call: Call) -> Record:
    """What is available, and what will be (https://docs.stripe.com/api/balance/balance_retrieve)."""
    work = call.work
    shown = balance_of(work) or work.shapes.skeleton(BALANCE) | {"id": BALANCE} | _nothing(work)
    return {**shown, "instant_available": _instant(work), **_issuing(work)}


_OF_CARDS = ("charge", "refund", "refund_failure", "adjustment")
"""The types of transactions that are of payments by card."""


def _instant_funds(work: UnitOfWork) -> Counter[str]:
    """What an Instant Payout and its fee can take, in minor units by currency: what was paid by card need not have settled
    (https://docs.stripe.com/payouts/instant-payouts#funds-eligibility).
    """
    there = (balance_of(work) or _nothing(work))["available"]
    funds = Counter({each["currency"]: each["amount"] for each in there})
    for transaction in work.where("balance_transaction", "status", "pending"):
        if transaction["type"] in _OF_CARDS:
            funds[transaction["currency"]] += transaction["net"]
    return funds


def _instant(work: UnitOfWork) -> list[Record]:
    """How much an Instant Payout could be, in each currency."""
    return [
        _funds(currency, TERMS[currency].payable(funds))
        for currency, funds in _instant_funds(work).items()
        if currency in TERMS
    ]


def _issuing(work: UnitOfWork) -> Record:
    """What there is for issued cards, where there were any (https://docs.stripe.com/issuing/funding/balance)."""
    funds: Counter[str] = Counter()
    for transaction in work.where("balance_transaction", "balance_type", "issuing"):
        funds[transaction["currency"]] += transaction["net"]
    held = [{"amount": funds[each], "currency": each} for each in sorted(funds)]
    return {"issuing": {"available": held}} if held else {}


def balance_of(work: UnitOfWork) -> Record | None:
    """The account's balance, or nothing where no money has moved yet."""
    return work.get(BALANCE, BALANCE)


def move(work: UnitOfWork, currency: str, **amounts: int) -> Record:
    """Add amounts in minor units, negative ones too, to parts of the account's balance."""
    balance = balance_of(work)
    balance = (
        work.create(BALANCE, id=BALANCE, **_nothing(work))
        if balance is None
        else work.change(balance)
    )
    for part in PARTS:
        funds = next((each for each in balance[part] if each["currency"] == currency), None)
        if funds is None:
            funds = _funds(currency)
            balance[part] = sorted([*balance[part], funds], key=lambda each: str(each["currency"]))
        funds["amount"] += amounts.get(part, 0)
        funds["source_types"]["card"] = funds["amount"]
    return balance


def available(work: UnitOfWork, currency: str) -> int:
    """What the account could pay at once, in minor units."""
    balance = balance_of(work)
    funds = balance["available"] if balance is not None else []
    return sum(each["amount"] for each in funds if each["currency"] == currency)


def require_available(
    work: UnitOfWork, amount: int, currency: str, source_type: str, *, instant: bool = False
) -> None:
    """Refuse to send what is not there.

    :param source_type: the kind of payments that the money has to be from: all is from cards here
    :param instant: whether it is for an Instant Payout
    :raises StripeError: 400 ``balance_insufficient``
    """
    there = _instant_funds(work)[currency] if instant else available(work, currency)
    if amount > (there if source_type == "card" else 0):
        raise StripeError(
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your available "
            "balance by creating Charges using the 4000000000000077 test card. See: "
            "https://stripe.com/docs/testing#available-balance",
            code="balance_insufficient",
        )


def _nothing(work: UnitOfWork) -> Record:
    currency = default_currency(work)
    return {part: [_funds(currency)] for part in PARTS}


def default_currency(work: UnitOfWork) -> str:
    """The currency that the account is paid out in by default; its platform keeps a connected account."""
    _, account = kept_account(work)
    return str((account or {}).get("default_currency") or "usd")


def _funds(currency: str, amount: int = 0) -> Record:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
