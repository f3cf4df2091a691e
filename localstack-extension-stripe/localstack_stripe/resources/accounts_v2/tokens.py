"""Tokens of v2, by which a browser tells who somebody is (https://docs.stripe.com/connect/account-tokens): each is used
once, and its server never sees what it stands for.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, plain
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.accounts_v2.as_v1 import require_account

ACCOUNT_TOKEN = "v2.core.account_token"
PERSON_TOKEN = "v2.core.account_person_token"
TOLD = "told"
"""Noted of a token: what it stands for."""

plain(
    "GET /v2/core/account_tokens/{id}",
    "GET /v2/core/accounts/{account}/person_tokens/{id}",
)


@before_create(ACCOUNT_TOKEN)
def keep_account_details(call: Call, token: Record) -> None:
    """Keep what is told of an account (https://docs.stripe.com/api/v2/core/account-tokens/create)."""
    call.work.note(token, TOLD, dict(call.params))


@before_create(PERSON_TOKEN)
def keep_person_details(call: Call, token: Record) -> None:
    """Keep what is told of a person (https://docs.stripe.com/api/v2/core/person-tokens/create)."""
    require_account(call.work, call.path["account"], "account")
    call.work.note(token, TOLD, dict(call.params))


def use_account_token(work: UnitOfWork, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of an account, with what its token stands for."""
    return _used(work, params, "account_token", ACCOUNT_TOKEN)


def use_person_token(work: UnitOfWork, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a person, with what its token stands for."""
    return _used(work, params, "person_token", PERSON_TOKEN)


def _used(
    work: UnitOfWork, params: Mapping[str, Any], param: str, object: str
) -> Mapping[str, Any]:
    """
    :raises StripeError: 400 where there is no such token, or it was used or has expired
    """
    id = params.get(param)
    if id is None:
        return params
    token = work.change(work.require(object, id, param))
    if token["used"]:
        raise invalid(f"The token {id} has already been used.", param)
    if token["expires_at"] <= moment(work.now()):
        raise invalid(f"The token {id} has expired.", param)
    token["used"] = True
    return {**work.noted(token, TOLD), **params}
