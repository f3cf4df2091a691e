"""Issued cards (https://docs.stripe.com/api/issuing/cards): whose they are, their number, their way to them, and their
end.
"""

import re
from datetime import UTC, datetime

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    hides,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.spending_controls import DAILY_DEFAULT
from localstack_stripe.resources.payment_methods.card_expiry import this_year
from localstack_stripe.resources.treasury.treasury_ledger import open_account, require_feature

CARD, CARDHOLDER = "issuing.card", "issuing.cardholder"
YEARS = 3
"""How long a card is valid."""

PAYMENTS = "payments"
"""Noted of a card: how many payments were made with it."""

_SHIPPING = "POST /v1/test_helpers/issuing/cards/{card}/shipping"
STEPS = {
    "submit": ("pending", "submitted"),
    "ship": ("submitted", "shipped"),
    "deliver": ("shipped", "delivered"),
    "return": ("shipped", "returned"),
    "fail": ("shipped", "failure"),
}
"""A physical card's way: from which status each step leads to which (https://docs.stripe.com/issuing/cards/physical)."""

# https://docs.stripe.com/issuing/cards/virtual/issue-cards: only who expands them sees them
hides(CARD, "cvc", "number")


@before_create(CARDHOLDER)
def complete_holder(call: Call, holder: Record) -> None:
    """Say of a company that its tax id is known, and of a person what is (https://docs.stripe.com/api/issuing/cardholders/create)."""
    company = call.params.get("company")
    if company:
        holder["company"] = {"tax_id_provided": bool(company.get("tax_id"))}
    _require(holder)


@before_update(CARDHOLDER)
def change_holder(call: Call, holder: Record, before: Record) -> None:
    """Say what was missing (https://docs.stripe.com/api/issuing/cardholders/update)."""
    company = call.params.get("company")
    if company and company.get("tax_id"):
        holder["company"] = {"tax_id_provided": True}
    _require(holder)


def _require(holder: Record) -> None:
    """A name can be printed, and a person has a first and a last name before a card of theirs is active
    (https://docs.stripe.com/issuing/cards/virtual/issue-cards#create-cardholder).
    """
    _require_name(holder["name"], "name")
    if holder["type"] != "individual":
        return
    person = holder["individual"] or {}
    for name in _NAMES:
        _require_name(person.get(name), f"individual[{name}]")
    missing = [f"individual.{name}" for name in _NAMES if not person.get(name)]
    disabled = "requirements.past_due" if missing else None
    holder["requirements"] = {"disabled_reason": disabled, "past_due": missing}


def _require_name(given: str | None, param: str) -> None:
    if given and not _NAME.fullmatch(given):
        raise invalid(
            f"Invalid {param}: it can contain letters, spaces, periods, commas, hyphens and apostrophes only.",
            param,
        )


_NAMES = ("first_name", "last_name")
_NAME = re.compile(r"([^\W\d_]|[ .,'’-])+")


@before_create(CARD)
def complete(call: Call, card: Record) -> None:
    """Give it a number and an end (https://docs.stripe.com/api/issuing/cards/create)."""
    if call.params.get("cardholder") is None:
        raise missing_parameter("cardholder")
    work = call.work
    holder = work.require(CARDHOLDER, call.params["cardholder"], "cardholder")
    card["cardholder"] = holder["id"]
    card["number"] = _number(work)
    card["last4"], card["cvc"] = card["number"][-4:], work.ids.digits(3)
    card["exp_month"] = call.params.get("exp_month", 12)
    card["exp_year"] = call.params.get("exp_year", this_year(work) + YEARS)
    if call.params["type"] == "physical":
        if not card["shipping"]:
            raise missing_parameter("shipping")
        card["shipping"]["status"] = "pending"
    if card.get("financial_account"):
        require_feature(open_account(work, card["financial_account"]), "card_issuing")
    _limit(call, card)
    _replace(call, card)
    _require_nothing_missing(call, card)


@before_update(CARD)
def change(call: Call, card: Record, before: Record) -> None:
    """Activate it, or cancel it for good (https://docs.stripe.com/issuing/cards/manage-cards)."""
    if before["status"] == "canceled":
        raise invalid("This card has been canceled, and cannot be changed.", "status")
    reason = call.params.get("cancellation_reason")
    if reason and card["status"] != "canceled":
        raise invalid(
            "A `cancellation_reason` can only be given for a card that is canceled.",
            "cancellation_reason",
        )
    if card["status"] == "canceled":
        _stop_shipping(card)
    if before["status"] != "active":
        _require_nothing_missing(call, card)


