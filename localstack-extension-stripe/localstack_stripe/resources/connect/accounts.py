"""Accounts (https://docs.stripe.com/api/accounts): the account itself, and those that are connected to it."""

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_delete,
    before_update,
    defaults,
    hides,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import exclusive, invalid, no_such
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.account_requirements import (
    DISCONNECTED,
    REJECTED,
    requirements,
    review,
)
from localstack_stripe.resources.connect.capabilities import (
    capability,
    request_as_usual,
    request_capabilities,
)
from localstack_stripe.resources.connect.countries import CURRENCIES
from localstack_stripe.resources.connect.external_accounts import replace_default
from localstack_stripe.resources.connect.kept_accounts import (
    ACCOUNT,
    PERSON,
    external_accounts_of,
    is_own,
)
from localstack_stripe.resources.connect.persons import keep_individual
from localstack_stripe.resources.connect.service_agreements import check_agreement
from localstack_stripe.resources.connect.verification import NUMBER
from localstack_stripe.resources.core.balance_settings import follow_account

OWN = "_own"
"""Marks the account itself, which no list of connected accounts shows."""
hides(ACCOUNT, OWN)

CONTROLLERS = {
    "custom": ("application_custom", "application", "application", "none"),
    "express": ("application_express", "application", "stripe", "express"),
    "standard": ("account", "stripe", "stripe", "full"),
}
"""What a type says of who pays fees, who bears losses, who collects what has to be known, and which dashboard there is
(https://docs.stripe.com/connect/migrate-to-controller-properties)."""

_REJECTIONS = {
    "fraud": "rejected.platform_fraud",
    "terms_of_service": "rejected.platform_terms_of_service",
}


@from_the_start(ACCOUNT)
def own_account(work: UnitOfWork) -> Iterator[Record]:
    """The account itself: it has been verified, and can take cards."""
    values = empty_account(work, "US") | {
        "id": work.account,
        OWN: True,
        "controller": {"type": "account"},
        "email": "account@example.com",
        "type": "standard",
        **_verified(),
    }
    values["business_profile"] |= {"name": "Test account", "url": "https://example.com"}
    values["settings"]["dashboard"] = {"display_name": "Test account", "timezone": "Etc/UTC"}
    yield values


@operation("GET /v1/account")
def retrieve_current(call: Call) -> Record:
    """The account whose key is used, or the connected one that is acted for."""
    id = call.path.get("account", call.work.account)
    settle(call.work, ACCOUNT)
    return call.work.require(ACCOUNT, id, "account")


@operation("GET /v1/accounts")
def list_connected(call: Call) -> Page:
    """The connected accounts; the account itself is not among them."""
    settle(call.work, ACCOUNT)
    return page_of(
        call.work,
        [ACCOUNT],
        call.operation,
        call.path,
        call.params,
        "list",
        {},
        exactly={OWN: None},
    )


@defaults(ACCOUNT)
def new_id(work: UnitOfWork) -> Record:
    """An id that keys can carry: their account is written in them."""
    return {"id": f"acct_1{work.ids.text(15)}"}


@before_create(ACCOUNT)
def connect(call: Call, account: Record) -> None:
    """A new account is connected to the one whose key is used (https://docs.stripe.com/api/accounts/create)."""
    work, params = call.work, call.params
    country = (params.get("country") or "US").upper()
    if country not in CURRENCIES:
        raise invalid(f"{country} is not currently supported by Stripe.", "country")
    given = dict(account)
    account.update(empty_account(work, country))
    for name, value in given.items():
        if name in params or name in ("id", "object", "created"):
            account[name] = _laid_over(account.get(name), value)
    account["country"] = country
    account["type"], account["controller"] = _controlled(params)
    check_agreement(account, params)
    if account["controller"]["stripe_dashboard"]["type"] == "full":
        request_as_usual(work, account)
    _change(call, account)


def new_connected(work: UnitOfWork) -> Record:
    """A Standard account that was there before it was connected: it has been verified."""
    type, controller = _controlled({})
    account = work.create(
        ACCOUNT,
        **{**empty_account(work, "US"), **new_id(work), "type": type, "controller": controller},
    )
    account |= _verified()
    return account


@before_update(ACCOUNT)
def change(call: Call, account: Record, before: Record) -> None:
    """What is new may be what was missing (https://docs.stripe.com/api/accounts/update)."""
    account["capabilities"] = before["capabilities"]
    check_agreement(account, call.params, before)
    _change(call, account)


@before_delete(ACCOUNT)
def disconnect(call: Call, account: Record) -> None:
    """Only connected accounts can be deleted; what is theirs goes with them."""
    if is_own(call.work, account):
        raise invalid("You cannot delete the account whose key is used.", "account")
    work, id = call.work, account["id"]
    for each in [*work.where(PERSON, ACCOUNT, id), *external_accounts_of(work, id)]:
        work.remove(each)
    DISCONNECTED.tell(work, account)


@operation("POST /v1/accounts/{account}/reject")
def reject(call: Call) -> Record:
    """A platform has found an account to be suspicious (https://docs.stripe.com/api/account/reject)."""
    account = call.work.change(require_path(call, "account", ACCOUNT))
    if is_own(call.work, account):
        raise invalid("You cannot reject the account whose key is used.", "account")
    if call.work.noted(account, REJECTED) is not None:
        raise invalid("This account has already been rejected.", "account")
    reason = call.params["reason"]
    kind = "fraud" if reason.startswith("fraud") else reason
    call.work.note(account, REJECTED, _REJECTIONS.get(kind, "rejected.platform_other"))
    review(call.work, account)
    return account


