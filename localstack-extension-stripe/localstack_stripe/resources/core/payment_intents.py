"""Payment intents (https://docs.stripe.com/payments/paymentintents/lifecycle): one payment, through all its attempts."""

from collections.abc import Callable, Collection
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
)
from localstack_stripe.engine.browsers import secret_key_required
from localstack_stripe.engine.errors import (
    CardError,
    exclusive,
    invalid,
    missing_parameter,
    too_small,
)
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.schedule import NextDue, WhenDue, due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import Approved, AuthenticationNeeded, ask_to_pay, refusal
from localstack_stripe.payments.customer_actions import ways_that_ask
from localstack_stripe.payments.declines import AUTHENTICATION_NOT_HANDLED, Decline
from localstack_stripe.resources.connect.charge_shares import (
    card_of_charge,
    change_shares,
    check_shares,
)
from localstack_stripe.resources.core.balance_transactions import TRANSACTION
from localstack_stripe.resources.core.charges import (
    AUTHORIZED_FOR,
    can_be_captured_again,
    check_amount,
    collect_afterwards,
    most_capturable,
    new_charge,
    release_authorized,
    release_expired,
    take_again,
    take_authorized,
)
from localstack_stripe.resources.core.intents import (
    complete_options,
    refused_by_customer,
    require_allowed,
    require_return_url,
    require_state,
    require_updatable,
    set_method_types,
    take_method,
    take_over,
)
from localstack_stripe.resources.core.next_actions import authentication, note_return
from localstack_stripe.resources.payment_methods.mandates import take_mandate
from localstack_stripe.resources.payment_methods.payment_methods import (
    attach,
    bank_card,
    declined,
    is_set_up,
    mark_set_up,
    mark_spent,
    obtain,
    refuse_spent,
)
from localstack_stripe.resources.payment_methods.reusable import reusable

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")

ALLOWED_FROM = {
    "confirm": _OPEN,
    "capture": ("requires_capture",),
    "cancel": (
        "requires_payment_method",
        "requires_capture",
        "requires_confirmation",
        "requires_action",
        "processing",
    ),
}
"""In which states of an intent each action is allowed; from the others it is ``payment_intent_unexpected_state``."""

_UPDATED_FROM = {
    **dict.fromkeys(
        (
            "allowed_payment_method_types",
            "amount",
            "capture_method",
            "currency",
            "customer",
            "excluded_payment_method_types",
            "payment_method",
            "payment_method_configuration",
            "payment_method_data",
            "payment_method_options",
            "setup_future_usage",
        ),
        _OPEN,
    ),
    **dict.fromkeys(("application_fee_amount", "transfer_data"), (*_OPEN, "requires_capture")),
}
"""In which states a parameter of an intent can still be changed; what is not named, such as ``metadata`` and
``description``, always can be (https://docs.stripe.com/api/payment_intents/update)."""

_ASKS_FOR_INCREMENTS = (
    "request_incremental_authorization",
    "request_incremental_authorization_support",
)
"""The options of a card, and of one that is presented, without which no more can be authorized later."""

_CHANGED_BY_CONFIRMATION = frozenset(
    {
        "allowed_payment_method_types",
        "amount_details",
        "capture_method",
        "excluded_payment_method_types",
        "hooks",
        "payment_details",
        "payment_method_options",
        "radar_options",
        "receipt_email",
        "setup_future_usage",
        "shipping",
    }
)

_SAID_BY_CAPTURE = frozenset(
    {
        "amount_details",
        "hooks",
        "metadata",
        "payment_details",
        "statement_descriptor",
        "statement_descriptor_suffix",
    }
)

_CHANGED_BY_INCREMENT = ("amount", "description", "metadata", "statement_descriptor")

_CHANGED_BY_CAPTURE = (
    "application_fee_amount",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
)

_AUTHENTICATED = "authenticated"
"""Noted of an intent that is confirmed by hand: the id of the payment method that its customer has authenticated."""

EXPIRED = "automatic"
"""The ``cancellation_reason`` of an intent whose money was not captured in time."""

_settled = Listeners()

when_settled = _settled.register
"""Register who is told when an intent has succeeded or failed: an invoice waits for its payment."""


Way = Callable[[UnitOfWork, Record, Record], None]

_WAYS: dict[str, Way] = {}


