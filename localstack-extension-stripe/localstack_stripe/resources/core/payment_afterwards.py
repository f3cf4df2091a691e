"""What happens by itself to a payment intent: a bank answers later, or the time to capture is over."""

from collections.abc import Callable

from localstack_stripe.engine.schedule import NextDue, WhenDue, due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.charges import AUTHORIZED_FOR
from localstack_stripe.resources.core.payment_cancellation import EXPIRED, cancel_intent

_AFTERWARDS: dict[str, list[tuple[NextDue, WhenDue]]] = {"processing": [], "requires_action": []}


def when_still(status: str, *, at: NextDue) -> Callable[[WhenDue], WhenDue]:
    """Register what happens by itself to an intent that is still in a status, which may be written to, and when."""

    def register(happens: WhenDue) -> WhenDue:
        _AFTERWARDS[status].append((at, happens))
        return happens

    return register


def _next_due(work: UnitOfWork, intent: Record) -> int | None:
    for at, _ in _AFTERWARDS.get(intent["status"], ()):
        time = at(work, intent)
        if time is not None:
            return time
    if intent["status"] != "requires_capture":
        return None
    charge = work.get("charge", intent["latest_charge"])
    if charge is None:
        return None
    card = charge["payment_method_details"].get("card") or {}
    return int(card.get("capture_before", charge["created"] + AUTHORIZED_FOR))


@due("payment_intent", next=_next_due)
def go_on(work: UnitOfWork, intent: Record) -> None:
    """A bank has answered at last, or a customer has; or nobody has captured the money in time
    (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method).
    """
    if intent["status"] == "requires_capture":
        cancel_intent(work, intent, EXPIRED)
        return
    for at, happens in _AFTERWARDS[intent["status"]]:
        if at(work, intent) is not None:
            happens(work, work.change(intent))
            return
