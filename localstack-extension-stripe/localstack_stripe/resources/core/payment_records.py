"""Payments that were made elsewhere, as they are reported (https://docs.stripe.com/api/payment-record).

A payment record consists of its attempts, and shows what became of the last one. Amounts are in the currency's minor
unit.
"""

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create, operation, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.described_methods import type_details
from localstack_stripe.resources.payment_methods.payment_methods import obtain

RECORD, ATTEMPT = "payment_record", "payment_attempt_record"

OUTCOMES = ("canceled", "failed", "guaranteed")
"""What becomes of an attempt, and of the amount that it was to collect."""

_AMOUNTS = ("authorized", *OUTCOMES, "refunded")

_OF_ATTEMPTS = (
    "amount",
    "amount_requested",
    "customer_details",
    "customer_presence",
    "description",
    "metadata",
    "payment_method_details",
    "processor_details",
    "reported_by",
    "shipping_details",
)
"""What an attempt has from its payment record."""

_REFUNDS = "refunds"
"""Noted of a payment record: what the refunds come to that were reported of it, in minor units, by their references."""


_guaranteed = Listeners()

when_guaranteed = _guaranteed.register
"""Follows a payment record whose money has become certain."""


@before_create(RECORD)
def begin(call: Call, record: Record) -> None:
    """A report makes the record and its first attempt (https://docs.stripe.com/api/payment-record/report-payment)."""
    record["amount"] = dict(record["amount_requested"])
    record["reported_by"] = "self"
    record["processor_details"].setdefault("type", "custom")
    _show_method(call, record)
    _attempt(call, record)


@operation("POST /v1/payment_records/{id}/report_payment_attempt")
def report_attempt(call: Call) -> Record:
    """Another attempt, once those before have failed or were canceled.

    https://docs.stripe.com/api/payment-record/report-payment-attempt
    """
    record = require_path(call, "id", RECORD)
    if _outcome(record) not in ("canceled", "failed"):
        raise invalid(
            "A new payment attempt can only be reported once all other payment attempts of the Payment Record are "
            "canceled or failed."
        )
    record = call.work.change(record)
    assign(call.work, record, call.params, call.work.contract.resources[RECORD].fields)
    _show_method(call, record)
    _attempt(call, record)
    if _outcome(record) == "guaranteed":
        _guaranteed.tell(call.work, record)
    return record


@operation("POST /v1/payment_records/{id}/report_payment_attempt_canceled")
def report_canceled(call: Call) -> Record:
    """The last attempt was canceled (https://docs.stripe.com/api/payment-record/report-payment-attempt-canceled)."""
    return _reported(call, "canceled")


@operation("POST /v1/payment_records/{id}/report_payment_attempt_failed")
def report_failed(call: Call) -> Record:
    """The last attempt failed (https://docs.stripe.com/api/payment-record/report-payment-attempt-failed)."""
    return _reported(call, "failed")


@operation("POST /v1/payment_records/{id}/report_payment_attempt_guaranteed")
def report_guaranteed(call: Call) -> Record:
    """The last attempt's money is certain (https://docs.stripe.com/api/payment-record/report-payment-attempt-guaranteed)."""
    record = _reported(call, "guaranteed")
    _guaranteed.tell(call.work, record)
    return record


@operation("POST /v1/payment_records/{id}/report_payment_attempt_informational")
def report_information(call: Call) -> Record:
    """What is known of the payment besides (https://docs.stripe.com/api/payment-record/report-payment-attempt-informational)."""
    record = call.work.change(require_path(call, "id", RECORD))
    assign(call.work, record, call.params, call.work.contract.resources[RECORD].fields)
    _tell_attempt(call, record)
    return record


