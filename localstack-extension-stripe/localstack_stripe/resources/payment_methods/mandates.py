"""Mandates (https://docs.stripe.com/api/mandates): a customer's permission to debit their bank account."""

import re
from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import (
    LeavesIntent,
    StripeError,
    invalid,
    missing_parameter,
    not_emulated,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.test_debits import CURRENCIES
from localstack_stripe.resources.core.charge_amounts import check_amount
from localstack_stripe.resources.core.intents import TITLES, is_saved_by, options_of
from localstack_stripe.resources.payment_methods.attachment import when_detached
from localstack_stripe.resources.payment_methods.blocked_accounts import why_blocked
from localstack_stripe.resources.payment_methods.debited_accounts import account_of_method
from localstack_stripe.resources.payment_methods.described_methods import type_details

MANDATE = "mandate"

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

_SINGLE_USE = "single use"
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
        call.work.note(intent, _SINGLE_USE, {"amount": once["amount"], "currency": currency})


def take_mandate(call: Call, intent: Record, method: Record) -> None:
    """Find or make the mandate with which an intent debits a bank account, which its confirmation says the customer gave.

    A browser's key says so by itself: Stripe.js shows the mandate's text.

    :raises StripeError: 400 where the customer has not given one; the intent stays
    """
    work, params = call.work, call.params
    acceptance = (params.get("mandate_data") or {}).get("customer_acceptance")
    if method["type"] not in CURRENCIES:
        if work.noted(intent, _SINGLE_USE):
            raise not_emulated("single_use")
        if acceptance and method["type"] in _WALLETS and intent["object"] == "setup_intent":
            _use(work, intent, _new_mandate(work, intent, method, acceptance))
        return
    if why_blocked(method) is not None:
        return  # there is nothing to agree to
    if params.get("mandate"):
        mandate = _named(work, params["mandate"], intent, method)
    elif acceptance or call.publishable:
        _require_terms(intent, method["type"])
        mandate = _new_mandate(work, intent, method, acceptance or {})
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
        _use(work, intent, _new_mandate(work, intent, method, {}))


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
        details["bacs_debit"]["network_status"] = network_status or _NETWORK_STATUSES[status]


_NETWORK_STATUSES = {"active": "accepted", "inactive": "revoked", "pending": "pending"}
"""What the Bacs network says of a mandate, by its status."""


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


def _new_mandate(work: UnitOfWork, intent: Record, method: Record, acceptance: Record) -> Record:
    is_setup = intent["object"] == "setup_intent"
    type = method["type"]
    lasts = is_saved_by(intent, type) if not is_setup else not work.noted(intent, _SINGLE_USE)
    options = options_of(intent, type).get("mandate_options") or {}
    status = "pending" if is_setup else "active"
    return work.create(
        MANDATE,
        customer_acceptance=_accepted(work.now(intent), acceptance),
        payment_method=method["id"],
        payment_method_details=_details(work, type, status, options),
        status=status,
        type="multi_use" if lasts else "single_use",
        **(
            {"multi_use": {}}
            if lasts
            else {"single_use": work.noted(intent, _SINGLE_USE) or _whole(intent)}
        ),
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
        details["network_status"] = _NETWORK_STATUSES[status]
    if "url" in details:
        details["url"] = f"https://payments.stripe.com/{type}/mandate/{work.ids.text(24)}"
    return {"type": type, type: details}


def _whole(intent: Record) -> Record:
    return {name: intent[name] for name in ("amount", "currency")}


def _require_terms(intent: Record, type: str) -> None:
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
