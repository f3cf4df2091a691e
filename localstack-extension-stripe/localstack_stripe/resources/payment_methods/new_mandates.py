"""How mandates are made: for how long, what customers have accepted, and what the bank calls them
(https://docs.stripe.com/api/mandates/object).
"""

import re

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.charge_amounts import check_amount
from localstack_stripe.resources.core.intents import is_saved_by, options_of
from localstack_stripe.resources.payment_methods.described_methods import type_details

MANDATE = "mandate"

NETWORK_STATUSES = {"active": "accepted", "inactive": "revoked", "pending": "pending"}
"""What the Bacs network says of a mandate, by its status."""

SINGLE_USE = "single use"
"""Noted of a setup intent: what of the customer can be debited once, where that is all they agree to."""


def note_single_use(call: Call, intent: Record) -> None:
    """Have a setup make a mandate for one payment, where a request asks for that
    (https://docs.stripe.com/api/setup_intents/create#create_setup_intent-single_use).

    :raises StripeError: 400 where it can never be of that amount
    """
    once = call.params.get("single_use")
    if once:
        currency = once["currency"].lower()
        check_amount(once["amount"], currency, "single_use[amount]")
        call.work.note(intent, SINGLE_USE, {"amount": once["amount"], "currency": currency})


def new_mandate(work: UnitOfWork, intent: Record, method: Record, acceptance: Record) -> Record:
    """The mandate that a customer gives for an intent.

    :param acceptance: what a request says of how they have accepted it: ``customer_acceptance``
    """
    is_setup = intent["object"] == "setup_intent"
    type, once = method["type"], work.noted(intent, SINGLE_USE)
    lasts = not once if is_setup else is_saved_by(intent, type)
    options = options_of(intent, type).get("mandate_options") or {}
    status = "pending" if is_setup else "active"
    return work.create(
        MANDATE,
        customer_acceptance=_accepted(work.now(intent), acceptance),
        payment_method=method["id"],
        payment_method_details=_details(work, type, status, options),
        status=status,
        type="multi_use" if lasts else "single_use",
        **({"multi_use": {}} if lasts else {"single_use": once or _whole(intent)}),
    )


def mandate_with(work: UnitOfWork, method: Record, of: Record) -> Record:
    """The mandate of an account that the customer has paid from, or set up, in another way, and agreed to be debited
    (https://docs.stripe.com/payments/ideal/set-up-payment).

    :param of: the charge, or the attempt of a setup, by which they did
    """
    return work.create(
        MANDATE,
        customer_acceptance=_accepted(of["created"], {}),
        payment_method=method["id"],
        payment_method_details=_details(work, method["type"], "active", {}),
        status="active",
        type="multi_use",
        multi_use={},
    )


def _accepted(at: int, acceptance: Record) -> Record:
    return {
        "accepted_at": acceptance.get("accepted_at") or at,
        "type": acceptance.get("type") or "online",
        "online": acceptance.get("online") or {"ip_address": None, "user_agent": None},
    }


def _details(work: UnitOfWork, type: str, status: str, options: Record) -> Record:
    """What a mandate says of the account's type.

    :param options: the ``mandate_options`` of the intent
    """
    details = type_details(work, "MandatePaymentMethodDetails", {"type": type, type: options})
    if "reference" in details:
        details["reference"] = _reference(work, type, options.get("reference_prefix") or "")
    if "network_status" in details:
        details["network_status"] = NETWORK_STATUSES[status]
    if "url" in details:
        details["url"] = f"https://payments.stripe.com/{type}/mandate/{work.ids.text(24)}"
    return {"type": type, type: details}


def _whole(intent: Record) -> Record:
    return {name: intent[name] for name in ("amount", "currency")}


def require_terms(intent: Record, type: str) -> None:
    """Refuse a mandate of a customer in Canada that does not say what they have agreed to
    (https://docs.stripe.com/payments/acss-debit#payment-schedule).

    :raises StripeError: 400
    """
    if type != "acss_debit":
        return
    options = options_of(intent, type).get("mandate_options") or {}
    where = "payment_method_options[acss_debit][mandate_options]"
    for name in ("payment_schedule", "transaction_type"):
        if not options.get(name):
            raise missing_parameter(f"{where}[{name}]")
    if options["payment_schedule"] != "sporadic" and not options.get("interval_description"):
        raise missing_parameter(f"{where}[interval_description]")


_REFERENCES = {"bacs_debit": (18, ("DDIC", "STRIPE")), "sepa_debit": (24, ("STRIPE",))}
"""How long the references of mandates are, and what they may not begin with."""

_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9 ./&_-]{0,11}")


def _reference(work: UnitOfWork, type: str, prefix: str) -> str:
    """What a mandate is called at the bank, with a prefix that was asked for, if one was
    (https://docs.stripe.com/payments/sepa-debit/accept-a-payment#optional-customize-mandate-references-with-a-prefix).

    :raises StripeError: 400 where there cannot be such a prefix
    """
    length, kept = _REFERENCES[type]
    if prefix and (not _PREFIX.fullmatch(prefix) or prefix.startswith(kept)):
        raise invalid(
            "The `reference_prefix` must be at most 12 characters long and can only contain uppercase letters, numbers, "
            f"spaces, or the special characters `/`, `_`, `-`, `&`, and `.`. It can't begin with {' or '.join(kept)}.",
            f"payment_method_options[{type}][mandate_options][reference_prefix]",
            f"invalid_{type.removesuffix('_debit')}_mandate_reference_prefix_format",
        )
    begins = f"{prefix.rstrip()} " if prefix.endswith(" ") else prefix
    return begins + work.ids.capitals(length - len(begins))