def pays_by(type: str) -> Callable[[Way], Way]:
    """Register how an intent is paid with a type of payment method that no bank answers for at once."""

    def register(way: Way) -> Way:
        _WAYS[type] = way
        return way

    return register


_AFTERWARDS: dict[str, list[tuple[NextDue, WhenDue]]] = {"processing": [], "requires_action": []}


def when_still(status: str, *, at: NextDue) -> Callable[[WhenDue], WhenDue]:
    """Register what happens by itself to an intent that is still in a status, which may be written to, and when."""

    def register(happens: WhenDue) -> WhenDue:
        _AFTERWARDS[status].append((at, happens))
        return happens

    return register


_given_up = Listeners()

when_canceled = _given_up.register
"""Register who is told that an intent is given up, while it is as it was."""


def new_intent(work: UnitOfWork, amount: int, currency: str, **values: Any) -> Record:
    """An intent to be paid, in ``requires_payment_method``.

    :param amount: in minor units of *currency*
    """
    intent = work.create(
        "payment_intent",
        amount=amount,
        amount_received=0,
        capture_method="automatic",
        confirmation_method="automatic",
        currency=currency,
        payment_method_options={
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        status="requires_payment_method",
        **{"payment_method_types": ["card"], **values},
    )
    intent["client_secret"] = work.ids.client_secret(intent["id"])
    work.happened("payment_intent.created", intent)
    return intent


@before_create("payment_intent")
def from_parameters(call: Call, intent: Record) -> None:
    """Complete a new intent, and confirm it at once where that is asked for."""
    params, work = call.params, call.work
    if "automatic_payment_methods" in params and "confirmation_method" in params:
        raise exclusive("automatic_payment_methods", "confirmation_method")
    check_amount(intent["amount"], intent["currency"])
    check_shares(work, intent)
    intent["client_secret"] = work.ids.client_secret(intent["id"])
    intent["amount_received"] = 0
    intent["capture_method"] = params.get("capture_method") or "automatic_async"
    intent["confirmation_method"] = params.get("confirmation_method") or "automatic"
    intent["amount_details"] = {"tip": {}, **(intent.get("amount_details") or {})}
    set_method_types(call, intent)
    complete_options(work, intent)
    _refuse_descriptor(intent, params.get("allowed_payment_method_types") or ())
    intent["status"] = "requires_payment_method"
    take_method(call, intent)
    work.happened("payment_intent.created", intent)
    if params.get("confirm"):
        _confirm(call, intent)
    else:
        for name in ("off_session", "return_url", "error_on_requires_action"):
            if params.get(name) is not None:
                raise invalid(
                    f"You can only provide `{name}` when `confirm` is set to `true`.", name
                )


@before_update("payment_intent")
def change(call: Call, intent: Record, before: Record) -> None:
    """Change what the payment's state leaves open."""
    for name in call.params:
        if name in _UPDATED_FROM:
            require_updatable(before, name, _UPDATED_FROM[name])
    complete_options(call.work, intent)
    check_amount(intent["amount"], intent["currency"])
    check_shares(call.work, intent)
    _refuse_descriptor(intent, intent["allowed_payment_method_types"] or ())
    take_method(call, intent)


@operation("POST /v1/payment_intents/{intent}/confirm")
def confirm(call: Call) -> Record:
    """Try to pay."""
    intent = require_path(call, "intent", "payment_intent")
    if intent["status"] == "canceled" and call.params.get("payment_method"):
        require_updatable(intent, "payment_method", _OPEN)
    require_state(intent, "confirm", ALLOWED_FROM["confirm"])
    intent = call.work.change(intent)
    take_over(call, intent, _CHANGED_BY_CONFIRMATION)
    complete_options(call.work, intent)
    take_method(call, intent)
    _confirm(call, intent)
    return intent


@operation("POST /v1/payment_intents/{intent}/capture")
def capture(call: Call) -> Record:
    """Take the authorized money, or a part of it."""
    work = call.work
    intent = require_path(call, "intent", "payment_intent")
    require_state(intent, "capture", ALLOWED_FROM["capture"])
    charge = work.require("charge", intent["latest_charge"], "latest_charge")
    is_final = call.params.get("final_capture", True)
    has_many = can_be_captured_again(charge)
    if not is_final and not has_many:
        raise invalid(
            "This PaymentIntent cannot be captured more than once: multicapture has to be asked for before it is "
            "confirmed, with `payment_method_options[card][request_multicapture]`, and captured by hand.",
            "final_capture",
        )
    if len(work.where(TRANSACTION, "source", charge["id"])) >= _MOST_CAPTURES:
        raise invalid(f"This PaymentIntent has been captured {_MOST_CAPTURES} times already.")
    amount = _amount_to_capture(call, intent, charge)
    _require_same_shares(call, intent)
    intent, charge = work.change(intent), work.change(charge)
    change_shares(work, intent, call.params)
    take_over(call, intent, _SAID_BY_CAPTURE)
    _refuse_descriptor(intent, (charge["payment_method_details"]["type"],))
    charge |= {name: intent.get(name) for name in _CHANGED_BY_CAPTURE}
    if not has_many:
        take_authorized(work, charge, amount)
        _move_all(intent, charge)
        succeed(work, intent, charge["amount_captured"])
        return intent
    take_again(work, charge, amount, is_final=is_final)
    _move_all(intent, charge)
    intent["amount_received"] = charge["amount_captured"]
    intent["amount_capturable"] = 0 if is_final else intent["amount_capturable"] - amount
    work.happened("payment_intent.amount_capturable_updated", intent)
    if is_final:
        succeed(work, intent, charge["amount_captured"])
    return intent


def _move_all(intent: Record, charge: Record) -> None:
    """What was captured in all is what an intent is of, and its charge, where that is more than was authorized
    (https://docs.stripe.com/payments/overcapture).
    """
    intent["amount"] = charge["amount"] = max(intent["amount"], charge["amount_captured"])


_MOST_CAPTURES = 50
"""How often an intent can be captured (https://docs.stripe.com/payments/multicapture)."""


def _amount_to_capture(call: Call, intent: Record, charge: Record) -> int:
    """What is to be captured, in minor units: what the request says, or all that is authorized.

    :raises StripeError: 400 where that is more than can be, or nothing and nothing was captured before
    """
    amount = call.params.get("amount_to_capture")
    capturable = intent["amount_capturable"]
    if amount is None:
        return int(capturable)
    # Where some was captured before, nothing gives back what is left.
    least = 0 if charge["amount_captured"] and call.params.get("final_capture", True) else 1
    if amount < least:
        raise too_small("amount_to_capture", least)
    card = charge["payment_method_details"].get("card") or {}
    most = card.get("overcapture", {}).get("maximum_amount_capturable", charge["amount"])
    if amount > capturable + max(0, most - charge["amount"]):
        raise invalid(
            f"The provided capture amount ({amount}) is more than the amount of the authorized charge ({capturable}).",
            "amount_to_capture",
            "amount_too_large",
        )
    return int(amount)


def _require_same_shares(call: Call, intent: Record) -> None:
    """Who has had a share in what was captured first has one in all that is captured later
    (https://docs.stripe.com/payments/multicapture#connect).

    :raises StripeError: 400 where it is not said which
    """
    if not intent["amount_received"]:
        return
    data = call.params.get("transfer_data") or {}
    if intent.get("application_fee_amount") and call.params.get("application_fee_amount") is None:
        raise missing_parameter("application_fee_amount")
    if (intent.get("transfer_data") or {}).get("amount") and data.get("amount") is None:
        raise missing_parameter("transfer_data[amount]")


@operation("POST /v1/payment_intents/{intent}/increment_authorization")
def increment(call: Call) -> Record:
    """Authorize more than before (https://docs.stripe.com/api/payment_intents/increment_authorization)."""
    work, params = call.work, call.params
    intent = require_path(call, "intent", "payment_intent")
    require_state(intent, "increment", ALLOWED_FROM["capture"])
    charge = work.require("charge", intent["latest_charge"], "latest_charge")
    type = charge["payment_method_details"]["type"]
    options = (intent["payment_method_options"] or {}).get(type) or {}
    if not any(options.get(name) for name in _ASKS_FOR_INCREMENTS):
        raise invalid(
            "This PaymentIntent does not support incremental authorizations: they have to be asked for before it is "
            "confirmed, with `payment_method_options[card][request_incremental_authorization]`.",
        )
    if params["amount"] <= intent["amount"]:
        raise invalid(
            f"The amount has to be greater than what is authorized already ({intent['amount']}).",
            "amount",
        )
    check_amount(params["amount"], intent["currency"])
    intent, charge = work.change(intent), work.change(charge)
    _count_increment(work, intent, charge)
    take_over(call, intent, _CHANGED_BY_INCREMENT)
    change_shares(work, intent, params)
    intent["amount_capturable"] = charge["amount"] = intent["amount"]
    details = charge["payment_method_details"][type]
    details["amount_authorized"] = intent["amount"]
    if type == "card":
        over = details["overcapture"]
        over["maximum_amount_capturable"] = most_capturable(intent["amount"], over["status"])
    return intent


_INCREMENTED = "incremented"
"""Noted of an intent: how often more was asked for."""

_MOST_INCREMENTS = 10


def _count_increment(work: UnitOfWork, intent: Record, charge: Record) -> None:
    """Ask the bank for more, which counts even if it declines, and changes nothing then.

    :raises StripeError: 400 where that was done too often, 402 where the bank declines
    """
    before = int(work.noted(intent, _INCREMENTED) or 0)
    if before >= _MOST_INCREMENTS:
        raise invalid(
            f"This PaymentIntent has reached the maximum of {_MOST_INCREMENTS} incremental authorization attempts."
        )
    work.note(intent, _INCREMENTED, before + 1)
    refused = refusal(card_of_charge(charge), "charge", work.forced_decline)
    if refused is not None:
        raise declined(refused, charge=charge["id"], payment_intent=intent)


@operation("POST /v1/payment_intents/{intent}/cancel")
def cancel(call: Call) -> Record:
    """Give a payment up."""
    intent = require_path(call, "intent", "payment_intent")
    require_state(intent, "cancel", ALLOWED_FROM["cancel"])
    return cancel_intent(call.work, intent, call.params.get("cancellation_reason"))


def cancel_intent(work: UnitOfWork, intent: Record, reason: str | None) -> Record:
    """Cancel an intent that is still open; money that was authorized for it is released."""
    intent = work.change(intent)
    _given_up.tell(work, intent)
    if intent["status"] == "requires_capture":
        charge = work.change(work.require("charge", intent["latest_charge"], "latest_charge"))
        if charge["amount_captured"]:
            return _end_captures(work, intent, charge, reason)
        if reason == EXPIRED:
            release_expired(work, charge)
        else:
            release_authorized(work, charge, work.create("refund", reason=None))
    intent["status"] = "canceled"
    intent["canceled_at"] = work.now(intent)
    intent["cancellation_reason"] = reason
    intent["amount_capturable"] = 0
    intent["next_action"] = None
    return intent


def _end_captures(work: UnitOfWork, intent: Record, charge: Record, reason: str | None) -> Record:
    """Give back what was never captured of an intent that was in part, and has succeeded therefore when its time is over
    (https://docs.stripe.com/payments/multicapture, https://docs.stripe.com/api/payment_intents/cancel).
    """
    take_authorized(work, charge, 0)
    if reason == EXPIRED:
        succeed(work, intent, charge["amount_captured"])
        return intent
    intent["status"], intent["amount_capturable"] = "canceled", 0
    intent["canceled_at"], intent["cancellation_reason"] = work.now(intent), reason
    return intent


def _next_due(work: UnitOfWork, intent: Record) -> int | None:
    for at, _ in _AFTERWARDS.get(intent["status"], ()):
        time = at(work, intent)
        if time is not None:
            return time
    if intent["status"] != "requires_capture":
        return None
    charge = work.get("charge", intent["latest_charge"])
    if charge is None:
        return None
    card = charge["payment_method_details"].get("card") or {}
    return int(card.get("capture_before", charge["created"] + AUTHORIZED_FOR))


@due("payment_intent", next=_next_due)
def go_on(work: UnitOfWork, intent: Record) -> None:
    """A bank has answered at last, or a customer has; or nobody has captured the money in time
    (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method).
    """
    if intent["status"] == "requires_capture":
        cancel_intent(work, intent, EXPIRED)
        return
    for at, happens in _AFTERWARDS[intent["status"]]:
        if at(work, intent) is not None:
            happens(work, work.change(intent))
            return


def attempt(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    *,
    off_session: bool,
    authenticated: bool = False,
    may_ask: bool = True,
) -> CardError | None:
    """Try to pay an intent with a method; the record and a charge say what came of it.

    :param authenticated: whether the customer has proved who they are, for this payment
    :param may_ask: whether the customer may be asked to, rather than the payment failing
    :return: the error of a decline, for whoever must answer it; it stays in the records either way
    :raises StripeError: 400 where the intent has what a payment by that method cannot have
    """
    _refuse_descriptor(intent, (method.get("type"),))
    intent["payment_method"] = method["id"] if method["object"] == "payment_method" else None
    intent["source"] = None if method["object"] == "payment_method" else method["id"]
    way = _WAYS.get(method["type"]) if method["object"] == "payment_method" else None
    is_agreed = authenticated and method["type"] in ways_that_ask()
    if way is not None and not is_agreed and not work.forced_decline:
        way(work, intent, method)
        return None
    answer = ask_to_pay(
        bank_card(method),
        work.forced_decline,
        off_session=off_session,
        authenticated=authenticated,
        set_up=is_set_up(work, method),
    )
    match answer:
        case Decline():
            charge = new_charge(work, intent, method, answer, captured=False)
            return _fail(work, intent, method, charge, answer)
        case AuthenticationNeeded() if not may_ask:
            need_another_method(work, intent, card_failure(AUTHENTICATION_NOT_HANDLED, method))
            return declined(
                AUTHENTICATION_NOT_HANDLED, payment_intent=intent, payment_method=method
            )
        case AuthenticationNeeded():
            ask(work, intent, authentication(work, intent))
        case Approved():
            take(work, intent, method, authenticated=authenticated)
    return None


def ask(work: UnitOfWork, intent: Record, action: Record) -> None:
    """Have an intent wait for its customer, who is asked for something."""
    intent["status"] = "requires_action"
    intent["next_action"] = action
    work.happened("payment_intent.requires_action", intent)


def take(work: UnitOfWork, intent: Record, method: Record, *, authenticated: bool = False) -> None:
    """Charge a method that pays, or authorize it where the intent is captured by hand."""
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
    )
    intent["latest_charge"] = charge["id"]
    if manual:
        intent["status"] = "requires_capture"
        intent["amount_capturable"] = intent["amount"]
        work.happened("payment_intent.amount_capturable_updated", intent)
    else:
        succeed(work, intent, intent["amount"])
    if is_async:
        collect_afterwards(work, charge)
    keep_or_spend(work, intent, method, charge, authenticated=authenticated)


