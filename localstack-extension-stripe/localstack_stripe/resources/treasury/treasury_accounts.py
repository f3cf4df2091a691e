"""Financial accounts (https://docs.stripe.com/treasury/account-management/financial-accounts): their features, and their
end.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    hides,
    includable,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.treasury.treasury_ledger import ACCOUNT, require_open

FEATURES = "treasury.financial_account_features"
ABA = "financial_addresses.aba"
NESTED = ("financial_addresses", "inbound_transfers", "outbound_payments", "outbound_transfers")
"""The features that consist of several, by network."""

# https://docs.stripe.com/treasury/account-management/financial-accounts: only who expands it sees it
hides(ACCOUNT, "financial_addresses.aba.account_number")


@before_create(ACCOUNT)
def open_one(call: Call, account: Record) -> None:
    """Open an account (https://docs.stripe.com/api/treasury/financial_accounts/create)."""
    currencies = call.params["supported_currencies"]
    account["balance"] = {part: dict.fromkeys(currencies, 0) for part in account["balance"]}
    _request(call.work, account, call.params.get("features") or {})


@before_update(ACCOUNT)
def change(call: Call, account: Record, before: Record) -> None:
    """Request features along with other changes (https://docs.stripe.com/api/treasury/financial_accounts/update)."""
    require_open(before)
    _request(call.work, account, call.params.get("features") or {})


@operation("POST /v1/treasury/financial_accounts/{financial_account}/close")
def close(call: Call) -> Record:
    """Close an account, which has to be empty (https://docs.stripe.com/api/treasury/financial_accounts/close)."""
    account = call.work.change(require_path(call, "financial_account", ACCOUNT))
    require_open(account)
    if any(amount for part in account["balance"].values() for amount in part.values()):
        raise invalid(
            "The balance of a financial account has to be zero, and nothing be pending, before it is closed."
        )
    account["status"] = "closed"
    account["status_details"] = {"closed": {"reasons": ["closed_by_platform"]}}
    return account


@operation("GET /v1/treasury/financial_accounts/{financial_account}/features")
def retrieve_features(call: Call) -> Record:
    """What was requested (https://docs.stripe.com/api/treasury/financial_account_features/retrieve)."""
    return _features(call.work, require_path(call, "financial_account", ACCOUNT))


@operation("POST /v1/treasury/financial_accounts/{financial_account}/features")
def update_features(call: Call) -> Record:
    """Request features; in a test they are active at once
    (https://docs.stripe.com/api/treasury/financial_account_features/update).
    """
    account = call.work.change(require_path(call, "financial_account", ACCOUNT))
    require_open(account)
    return _request(call.work, account, call.params)


@includable(ACCOUNT, "features")
def shown_features(work: UnitOfWork, account: Record) -> Record:
    """The features, where they are asked for."""
    return _features(work, account)


def _features(work: UnitOfWork, account: Record) -> Record:
    id = f"{FEATURES}/{account['id']}"
    existing = work.get(FEATURES, id)
    if existing is not None:
        return existing
    made = work.create(FEATURES, id=id)
    work.has_always_been(made)
    return made


def _request(work: UnitOfWork, account: Record, wanted: Mapping[str, Any]) -> Record:
    features = work.change(_features(work, account))
    active, restricted = set(account["active_features"]), set(account["restricted_features"])
    for name, requested in _flat(wanted):
        state = {
            "requested": requested,
            "status": "active" if requested else "restricted",
            "status_details": [] if requested else [_NOT_REQUESTED],
        }
        group, _, network = name.partition(".")
        features[group] = {**features.get(group, {}), network: state} if network else state
        (active if requested else restricted).add(name)
        (restricted if requested else active).discard(name)
    account["active_features"], account["restricted_features"] = sorted(active), sorted(restricted)
    if ABA in active and not account["financial_addresses"]:
        account["financial_addresses"] = [_address(work, account)]
    return features


_NOT_REQUESTED = {"code": "restricted_other", "resolution": None}


def _flat(wanted: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    for name, value in wanted.items():
        if name in NESTED:
            for network, inner in (value or {}).items():
                yield f"{name}.{network}", inner["requested"]
        elif isinstance(value, dict):
            yield name, value["requested"]


def _address(work: UnitOfWork, account: Record) -> Record:
    number = work.ids.digits(12)
    return {
        "aba": {
            "account_holder_name": account.get("nickname") or "Jenny Rosen",
            "account_number": number,
            "account_number_last4": number[-4:],
            "bank_name": "STRIPE TEST BANK",
            "routing_number": "110000000",
        },
        "supported_networks": ["ach", "us_domestic_wire"],
        "type": "aba",
    }
