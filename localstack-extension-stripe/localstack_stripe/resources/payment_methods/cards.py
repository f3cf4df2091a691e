"""Cards and bank accounts of customers, the older way to pay (https://docs.stripe.com/api/cards)."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import refusal
from localstack_stripe.resources.payment_methods.attachment import when_detached
from localstack_stripe.resources.payment_methods.bank_accounts import (
    BANK_ACCOUNT,
    described,
    is_of_account,
    of_token,
)
from localstack_stripe.resources.payment_methods.card_checks import checked
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.given_cards import (
    GivenCard,
    card_by_number,
    card_by_token,
    holder_of,
    in_own_words,
)
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, show_as_method
from localstack_stripe.resources.payment_methods.sources import (
    SOURCE,
    card_or_source,
    consume,
    find_usable,
)


def new_card(work: UnitOfWork, given: GivenCard, **values: Any) -> Record:
    """A card object, whose checks the bank has answered."""
    known = card_values(work, given, checked(given.test, given.checks))
    return work.create("card", **{**known, **values})


def card_values(work: UnitOfWork, given: GivenCard, checks: Record) -> Record:
    """What a card object has that nobody owns yet.

    :param checks: what it says was checked of it, in a payment method's words
    """
    return {
        "address_city": None,
        "address_country": None,
        "address_line1": None,
        "address_line2": None,
        "address_state": None,
        "address_zip": None,
        "customer": None,
        "metadata": {},
        **in_own_words(work, given, checks),
        **given.said,
    }


def add_source(
    work: UnitOfWork, customer: Record, given: str | Mapping[str, Any], param: str
) -> Record:
    """Give a customer the card or the bank account of a token, a test value (``tok_visa``, ``btok_us_verified``) or one
    that was created; a source; or the bank account that is described.

    :raises StripeError: 400 where there is no such token, 402 where the card's bank refuses it
    """
    if isinstance(given, str) and given.startswith(_SOURCE_ID):
        source = _attach(work, customer, find_usable(work, given, param, may_wait=True))
    elif isinstance(given, str) and is_of_account(work, given):
        source = _own(work, customer, of_token(work, given, param))
    elif not isinstance(given, str) and given["object"] == BANK_ACCOUNT:
        source = _own(work, customer, _described_account(work, given, param))
    else:
        card = (
            card_by_token(work, given, param)
            if isinstance(given, str)
            else card_by_number(work, given, param, raw_allowed=False)
        )
        refused = refusal(card.test, "attach", work.forced_decline)
        if refused is not None:
            raise declined(refused)
        source = new_card(work, card, customer=customer["id"])
        show_as_method(work, source, card.test, source, holder_of(source))
    if customer["default_source"] is None:
        work.change(customer)["default_source"] = source["id"]
    return source


def _own(work: UnitOfWork, customer: Record, account: Record) -> Record:
    """Give a customer a bank account.

    :raises StripeError: 400 where they have it already
    """
    for owned in work.where(BANK_ACCOUNT, "customer", customer["id"]):
        if owned["fingerprint"] == account["fingerprint"]:
            raise invalid(
                "A bank account with that routing number and account number already exists for this customer.",
                code="bank_account_exists",
            )
    return work.create(BANK_ACCOUNT, **account, customer=customer["id"])


_SOURCE_ID = "src_"

_NEEDED = ("currency", "account_holder_name", "account_holder_type")
"""What of a bank account is needed besides its number where it is a customer's
(https://docs.stripe.com/api/customer_bank_accounts/create)."""


def _described_account(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record:
    """The values of a bank account that a request describes."""
    for name in _NEEDED:
        if not given.get(name):
            raise missing_parameter(f"{param}[{name}]")
    return described(work, given, param)


def _attach(work: UnitOfWork, customer: Record, source: Record) -> Record:
    """Let a source be the customer's (https://docs.stripe.com/api/sources/attach)."""
    if source.get("customer"):
        raise invalid(
            f"The source {source['id']} has already been attached to a customer.", "source"
        )
    if source["usage"] != "reusable":
        raise invalid(
            f"The source {source['id']} can be used once only, and not be attached.", "source"
        )
    card = bank_card(source)
    refused = refusal(card, "attach", work.forced_decline)
    if refused is not None:
        raise declined(refused)
    source = work.change(source)
    source["customer"] = customer["id"]
    work.happened("customer.source.created", source)
    if card is not None:
        show_as_method(work, source, card, source["card"], source["owner"])
    return source


@operation("POST /v1/customers/{customer}/sources")
def create_source(call: Call) -> Record:
    """Add a card or a bank account; it becomes the default source where there was none."""
    customer = require_path(call, "customer", "customer")
    source = add_source(call.work, customer, call.params["source"], "source")
    if call.params.get("metadata"):
        source["metadata"] = merged_metadata(source["metadata"] or {}, call.params["metadata"])
    return source


def source_of(work: UnitOfWork, customer: Record, id: str) -> Record | None:
    """The card, the bank account or the source of a customer, by its id, or nothing."""
    for kind in _KINDS:
        source = work.get(kind, id)
        if source is not None and source.get("customer") == customer["id"]:
            return source
    return None


def require_source(call: Call, customer: Record) -> Record:
    """The source of a customer that a request's path names.

    :raises StripeError: 404 where the customer has no such source
    """
    source = source_of(call.work, customer, call.path["id"])
    if source is None:
        raise no_such("source", call.path["id"], "id", status=404)
    return source


_KINDS = ("card", BANK_ACCOUNT, SOURCE)


@operation("POST /v1/customers/{customer}/sources/{id}/verify")
def verify_account(call: Call) -> Record:
    """Prove that a bank account is the customer's, by the amounts of its micro-deposits
    (https://docs.stripe.com/ach-deprecated#manually-collecting-and-verifying-bank-accounts).
    """
    customer = require_path(call, "customer", "customer")
    account = source_of(call.work, customer, call.path["id"])
    if account is None or account["object"] != BANK_ACCOUNT:
        raise no_such("bank_account", call.path["id"], "id", status=404)
    if account["status"] == "verified":
        raise invalid("This bank account has already been verified.")
    if sorted(call.params.get("amounts") or ()) != _TEST_AMOUNTS:
        raise invalid(
            "The amounts provided do not match the amounts that were sent to the bank account.",
            "amounts",
            "bank_account_verification_failed",
        )
    account = call.work.change(account)
    account["status"] = "verified"
    return account


_TEST_AMOUNTS = [32, 45]


@operation("DELETE /v1/customers/{customer}/sources/{id}")
def delete_source(call: Call) -> Record:
    """Remove one, of which a source is used up; another becomes the default source, where there is one."""
    customer = require_path(call, "customer", "customer")
    source = require_source(call, customer)
    method = call.work.get("payment_method", source["id"])
    if method is not None:
        call.work.remove(method)
    return _take_away(call.work, customer, source)


def _take_away(work: UnitOfWork, customer: Record, source: Record) -> Record:
    """Remove a customer's source, and give what is left of it."""
    if source["object"] == SOURCE:
        work.happened("customer.source.deleted", source)
        stub = consume(work, source)
    else:
        stub = work.bury(source)
    if customer["default_source"] == source["id"]:
        rest = [
            each
            for kind in reversed(_KINDS)
            for each in work.where(kind, "customer", customer["id"])
        ]
        work.change(customer)["default_source"] = rest[-1]["id"] if rest else None
    return stub


@when_detached
def detach(work: UnitOfWork, method: Record) -> None:
    """What was detached as a payment method is no source either."""
    source = card_or_source(work, method["id"])
    owner = work.get("customer", (source or {}).get("customer") or "")
    if source is not None and owner is not None:
        _take_away(work, owner, source)