def keep_or_spend(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    charge: Record,
    *,
    authenticated: bool = False,
) -> None:
    """Save what an intent was charged to where that is asked for; unsaved it may not be used again."""
    if intent["setup_future_usage"] and intent["customer"] and method.get("customer") is None:
        owner = work.require("customer", intent["customer"], "customer")
        attach(work, reusable(work, method, charge), owner)
        if authenticated:
            mark_set_up(work, method)
    elif method["object"] == "payment_method" and method["customer"] is None:
        mark_spent(work, method)


def _is_manual(intent: Record, method: Record) -> bool:
    """Whether the money is only authorized; what is said for the type of payment method comes first."""
    options = (intent["payment_method_options"] or {}).get(method.get("type")) or {}
    # https://docs.stripe.com/terminal/payments/collect-card-payment: Interac is never captured later.
    chosen = options.get("capture_method") or intent["capture_method"]
    return chosen in ("manual", "manual_preferred") and method.get("type") != "interac_present"


def authenticate(work: UnitOfWork, intent: Record, *, success: bool) -> Record:
    """The customer has answered their bank, which the intent asked them to: the payment goes on, or has failed.

    https://docs.stripe.com/payments/3d-secure/authentication-flow

    :raises StripeError: where nothing was asked of the customer, or the bank declines nevertheless
    """
    if intent["status"] != "requires_action":
        raise invalid(
            f"This PaymentIntent's status is {intent['status']}: no authentication is under way.",
            code="payment_intent_unexpected_state",
        )
    intent = work.change(intent)
    method = obtain(work, intent["payment_method"], "payment_method")
    if success and intent["confirmation_method"] == "manual":
        # https://docs.stripe.com/api/payment_intents/confirm: the server confirms the payment once more.
        work.note(intent, _AUTHENTICATED, method["id"])
        intent["status"], intent["next_action"] = "requires_confirmation", None
        return intent
    if success:
        error = attempt(work, intent, method, off_session=False, authenticated=True)
        if error is not None:
            raise error
        return intent
    need_another_method(work, intent, refused_by_customer(intent, method))
    return intent


