"""External accounts (https://docs.stripe.com/api/external_accounts): where a connected account is paid out to."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import Call, operation, require_path, view
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.payout_failures import is_instant
from localstack_stripe.resources.connect.account_requirements import review
from localstack_stripe.resources.connect.kept_accounts import (
    ACCOUNT,
    EXTERNAL_KINDS,
    external_accounts_of,
    keeper_of,
)
from localstack_stripe.resources.payment_methods.bank_accounts import (
    BANK_ACCOUNT,
    described,
    is_of_account,
    of_token,
)
from localstack_stripe.resources.payment_methods.cards import new_card
from localstack_stripe.resources.payment_methods.given_cards import (
    GivenCard,
    card_by_number,
    card_by_token,
)


def place(keeper: UnitOfWork, id: str) -> Record | None:
    """The bank account or card that is kept under an id, or nothing."""
    found = (keeper.get(kind, id) for kind in EXTERNAL_KINDS)
    return next((each for each in found if each is not None), None)


@view("bank_account")
def bank_account(work: UnitOfWork, id: str) -> Record | None:
    """A bank account, and for a connected account also the one that its platform keeps."""
    return _seen(work, "bank_account", id)


@view("card")
def card(work: UnitOfWork, id: str) -> Record | None:
    """A card, and for a connected account also the one that its platform keeps."""
    return _seen(work, "card", id)


def _seen(work: UnitOfWork, kind: str, id: str) -> Record | None:
    found = work.get(kind, id)
    if found is None and (keeper := keeper_of(work)) is not work:
        kept = keeper.get(kind, id)
        found = kept if kept is not None and kept.get("account") == work.account else None
    return found


def add_external_account(
    work: UnitOfWork, account: Record, given: str | Mapping[str, Any], param: str
) -> Record:
    """Give an account a bank account or a debit card: described, or by a token.

    :raises StripeError: 400 where there is no such token, or the number is none
    """
    if isinstance(given, str) or given.get("token"):
        token = given if isinstance(given, str) else given["token"]
        if not is_of_account(work, token):
            return _debit_card(work, account, card_by_token(work, token, param), param)
        values = of_token(work, token, param)
    elif given["object"] == "card":
        card = card_by_number(work, given, param, raw_allowed=False)
        return _debit_card(work, account, card, param)
    else:
        values = described(work, given, param)
    made = work.create(
        BANK_ACCOUNT,
        **values,
        account=account["id"],
        future_requirements=_nothing_due(work),
        requirements=_nothing_due(work),
    )
    return _placed(work, account, made)


def _nothing_due(work: UnitOfWork) -> Record:
    return {name: [] for name in work.shapes.part(BANK_ACCOUNT, "requirements")}


def _debit_card(work: UnitOfWork, account: Record, card: GivenCard, param: str) -> Record:
    if card.test.funding != "debit":
        raise StripeError(
            "This card is not supported for payouts: only debit cards are.",
            code="invalid_card_type",
            param=param,
        )
    made = new_card(work, card, account=account["id"], currency=account["default_currency"])
    return _placed(work, account, made)


def replace_default(
    work: UnitOfWork, account: Record, given: str | Mapping[str, Any], param: str
) -> None:
    """Give an account a bank account or a debit card in place of the one that is the default for its currency
    (https://docs.stripe.com/api/accounts/update#update_account-external_account).

    :raises StripeError: as :func:`add_external_account`
    """
    made = add_external_account(work, account, given, param)
    for each in external_accounts_of(work, account["id"]):
        is_replaced = each["currency"] == made["currency"] and each["id"] != made["id"]
        if is_replaced and each["default_for_currency"]:
            work.bury(each)
    made["default_for_currency"] = True


@operation("POST /v1/accounts/{account}/external_accounts")
def create(call: Call) -> Record:
    """Add one; the first of a currency is the default (https://docs.stripe.com/api/external_account_bank_accounts/create)."""
    work, params = call.work, call.params
    account = work.change(require_path(call, "account", ACCOUNT))
    made = add_external_account(work, account, params["external_account"], "external_account")
    made["metadata"] = dict(params.get("metadata") or {})
    if params.get("default_for_currency"):
        _make_default(work, made)
    review(work, account)
    return made


@operation("POST /v1/accounts/{account}/external_accounts/{id}")
def update(call: Call) -> Record:
    """Change what may be changed: the holder, the metadata, and whether it is the default."""
    found = _of_account(call)
    changed = call.work.change(found)
    for name, value in call.params.items():
        if name == "metadata":
            changed["metadata"] = merged_metadata(changed.get("metadata") or {}, value or {})
        elif name in changed and name != "default_for_currency":
            changed[name] = int(value) if name in ("exp_month", "exp_year") else value
    if call.params.get("default_for_currency"):
        _make_default(call.work, changed)
    return changed


@operation("DELETE /v1/accounts/{account}/external_accounts/{id}")
def delete(call: Call) -> Record:
    """Remove one; the default only goes when it is the last of its currency."""
    work = call.work
    found = _of_account(call)
    others = [
        each
        for each in external_accounts_of(work, found["account"])
        if each["currency"] == found["currency"] and each["id"] != found["id"]
    ]
    if found["default_for_currency"] and others:
        raise invalid(
            "You cannot delete the default external account for your default currency. Please make another external "
            "account the default using the `default_for_currency` param, and then delete this one."
        )
    stub = work.bury(found) | {"currency": found["currency"]}
    account = require_path(call, "account", ACCOUNT)
    review(work, work.change(account))
    return stub


def _of_account(call: Call) -> Record:
    account = require_path(call, "account", ACCOUNT)
    for each in external_accounts_of(call.work, account["id"]):
        if each["id"] == call.path["id"]:
            return each
    raise no_such("external account", call.path["id"], "id", status=404)


def _placed(work: UnitOfWork, account: Record, made: Record) -> Record:
    others = [
        each for each in external_accounts_of(work, account["id"]) if each["id"] != made["id"]
    ]
    made["available_payout_methods"] = ["standard", *(["instant"] if is_instant(made) else [])]
    made["default_for_currency"] = all(each["currency"] != made["currency"] for each in others)
    return made


def _make_default(work: UnitOfWork, chosen: Record) -> None:
    for each in external_accounts_of(work, chosen["account"]):
        if each["currency"] == chosen["currency"] and each["default_for_currency"]:
            work.change(each)["default_for_currency"] = False
    chosen["default_for_currency"] = True
