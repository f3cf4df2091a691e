"""Accounts of v2 (https://docs.stripe.com/api/v2/core/accounts)."""

from collections.abc import Collection, Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, list_filter, operation
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.accounts_v2.as_v1 import (
    ACCOUNT,
    adopt_all,
    empty,
    end,
    follow_account,
    new_individual,
    require_account,
)
from localstack_stripe.resources.accounts_v2.configurations import (
    CONFIGURATIONS,
    apply_configurations,
)
from localstack_stripe.resources.accounts_v2.tokens import use_account_token
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT as ACCOUNT_OF_V1
from localstack_stripe.resources.core.customer_accounts import (
    billed_as,
    check_terms,
    follow_customer,
)

_LIST = "GET /v2/core/accounts"

INCLUDED = ("defaults", "future_requirements", "identity", "requirements")
"""What is null in an answer that is not asked to include it, besides configurations."""


@operation("POST /v2/core/accounts")
def create(call: Call) -> Record:
    """Make an account, as what it is to be used (https://docs.stripe.com/api/v2/core/accounts/create)."""
    work = call.work
    account = work.create(ACCOUNT, **empty(work), id=f"acct_1{work.ids.text(15)}")
    _change(call, account)
    return shown(work, account, call.params)


@operation("GET /v2/core/accounts/{id}")
def retrieve(call: Call) -> Record:
    """An account, of v1 as well (https://docs.stripe.com/api/v2/core/accounts/retrieve)."""
    return shown(call.work, require_account(call.work, call.path["id"]), call.params)


@operation("POST /v2/core/accounts/{id}")
def update(call: Call) -> Record:
    """What is sent replaces what there is, field by field (https://docs.stripe.com/api/v2/core/accounts/update)."""
    work = call.work
    account = work.change(require_open_account(work, call.path["id"]))
    account["configuration"]["customer"] = billed_as(work, account)
    _change(call, account)
    return shown(work, account, call.params)


@operation(_LIST)
def list_accounts(call: Call) -> Page:
    """Those that are not closed, unless closed ones are asked for (https://docs.stripe.com/api/v2/core/accounts/list)."""
    work = call.work
    adopt_all(work)
    closed = call.params.get("closed") or False
    filters = {"applied_configurations": _has_applied}
    page = page_of(
        work,
        [ACCOUNT],
        call.operation,
        call.path,
        call.params,
        "list2",
        filters,
        {"closed": closed},
    )
    page.records = [shown(work, each, {}) for each in page.records]
    return page


@list_filter(_LIST, "applied_configurations")
def _has_applied(work: UnitOfWork, account: Record, wanted: Collection[str]) -> bool:
    """All of the wanted configurations are applied."""
    return set(wanted) <= set(account["applied_configurations"])


@operation("POST /v2/core/accounts/{id}/close")
def close(call: Call) -> Record:
    """Nothing more is done with the account (https://docs.stripe.com/api/v2/core/accounts/close).

    :raises StripeError: 400 where a configuration of the account is not named
    """
    work = call.work
    account = work.change(require_open_account(work, call.path["id"]))
    named = call.params.get("applied_configurations") or []
    if set(named) != set(account["applied_configurations"]):
        raise invalid(
            "All configurations on the account must be passed in `applied_configurations` to close it: "
            f"{', '.join(account['applied_configurations']) or 'none'}.",
            "applied_configurations",
        )
    end(work, account)
    of_v1 = work.get(ACCOUNT_OF_V1, account["id"])
    if of_v1 is not None:
        work.bury(of_v1)
    return shown(work, account, {})


def require_open_account(work: UnitOfWork, id: str, param: str = "id", status: int = 404) -> Record:
    """An account that is not closed: those can no longer be operated on
    (https://docs.stripe.com/api/v2/core/accounts/close).

    :raises StripeError: 400 where it is closed, and where there is none, with the *status*
    """
    account = require_account(work, id, param, status)
    if account["closed"]:
        raise invalid(f"The account {id} is closed, and can no longer be operated on.", param)
    return account


def shown(work: UnitOfWork, account: Record, params: Mapping[str, Any]) -> Record:
    """An account with what is included of it, and null for the rest
    (https://docs.stripe.com/api-includable-response-values).
    """
    included = params.get("include") or ()
    view = account | {name: None for name in INCLUDED if name not in included}
    configurations = {**account["configuration"], "customer": billed_as(work, account)}
    asked = [name for name in CONFIGURATIONS if f"configuration.{name}" in included]
    view["configuration"] = (
        {name: configurations[name] if name in asked else None for name in CONFIGURATIONS}
        if asked
        else None
    )
    return view


def _change(call: Call, account: Record) -> None:
    work = call.work
    params = use_account_token(work, call.params)
    _require_terms(account, params)
    known = at(account, "identity.individual")
    customer = at(params, "configuration.customer")
    if customer is not None:
        check_terms(work, account, customer, account["configuration"]["customer"])
    fields = work.contract.resources[ACCOUNT].fields
    assign(work, account, params, fields)
    for name, value in empty(work).items():
        account.setdefault(name, value)  # what null has unset
    for name in CONFIGURATIONS:
        account["configuration"].setdefault(name, None)
    if at(params, "identity.individual") is not None:
        told = account["identity"]["individual"]
        account["identity"]["individual"] = new_individual(work, account, {**told, **_id_of(known)})
    apply_configurations(work, account, params.get("configuration") or {})
    _settle_responsibilities(account)
    follow_account(work, account)
    follow_customer(work, account)


def _id_of(individual: Record | None) -> Record:
    return {} if individual is None else {"id": individual["id"]}


def _require_terms(account: Record, params: Mapping[str, Any]) -> None:
    """Who collects fees is said once (https://docs.stripe.com/connect/direct-charges-fee-payer-behavior)."""
    known = account["defaults"]["responsibilities"]
    for name, value in (at(params, "defaults.responsibilities") or {}).items():
        if known.get(name) not in (None, value):
            raise invalid(
                f"The `{name}` of an account cannot be changed once it is set.",
                f"defaults.responsibilities.{name}",
            )


def _settle_responsibilities(account: Record) -> None:
    """Who asks an account for what is required: its platform, where that answers for its losses and it has no dashboard
    (https://docs.stripe.com/connect/migrate-to-controller-properties).
    """
    known = account["defaults"]["responsibilities"]
    known.setdefault("fees_collector", None)
    known.setdefault("losses_collector", None)
    by_platform = account["dashboard"] == "none" and known["losses_collector"] == "application"
    known["requirements_collector"] = "application" if by_platform else "stripe"