def succeed(work: UnitOfWork, intent: Record, amount: int) -> None:
    """Note that an intent, which may be written to, has got its money: *amount* in minor units."""
    intent["status"] = "succeeded"
    intent["amount_received"] = amount
    intent["amount_capturable"] = 0
    intent["next_action"] = None
    intent["last_payment_error"] = None
    work.happened("payment_intent.succeeded", intent)
    _settled.tell(work, intent)


def _fail(
    work: UnitOfWork, intent: Record, method: Record, charge: Record, decline: Decline
) -> CardError:
    intent["latest_charge"] = charge["id"]
    failure = card_failure(decline, method) | {"charge": charge["id"]}
    need_another_method(work, intent, failure)
    return declined(decline, charge=charge["id"], payment_intent=intent, payment_method=method)


def need_another_method(work: UnitOfWork, intent: Record, failure: Record) -> None:
    """A payment has failed, and with its method it is not tried again."""
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = intent["source"] = None
    intent["next_action"] = None
    intent["last_payment_error"] = failure
    work.happened("payment_intent.payment_failed", intent)
    _settled.tell(work, intent)


def card_failure(decline: Decline, method: Record) -> Record:
    """A bank's refusal, as an intent keeps it."""
    failure = {
        "code": decline.code,
        "doc_url": "https://stripe.com/docs/error-codes/" + decline.code.replace("_", "-"),
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


def _refuse_descriptor(intent: Record, types: Collection[str | None]) -> None:
    """A card's statement shows the account's own descriptor, with a suffix at most
    (https://support.stripe.com/questions/use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges).
    """
    if intent["statement_descriptor"] and "card" in types:
        raise invalid(
            "The statement_descriptor parameter is not supported for the payment_method_type `card`. To continue "
            "supporting payment_method_type `card`, please pass in `statement_descriptor_suffix` or remove the "
            "`statement_descriptor` parameter altogether. Please see https://support.stripe.com/questions/"
            "use-of-the-statement-descriptor-parameter-on-paymentintents-for-card-charges for additional details.",
            "statement_descriptor",
        )


def _confirm(call: Call, intent: Record) -> None:
    work = call.work
    if call.params.get("amount_to_confirm") is not None:
        _confirm_amount(call, intent, call.params["amount_to_confirm"])
    off_session = bool(call.params.get("off_session"))
    if not off_session:
        require_return_url(call, intent)
    note_return(call, intent)
    id = intent["payment_method"]
    if id is None:
        raise invalid(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method or ConfirmationToken.",
            code="payment_intent_unexpected_state",
        )
    method = obtain(work, id, "payment_method")
    refuse_spent(work, method)
    if method["customer"] is not None and method["customer"] != intent["customer"]:
        raise invalid(
            "The provided PaymentMethod cannot be attached. To reuse a PaymentMethod, you must attach it to a "
            "Customer first."
            if intent["customer"]
            else "The provided PaymentMethod was previously used with a Customer. Provide its customer too.",
            "payment_method",
        )
    require_allowed(intent, method)
    take_mandate(call, intent, method)
    error = attempt(
        work,
        intent,
        method,
        off_session=off_session,
        authenticated=work.noted(intent, _AUTHENTICATED) == method["id"],
        may_ask=not call.params.get("error_on_requires_action"),
    )
    if error is not None:
        raise error


def _confirm_amount(call: Call, intent: Record, amount: int) -> None:
    """Have another amount paid than the one so far, such as with a surcharge. Stripe says that servers may, and not how
    the intent shows it: here the amount is the intent's from then on
    (https://docs.stripe.com/changelog/dahlia/2026-04-22/amount-confirmation-parameter-to-paymentintent).
    """
    if call.publishable:
        raise secret_key_required()
    check_amount(amount, intent["currency"], "amount_to_confirm")
    intent["amount"] = amount
    check_shares(call.work, intent)
