"""Payment methods that ask something of the customer (https://docs.stripe.com/payments/payment-methods/overview): a payment
is ``requires_action`` until they have been to their bank's or wallet's page, or have paid the voucher.
"""

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.customer_actions import voucher_outcome, ways_that_ask
from localstack_stripe.resources.core.next_actions import asked
from localstack_stripe.resources.core.payment_attempts import ask, pays_by, require_currency, take
from localstack_stripe.resources.core.payment_confirmation import authenticate

VOUCHERS = ("boleto", "konbini", "multibanco", "oxxo")
"""What is paid elsewhere, or expires, and nobody says so on a page."""


def send_away(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Ask the customer, unless the method was saved, which they have agreed to before."""
    way = ways_that_ask()[method["type"]]
    require_currency(intent, way.type, way.currencies)
    if intent["capture_method"] == "manual" and not way.by_hand:
        raise invalid(
            f"The payment method type `{way.type}` cannot be captured by hand.", "capture_method"
        )
    if method["customer"] is not None:
        take(work, intent, method)
        return
    intent["last_payment_error"] = None
    ask(work, intent, asked(work, intent, way.action))


for _type in ways_that_ask():
    pays_by(_type)(send_away)


def _ends_at(work: UnitOfWork, intent: Record) -> int | None:
    outcome = _outcome(work, intent) if intent["status"] == "requires_action" else None
    return outcome[1] if outcome is not None else None


@due("payment_intent", next=_ends_at)
def end_voucher(work: UnitOfWork, intent: Record) -> None:
    """A voucher was paid, or has expired."""
    outcome = _outcome(work, intent)
    authenticate(work, intent, success=outcome is not None and outcome[0])


def _outcome(work: UnitOfWork, intent: Record) -> tuple[bool, int] | None:
    """Whether the voucher of an intent is paid, rather than expiring, and when, in seconds since 1970; nothing where it
    never is, and of what is no voucher.
    """
    method = work.get("payment_method", intent["payment_method"] or "")
    if method is None or method["type"] not in VOUCHERS:
        return None
    outcome = voucher_outcome(method["billing_details"]["email"])
    return outcome and (outcome[0], int(method["created"]) + outcome[1])