@operation("POST /v1/payment_records/{id}/report_refund")
def report_refund(call: Call) -> Record:
    """The last attempt was given back, in part or all that is left (https://docs.stripe.com/api/payment-record/report-refund)."""
    work, params = call.work, call.params
    record = require_path(call, "id", RECORD)
    if "refunded" not in params:
        raise missing_parameter("refunded")
    left = record["amount_guaranteed"]["value"] - record["amount_refunded"]["value"]
    asked = params.get("amount")
    if asked is not None and asked["currency"] != record["amount"]["currency"]:
        raise invalid(
            "The currency of the refund must be that of the Payment Record.", "amount[currency]"
        )
    value = left if asked is None else asked["value"]
    if value < 1 or value > left:
        raise invalid(
            f"The refund is greater than what can be refunded of the Payment Record ({left}).",
            "amount",
        )
    reference = params["processor_details"]["custom"]["refund_reference"]
    if any(reference in (work.noted(each, _REFUNDS) or ()) for each in work.all(RECORD)):
        raise invalid(
            f"A refund with the reference '{reference}' has been reported already.",
            "processor_details[custom][refund_reference]",
        )
    record = work.change(record)
    work.note(record, _REFUNDS, {**(work.noted(record, _REFUNDS) or {}), reference: value})
    record["amount_refunded"]["value"] += value
    if "metadata" in params:
        _take_metadata(call, record)
    _tell_attempt(call, record)
    return record


def refund_reported(work: UnitOfWork, record: Record, reference: str) -> int | None:
    """What a refund that was reported of a payment record comes to, in minor units; nothing where none is called so."""
    amount: int | None = (work.noted(record, _REFUNDS) or {}).get(reference)
    return amount


def _show_method(call: Call, record: Record) -> None:
    """Say what is known of a payment method that a report names.

    :raises StripeError: 400 ``resource_missing``
    """
    named = (call.params.get("payment_method_details") or {}).get("payment_method")
    if named is None:
        return
    method = obtain(call.work, named, "payment_method_details[payment_method]")
    type, shown = method["type"], record["payment_method_details"]
    shown |= {
        "payment_method": method["id"],
        "type": type,
        type: type_details(call.work, "PaymentRecordPaymentMethodDetails", method),
    }


def _attempt(call: Call, record: Record) -> None:
    """Add an attempt, whose outcome the report may say."""
    outcome = call.params.get("outcome")
    for each in OUTCOMES:
        if call.params.get(each) is not None and each != outcome:
            raise invalid(f"'{each}' can only be passed when 'outcome' is '{each}'.", each)
    if outcome is not None and call.params.get(outcome) is None:
        raise missing_parameter(outcome)
    _settle(record, outcome)
    shared = {name: record[name] for name in _OF_ATTEMPTS}
    attempt = call.work.create(ATTEMPT, payment_record=record["id"], **shared)
    record["latest_payment_attempt_record"] = attempt["id"]
    _tell_attempt(call, record)


def _reported(call: Call, outcome: str) -> Record:
    record = require_path(call, "id", RECORD)
    before = _outcome(record)
    if before is not None:
        raise invalid(
            f"The latest payment attempt of the Payment Record cannot be reported as {outcome}: it is already {before}."
        )
    record = call.work.change(record)
    if "metadata" in call.params:
        _take_metadata(call, record)
    _settle(record, outcome)
    _tell_attempt(call, record)
    return record


def _take_metadata(call: Call, record: Record) -> None:
    given = {"metadata": call.params["metadata"]}
    assign(call.work, record, given, call.work.contract.resources[RECORD].fields)


def _settle(record: Record, outcome: str | None) -> None:
    """Say where all of the amount is now."""
    whole, currency = record["amount"]["value"], record["amount"]["currency"]
    reached = {outcome, "authorized"} if outcome == "guaranteed" else {outcome}
    for name in _AMOUNTS:
        value = whole if name in reached else 0
        record[f"amount_{name}"] = {"currency": currency, "value": value}


def _outcome(record: Record) -> str | None:
    """What became of the last attempt, where that was reported."""
    return next((each for each in OUTCOMES if record[f"amount_{each}"]["value"]), None)


def _tell_attempt(call: Call, record: Record) -> None:
    """The last attempt has what its record shows of it."""
    attempt = call.work.require(ATTEMPT, record["latest_payment_attempt_record"], "id")
    changed = call.work.change(attempt)
    for name in (*_OF_ATTEMPTS, *(f"amount_{each}" for each in _AMOUNTS)):
        changed[name] = record[name]
