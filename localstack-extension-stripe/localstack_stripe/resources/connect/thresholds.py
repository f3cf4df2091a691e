"""What a charge with one of Stripe's trigger cards does to the connected account that it is made for
(https://docs.stripe.com/connect/testing#trigger-cards).
"""

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.test_cards import TestCard
from localstack_stripe.resources.connect.account_requirements import review
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT, is_own, kept_account
from localstack_stripe.resources.connect.later_requirements import (
    CHARGES,
    PAYOUTS,
    REACHED,
    later,
)

_TRIGGERS = {
    "visa_triggerChargeBlock": CHARGES,
    "visa_triggerNextRequirements": None,
    "visa_triggerPayoutBlock": PAYOUTS,
}
"""By the card's name, what is blocked at once."""

_TIME_TO_TELL = 14 * DAY
"""In seconds; Stripe says in ``current_deadline`` how long that is, which differs."""


def follow_charge(work: UnitOfWork, charge: Record, card: TestCard | None) -> None:
    """Let the account for which a card was charged have reached a threshold, if the card stands for that.

    It has to have told everything that was due before, and to be able to tell more.
    """
    if card is None or card.name not in _TRIGGERS:
        return
    if charge["on_behalf_of"]:
        keeper, account = work, work.get(ACCOUNT, charge["on_behalf_of"])
    else:
        keeper, account = kept_account(work)
    if account is None or is_own(keeper, account) or not account["details_submitted"]:
        return
    blocks = _TRIGGERS[card.name]
    deadline = None if blocks else keeper.now() + _TIME_TO_TELL
    account = keeper.change(account)
    if later(keeper, account).requirements:
        keeper.note(account, REACHED, {"blocks": blocks, "deadline": deadline})
    review(keeper, account)


def _ends_at(work: UnitOfWork, account: Record) -> int | None:
    return later(work, account).deadline if work.noted(account, REACHED) else None


@due(ACCOUNT, next=_ends_at)
def block(work: UnitOfWork, account: Record) -> None:
    """What was due was not told in time."""
    account = work.change(account)
    work.note(account, REACHED, {"blocks": PAYOUTS, "deadline": None})
    review(work, account)
