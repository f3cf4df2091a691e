"""Money that leaves a financial account (https://docs.stripe.com/treasury/moving-money/money-out-of-financial-accounts)
or comes to it from outside: what that does to its balance, with a transaction for each.
"""

from localstack_stripe.engine.actions import act
from localstack_stripe.engine.behaviours import Call, before_create, operation, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

ACCOUNT, TRANSACTION = "treasury.financial_account", "treasury.transaction"
PAYMENT, TRANSFER = "treasury.outbound_payment", "treasury.outbound_transfer"


@before_create(PAYMENT)
@before_create(TRANSFER)
def send(call: Call, flow: Record) -> None:
    """Send money to somebody (https://docs.stripe.com/api/treasury/outbound_payments/create), or to an account of one's
    own (https://docs.stripe.com/api/treasury/outbound_transfers/create).
    """
    work = call.work
    account = _account(work, flow)
    amount, currency = flow["amount"], flow["currency"]
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount")
    if account["balance"]["cash"].get(currency, 0) < amount:
        raise invalid(
            "The financial account does not have enough funds for this. In a test, money comes to it by "
            "`POST /v1/test_helpers/treasury/received_credits`.",
            "amount",
        )
    _add(account, "cash", currency, -amount)
    _add(account, "outbound_pending", currency, amount)
    flow["transaction"] = _transaction(work, flow, -amount, pending=amount)["id"]


@before_create("treasury.received_credit")
def receive(call: Call, credit: Record) -> None:
    """Money has come (https://docs.stripe.com/api/treasury/received_credits/test_mode_create)."""
    account = _account(call.work, credit)
    made = _transaction(call.work, credit, credit["amount"], pending=0)
    _post(call.work, made)
    _add(account, "cash", credit["currency"], credit["amount"])
    credit["transaction"] = made["id"]


@operation("POST /v1/treasury/outbound_payments/{id}/cancel")
@operation("POST /v1/test_helpers/treasury/outbound_payments/{id}/fail")
@operation("POST /v1/test_helpers/treasury/outbound_payments/{id}/post")
@operation("POST /v1/test_helpers/treasury/outbound_payments/{id}/return")
def end_payment(call: Call) -> Record:
    """A payment arrives, or does not (https://docs.stripe.com/api/treasury/outbound_payments/test_mode_post)."""
    return _end(call, call.work.change(require_path(call, "id", PAYMENT)))


@operation("POST /v1/treasury/outbound_transfers/{outbound_transfer}/cancel")
@operation("POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}/fail")
@operation("POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}/post")
@operation("POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}/return")
def end_transfer(call: Call) -> Record:
    """A transfer arrives, or does not."""
    return _end(call, call.work.change(require_path(call, "outbound_transfer", TRANSFER)))


def _end(call: Call, flow: Record) -> Record:
    work, was = call.work, flow["status"]
    act(work, call.operation, flow)
    account = _account(work, flow)
    transaction = work.change(work.require(TRANSACTION, flow["transaction"], "transaction"))
    if was == "processing":
        _add(account, "outbound_pending", flow["currency"], -flow["amount"])
    if flow["status"] == "posted":
        _post(work, transaction)
        return flow
    _add(account, "cash", flow["currency"], flow["amount"])
    if flow["status"] == "returned":
        code = (call.params.get("returned_details") or {}).get("code", "other")
        flow["returned_details"] = {"code": code, "transaction": transaction["id"]}
    if was == "processing":
        transaction["status"] = "void"
        transaction["status_transitions"]["void_at"] = work.now()
    return flow


def _account(work: UnitOfWork, flow: Record) -> Record:
    account = work.require(ACCOUNT, flow["financial_account"], "financial_account")
    if account["status"] != "open":
        raise invalid("This financial account is closed.", "financial_account")
    return work.change(account)


def _add(account: Record, part: str, currency: str, amount: int) -> None:
    """Add to a part of an account's balance: its ``cash``, or what is ``outbound_pending``."""
    held = account["balance"][part]
    held[currency] = held.get(currency, 0) + amount


def _transaction(work: UnitOfWork, flow: Record, amount: int, *, pending: int) -> Record:
    return work.create(
        TRANSACTION,
        amount=amount,
        balance_impact={"cash": amount, "inbound_pending": 0, "outbound_pending": pending},
        currency=flow["currency"],
        description=flow["description"] or "",
        financial_account=flow["financial_account"],
        flow=flow["id"],
        flow_type=flow["object"].rpartition(".")[2],
        status="open",
    )


def _post(work: UnitOfWork, transaction: Record) -> None:
    transaction["status"] = "posted"
    transaction["status_transitions"]["posted_at"] = work.now()
