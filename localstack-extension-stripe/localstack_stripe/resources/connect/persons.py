"""Persons (https://docs.stripe.com/api/persons): who owns, leads or is a connected account's business."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create, before_delete, before_update
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.account_requirements import review
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, PERSON
from localstack_stripe.resources.connect.verification import NUMBER

_PROVIDED = {
    "id_number": "id_number_provided",
    "id_number_secondary": "id_number_secondary_provided",
    "ssn_last_4": "ssn_last_4_provided",
}
"""What is never shown again, and the field that says that it was given."""


@before_create(PERSON)
def complete(call: Call, person: Record) -> None:
    """A new person may be who was missing (https://docs.stripe.com/api/persons/create)."""
    complete_person(call.work, person)
    _keep_quiet(call.work, person, call.params)
    _review(call.work, person)


@before_update(PERSON)
def change(call: Call, person: Record, before: Record) -> None:
    """What is new may be what was missing."""
    _keep_quiet(call.work, person, call.params)
    _review(call.work, person)


@before_delete(PERSON)
def remove(call: Call, person: Record) -> None:
    """An account that loses its individual or its representative has to tell who they are again."""
    work = call.work
    work.remove(person)
    account = work.get(ACCOUNT, person["account"])
    if account is None:
        return
    account = work.change(account)
    if account.get("individual") == person["id"]:
        account.pop("individual")
    review(work, account)


def keep_individual(call: Call, account: Record) -> None:
    """Make or change the person that an ``individual`` parameter describes: the account's business is that person."""
    given = call.params.get("individual")
    if not given:
        return
    work = call.work
    known = work.get(PERSON, account.get("individual") or "")
    if known is None:
        person = work.create(PERSON, account=account["id"])
        complete_person(work, person)
        person["relationship"]["representative"] = True
    else:
        person = work.change(known)
    assign(work, person, given, work.contract.resources[PERSON].fields, "individual")
    _keep_quiet(work, person, given)
    account["individual"] = person["id"]


def complete_person(work: UnitOfWork, person: Record) -> None:
    structure = work.shapes.structure
    empty = {
        "first_name": None,
        "id_number_provided": False,
        "last_name": None,
        "metadata": {},
        "relationship": structure("PersonRelationship")
        | dict.fromkeys(("director", "executive", "owner", "representative"), False),
        "requirements": structure("PersonRequirements") | {"alternatives": []},
        "ssn_last_4_provided": False,
        "verification": _nothing_verified(work),
    }
    for name, value in empty.items():
        if isinstance(value, dict) and isinstance(person.get(name), dict):
            said = {key: each for key, each in person[name].items() if each is not None}
            person[name] = value | said
        else:
            person.setdefault(name, value)


def _keep_quiet(work: UnitOfWork, person: Record, given: Mapping[str, Any]) -> None:
    """Say of what is never shown that it was given."""
    if given.get("id_number"):
        work.note(person, NUMBER, given["id_number"])
    for name, provided in _PROVIDED.items():
        if given.get(name):
            person[provided] = True


def _nothing_verified(work: UnitOfWork) -> Record:
    return {
        "additional_document": work.shapes.structure("PersonVerificationDocument"),
        "details": None,
        "details_code": None,
        "document": work.shapes.structure("PersonVerificationDocument"),
        "status": "unverified",
    }


def _review(work: UnitOfWork, person: Record) -> None:
    account = work.get(ACCOUNT, person["account"])
    if account is not None:
        review(work, work.change(account))
