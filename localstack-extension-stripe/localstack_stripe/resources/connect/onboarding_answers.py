"""What the owner of a connected account tells on the page of its onboarding: here all that is missing, at once, with Stripe's
test values (https://docs.stripe.com/connect/testing).
"""

from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.paths import put
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect import accounts
from localstack_stripe.resources.connect.account_requirements import review
from localstack_stripe.resources.connect.capabilities import request_as_usual
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, EXTERNAL_ACCOUNT, PERSON
from localstack_stripe.resources.connect.persons import complete_person


def tell_everything(work: UnitOfWork, account: Record, collects: str) -> None:
    """Tell what is still missing of an account, with test values that are true.

    :param collects: ``currently_due``, or ``eventually_due`` where what will be due later is told too
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
        if EXTERNAL_ACCOUNT in due:
            params[EXTERNAL_ACCOUNT] = _external_account(account)
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