@operation("POST /v1/accounts/{account}/unreject")
def take_rejection_back(call: Call) -> Record:
    """The account may do again what it could."""
    account = call.work.change(require_path(call, "account", ACCOUNT))
    call.work.note(account, REJECTED, None)
    review(call.work, account)
    return account


@operation("GET /v1/accounts/{account}/capabilities")
def list_capabilities(call: Call) -> Page:
    """Those that were requested (https://docs.stripe.com/api/capabilities/list)."""
    account = require_path(call, "account", ACCOUNT)
    shown = [capability(call.work, account, name) for name in account["capabilities"]]
    return Page(shown, has_more=False, url=call.operation.path.format(**call.path))


@operation("GET /v1/accounts/{account}/capabilities/{capability}")
def retrieve_capability(call: Call) -> Record:
    """One of them, requested or not (https://docs.stripe.com/api/capabilities/retrieve)."""
    account = require_path(call, "account", ACCOUNT)
    return capability(call.work, account, _capability_name(call))


@operation("POST /v1/accounts/{account}/capabilities/{capability}")
def request_capability(call: Call) -> Record:
    """Request it, or do without it (https://docs.stripe.com/api/capabilities/update)."""
    account = call.work.change(require_path(call, "account", ACCOUNT))
    name = _capability_name(call)
    if "requested" in call.params:
        check_agreement(account, {"capabilities": {name: call.params}})
        request_capabilities(call.work, account, {name: {"requested": call.params["requested"]}})
        review(call.work, account)
    return capability(call.work, account, name)


def _change(call: Call, account: Record) -> None:
    work, params = call.work, call.params
    keep_individual(call, account)
    _keep_company(call, account)
    payouts = (params.get("settings") or {}).get("payouts")
    if payouts:
        follow_account(work.of(account["id"]), account, payouts)
    if params.get("external_account"):
        replace_default(work, account, params["external_account"], "external_account")
    request_capabilities(work, account, params.get("capabilities") or {})
    review(work, account)


def _keep_company(call: Call, account: Record) -> None:
    """Say of the numbers of a company, which are never shown, that they were given."""
    given = call.params.get("company") or {}
    if given.get("tax_id"):
        call.work.note(account, NUMBER, given["tax_id"])
    for name in ("tax_id", "vat_id"):
        if given.get(name):
            account["company"][f"{name}_provided"] = True


def _capability_name(call: Call) -> str:
    name = call.path["capability"]
    if name not in call.work.contract.structures["AccountCapabilities"]:
        raise no_such("capability", name, "capability", status=404)
    return name


def _controlled(params: Mapping[str, Any]) -> tuple[str, Record]:
    """The type of an account and its controller, of which a request gives one."""
    type, given = params.get("type"), params.get("controller")
    if type is not None and given:
        raise exclusive("type", "controller")
    fees, losses, collection, dashboard = CONTROLLERS[type or "standard"]
    given = given or {}
    return type or ("none" if given else "standard"), {
        "fees": {"payer": (given.get("fees") or {}).get("payer", fees)},
        "is_controller": True,
        "losses": {"payments": (given.get("losses") or {}).get("payments", losses)},
        "requirement_collection": given.get("requirement_collection", collection),
        "stripe_dashboard": {"type": (given.get("stripe_dashboard") or {}).get("type", dashboard)},
        "type": "application",
    }


def _verified() -> Record:
    """What Stripe shows of an account that has told everything, and can take cards."""
    return {
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "details_submitted": True,
        "payouts_enabled": True,
    }


def _laid_over(empty: Any, value: Any) -> Any:
    """What was given, completed by what is there without it."""
    if not (isinstance(empty, dict) and isinstance(value, dict)):
        return empty if value is None else value
    names = [*empty, *(name for name in value if name not in empty)]
    return {name: _laid_over(empty.get(name), value.get(name)) for name in names}


def empty_account(work: UnitOfWork, country: str) -> Record:
    """What Stripe shows of every account although the contract says it may be absent."""
    structure = work.shapes.structure
    settings = structure("AccountSettings")
    settings["payouts"] = structure("AccountSettingsPayouts") | {
        "debit_negative_balances": True,
        "schedule": {"delay_days": 2, "interval": "daily"},
    }
    settings["card_payments"]["decline_on"] = {"avs_failure": False, "cvc_failure": False}
    settings["dashboard"]["timezone"] = "Etc/UTC"
    # As recorded from Stripe's test mode, of an account that has none of these.
    settings["bacs_debit_payments"] = structure("AccountSettingsBacsDebitPayments")
    settings["card_issuing"] = {"tos_acceptance": {"date": None, "ip": None}}
    settings["invoices"] = {
        **structure("AccountSettingsInvoices"),
        "hosted_payment_method_save": "always",
    }
    settings["sepa_debit_payments"] = {}
    return {
        "business_profile": {
            "annual_revenue": None,
            "estimated_worker_count": None,
            "product_description": None,
            **structure("AccountBusinessProfile"),
        },
        "business_type": None,
        "capabilities": {},
        "country": country,
        "created": work.now(),
        "default_currency": CURRENCIES[country],
        "external_accounts": {},
        "future_requirements": requirements(work),
        "metadata": {},
        "requirements": requirements(work),
        "settings": settings,
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
    }
