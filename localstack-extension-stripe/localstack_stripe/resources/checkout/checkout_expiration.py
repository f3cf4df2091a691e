"""A Checkout session that nobody completes: it expires, and may be recovered
(https://docs.stripe.com/payments/checkout/abandoned-carts).
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_item_amounts import rates_of
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.checkout.checkout_credit import release_credit
from localstack_stripe.resources.checkout.checkout_intents import intents_of
from localstack_stripe.resources.checkout.checkout_parameters import SESSION
from localstack_stripe.resources.checkout.checkout_sessions import CREATED_WITH, open_session
from localstack_stripe.resources.core import setup_intents
from localstack_stripe.resources.core.payment_cancellation import cancel_intent
from localstack_stripe.resources.core.payment_states import OPEN

REASON = "expired"
"""The ``cancellation_reason`` of the payment of a session that has expired."""

RECOVERABLE = 30 * DAY
"""How long an expired session can be recovered, in seconds."""


@operation("POST /v1/checkout/sessions/{session}/expire")
def expire_early(call: Call) -> Record:
    """Expire a session that is open (https://docs.stripe.com/api/checkout/sessions/expire)."""
    session = require_path(call, "session", SESSION)
    if session["status"] != "open":
        raise invalid(
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
    return _expired(call.work, session)


def _expires_at(work: UnitOfWork, session: Record) -> int | None:
    return session["expires_at"] if session["status"] == "open" else None


@due(SESSION, next=_expires_at)
def expire(work: UnitOfWork, session: Record) -> None:
    """Nobody has completed it in time (https://docs.stripe.com/payments/checkout/managing-limited-inventory)."""
    _expired(work, session)


def _expired(work: UnitOfWork, session: Record) -> Record:
    session = work.change(session)
    session["status"], session["url"] = "expired", None
    release_credit(work, session)
    for intent in intents_of(work, session):
        if intent["status"] not in OPEN:
            continue
        if intent["object"] == "setup_intent":
            setup_intents.cancel_setup(work, intent, None)
        else:
            cancel_intent(work, intent, REASON)
    recovery = _recovery(session)
    if recovery is not None and recovery["enabled"]:
        recovery["expires_at"] = work.now(session) + RECOVERABLE
        base = work.noted(session, CREATED_WITH)["base"]
        recovery["url"] = f"{base}/r/{work.account}/test_{work.ids.text(20)}"
    return session


def _recovery(session: Record) -> Record | None:
    return (session["after_expiration"] or {}).get("recovery")


def recovered_by(work: UnitOfWork, address: str) -> Record | None:
    """The expired session that is recovered at an address, the end of which is given, if there is one."""
    for session in work.all(SESSION):
        recovery = _recovery(session)
        if recovery is not None and (recovery["url"] or "").endswith(address):
            return session
    return None


def recover(work: UnitOfWork, session: Record) -> Record:
    """A new session that sells what an expired one did, in the same way.

    :raises StripeError: 400 where it is too late
    """
    recovery = _recovery(session) or {}
    if work.now(session) >= recovery["expires_at"]:
        raise invalid("This link is no longer active.")
    known = work.noted(session, CREATED_WITH)
    params: dict[str, Any] = {**known["params"]}
    params.pop("expires_at", None)
    if params.get("line_items"):
        params["line_items"] = [_repeated(work, item) for item in items_of(work, session)]
    if recovery["allow_promotion_codes"] and not params.get("discounts"):
        params["allow_promotion_codes"] = True
    work.base = known["base"]
    return open_session(work, params, recovered_from=session["id"])


def _repeated(work: UnitOfWork, item: Record) -> Record:
    names = ("adjustable_quantity", "metadata", "price", "quantity")
    return {**{name: item[name] for name in names}, "tax_rates": rates_of(work, item)}
