"""Bank accounts that a person connects (https://docs.stripe.com/financial-connections): sessions, the accounts that
come of them, and what is refreshed of those.

What a person does in a session is simulated (:func:`connect`).
"""

from collections.abc import Sequence

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    list_filter,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.lists import Page, embedded, page_of
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.us_bank_accounts import require_active

SESSION, ACCOUNT = "financial_connections.session", "financial_connections.account"
OWNERSHIP, OWNER = "financial_connections.account_ownership", "financial_connections.account_owner"
TRANSACTION = "financial_connections.transaction"

CONNECTED = "connected by"
"""Noted of an account: the session that it was connected in."""

REFRESHES = {
    "balance": ("balance_refresh", "balances"),
    "ownership": ("ownership_refresh", "ownership"),
    "transactions": ("transaction_refresh", "transactions"),
}
"""By feature, where a refresh is noted, and the permission that it needs."""

BANK = "StripeBank"
CENTS = 100_000
"""What is in a connected account."""

plain(
    "POST /v1/financial_connections/accounts/{account}/disconnect",
    "GET /v1/financial_connections/transactions",
    "GET /v1/financial_connections/transactions/{transaction}",
)


@before_create(SESSION)
def begin(call: Call, session: Record) -> None:
    """Ask somebody to connect accounts (https://docs.stripe.com/api/financial_connections/sessions/create)."""
    holder = call.params["account_holder"]
    known = ("customer", "customer_account") if holder["type"] == "customer" else ("account",)
    if not any(holder.get(each) for each in known):
        raise missing_parameter(f"account_holder[{known[0]}]")


@operation("GET /v1/financial_connections/sessions/{session}")
def retrieve(call: Call) -> Record:
    """The session with the accounts that were connected in it."""
    session = require_path(call, "session", SESSION)
    accounts = [
        each for each in call.work.all(ACCOUNT) if _session_of(call.work, each) == session["id"]
    ]
    return {**session, "accounts": _listed(accounts)} if accounts else session


def connect(work: UnitOfWork, id: str) -> Record:
    """Somebody has connected an account in a session.

    :return: the account
    :raises StripeError: where there is no such session
    """
    session = work.require(SESSION, id, "session")
    account = work.create(
        ACCOUNT,
        account_holder=session["account_holder"],
        category="cash",
        display_name="Success",
        institution_name=BANK,
        last4="6789",
        permissions=list(session["permissions"]),
        status="active",
        subcategory="checking",
        subscriptions=[],
        supported_payment_method_types=["us_bank_account"],
    )
    work.note(account, CONNECTED, session["id"])
    wanted = {"balances": "balance"}
    _refresh(work, account, [wanted.get(each, each) for each in session["prefetch"] or ()])
    return account


@operation("POST /v1/financial_connections/accounts/{account}/refresh")
def refresh(call: Call) -> Record:
    """Ask the bank again (https://docs.stripe.com/api/financial_connections/accounts/refresh)."""
    account = _active(call)
    _refresh(call.work, account, call.params["features"])
    return account


@operation("POST /v1/financial_connections/accounts/{account}/subscribe")
def subscribe(call: Call) -> Record:
    """Ask the bank again and again (https://docs.stripe.com/api/financial_connections/accounts/subscribe)."""
    account = _active(call)
    _refresh(call.work, account, call.params["features"])
    account["subscriptions"] = sorted({*account["subscriptions"], *call.params["features"]})
    return account


@operation("POST /v1/financial_connections/accounts/{account}/unsubscribe")
def unsubscribe(call: Call) -> Record:
    """Ask no more (https://docs.stripe.com/api/financial_connections/accounts/unsubscribe)."""
    account = call.work.change(require_path(call, "account", ACCOUNT))
    left = set(account["subscriptions"]) - set(call.params["features"])
    account["subscriptions"] = sorted(left)
    return account


def _active(call: Call) -> Record:
    account = call.work.change(require_path(call, "account", ACCOUNT))
    require_active(account)
    return account


