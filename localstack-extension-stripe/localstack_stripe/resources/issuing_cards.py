"""Issued cards (https://docs.stripe.com/api/issuing/cards): whose they are, their number, and their way to them."""

from localstack_stripe.engine.behaviours import Call, before_create, operation, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.payment_methods import this_year

CARD = "issuing.card"
YEARS = 3
"""How long a card is valid."""

_SHIPPING = "POST /v1/test_helpers/issuing/cards/{card}/shipping"
STEPS = {
    "submit": ("pending", "submitted"),
    "ship": ("submitted", "shipped"),
    "deliver": ("shipped", "delivered"),
    "return": ("shipped", "returned"),
    "fail": ("shipped", "failure"),
}
"""A physical card's way: from which status each step leads to which (https://docs.stripe.com/issuing/cards/physical)."""


@before_create(CARD)
def complete(call: Call, card: Record) -> None:
    """Give it a number and an end (https://docs.stripe.com/api/issuing/cards/create)."""
    if call.params.get("cardholder") is None:
        raise missing_parameter("cardholder")
    work = call.work
    holder = work.require("issuing.cardholder", call.params["cardholder"], "cardholder")
    card["cardholder"] = holder["id"]
    card["last4"] = work.ids.digits(4)
    card["exp_month"] = call.params.get("exp_month", 12)
    card["exp_year"] = call.params.get("exp_year", this_year(work) + YEARS)
    if call.params["type"] == "physical":
        if not card["shipping"]:
            raise missing_parameter("shipping")
        card["shipping"]["status"] = "pending"


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
