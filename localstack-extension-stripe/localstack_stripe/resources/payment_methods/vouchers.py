"""Vouchers (https://docs.stripe.com/payments/vouchers): a payment is ``requires_action`` until its customer has paid one
elsewhere, or it is valid no more.
"""

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.errors import StripeError, exclusive, invalid
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
from localstack_stripe.resources.core.intent_failures import refused_by_customer
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.next_actions import asked_at
from localstack_stripe.resources.core.payment_confirmation import authenticate
from localstack_stripe.resources.core.payment_outcomes import need_another_method, process
from localstack_stripe.resources.payment_methods.method_notes import note_voucher

_EXPIRES = "voucher expires"
"""Noted of an intent: until when its voucher is valid."""


_FOUND_BY = ("entity", "number", "reference")
"""What of a voucher its charge tells as well."""


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
    work.note(intent, _EXPIRES, expires)
    details = action[action["type"]]
    note_voucher(work, method, {name: details[name] for name in _FOUND_BY if name in details})
    details["expires_after" if "expires_after" in details else "expires_at"] = expires
    number = options.get("confirmation_number")
    if number:
        _require_number(number)
        for store in details["stores"].values():
            store["confirmation_number"] = number


def _require_amount(intent: Record, type: str, kind: Voucher) -> None:
    (least, most), amount, currency = kind.amounts, intent["amount"], intent["currency"]
    if amount < least:
        message = f"Payments by {type} are for at least {written(least, currency)}."
        raise invalid(message, "amount", "amount_too_small")
    if most is not None and amount > most:
        message = f"Payments by {type} are for at most {written(most, currency)}."
        raise invalid(message, "amount", "amount_too_large")


def _expires_at(type: str, kind: Voucher, options: Record, now: int) -> int:
    after = f"expires_after_{kind.unit}"
    lasts, moment = options.get(after), options.get("expires_at")
    where = f"payment_method_options[{type}]"
    if lasts is not None and moment is not None:
        raise exclusive("expires_at", after, where)
    if moment is not None and kind.moments is not None:
        if moment - now not in kind.moments:
            raise invalid(
                f"It has to expire in {kind.moments.start} to {kind.moments.stop - 1} seconds.",
                f"{where}[expires_at]",
            )
        return int(moment)
    if lasts is not None and kind.choice is not None and lasts not in kind.choice:
        raise invalid(
            f"It can be valid from {kind.choice.start} to {kind.choice.stop - 1} {kind.unit}.",
            f"{where}[{after}]",
        )
    return kind.valid_until(now, kind.lasts if lasts is None else lasts)


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


def _voucher(work: UnitOfWork, intent: Record) -> tuple[Voucher, int, Outcome] | None:
    """The kind of an intent's voucher, until when it is valid, and what becomes of it; nothing where there is none."""
    if intent["status"] not in ("requires_action", "processing"):
        return None
    method = work.get("payment_method", intent["payment_method"] or "")
    kind, expires = VOUCHERS.get((method or {}).get("type", "")), work.noted(intent, _EXPIRES)
    if method is None or kind is None or expires is None:
        return None
    return kind, expires, _outcome_of(intent, method)


def _ends_at(work: UnitOfWork, intent: Record) -> int | None:
    voucher = _voucher(work, intent)
    if voucher is None:
        return None
    kind, expires, outcome = voucher
    since = asked_at(work, intent)
    if since is None:
        return expires + kind.kept
    return expires if outcome.after is None else since + outcome.after


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
        process(work, work.change(intent))
    else:
        authenticate(work, intent, success=outcome.paid)
