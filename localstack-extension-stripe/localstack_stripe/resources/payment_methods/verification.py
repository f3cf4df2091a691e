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

_SENT = "micro-deposits sent"
"""Noted of an intent: when the last ones were, and how often they were told wrongly."""


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
    work.note(intent, _SENT, {"at": work.now(intent), "mistakes": 0})
    return action


def sent_at(work: UnitOfWork, intent: Record) -> int:
    """When the micro-deposits that an intent waits for were sent, in seconds since 1970."""
    return int(work.noted(intent, _SENT)["at"])


def count_mistake(work: UnitOfWork, intent: Record) -> int:
    """Note that the micro-deposits of an intent were told wrongly, and say how often they were."""
    sent = work.noted(intent, _SENT)
    mistakes = int(sent["mistakes"]) + 1
    work.note(intent, _SENT, {**sent, "mistakes": mistakes})
    return mistakes


def waits(intent: Record) -> bool:
    """Whether an intent waits for its account to be verified."""
    action = intent["next_action"] or {}
    return intent["status"] == "requires_action" and action.get("type") == ACTION
