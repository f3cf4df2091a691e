"""Payment methods that ask something of the customer (https://docs.stripe.com/payments/payment-methods/overview): a payment
is ``requires_action`` until they have been to their bank's or wallet's page, or have paid the voucher, or it is too late.
"""

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.customer_actions import ways_that_ask
from localstack_stripe.payments.vouchers import VOUCHERS
from localstack_stripe.resources.core.intent_failures import refusal_of
from localstack_stripe.resources.core.next_actions import asked, asked_for_method
from localstack_stripe.resources.core.payment_attempts import ask, pays_by, require_currency, take
from localstack_stripe.resources.core.payment_outcomes import need_another_method
from localstack_stripe.resources.payment_methods.payment_methods import obtain
from localstack_stripe.resources.payment_methods.vouchers import make_voucher


def send_away(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Ask the customer, unless the method was saved, which they have agreed to before; a voucher they pay each time."""
    way = ways_that_ask()[method["type"]]
    require_currency(intent, way.type, way.currencies)
    if intent["capture_method"] == "manual" and not way.by_hand:
        raise invalid(
            f"The payment method type `{way.type}` cannot be captured by hand.", "capture_method"
        )
    voucher = VOUCHERS.get(way.type)
    if method["customer"] is not None and (voucher is None or not voucher.each_time):
        take(work, intent, method)
        return
    action = asked(work, intent, way.action)
    make_voucher(work, intent, method, action)
    ask(work, intent, action)


for _type in ways_that_ask():
    pays_by(_type)(send_away)


_WAITS = {way.type: way.waits for way in ways_that_ask().values() if way.waits is not None}


def _given_up_at(work: UnitOfWork, intent: Record) -> int | None:
    waiting = asked_for_method(work, intent, _WAITS)
    if waiting is None:
        return None
    since, method = waiting
    return since + _WAITS[method["type"]]


@due("payment_intent", next=_given_up_at)
def give_up(work: UnitOfWork, intent: Record) -> None:
    """The customer has not come back from a page in time (https://docs.stripe.com/payments/klarna/accept-a-payment#failed-payments)."""
    method = obtain(work, intent["payment_method"], "payment_method")
    intent = work.change(intent)
    need_another_method(work, intent, refusal_of(intent, method, "expired"))
