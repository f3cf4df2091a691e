"""Onboarding (https://docs.stripe.com/connect/hosted-onboarding): a page where a connected account's owner tells what has to
be known of them, and where an account link leads.

On the page here, all that is missing is told at once, with Stripe's test values (https://docs.stripe.com/connect/testing).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.paths import put
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect import accounts
from localstack_stripe.resources.connect.account_requirements import review
from localstack_stripe.resources.connect.capabilities import request_as_usual
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, PERSON
from localstack_stripe.resources.connect.persons import complete_person

_LINKS = "account_links"
"""Noted of an account: where its links lead afterwards, until when each can be opened, by its secret."""


@before_create("account_link")
def link(call: Call, made: Record) -> None:
    """Make the address of the page (https://docs.stripe.com/api/account_links/create).

    :raises StripeError: 400 where the account is not asked for anything, or may not change what it told
    """
    work, params = call.work, call.params
    account = work.require(ACCOUNT, params["account"], "account")
    if (
        params["type"] == "account_update"
        and account["controller"].get("requirement_collection") == "stripe"
    ):
        raise invalid(
            "You cannot create `account_update` type Account Links for this account. Valid types for this account are "
            '["account_onboarding"].',
            "type",
        )
    for name in ("refresh_url", "return_url"):
        if not params.get(name):
            raise missing_parameter(name)
    made["url"] = new_link(call, account, made["expires_at"], params)


def new_link(
    call: Call,
    account: Record,
    expires_at: int,
    told: Mapping[str, Any],
    returned: Record | None = None,
) -> str:
    """The address of an account's page, which can be used until a moment.

    :param told: where it leads afterwards, as ``refresh_url`` and ``return_url``, and what it collects
    :param returned: what an event of v2 says when the owner has come back, where it is a link of v2
    """
    work, secret = call.work, call.work.ids.text(24)
    options = told.get("collection_options") or {}
    noted = {
        "collects": options.get("fields") or told.get("collect") or "currently_due",
        "expires_at": expires_at,
        "refresh_url": told["refresh_url"],
        "return_url": told.get("return_url") or told["refresh_url"],
        "returned": returned,
    }
    links = {**(work.noted(account, _LINKS) or {}), secret: noted}
    work.note(work.change(account), _LINKS, links)
    return f"{call.base}/setup/e/{account['id']}/{secret}"


@before_create("login_link")
def log_in(call: Call, made: Record) -> None:
    """Only who has an Express dashboard logs in to it (https://docs.stripe.com/api/accounts/login_link/create).

    :raises StripeError: 400 otherwise, and where the account has not told everything yet
    """
    account = call.work.require(ACCOUNT, call.path["account"], "account")
    dashboard = (account["controller"].get("stripe_dashboard") or {}).get("type")
    if dashboard != "express":
        raise invalid("Login links are only for accounts with an Express dashboard.", "account")
    if not account["details_submitted"]:
        raise invalid(
            "Cannot create a login link for an account that has not completed onboarding."
        )


def found_link(work: UnitOfWork, account: Record, secret: str) -> Record | None:
    """Where a link leads afterwards; nothing where there is no such link.

    :return: ``return_url`` and ``refresh_url``, whether it ``is_open``, and what it ``collects``
    """
    known: dict[str, Any] = dict(work.noted(account, _LINKS) or {})
    noted = known.get(secret)
    if noted is None:
        return None
    return {**noted, "is_open": noted["expires_at"] > work.now()}


def end_link(work: UnitOfWork, account: Record, secret: str) -> None:
    """Let a link be over, after it was used."""
    known: dict[str, Any] = dict(work.noted(account, _LINKS) or {})
    if known[secret].get("returned") is not None:
        work.happened("v2.core.account_link.returned", account, data=known[secret]["returned"])
    known[secret] = {**known[secret], "expires_at": 0}
    work.note(work.change(account), _LINKS, known)


def tell_everything(work: UnitOfWork, account: Record, collects: str = "currently_due") -> None:
    """Tell what is still missing of an account, with test values that are true.

    :param collects: ``eventually_due`` where what will be due later is told too
    """
    fields = work.contract.resources[ACCOUNT].fields
    update = work.contract.operations["POST /v1/accounts/{account}"]
    dashboard = account["controller"].get("stripe_dashboard") or {}
    if dashboard.get("type") == "express" and not account["capabilities"]:
        account = work.change(account)
        request_as_usual(work, account)
        review(work, account)
    # What is missing of a person or a company shows once it is known which of them it is.
    told: list[str] = []
    while (due := account["requirements"][collects]) and due != told:
        told = due
        params: dict[str, Any] = {}
        for name in due:
            if name in _TOLD:
                put(params, name, _TOLD[name])
            elif name.startswith("person_"):
                _tell_of_person(work, *name.split(".", 1))
        if "external_account" in due:
            params["external_account"] = _external_account(account)
        if "relationship.representative" in due:
            representative = {"representative": True}
            person = work.create(PERSON, account=account["id"], relationship=representative)
            complete_person(work, person)
        before, account = account, work.change(account)
        assign(work, account, params, fields)
        accounts.change(Call(update, {ACCOUNT: account["id"]}, params, work), account, before)


def _tell_of_person(work: UnitOfWork, id: str, name: str) -> None:
    person = work.change(work.require(PERSON, id, PERSON))
    told: dict[str, Any] = {}
    put(told, name, _OF_PERSON[name])
    assign(work, person, told, work.contract.resources[PERSON].fields)


_INDIVIDUAL = {
    "address.line1": "address_full_match",
    "dob.day": 1,
    "dob.month": 1,
    "dob.year": 1901,
    "email": "jenny@example.com",
    "first_name": "Jenny",
    "last_name": "Rosen",
    "phone": "0000000000",
}

_DOCUMENT = {"front": "file_identity_document_success"}

_OF_PERSON: dict[str, Any] = {
    "verification.additional_document": _DOCUMENT,
    "verification.document": _DOCUMENT,
}

_TOLD: dict[str, Any] = {
    "business_profile.mcc": "5734",
    "business_profile.name": "Rocket Rides",
    "business_profile.url": "https://accessible.stripe.com",
    "business_type": "individual",
    "company.address.city": "San Francisco",
    "company.address.line1": "address_full_match",
    "company.address.postal_code": "94103",
    "company.address.state": "CA",
    "company.name": "Rocket Rides",
    "company.phone": "0000000000",
    "company.tax_id": "000000000",
    "company.verification.document": _DOCUMENT,
    "individual.id_number": "000000000",
    "settings.card_payments.statement_descriptor_prefix": "ROCKET",
    "settings.payments.statement_descriptor": "ROCKET RIDES",
    "tos_acceptance.date": 1_700_000_000,
    "tos_acceptance.ip": "127.0.0.1",
    **{f"individual.{name}": value for name, value in (_INDIVIDUAL | _OF_PERSON).items()},
}


def _external_account(account: Record) -> str | Record:
    if account["country"] == "US":
        return "btok_us_verified"
    return {
        "account_number": "000123456789",
        "country": account["country"],
        "currency": account["default_currency"],
        "object": "bank_account",
    }
