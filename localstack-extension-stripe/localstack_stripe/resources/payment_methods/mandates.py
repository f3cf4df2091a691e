"""Mandates (https://docs.stripe.com/api/mandates): a customer's permission to debit their bank account."""

from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import LeavesIntent
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.test_debits import CURRENCIES
from localstack_stripe.resources.core.intents import TITLES
from localstack_stripe.resources.payment_methods.payment_methods import type_details

MANDATE = "mandate"

_OF_INTENT = "mandate"
"""Noted of a payment intent: the id of the mandate with which its account is debited."""


def take_mandate(call: Call, intent: Record, method: Record) -> None:
    """Find or make the mandate with which an intent debits a bank account, which its confirmation says the customer gave.

    A browser's key says so by itself: Stripe.js shows the mandate's text.

    :raises StripeError: 400 where the customer has not given one; the intent stays
    """
    work, params = call.work, call.params
    if method["type"] not in CURRENCIES:
        return
    acceptance = (params.get("mandate_data") or {}).get("customer_acceptance")
    if params.get("mandate"):
        mandate = work.require(MANDATE, params["mandate"], "mandate")
    elif acceptance or call.publishable:
        mandate = _new_mandate(work, intent, method, acceptance or {})
    else:
        mandate = _given_before(work, intent, method)
    _use(work, intent, mandate)


def collect_mandate(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Make the mandate that the customer gives on a page of Stripe's."""
    if method["type"] in CURRENCIES:
        _use(work, intent, _new_mandate(work, intent, method, {}))


def _use(work: UnitOfWork, intent: Record, mandate: Record) -> None:
    if intent["object"] == "setup_intent":
        intent["mandate"] = mandate["id"]
    else:
        work.note(intent, _OF_INTENT, mandate["id"])


def mandate_of(work: UnitOfWork, intent: Record) -> str | None:
    """The id of the mandate with which a payment intent debits an account, where there is one."""
    noted: str | None = work.noted(intent, _OF_INTENT)
    return noted


def change_mandate(work: UnitOfWork, id: str | None, status: str) -> None:
    """Bring a mandate, if there is one, into another status."""
    mandate = work.get(MANDATE, id or "")
    if mandate is not None and mandate["status"] != status:
        work.change(mandate)["status"] = status


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


def _new_mandate(work: UnitOfWork, intent: Record, method: Record, acceptance: Record) -> Record:
    is_setup = intent["object"] == "setup_intent"
    lasts = is_setup or intent["setup_future_usage"] is not None
    type = method["type"]
    details = type_details(work, "MandatePaymentMethodDetails", {"type": type})
    if "reference" in details:
        details["reference"] = work.ids.capitals(16)
    if "url" in details:
        details["url"] = f"https://payments.stripe.com/{type}/mandate/{work.ids.text(24)}"
    return work.create(
        MANDATE,
        customer_acceptance={
            "accepted_at": acceptance.get("accepted_at") or work.now(intent),
            "type": acceptance.get("type") or "online",
            "online": acceptance.get("online") or {"ip_address": None, "user_agent": None},
        },
        payment_method=method["id"],
        payment_method_details={"type": type, type: details},
        status="pending" if is_setup else "active",
        type="multi_use" if lasts else "single_use",
        **(
            {"multi_use": {}}
            if lasts
            else {"single_use": {"amount": intent["amount"], "currency": intent["currency"]}}
        ),
    )
