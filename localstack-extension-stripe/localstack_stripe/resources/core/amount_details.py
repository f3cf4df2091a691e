"""What a payment is for, line by line (https://docs.stripe.com/payments/payment-line-items): banks and payment methods
that know it ask for less.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, checks, plain
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.store import Record

LINE = "payment_intent_amount_details_line_item"
_LINES = "line_items"

plain("GET /v1/payment_intents/{intent}/amount_details_line_items")


@checks("payment_intent")
def keep_lines(call: Call, intent: Record) -> None:
    """Keep the lines that are sent, in the place of those that were; they are listed in their order."""
    details = call.params.get("amount_details") or {}
    if _LINES not in details:
        return
    if details[_LINES]:
        _compare(intent, details)
    work = call.work
    for before in work.where(LINE, PARENT, intent["id"]):
        work.remove(before)
    fields = work.contract.resources[LINE].fields
    for place, given in reversed(list(enumerate(details[_LINES] or ()))):
        line = work.create(LINE, **{PARENT: intent["id"]})
        assign(work, line, given, fields, f"amount_details[{_LINES}][{place}]")


def _compare(intent: Record, given: Mapping[str, Any]) -> None:
    """Compare what lines come to with the amount of their intent
    (https://docs.stripe.com/payments/payment-line-items#loosen-arithmetic-validation).

    :param given: the details that a request sends, with lines
    :raises StripeError: 400 where they differ, unless the request says to tell of that only
    """
    known = {name: value for name, value in intent["amount_details"].items() if name != "error"}
    total = _value(known) + ((known.get("shipping") or {}).get("amount") or 0)
    total += sum(each["unit_cost"] * each["quantity"] + _value(each) for each in given[_LINES])
    if total != intent["amount"]:
        message = (
            f"The total value of `amount_details` ({total}) does not match the `amount` ({intent['amount']}). Make sure "
            "that the total value of `line_items` matches the amount to charge, taking into account any discounts, tax, "
            "and shipping. See https://docs.stripe.com/payments/payment-line-items"
        )
        if given.get("enforce_arithmetic_validation") is not False:
            raise StripeError(message, code=_MISMATCH, param="amount_details")
        known["error"] = {"code": _MISMATCH, "message": message}
    intent["amount_details"] = known


_MISMATCH = "amount_details_amount_mismatch"


def _value(details: Mapping[str, Any]) -> int:
    """What tax and a discount add to a line, or to all of them."""
    tax = (details.get("tax") or {}).get("total_tax_amount") or 0
    return int(tax - (details.get("discount_amount") or 0))
