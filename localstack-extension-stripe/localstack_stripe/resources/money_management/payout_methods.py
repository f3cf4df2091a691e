"""Payout methods (https://docs.stripe.com/api/v2/money-management/outbound-setup-intents), which a setup intent makes.

No bank is asked: who is to be paid can be. What is sent to one of Stripe's test accounts that fail comes back.
"""

from collections.abc import Collection, Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    plain,
)
from localstack_stripe.engine.errors import (
    StripeError,
    invalid,
    missing_parameter,
    no_such,
    not_emulated,
    of_type,
)
from localstack_stripe.engine.lists import Filter, Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.payout_failures import failure_of
from localstack_stripe.resources.accounts_v2.accounts import require_open_account
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT
from localstack_stripe.resources.vault import OF_GB, OF_US

INTENT = "v2.money_management.outbound_setup_intent"
METHOD = "v2.money_management.payout_method"
_NAMED, _DESCRIBED = "payout_method", "payout_method_data"

_METHODS = "/v2/money_management/payout_methods"

_VAULTED = {OF_GB: "GB", OF_US: "US"}
"""The accounts of the vault that can be paid, too, and where they are."""

_SENDS_BACK = {
    "account_closed": "payout_method_closed",
    "invalid_currency": "payout_method_currency_unsupported",
    "no_account": "payout_method_does_not_exist",
}
"""By what is wrong with a test account, why money comes back from it
(https://docs.stripe.com/connect/testing#testing-payouts)."""

plain(
    "POST /v2/money_management/outbound_setup_intents/{id}/cancel",
    f"GET {_METHODS}/{{id}}",
    f"POST {_METHODS}/{{id}}/archive",
    f"POST {_METHODS}/{{id}}/unarchive",
)


@before_create(INTENT)
def set_up(call: Call, intent: Record) -> None:
    """Set up the payout method that is named or described; without one, the intent waits for it
    (https://docs.stripe.com/api/v2/money-management/outbound-setup-intents/create).

    :raises StripeError: 400 where it does not exist or is archived, or is no bank account
    """
    work, params = call.work, call.params
    named, described = params.get(_NAMED), params.get(_DESCRIBED)
    if named is not None:
        method = work.get(METHOD, named)
        if method is None:
            raise no_such("payout method", named, _NAMED)
        if described:
            raise not_emulated(_DESCRIBED)
        if method["archived"]:
            raise _unusable(f"The payout method {named} is archived.", _NAMED)
        method = work.change(method)
    elif described:
        method = _new(call, described)
        intent[_NAMED] = method["id"]
    else:
        return
    method["latest_outbound_setup_intent"] = intent["id"]
    method["usage_status"] = {
        **method["usage_status"],
        f"{intent['usage_intent']}s": "eligible",
    }
    intent["status"] = "succeeded"


@before_update(INTENT)
def go_on(call: Call, intent: Record, before: Record) -> None:
    """Say what it waited for (https://docs.stripe.com/api/v2/money-management/outbound-setup-intents/update).

    :raises StripeError: 400 where it has ended
    """
    if before["status"] in ("canceled", "succeeded"):
        raise invalid(f"This outbound setup intent is {before['status']}, and cannot be changed.")
    set_up(call, intent)


@operation(f"GET {_METHODS}")
def list_methods(call: Call) -> Page:
    """Those that are not archived (https://docs.stripe.com/api/v2/money-management/payout-methods/list)."""
    filters: dict[str, Filter] = {"usage_status": _can_be_used}
    kept = {"archived": False}
    return page_of(
        call.work, [METHOD], call.operation, call.path, call.params, "list2", filters, kept
    )


def require_payee(work: UnitOfWork, to: Mapping[str, Any]) -> None:
    """Whoever is paid is there, and where they are paid.

    :raises StripeError: 400
    """
    recipient = to.get("recipient")
    if recipient:
        require_open_account(work, recipient, "to[recipient]", 400)
    if to.get(_NAMED):
        require_payout_method(work, to[_NAMED], recipient, f"to[{_NAMED}]")


def require_payout_method(work: UnitOfWork, id: str, recipient: str | None, param: str) -> None:
    """There is such a payout method, or account of the vault, that is not archived.

    :param recipient: the account of who is paid, if that is known
    :raises StripeError: 400
    """
    method = _found(work, id, recipient)
    if method is None:
        raise no_such("payout method", id, param)
    if method["archived"]:
        raise _unusable(f"The payout method {id} is archived.", param)


def country_of(work: UnitOfWork, id: str | None, recipient: str | None) -> str | None:
    """Where the bank is whose account a payout method is, or nothing where there is no such account."""
    method = _found(work, id, recipient)
    if method is None:
        return None
    return _VAULTED.get(method["object"]) or str(method["bank_account"]["country"])


def sends_back(work: UnitOfWork, to: Mapping[str, Any]) -> str | None:
    """Why what is sent to a payout method comes back, or nothing where it stays."""
    method = _found(work, to.get(_NAMED), to.get("recipient"))
    bank = method.get("bank_account", method) if method is not None else None
    return _SENDS_BACK.get(failure_of(bank) or "")


def _found(work: UnitOfWork, id: str | None, recipient: str | None) -> Record | None:
    """A payout method or an account of the vault: one's own, or one that was set up for the recipient, in whose account
    it is (https://docs.stripe.com/global-payouts/api-recipient-creation).
    """
    parts = [work]
    if recipient and work.get(ACCOUNT, recipient) is not None:
        parts.append(work.of(recipient))
    kinds = (METHOD, *_VAULTED)
    found = (part.get(kind, id) for part in parts for kind in kinds) if id else ()
    return next(filter(None, found), None)


def _unusable(message: str, param: str) -> StripeError:
    return of_type("invalid_payout_method", message, param=param)


def _can_be_used(
    work: UnitOfWork, method: Record, wanted: Mapping[str, Collection[str] | None]
) -> bool:
    return all(
        values is None or method["usage_status"][use] in values for use, values in wanted.items()
    )


def _new(call: Call, described: Record) -> Record:
    if described["type"] != "bank_account":
        raise not_emulated(f"{_DESCRIBED}[type]")
    bank = described.get("bank_account")
    if not bank:
        raise missing_parameter(f"{_DESCRIBED}[bank_account]")
    shown = ("branch_number", "routing_number", "swift_code")
    country = bank["country"]
    return call.work.create(
        METHOD,
        **({"id": call.work.ids.new("usba_test_", 44)} if country == "US" else {}),
        bank_account={
            "bank_account_type": bank.get("bank_account_type") or "checking",
            "bank_name": "STRIPE TEST BANK",
            "country": country,
            "last4": bank["account_number"][-4:],
            "supported_currencies": [bank["currency"].lower()],
            **{name: bank[name] for name in shown if bank.get(name)},
        },
        type="bank_account",
        usage_status={"payments": "ineligible", "transfers": "ineligible"},
    )
