"""Attempts to pay a payment intent: what the bank answers, or whoever else is asked, and what follows."""

from collections.abc import Callable, Collection

from localstack_stripe.engine.errors import CardError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import Answer, Approved, AuthenticationNeeded, ask_to_pay
from localstack_stripe.payments.customer_actions import ways_that_ask
from localstack_stripe.payments.declines import AUTHENTICATION_NOT_HANDLED, Decline
from localstack_stripe.resources.core.charge_captures import collect_afterwards
from localstack_stripe.resources.core.charges import new_charge
from localstack_stripe.resources.core.intent_failures import card_failure
from localstack_stripe.resources.core.intents import is_saved_by, options_of, wants_authentication
from localstack_stripe.resources.core.next_actions import authentication, require_action
from localstack_stripe.resources.core.outside_authentication import outside
from localstack_stripe.resources.core.payment_outcomes import (
    hold,
    need_another_method,
    process,
    succeed,
)
from localstack_stripe.resources.core.statement_descriptors import refuse_card_descriptor
from localstack_stripe.resources.payment_methods.attachment import attach
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.method_notes import (
    is_set_up,
    mark_set_up,
    mark_spent,
)
from localstack_stripe.resources.payment_methods.payment_methods import bank_card
from localstack_stripe.resources.payment_methods.reusable import reusable

Way = Callable[[UnitOfWork, Record, Record], CardError | None]

_WAYS: dict[str, Way] = {}


def pays_by(type: str) -> Callable[[Way], Way]:
    """Register how an intent is paid with a type of payment method that no bank answers for at once, or with what is no
    payment method, by its ``object``.
    """

    def register(way: Way) -> Way:
        _WAYS[type] = way
        return way

    return register


def require_currency(intent: Record, type: str, currencies: Collection[str]) -> None:
    """Refuse to pay in a currency that a type of payment method does not know.

    :raises StripeError: 400
    """
    if intent["currency"] not in currencies:
        raise invalid(
            f"The currency provided ({intent['currency']}) is invalid for the payment method type `{type}`. Payments "
            f"with this payment method type support the following currencies: {', '.join(currencies)}.",
            "currency",
        )


def attempt(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    *,
    off_session: bool,
    authenticated: bool = False,
    may_ask: bool = True,
    refused_for: str | None = None,
) -> CardError | None:
    """Try to pay an intent with a method; the record and a charge say what came of it.

    :param authenticated: whether the customer has proved who they are, for this payment
    :param may_ask: whether the customer may be asked to, rather than the payment failing
    :param refused_for: the reason for which the bank refuses this payment, whatever the card, if it does
    :return: the error of a decline, for whoever must answer it; it stays in the records either way
    :raises StripeError: 400 where the intent has what a payment by that method cannot have
    """
    refuse_card_descriptor(intent, (method.get("type"),))
    intent["payment_method"] = method["id"] if method["object"] == "payment_method" else None
    intent["source"] = None if method["object"] == "payment_method" else method["id"]
    intent["next_action"] = intent["last_payment_error"] = None
    is_method = method["object"] == "payment_method"
    way = _WAYS.get(method["type"] if is_method else method["object"])
    is_agreed = authenticated and is_method and method["type"] in ways_that_ask()
    if way is not None and not is_agreed and not work.forced_decline:
        return way(work, intent, method)
    answer = answer_to(
        work,
        method,
        off_session=off_session,
        authenticated=authenticated or outside(work, intent).suffices,
        requested=wants_authentication(intent),
        refused_for=refused_for,
    )
    match answer:
        case Decline():
            return fail(work, intent, method, answer)
        case AuthenticationNeeded() if not may_ask:
            need_another_method(work, intent, card_failure(AUTHENTICATION_NOT_HANDLED, method))
            return declined(
                AUTHENTICATION_NOT_HANDLED, payment_intent=intent, payment_method=method
            )
        case AuthenticationNeeded():
            ask(work, intent, authentication(work, intent))
        case Approved():
            take(work, intent, method, authenticated=authenticated, off_session=off_session)
    return None


