"""What happens to a subscription in its life, and who is told of it."""

from collections.abc import Callable
from typing import Literal

from localstack_stripe.engine.listeners import Listener, Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

ENDED = frozenset({"canceled", "incomplete_expired"})
RENEWING = frozenset({"active", "trialing", "past_due", "unpaid"})

Stage = Literal["begun", "due", "changed", "paused", "ended"]
"""What happens to a subscription: it runs, for the first time or for another period; something falls due, its items are
changed, it is paused, or it has ended."""

_FOLLOWERS: dict[Stage, Listeners] = {
    "begun": Listeners(),
    "due": Listeners(),
    "changed": Listeners(),
    "paused": Listeners(),
    "ended": Listeners(),
}


def when_subscription(stage: Stage) -> Callable[[Listener], Listener]:
    """Register who is told of what happens to a subscription: a schedule follows its own."""
    return _FOLLOWERS[stage].register


def tell_followers(work: UnitOfWork, subscription: Record, stage: Stage) -> None:
    """Tell who follows subscriptions what happens to one."""
    _FOLLOWERS[stage].tell(work, subscription)
