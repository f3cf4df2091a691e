"""What a payment is for, line by line (https://docs.stripe.com/payments/payment-line-items): banks and payment methods
that know it ask for less.
"""

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, checks, plain
from localstack_stripe.engine.children import PARENT
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
    work = call.work
    for before in work.where(LINE, PARENT, intent["id"]):
        work.remove(before)
    fields = work.contract.resources[LINE].fields
    for place, given in reversed(list(enumerate(details[_LINES] or ()))):
        line = work.create(LINE, **{PARENT: intent["id"]})
        assign(work, line, given, fields, f"amount_details[{_LINES}][{place}]")
