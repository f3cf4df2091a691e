"""Account debits (https://docs.stripe.com/connect/account-debits): a connected account pays its platform out of its
balance, by a charge of the platform's whose source is the account. The other way is a transfer of the connected account's.
"""

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, PERSON, is_own
from localstack_stripe.resources.connect.transfers import TRANSFER, pay, require_debitable
from localstack_stripe.resources.core.balances import require_available


def debited_account(call: Call) -> Record | None:
    """The connected account that a request names as the source of a charge, or nothing."""
    source = call.params.get("source")
    account = call.work.get(ACCOUNT, source) if isinstance(source, str) else None
    return None if account is None or is_own(call.work, account) else account


def debit(call: Call, payment: Record, account: Record) -> None:
    """Make *payment* the one of a connected account to its platform.

    :raises StripeError: 400 where the account cannot be debited, or does not have that much
    """
    there = call.work.of(account["id"])
    amount, currency = payment["amount"], payment["currency"]
    require_debitable(there, currency)
    require_available(there, amount, currency, "card")
    transfer = there.create(
        TRANSFER,
        amount=amount,
        amount_reversed=0,
        currency=currency,
        destination=call.work.account,
        source_type="card",
    )
    pay(there, transfer, None, payment=payment)
    payment["source"] = copy(account)
    if account.get("individual"):  # who may be deleted with the account
        person = call.work.require(PERSON, account["individual"], "source")
        payment["source"]["individual"] = copy(person)
