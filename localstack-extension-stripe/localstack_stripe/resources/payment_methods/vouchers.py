"""Vouchers (https://docs.stripe.com/payments/vouchers): a payment is ``requires_action`` until its customer has paid one
elsewhere, or it is valid no more.
"""

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.vouchers import (
    REJECTED_NUMBER,
    VOUCHERS,
    Outcome,
    Voucher,
    outcome_of,
)
from localstack_stripe.resources.core.intents import options_of, refused_by_customer
from localstack_stripe.resources.core.payment_confirmation import authenticate
from localstack_stripe.resources.core.payment_outcomes import need_another_method

_MADE = "voucher made"
"""Noted of an intent: when its voucher was made, and until when it is valid."""

_SOONEST, _LATEST = 30 * 60, 60 * DAY
"""Between which times from now a voucher of Konbini may be asked to expire, in seconds."""


def make_voucher(work: UnitOfWork, intent: Record, method: Record, action: Record) -> None:
    """Complete what an intent asks of its customer, where that is to pay a voucher.

    :raises StripeError: 400 where there is no such voucher
    """
    kind = VOUCHERS.get(method["type"])
    if kind is None:
        return
    _require_amount(intent, method["type"], kind)
    options = options_of(intent, method["type"])
    now = work.now(intent)
    expires = _expires_at(method["type"], kind, options, now)
    outcome = _outcome_of(intent, method)
    if not outcome.paid and outcome.after is not None:
        expires = now + outcome.after
    work.note(intent, _MADE, {"at": now, "expires": expires})
    details = action[action["type"]]
    details["expires_after" if "expires_after" in details else "expires_at"] = expires
    number = options.get("confirmation_number")
    if number:
        _require_number(number)
        for store in details["stores"].values():
            store["confirmation_number"] = number


def _require_amount(intent: Record, type: str, kind: Voucher) -> None:
    least, most = kind.amounts
    if not least <= intent["amount"] <= most:
        currency = intent["currency"]
        raise invalid(
            f"Payments by {type} are between {written(least, currency)} and {written(most, currency)}.",
            "amount",
            "amount_too_small" if intent["amount"] < least else "amount_too_large",
        )


def _expires_at(type: str, kind: Voucher, options: Record, now: int) -> int:
    days, moment = options.get("expires_after_days"), options.get("expires_at")
    where = f"payment_method_options[{type}]"
    if days is not None and moment is not None:
        raise invalid(
            "You may only specify one of these parameters: expires_after_days, expires_at.",
            f"{where}[expires_at]",
        )
    if moment is not None:
        if not _SOONEST <= moment - now < _LATEST:
            raise invalid(
                "It has to expire in more than 30 minutes and less than 60 days.",
                f"{where}[expires_at]",
            )
        return int(moment)
    if days is not None and kind.choice is not None and days not in kind.choice:
        raise invalid(
            f"It can be valid from {kind.choice.start} to {kind.choice.stop - 1} days.",
            f"{where}[expires_after_days]",
        )
    return kind.valid_until(now, kind.days if days is None else days)


def _require_number(number: str) -> None:
    param = "payment_method_options[konbini][confirmation_number]"
    if not (number.isdecimal() and 10 <= len(number) <= 11 and number.strip("0")):
        raise invalid("A confirmation number has 10 or 11 digits, and not only zeros.", param)
    if number == REJECTED_NUMBER:
        raise StripeError(
            "The confirmation number was rejected: too many other payments have it. Choose another one.",
            code="payment_intent_konbini_rejected_confirmation_number",
            param=param,
        )


def _outcome_of(intent: Record, method: Record) -> Outcome:
    options = options_of(intent, method["type"])
    return outcome_of(method["billing_details"]["email"], options.get("confirmation_number"))


def _voucher(work: UnitOfWork, intent: Record) -> tuple[Voucher, Record, Outcome] | None:
    """The kind of an intent's voucher, what is noted of it, and what becomes of it; nothing where there is none."""
    if intent["status"] not in ("requires_action", "processing"):
        return None
    method = work.get("payment_method", intent["payment_method"] or "")
    kind, made = VOUCHERS.get((method or {}).get("type", "")), work.noted(intent, _MADE)
    if method is None or kind is None or made is None:
        return None
    return kind, made, _outcome_of(intent, method)


def _ends_at(work: UnitOfWork, intent: Record) -> int | None:
    voucher = _voucher(work, intent)
    if voucher is None:
        return None
    kind, made, outcome = voucher
    if intent["status"] == "processing":
        return int(made["expires"]) + kind.kept
    return int(made["expires"] if outcome.after is None else made["at"] + outcome.after)


@due("payment_intent", next=_ends_at)
def end(work: UnitOfWork, intent: Record) -> None:
    """A voucher was paid, or is valid no more."""
    voucher = _voucher(work, intent)
    assert voucher is not None
    kind, _, outcome = voucher
    if intent["status"] == "processing":
        method = work.require("payment_method", intent["payment_method"], "payment_method")
        intent = work.change(intent)
        need_another_method(work, intent, refused_by_customer(intent, method))
    elif outcome.after is None and kind.kept:
        # The customer may have paid, and the money be under way (https://docs.stripe.com/payments/multibanco/accept-a-payment).
        intent = work.change(intent)
        intent["status"], intent["next_action"] = "processing", None
    else:
        authenticate(work, intent, success=outcome.paid)
