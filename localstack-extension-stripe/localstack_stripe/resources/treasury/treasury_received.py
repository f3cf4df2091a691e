"""Money that others send to a financial account, or take from it
(https://docs.stripe.com/treasury/moving-money/financial-accounts/into/received-credits, .../out-of/received-debits).
"""

from localstack_stripe.engine.behaviours import Call, before_create, list_filter
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import require_positive
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.treasury.treasury_ledger import (
    held,
    open_account,
    settle,
)
from localstack_stripe.resources.treasury.treasury_methods import billing_of, initiating_bank

CREDIT, DEBIT = "treasury.received_credit", "treasury.received_debit"

REVERSIBLE_DAYS = 4
"""Until the midnight after so many days, what came over ACH can be given back."""


@before_create(CREDIT)
def receive(call: Call, credit: Record) -> None:
    """Money has come (https://docs.stripe.com/api/treasury/received_credits/test_mode_create)."""
    open_account(call.work, credit["financial_account"])
    require_positive(credit["amount"])
    _describe(call, credit)
    book_credit(call.work, credit)


@before_create(DEBIT)
def pay(call: Call, debit: Record) -> None:
    """Money is taken, or not where there is too little
    (https://docs.stripe.com/api/treasury/received_debits/test_mode_create).
    """
    open_account(call.work, debit["financial_account"])
    require_positive(debit["amount"])
    _describe(call, debit)
    book_debit(call.work, debit)


def receive_from(work: UnitOfWork, flow: Record, account: str) -> None:
    """Book what comes from another financial account to this one (https://docs.stripe.com/treasury/moving-money/intra-stripe-flows)."""
    open_account(work, account)
    source = {"id": flow["financial_account"], "network": "stripe"}
    credit = work.create(
        CREDIT,
        amount=flow["amount"],
        currency=flow["currency"],
        description=flow["description"] or flow["statement_descriptor"],
        financial_account=account,
        initiating_payment_method_details={
            "billing_details": billing_of({}),
            "financial_account": source,
            "type": "financial_account",
        },
        network="stripe",
        reversal_details=_reversal("stripe", work),
        status="succeeded",
    )
    kind = flow["object"].rpartition(".")[2]
    credit["linked_flows"] |= {"source_flow": flow["id"], "source_flow_type": kind}
    book_credit(work, credit)


def book_credit(work: UnitOfWork, credit: Record) -> None:
    """Add what was received to the balance."""
    amount = credit["amount"]
    credit["transaction"] = settle(work, credit, amount, cash=amount)["id"]


def book_debit(work: UnitOfWork, debit: Record, type: str = "", *, forced: bool = False) -> None:
    """Take what somebody takes from the balance; where that is not there, the debit has failed.

    :param type: of the entry, where it is not a received debit's
    :param forced: whether it is taken all the same
    """
    account, amount = open_account(work, debit["financial_account"]), debit["amount"]
    if not forced and held(account, debit["currency"]) < amount:
        debit["status"], debit["failure_code"] = "failed", "insufficient_funds"
        debit["reversal_details"] = None
        return
    debit["status"] = "succeeded"
    debit["transaction"] = settle(work, debit, -amount, type, cash=-amount)["id"]


def _describe(call: Call, flow: Record) -> None:
    given = call.params.get("initiating_payment_method_details") or {}
    bank = given.get("us_bank_account") or {}
    flow["initiating_payment_method_details"] = initiating_bank(bank)
    flow["reversal_details"] = _reversal(flow["network"], call.work)


def _reversal(network: str, work: UnitOfWork) -> Record:
    if network != "ach":
        return {"deadline": None, "restricted_reason": "network_restricted"}
    return {
        "deadline": (work.now() // DAY + REVERSIBLE_DAYS) * DAY,
        "restricted_reason": None,
    }


@list_filter("GET /v1/treasury/received_credits", "linked_flows")
def comes_from(work: UnitOfWork, credit: Record, wanted: dict[str, str]) -> bool:
    """Those that come from a flow of a type; ``other`` are those that come from outside."""
    return (credit["linked_flows"]["source_flow_type"] or "other") == wanted["source_flow_type"]
