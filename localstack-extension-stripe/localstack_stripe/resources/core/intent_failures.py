"""Why an attempt failed, as payment intents and setup intents keep it
(https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error).
"""

from localstack_stripe.engine.errors import doc_url
from localstack_stripe.engine.store import Record
from localstack_stripe.payments.customer_actions import REFUSALS, ways_that_ask
from localstack_stripe.payments.declines import Decline
from localstack_stripe.resources.core.intents import TITLES

ATTEMPT_FAILED = "payment_intent_payment_attempt_failed"
"""What an intent says of a SEPA debit that failed; the charge says why (as seen in test mode by those who keep
https://github.com/gburgyan/aat)."""


def card_failure(decline: Decline, method: Record) -> Record:
    """A bank's refusal, as an intent keeps it."""
    failure = {
        "code": decline.code,
        "doc_url": doc_url(decline.code),
        "message": decline.message,
        "type": "card_error",
    }
    # A card source, the older way to pay, is not a payment method.
    whose = "payment_method" if method["object"] == "payment_method" else "source"
    failure[whose] = method["id"]
    for name in ("param", "decline_code", "advice_code", "network_decline_code"):
        if getattr(decline, name) is not None:
            failure[name] = getattr(decline, name)
    return failure


def refused_by_customer(intent: Record, method: Record) -> Record:
    """What an intent keeps of a customer who has not done what was asked of them, as its error."""
    way = ways_that_ask().get(method["type"])
    return refusal_of(intent, method, way.refusal if way is not None else "authentication")


def refusal_of(intent: Record, method: Record, kind: str) -> Record:
    """The same, where it is known how they have not: a key of :data:`REFUSALS`."""
    code, message = REFUSALS[kind]
    title = TITLES[intent["object"]]
    return failure_of(method, code.format(intent=intent["object"]), message.format(title=title))


def failure_of(method: Record, code: str, message: str) -> Record:
    """Why a payment method failed that no bank has declined, as an intent keeps it."""
    return {
        "code": code,
        "doc_url": doc_url(code),
        "message": message,
        "payment_method": method["id"],
        "type": "invalid_request_error",
    }
