"""Mandates (https://docs.stripe.com/api/mandates): a customer's permission to debit their bank account."""

from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import (
    LeavesIntent,
    StripeError,
    not_emulated,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.test_debits import CURRENCIES
from localstack_stripe.resources.core.intents import TITLES
from localstack_stripe.resources.payment_methods.attachment import when_detached
from localstack_stripe.resources.payment_methods.blocked_accounts import why_blocked
from localstack_stripe.resources.payment_methods.debited_accounts import account_of_method
from localstack_stripe.resources.payment_methods.new_mandates import (
    MANDATE,
    NETWORK_STATUSES,
    SINGLE_USE,
    new_mandate,
    require_terms,
)

_OF_INTENT = "mandate"
"""Noted of a payment intent: the id of the mandate with which its account is debited."""

_WALLETS = frozenset(
    {
        "amazon_pay",
        "cashapp",
        "kakao_pay",
        "klarna",
        "kr_card",
        "link",
        "naver_pay",
        "paypal",
        "revolut_pay",
        "twint",
    }
)
"""What else customers agree to pay with later
(https://docs.stripe.com/api/mandates/object#mandate_object-payment_method_details)."""


def take_mandate(call: Call, intent: Record, method: Record) -> None:
    """Find or make the mandate with which an intent debits a bank account, or has a wallet pay later, which its confirmation
    says the customer gave.

    A browser's key says so by itself: Stripe.js shows the mandate's text.

    :raises StripeError: 400 where the customer has not given one; the intent stays
    """
    work, params = call.work, call.params
    acceptance = (params.get("mandate_data") or {}).get("customer_acceptance")
    if method["type"] not in CURRENCIES:
        if work.noted(intent, SINGLE_USE):
            raise not_emulated("single_use")
        if acceptance and method["type"] in _WALLETS and intent["object"] == "setup_intent":
            _use(work, intent, new_mandate(work, intent, method, acceptance))
        return
    if why_blocked(method) is not None:
        return  # there is nothing to agree to
    if params.get("mandate"):
        mandate = _named(work, params["mandate"], intent, method)
    elif acceptance or call.publishable:
        require_terms(intent, method["type"])
        mandate = new_mandate(work, intent, method, acceptance or {})
    else:
        mandate = _given_before(work, intent, method)
    _use(work, intent, mandate)
    if params.get("mandate") and mandate["type"] == "single_use":
        # https://docs.stripe.com/api/mandates/object#mandate_object-status: what was used before counts no more.
        change_mandate(work, mandate["id"], "inactive", "accepted")


def _named(work: UnitOfWork, id: str, intent: Record, method: Record) -> Record:
    """The mandate that a request names, which has to count still, and for this account
    (https://docs.stripe.com/api/mandates/object#mandate_object-status).
    """
    mandate = work.require(MANDATE, id, "mandate")
    counts = mandate["status"] != "inactive" and mandate["payment_method"] == method["id"]
    if not counts or not _covers(mandate, intent):
        raise StripeError(
            f"The provided mandate is invalid and can't be used for the {TITLES[intent['object']]}.",
            code="payment_intent_mandate_invalid",
            param="mandate",
        )
    return mandate


def _covers(mandate: Record, intent: Record) -> bool:
    """Whether a mandate is for as much as an intent is of."""
    once = mandate.get("single_use")
    if once is None:
        return True
    if intent["object"] == "setup_intent":
        return False
    return bool(intent["currency"] == once["currency"] and intent["amount"] <= once["amount"])


@when_detached
def end(work: UnitOfWork, method: Record) -> None:
    """Nobody debits an account any more that was let go of (https://docs.stripe.com/payments/sepa-debit#mandate-cancellation)."""
    for mandate in work.where(MANDATE, "payment_method", method["id"]):
        change_mandate(work, mandate["id"], "inactive")


def collect_mandate(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Make the mandate that the customer gives on a page of Stripe's."""
    if method["type"] in CURRENCIES:
        _use(work, intent, new_mandate(work, intent, method, {}))


def _use(work: UnitOfWork, intent: Record, mandate: Record) -> None:
    if intent["object"] == "setup_intent":
        for type, name in _NAMED_BY.items():
            intent[name] = mandate["id"] if mandate["type"] == type else None
    else:
        work.note(intent, _OF_INTENT, mandate["id"])


_NAMED_BY = {"multi_use": "mandate", "single_use": "single_use_mandate"}
"""Where a setup intent names its mandate, by the mandate's type."""


def mandate_of(work: UnitOfWork, intent: Record) -> str | None:
    """The id of the mandate with which a payment intent debits an account, where there is one."""
    noted: str | None = work.noted(intent, _OF_INTENT)
    return noted


def change_mandate(
    work: UnitOfWork, id: str | None, status: str, network_status: str | None = None
) -> None:
    """Bring a mandate, if there is one, into another status.

    :param network_status: what the Bacs network says of it, if not what the status says
    """
    mandate = work.get(MANDATE, id or "")
    if mandate is None or mandate["status"] == status:
        return
    mandate = work.change(mandate)
    mandate["status"] = status
    details = mandate["payment_method_details"]
    if details["type"] == "bacs_debit":
        details["bacs_debit"]["network_status"] = network_status or NETWORK_STATUSES[status]


def answer_mandate(work: UnitOfWork, intent: Record, method: Record) -> None:
    """The bank has answered to the mandate of an account that was set up, if there is one: most take it."""
    account, mandate = account_of_method(method), intent["mandate"] or intent["single_use_mandate"]
    if account is not None and account.outcome == "mandate_refused":
        change_mandate(work, mandate, "inactive", "refused")
    else:
        change_mandate(work, mandate, "active")


def _given_before(work: UnitOfWork, intent: Record, method: Record) -> Record:
    for mandate in work.where(MANDATE, "payment_method", method["id"]):
        if mandate["status"] == "active" and mandate["type"] == "multi_use":
            return mandate
    title, object = TITLES[intent["object"]], intent["object"]
    shown: dict[str, Any] = {object: intent}
    raise LeavesIntent(
        f"This {title} requires a mandate, but no existing mandate was found. Collect mandate acceptance from the "
        "customer and try again, providing acceptance data in the mandate_data parameter.",
        **shown,
    )
