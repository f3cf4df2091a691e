"""Whether a bank account has to be proved to be the customer's before it is debited
(https://docs.stripe.com/payments/ach-direct-debit#verification).
"""

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.next_actions import asked
from localstack_stripe.resources.payment_methods.method_notes import is_verified

ACTION = "verify_with_microdeposits"

_VERIFIED_TYPES = ("acss_debit", "us_bank_account")


LASTS = 10 * DAY
"""How long micro-deposits are waited for, in seconds."""

_MISTAKES = "micro-deposits told wrongly"
"""Noted of an intent: how often the last ones were."""


def needed_verification(work: UnitOfWork, intent: Record, method: Record) -> Record | None:
    """What an intent asks of the customer before their account can be debited, or saved, if anything."""
    type = method["type"]
    options = options_of(intent, type)
    is_skipped = options.get("verification_method") == "skip"
    if type not in _VERIFIED_TYPES or is_skipped or is_verified(work, method):
        return None
    action = asked(work, intent, ACTION)
    action[ACTION] |= {
        "arrival_date": (work.now(intent) // DAY + 1) * DAY,
        "microdeposit_type": "descriptor_code",
    }
    work.note(intent, _MISTAKES, 0)
    return action


def count_mistake(work: UnitOfWork, intent: Record) -> int:
    """Note that the micro-deposits of an intent were told wrongly, and say how often they were."""
    mistakes = int(work.noted(intent, _MISTAKES)) + 1
    work.note(intent, _MISTAKES, mistakes)
    return mistakes


def waits(intent: Record) -> bool:
    """Whether an intent waits for its account to be verified."""
    action = intent["next_action"] or {}
    return intent["status"] == "requires_action" and action.get("type") == ACTION