@operation(f"{_SHIPPING}/submit")
@operation(f"{_SHIPPING}/ship")
@operation(f"{_SHIPPING}/deliver")
@operation(f"{_SHIPPING}/return")
@operation(f"{_SHIPPING}/fail")
def ship(call: Call) -> Record:
    """Take a physical card a step on its way (https://docs.stripe.com/api/issuing/cards/test_mode_ship)."""
    card = call.work.change(require_path(call, "card", CARD))
    before, after = STEPS[call.operation.path.rpartition("/")[2]]
    status = (card["shipping"] or {}).get("status")
    if status != before:
        raise invalid(
            f"Only a card whose shipping status is {before} can become {after}; this one's is {status}."
        )
    card["shipping"]["status"] = after
    if f"{after}_at" in call.work.contract.structures["IssuingCardShipping"]:
        card["shipping"][f"{after}_at"] = call.work.now()
    return card


def has_expired(work: UnitOfWork, card: Record) -> bool:
    """Whether the last month has gone by that a card is valid in."""
    today = datetime.fromtimestamp(work.now(), UTC)
    return (today.year, today.month) > (card["exp_year"], card["exp_month"])


def count_payment(work: UnitOfWork, payment: Record) -> None:
    """Count a payment, after so many of which a card may be canceled by itself.

    :param payment: an authorization that was approved, or a transaction without one
    """
    card = work.require(CARD, payment["card"], "card")
    cancel_after = (card["lifecycle_controls"] or {}).get("cancel_after")
    if cancel_after is None or not payment["amount"]:
        return
    card = work.change(card)
    count = int(work.noted(card, PAYMENTS) or 0) + 1
    work.note(card, PAYMENTS, count)
    if count >= cancel_after["payment_count"]:
        card["status"] = "canceled"
        _stop_shipping(card)


def _require_nothing_missing(call: Call, card: Record) -> None:
    holder = call.work.require(CARDHOLDER, card["cardholder"], "cardholder")
    missing = (holder["requirements"] or {}).get("past_due")
    if card["status"] == "active" and missing:
        raise invalid(
            f"Cardholder `{holder['id']}` has outstanding requirements preventing them from activating their cards: "
            f"{', '.join(missing)}. Please see "
            "https://stripe.com/docs/issuing/cards/virtual/issue-cards#create-cardholder for more information.",
            "status",
        )


def _number(work: UnitOfWork) -> str:
    """A number that no test card has, with its check digit."""
    digits = "400000999" + work.ids.digits(6)
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(digits)]
    total = sum(each - 9 if each > 9 else each for each in doubled)
    return f"{digits}{-total % 10}"


def _limit(call: Call, card: Record) -> None:
    """Limit what it may spend a day, unless its limits were chosen
    (https://docs.stripe.com/issuing/controls/spending-controls).
    """
    controls = card["spending_controls"]
    controls["spending_limits_currency"] = card["currency"]
    if (call.params.get("spending_controls") or {}).get("spending_limits") is None:
        limit = {"amount": DAILY_DEFAULT, "categories": [], "interval": "daily"}
        controls["spending_limits"] = [limit]


def _replace(call: Call, card: Record) -> None:
    """Take the place of another card (https://docs.stripe.com/issuing/cards/replacements)."""
    replaced = call.params.get("replacement_for")
    if replaced is None:
        return
    if call.params.get("replacement_reason") is None:
        raise missing_parameter("replacement_reason")
    old = call.work.change(call.work.require(CARD, replaced, "replacement_for"))
    if old["replaced_by"] is not None:
        raise invalid(f"Card {old['id']} has been replaced already.", "replacement_for")
    if old["cardholder"] != card["cardholder"]:
        raise invalid("A card can only be replaced for the same cardholder.", "replacement_for")
    old["replaced_by"] = card["id"]


def _stop_shipping(card: Record) -> None:
    if card["shipping"] and card["shipping"]["status"] == "pending":
        card["shipping"] = {**card["shipping"], "status": "canceled"}