def _refresh(work: UnitOfWork, account: Record, features: Sequence[str]) -> None:
    for feature in features:
        name, permission = REFRESHES[feature]
        if permission not in account["permissions"]:
            raise invalid(
                f"The account was connected without the permission '{permission}'.", "features"
            )
        pending: Record = {
            "last_attempted_at": work.now(),
            "next_refresh_available_at": None,
            "status": "pending",
        }
        if feature == "transactions":
            pending["id"] = work.ids.new("fctxnref_", 24)
        account[name] = pending


# What the bank answers, a moment later


def _answers_at(work: UnitOfWork, account: Record) -> int | None:
    asked = [account[name]["last_attempted_at"] for name in _pending(account)]
    return min(asked, default=None)


def _pending(account: Record) -> list[str]:
    return [
        name for name, _ in REFRESHES.values() if (account[name] or {}).get("status") == "pending"
    ]


@due(ACCOUNT, next=_answers_at)
def answer(work: UnitOfWork, account: Record) -> None:
    """The bank has answered."""
    account = work.change(account)
    for name in _pending(account):
        again = account[name]["last_attempted_at"] + DAY
        account[name] = account[name] | {"next_refresh_available_at": again, "status": "succeeded"}
        _ANSWERS[name](work, account)


def _balance(work: UnitOfWork, account: Record) -> None:
    account["balance"] = {
        "as_of": work.now(),
        "cash": {"available": {"usd": CENTS}},
        "current": {"usd": CENTS},
        "type": "cash",
    }


def _ownership(work: UnitOfWork, account: Record) -> None:
    ownership = work.create(OWNERSHIP)
    owner = work.create(
        OWNER,
        email="jenny.rosen@example.com",
        name="Jenny Rosen",
        ownership=ownership["id"],
        phone="+18888675309",
        raw_address="510 Townsend St, San Francisco, CA 94103, US",
        refreshed_at=work.now(),
    )
    path = f"/v1/financial_connections/accounts/{account['id']}/owners"
    ownership["owners"] = embedded([dict(owner)], f"{path}?ownership={ownership['id']}")
    account["ownership"] = ownership["id"]


def _transactions(work: UnitOfWork, account: Record) -> None:
    """Two that are new with each refresh."""
    for amount, description in ((-3_000, "Rocket Rides"), (100_000, "Payroll")):
        made = work.create(
            TRANSACTION,
            account=account["id"],
            amount=amount,
            currency="usd",
            description=description,
            status="posted",
            transacted_at=work.now(),
            transaction_refresh=account["transaction_refresh"]["id"],
        )
        made["status_transitions"]["posted_at"] = work.now()


_ANSWERS = {
    "balance_refresh": _balance,
    "ownership_refresh": _ownership,
    "transaction_refresh": _transactions,
}


# Lists


@operation("GET /v1/financial_connections/accounts/{account}/owners")
def owners(call: Call) -> Page:
    """Whose account it is (https://docs.stripe.com/api/financial_connections/ownership/list)."""
    require_path(call, "account", ACCOUNT)
    return page_of(call.work, [OWNER], call.operation, call.path, call.params, "list", {})


@list_filter("GET /v1/financial_connections/accounts", "session")
def is_of_session(work: UnitOfWork, account: Record, session: str) -> bool:
    """Those that were connected in a session."""
    return _session_of(work, account) == session


@list_filter("GET /v1/financial_connections/transactions", "transaction_refresh")
def is_newer(work: UnitOfWork, transaction: Record, wanted: dict[str, str]) -> bool:
    """Those that a later refresh has brought."""
    made = [
        each["transaction_refresh"]
        for each in work.where(TRANSACTION, "account", transaction["account"])
    ]
    order = list(dict.fromkeys(reversed(made)))
    after = wanted["after"]
    return after not in order or order.index(transaction["transaction_refresh"]) > order.index(
        after
    )


def _session_of(work: UnitOfWork, account: Record) -> str | None:
    session: str | None = work.noted(account, CONNECTED)
    return session


def _listed(accounts: list[Record]) -> Record:
    return {
        "object": "list",
        "data": accounts,
        "has_more": False,
        "url": "/v1/financial_connections/accounts",
    }
