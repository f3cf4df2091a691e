"""Persons of v2 (https://docs.stripe.com/api/v2/core/persons): who owns, leads or represents an account's business."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, operation, plain
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.accounts_v2.accounts import require_open_account
from localstack_stripe.resources.accounts_v2.as_v1 import (
    PERSON,
    follow_account,
    tell_v1_of_person,
)
from localstack_stripe.resources.accounts_v2.tokens import use_person_token
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT as ACCOUNT_OF_V1
from localstack_stripe.resources.connect.kept_accounts import PERSON as PERSON_OF_V1

_PERSON = "/v2/core/accounts/{account}/persons/{id}"

plain("GET /v2/core/accounts/{account}/persons", f"GET {_PERSON}")


@operation("POST /v2/core/accounts/{account}/persons")
def create(call: Call) -> Record:
    """A new person may be who was missing (https://docs.stripe.com/api/v2/core/persons/create)."""
    work = call.work
    account = work.change(require_open_account(work, call.path["account"], "account"))
    person = work.create(PERSON, account=account["id"], metadata={})
    _tell(call, account, person, use_person_token(work, call.params))
    return person


@operation(f"POST {_PERSON}")
def update(call: Call) -> Record:
    """What is new may be what was missing (https://docs.stripe.com/api/v2/core/persons/update)."""
    account, person = _named(call)
    person = call.work.change(person)
    call.work.stamp(person, "updated")
    _tell(call, account, person, use_person_token(call.work, call.params))
    return person


@operation(f"DELETE {_PERSON}")
def delete(call: Call) -> Record:
    """An account that loses its representative has to name another (https://docs.stripe.com/api/v2/core/persons/delete)."""
    work = call.work
    account, person = _named(call)
    stub = work.bury(person)
    of_v1 = work.get(PERSON_OF_V1, person["id"])
    if of_v1 is not None:
        work.bury(of_v1)
    follow_account(work, account)
    return stub


def _named(call: Call) -> tuple[Record, Record]:
    """The account of the path, which may be written to, and its person."""
    work = call.work
    account = work.change(require_open_account(work, call.path["account"], "account"))
    person = work.get(PERSON, call.path["id"])
    if person is None or person["account"] != account["id"]:
        raise no_such("person", call.path["id"], "id", status=404)
    return account, person


def _tell(call: Call, account: Record, person: Record, told: Mapping[str, Any]) -> None:
    work = call.work
    assign(work, person, told, work.contract.resources[PERSON].fields)
    if work.get(ACCOUNT_OF_V1, account["id"]) is not None:
        tell_v1_of_person(work, person)
    follow_account(work, account)
