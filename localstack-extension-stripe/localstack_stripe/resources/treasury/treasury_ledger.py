"""The books of a financial account (https://docs.stripe.com/treasury/account-management/financial-account-transactions):
its balance, and the transactions and entries that the balance is the sum of.
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, includable, operation, plain
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.lists import Page, in_range, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

ACCOUNT, TRANSACTION, ENTRY = (
    "treasury.financial_account",
    "treasury.transaction",
    "treasury.transaction_entry",
)

plain(
    "GET /v1/treasury/transactions/{id}",
    "GET /v1/treasury/transaction_entries",
    "GET /v1/treasury/transaction_entries/{id}",
)


def open_account(work: UnitOfWork, id: str) -> Record:
    """The financial account that a parameter names, to be changed.

    :raises StripeError: 400 where there is none, or it is closed
    """
    account = work.require(ACCOUNT, id, "financial_account")
    require_open(account)
    return work.change(account)


def require_open(account: Record) -> None:
    """Refuse what is not done with a closed financial account.

    :raises StripeError: 400
    """
    if account["status"] != "open":
        raise invalid("This financial account is closed.", "financial_account")


def held(account: Record, currency: str) -> int:
    """What a financial account can spend, in minor units."""
    return int(account["balance"]["cash"].get(currency, 0))


def require_feature(account: Record, feature: str) -> None:
    """Refuse what a financial account has no feature for, or what its platform has restricted
    (https://docs.stripe.com/treasury/account-management/financial-account-features).

    :param feature: such as ``outbound_payments.ach``
    :raises StripeError: 400
    """
    if feature not in account["active_features"]:
        raise invalid(
            f"The financial account {account['id']} does not have the feature {feature}. Request it with "
            f"`POST /v1/treasury/financial_accounts/{account['id']}/features`.",
            "financial_account",
        )
    flows = f"{feature.partition('_')[0]}_flows"
    if (account.get("platform_restrictions") or {}).get(flows) == "restricted":
        raise invalid(
            f"The platform has restricted the {flows.replace('_', ' ')} of the financial account {account['id']}.",
            "financial_account",
        )


def require_held(account: Record, amount: int, currency: str, param: str = "amount") -> None:
    """Refuse to send what is not there.

    :raises StripeError: 400
    """
    if held(account, currency) < amount:
        raise invalid(
            "The financial account does not have enough funds for this. In a test, money comes to it by "
            "`POST /v1/test_helpers/treasury/received_credits`.",
            param,
        )


def begin(work: UnitOfWork, flow: Record, amount: int, type: str = "", **impact: int) -> Record:
    """Open a transaction for money that is under way, with its first entry.

    :param amount: in minor units; negative where money leaves
    :param type: of the entry, where it is not the flow's
    :param impact: what that changes of the balance: ``cash``, ``inbound_pending``, ``outbound_pending``
    """
    flow_type = flow["object"].removeprefix("treasury.").replace(".", "_")
    transaction = work.create(
        TRANSACTION,
        amount=amount,
        currency=flow["currency"],
        description=flow.get("description") or "",
        financial_account=flow["financial_account"],
        flow=flow["id"],
        flow_type=flow_type,
        status="open",
    )
    enter(work, transaction, type or flow_type, **impact)
    return transaction


def settle(work: UnitOfWork, flow: Record, amount: int, type: str = "", **impact: int) -> Record:
    """The same for money that has moved already."""
    transaction = begin(work, flow, amount, type, **impact)
    close(work, transaction, "posted")
    return transaction


def enter(work: UnitOfWork, transaction: Record, type: str, **impact: int) -> None:
    """Add an entry to a transaction, and what it changes to the account's balance.

    :param impact: as of :func:`begin`
    """
    account = open_account(work, transaction["financial_account"])
    currency = transaction["currency"]
    for part, amount in impact.items():
        transaction["balance_impact"][part] += amount
        balance = account["balance"][part]
        balance[currency] = balance.get(currency, 0) + amount
    shared = ("currency", "financial_account", "flow", "flow_type")
    work.create(
        ENTRY,
        **{name: transaction[name] for name in shared},
        balance_impact={"cash": 0, "inbound_pending": 0, "outbound_pending": 0, **impact},
        effective_at=work.now(),
        transaction=transaction["id"],
        type=type,
    )


def close(work: UnitOfWork, transaction: Record, status: str) -> None:
    """End a transaction.

    :param status: ``posted`` or ``void``
    """
    transaction["status"] = status
    transaction["status_transitions"][f"{status}_at"] = work.now()


def transaction_of(work: UnitOfWork, flow: Record) -> Record:
    """The transaction of a flow, to be changed."""
    return work.change(work.require(TRANSACTION, flow["transaction"], "transaction"))


# How it is shown


@includable(TRANSACTION, "flow_details")
@includable(ENTRY, "flow_details")
def flow_details(work: UnitOfWork, record: Record) -> Record:
    """What a transaction is about (https://docs.stripe.com/api/treasury/transactions/object)."""
    type = record["flow_type"]
    return {"type": type, type: record["flow"]}


def was_posted(work: UnitOfWork, transaction: Record, wanted: dict[str, Any]) -> bool:
    """Those that were posted at, or within, a time."""
    at, bounds = transaction["status_transitions"]["posted_at"], wanted.get("posted_at")
    if bounds is None or at is None:
        return bounds is None
    return in_range(at, bounds)


@operation("GET /v1/treasury/transactions")
def transactions(call: Call) -> Page:
    """What there is in the books of an account: what was begun last comes first, or what was posted last
    (https://docs.stripe.com/api/treasury/transactions/list). What is not posted then comes at the end.
    """
    order = _posted_at if call.params.get("order_by") == "posted_at" else None
    filters = {"status_transitions": was_posted}
    return page_of(
        call.work,
        [TRANSACTION],
        call.operation,
        call.path,
        call.params,
        "list",
        filters,
        order=order,
    )


def _posted_at(transaction: Record) -> int:
    return int(transaction["status_transitions"]["posted_at"] or 0)
