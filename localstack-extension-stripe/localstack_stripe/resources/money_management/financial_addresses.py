"""Financial addresses of v2 (https://docs.stripe.com/api/v2/money-management/financial-addresses): the bank account's
number that money comes to a financial account by, and what comes.
"""

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import invalid, missing_parameter, not_emulated
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.money_management.money_management import (
    SINCE,
    amount_of,
    begin,
    money,
    open_account,
    tell_available,
    turn,
)

ADDRESS = "v2.money_management.financial_address"
CREDIT = "v2.money_management.received_credit"
SIMULATION = "v2.money_management.financial_address_credit_simulation"

plain(
    "GET /v2/money_management/received_credits",
    "GET /v2/money_management/received_credits/{id}",
)


@before_create(ADDRESS)
def open_address(call: Call, address: Record) -> None:
    """Give an account a bank account's number, which works a moment later
    (https://docs.stripe.com/api/v2/money-management/financial-addresses/create).
    """
    work, bank = call.work, call.params.get("bank_account")
    open_account(work, call.params["financial_account"], "financial_account")
    if not bank:
        raise missing_parameter("bank_account")
    currency = bank["currency"]
    if currency != "usd":
        raise not_emulated("bank_account[currency]")
    address["bank_account"] = {
        "aba": {
            "account_number": work.ids.digits(12),
            "bank_name": "STRIPE TEST BANK",
            "routing_number": "110000000",
        },
        "country": (bank.get("country") or "us").lower(),
        "currency": currency,
        "type": "aba",
    }
    address["settlement_currency"] = currency
    work.note(address, SINCE, work.now())


def _activates_at(work: UnitOfWork, address: Record) -> int | None:
    return int(work.noted(address, SINCE) or 0) if address["status"] == "pending" else None


@due(ADDRESS, next=_activates_at)
def activate(work: UnitOfWork, address: Record) -> None:
    """The bank has opened it."""
    work.change(address)["status"] = "active"


@operation("POST /v2/money_management/test_helpers/financial_addresses/{id}/credit")
def credit(call: Call) -> Record:
    """Money has come (https://docs.stripe.com/api/v2/money-management/financial-address-credit-simulations/credit)."""
    work, params = call.work, call.params
    address = require_path(call, "id", ADDRESS)
    if address["status"] != "active":
        raise invalid(f"This financial address is {address['status']}.")
    value, currency = amount_of(params)
    if currency != address["settlement_currency"]:
        raise not_emulated("amount[currency]")
    transfer: Record = {
        "financial_address": address["id"],
        "network": params["network"],
        "originating_bank_account": {
            "aba": {
                "bank_name": "STRIPE TEST BANK",
                "last4": "6789",
                "routing_number": "110000000",
            },
            "type": "aba",
        },
    }
    if params.get("statement_descriptor"):
        transfer["statement_descriptor"] = params["statement_descriptor"]
    made = work.create(
        CREDIT,
        amount=money(value, currency),
        amount_received=money(value, currency),
        bank_transfer=transfer,
        financial_account=address["financial_account"],
        status="succeeded",
        status_transitions={"succeeded_at": moment(work.now())},
        type="bank_transfer",
    )
    begun = begin(work, made, made["financial_account"], "received_credit", value, available=value)
    turn(work, begun, "posted")
    tell_available(work, made, begun)
    return work.shapes.skeleton(SIMULATION) | {"id": "", "status": "succeeded"}