def answer_to(
    work: UnitOfWork,
    method: Record,
    *,
    off_session: bool,
    authenticated: bool = False,
    requested: bool = False,
    refused_for: str | None = None,
) -> Answer:
    """What the bank behind a method says to a payment with it, of which nothing is recorded yet.

    :param requested: whether the merchant wants the customer to authenticate, where the card allows it
    :param refused_for: as in :func:`attempt`
    """
    return ask_to_pay(
        bank_card(method),
        work.forced_decline or refused_for,
        off_session=off_session,
        authenticated=authenticated,
        set_up=is_set_up(work, method),
        requested=requested,
    )


def ask(work: UnitOfWork, intent: Record, action: Record) -> None:
    """Have a payment wait for its customer, who is asked for something, and tell of it."""
    require_action(work, intent, action)
    work.happened("payment_intent.requires_action", intent)


def take(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    *,
    authenticated: bool = False,
    off_session: bool = False,
) -> None:
    """Charge a method that pays, or authorize it where the intent is captured by hand."""
    way = ways_that_ask().get(method.get("type", ""))
    if way is not None and way.later:
        take_later(work, intent, method)
        return
    manual = _is_manual(intent, method)
    is_async = not manual and intent["capture_method"] == "automatic_async"
    charge = new_charge(
        work,
        intent,
        method,
        None,
        captured=not manual,
        authenticated=authenticated,
        collected=not is_async,
        off_session=off_session,
    )
    intent["latest_charge"] = charge["id"]
    keep_or_spend(work, intent, method, charge, authenticated=authenticated)
    if manual:
        hold(work, intent)
    else:
        succeed(work, intent, intent["amount"])
    if is_async:
        # https://docs.stripe.com/payments/payment-intents/asynchronous-capture: it is not in the answer yet.
        work.leave_for_last(lambda: collect_afterwards(work, charge))


def take_later(
    work: UnitOfWork, intent: Record, method: Record, *, mandate: str | None = None
) -> None:
    """Charge a method of which it is not known yet whether it pays: what comes of it is
    said by :mod:`localstack_stripe.resources.payment_methods.pending_payments`.

    :param mandate: the id of the mandate with which a bank account is debited
    """
    charge = new_charge(work, intent, method, None, captured=True, pending=True, mandate=mandate)
    intent["latest_charge"] = charge["id"]
    keep_or_spend(work, intent, method, charge)
    process(work, intent)


def keep_or_spend(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    charge: Record,
    *,
    authenticated: bool = False,
) -> None:
    """Save what an intent was charged to where that is asked for; unsaved it may not be used again."""
    if (
        is_saved_by(intent, method.get("type"))
        and intent["customer"]
        and method.get("customer") is None
    ):
        owner = work.require("customer", intent["customer"], "customer")
        attach(work, reusable(work, method, charge), owner)
        if authenticated:
            mark_set_up(work, method)
    elif method["object"] == "payment_method" and method["customer"] is None:
        mark_spent(work, method)


def _is_manual(intent: Record, method: Record) -> bool:
    """Whether the money is only authorized; what is said for the type of payment method comes first."""
    options = options_of(intent, method.get("type"))
    # https://docs.stripe.com/terminal/payments/collect-card-payment: Interac is never captured later.
    chosen = options.get("capture_method") or intent["capture_method"]
    return chosen in ("manual", "manual_preferred") and method.get("type") != "interac_present"


def fail(work: UnitOfWork, intent: Record, method: Record, decline: Decline) -> CardError:
    """Note that an intent, which may be written to, was declined, and record the charge that was; the error is for whoever
    must answer it.
    """
    charge = new_charge(work, intent, method, decline, captured=False)
    intent["latest_charge"] = charge["id"]
    failure = card_failure(decline, method) | {"charge": charge["id"]}
    need_another_method(work, intent, failure)
    return declined(decline, charge=charge["id"], payment_intent=intent, payment_method=method)
