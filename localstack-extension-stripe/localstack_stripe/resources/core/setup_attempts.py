"""Attempts to set a payment method up (https://docs.stripe.com/api/setup_attempts), and what becomes of its setup intent."""

from typing import Any

from localstack_stripe.engine.errors import CardError
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import AuthenticationNeeded, ask_to_save
from localstack_stripe.payments.customer_actions import ways_that_ask
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.known_banks import told_by_bank
from localstack_stripe.resources.core.card_authentication import authentication_of
from localstack_stripe.resources.core.intent_failures import card_failure, refused_by_customer
from localstack_stripe.resources.core.intent_refusals import require_state
from localstack_stripe.resources.core.intents import options_of, wants_authentication
from localstack_stripe.resources.core.next_actions import asked, authentication, require_action
from localstack_stripe.resources.core.outside_authentication import outside
from localstack_stripe.resources.payment_methods.attachment import attach
from localstack_stripe.resources.payment_methods.blocked_accounts import why_blocked
from localstack_stripe.resources.payment_methods.card_checks import checked
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.card_present import is_presented
from localstack_stripe.resources.payment_methods.described_methods import type_details
from localstack_stripe.resources.payment_methods.mandates import answer_mandate
from localstack_stripe.resources.payment_methods.method_notes import mark_set_up
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, obtain
from localstack_stripe.resources.payment_methods.reusable import reusable
from localstack_stripe.resources.payment_methods.verification import needed_verification

_set_up = Listeners()

when_set_up = _set_up.register
"""Register who is told that a setup intent has succeeded."""


_ACTIONS = "SetupIntentNextAction"


def attempt(
    work: UnitOfWork, intent: Record, method: Record, *, authenticated: bool = False
) -> CardError | None:
    """Try to set a payment method up; the intent and an attempt say what came of it.

    :param authenticated: whether the customer has agreed, where the method asks them
    :return: the error of a decline, for whoever must answer it; it stays in the records either way
    """
    way = ways_that_ask().get(method["type"])
    # What nobody can be asked for in a setup, such as to pay a voucher, is asked for in each payment.
    is_asked = way is not None and way.action in work.contract.structures[_ACTIONS]
    if way is not None and is_asked and not authenticated:
        require_action(work, intent, asked(work, intent, way.action))
        return None
    blocked = why_blocked(method)
    needed = needed_verification(work, intent, method) if blocked is None else None
    if needed is not None:
        require_action(work, intent, needed)
        return None
    is_authenticated = authenticated or outside(work, intent).suffices
    answer = blocked or ask_to_save(
        bank_card(method),
        work.forced_decline,
        authenticated=is_authenticated or is_presented(method),
        requested=wants_authentication(intent),
    )
    met = authenticated or None
    match answer:
        case Decline() as decline:
            fail(work, intent, method, card_failure(decline, method), authenticated=met)
            return declined(decline, setup_intent=intent, payment_method=method)
        case AuthenticationNeeded():
            require_action(work, intent, authentication(work, intent))
        case _:
            made = _new_attempt(work, intent, method, "succeeded", None, authenticated=met)
            intent["latest_attempt"] = made["id"]
            intent["status"] = "succeeded"
            intent["next_action"] = intent["last_setup_error"] = None
            answer_mandate(work, intent, method)
            saved = reusable(work, method, made)
            told = made["payment_method_details"][method["type"]]
            intent["mandate"] = told.get("generated_sepa_debit_mandate") or intent["mandate"]
            if is_authenticated:
                mark_set_up(work, saved)
            if intent["customer"] and saved["customer"] is None:
                owner = work.require("customer", intent["customer"], "customer")
                work.happened("payment_method.attached", attach(work, saved, owner))
            _set_up.tell(work, intent)
    return None


def authenticate(work: UnitOfWork, intent: Record, *, success: bool) -> Record:
    """The customer has done what the intent asked of them, or has refused.

    :raises StripeError: where nothing was asked of them, or the bank declines nevertheless
    """
    require_state(intent, "confirm", ("requires_action",))
    intent = work.change(intent)
    method = obtain(work, intent["payment_method"], "payment_method")
    if success:
        error = attempt(work, intent, method, authenticated=True)
        if error is not None:
            raise error
    else:
        fail(work, intent, method, refused_by_customer(intent, method), authenticated=False)
    return intent


def fail(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    error: Record,
    *,
    authenticated: bool | None = None,
) -> None:
    """Note that a setup, whose intent may be written to, has failed: it needs another method.

    :param authenticated: whether the cardholder has done what they were asked for; nothing where they were not asked
    """
    made = _new_attempt(work, intent, method, "failed", error, authenticated=authenticated)
    intent["latest_attempt"] = made["id"]
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = intent["next_action"] = None
    intent["last_setup_error"] = error


def _new_attempt(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    status: str,
    error: Record | None,
    *,
    authenticated: bool | None,
) -> Record:
    """What is kept of an attempt (https://docs.stripe.com/api/setup_attempts)."""
    details: dict[str, Any] = {"type": method["type"]}
    if method["type"] == "card":
        shown = ("brand", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
        card = bank_card(method)
        assert card is not None
        details["card"] = {name: method["card"][name] for name in shown} | {
            "checks": checked(card, method["card"]["checks"]),
            "network": method["card"]["brand"],
            "three_d_secure": _authentication(work, intent, method, authenticated),
            "wallet": None,
        }
    elif is_presented(method):
        details[method["type"]] = {"generated_card": None, "offline": None}
    else:
        type, name = method["type"], method["billing_details"]["name"]
        found = told_by_bank(type, name, options_of(intent, type))
        details[type] = type_details(work, "SetupAttemptPaymentMethodDetails", method, found)
    return work.create(
        "setup_attempt",
        customer=intent["customer"],
        customer_account=intent.get("customer_account"),
        created=work.now(intent),
        payment_method=method["id"],
        payment_method_details=details,
        setup_error=error,
        setup_intent=intent["id"],
        status=status,
        usage=intent["usage"],
    )


def _authentication(
    work: UnitOfWork, intent: Record, method: Record, authenticated: bool | None
) -> Record | None:
    """What a charge would tell, without what only payments have."""
    shown = authentication_of(work, intent, method, authenticated=authenticated)
    known = work.contract.structures["SetupAttemptPaymentMethodDetailsCardThreeDSecure"]
    return shown and {name: value for name, value in shown.items() if name in known}
