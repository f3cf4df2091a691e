"""What a new record starts with, where that is not empty: first statuses, what holds unless something else is said, how
long things last, secrets and addresses.

What the contract's defaults say is not said again. Each entry follows the resource's page of Stripe's API reference
(``https://docs.stripe.com/api/<resource>/object``) or the page that stands beside it.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from localstack_stripe.contract.loader import Contract, Enum, Scalar, Structure, Type
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.clock import DAY, HOUR, moment
from localstack_stripe.engine.shapes import alternatives, nullable, one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


class After(NamedTuple):
    """A time, so many seconds after the record is made."""

    seconds: int = 0


class Made(NamedTuple):
    """A text with the record's ``{id}``, the emulator's ``{base}`` address, and ``{24}`` made-up characters."""

    template: str


INITIAL: Mapping[str, Mapping[str, Any]] = {
    "account_link": {
        "expires_at": After(5 * 60),
        "url": Made("{base}/setup/e/{32}"),
    },
    "account_session": {
        "client_secret": Made("accs_secret__{55}"),
        "expires_at": After(HOUR),
    },
    # https://docs.stripe.com/api/external_accounts: nothing has been verified yet
    "bank_account": {"bank_name": "STRIPE TEST BANK", "status": "new"},
    "billing.alert": {"status": "active"},
    # https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits
    "billing.credit_grant": {"effective_at": After(), "priority": 50},
    "billing.feedback_option": {"status": "active"},
    # https://docs.stripe.com/api/billing/meter/create: the keys of the payload, unless others are given
    "billing.meter": {
        "status": "active",
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "value_settings": {"event_payload_key": "value"},
    },
    "billing.meter_event_adjustment": {"status": "pending"},
    "billing_portal.configuration": {"active": True, "is_default": False},
    "billing_portal.session": {"url": Made("{base}/p/session/test_{60}")},
    "checkout.session": {
        "expires_at": After(DAY),
        "payment_status": "unpaid",
        "status": "open",
        "url": Made("{base}/c/pay/{id}"),
    },
    "climate.order": {"status": "open"},
    # https://docs.stripe.com/api/confirmation_tokens: twelve hours, then it is deleted
    "confirmation_token": {"expires_at": After(12 * HOUR), "use_stripe_sdk": True},
    "credit_note": {"status": "issued", "type": "pre_payment"},
    "customer_session": {
        "client_secret": Made("cuss_secret_{53}"),
        "expires_at": After(30 * 60),
    },
    "entitlements.feature": {"active": True},
    "financial_connections.session": {"client_secret": Made("fcsess_client_secret_{24}")},
    # https://docs.stripe.com/identity/how-sessions-work
    "identity.verification_session": {
        "client_secret": Made("{id}_secret_test_{32}"),
        "status": "requires_input",
        "url": Made("{base}/verify/{id}"),
    },
    "issuing.authorization": {
        "approved": True,
        "status": "pending",
        "verification_data": {
            "address_line1_check": "not_provided",
            "address_postal_code_check": "not_provided",
            "cvc_check": "not_provided",
            "expiry_check": "match",
        },
    },
    "issuing.card": {"brand": "Visa"},
    # https://docs.stripe.com/issuing/cards/virtual/issue-cards#create-cardholder
    "issuing.cardholder": {"requirements": {"past_due": []}, "type": "individual"},
    "issuing.dispute": {"status": "unsubmitted"},
    "issuing.personalization_design": {
        "rejection_reasons": {"card_logo": [], "carrier_text": []},
        "status": "review",
    },
    "login_link": {"url": Made("{base}/express/{12}")},
    "payment_link": {
        "active": True,
        "after_completion": {
            "hosted_confirmation": {"custom_message": None},
            "type": "hosted_confirmation",
        },
        "customer_creation": "if_required",
        "submit_type": "auto",
        "tax_id_collection": {"enabled": False, "required": "never"},
        "url": Made("{base}/test_{20}"),
    },
    "payment_method_configuration": {"active": True},
    "payment_method_domain": {"enabled": True},
    # https://docs.stripe.com/api/payouts/create: by hand, and standard
    "payout": {
        "arrival_date": After(2 * DAY),
        "automatic": False,
        "method": "standard",
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "status": "pending",
        "type": "bank_account",
    },
    # https://docs.stripe.com/quotes/overview: thirty days, unless the account chose otherwise
    "quote": {"expires_at": After(30 * DAY), "status": "draft"},
    "radar.value_list": {"created_by": "API", "item_type": "string"},
    "radar.value_list_item": {"created_by": "API"},
    "reporting.report_run": {"status": "pending"},
    "shipping_rate": {"active": True, "tax_behavior": "unspecified", "type": "fixed_amount"},
    "source": {"client_secret": Made("src_client_secret_{24}"), "status": "pending"},
    # https://docs.stripe.com/api/subscription_schedules/create
    "subscription_schedule": {"end_behavior": "release", "status": "not_started"},
    "tax.settings": {"status": "pending"},
    # https://docs.stripe.com/api/tax_ids/object: what can be verified is, asynchronously
    "tax_id": {
        "verification": {"status": "pending", "verified_address": None, "verified_name": None}
    },
    "tax_rate": {"active": True},
    "terminal.connection_token": {"secret": Made("pst_test_{24}")},
    "terminal.onboarding_link": {"redirect_url": Made("{base}/terminal/onboarding/{32}")},
    "topup": {"expected_availability_date": After(5 * DAY), "status": "pending"},
    "transfer": {"amount_reversed": 0, "reversed": False, "source_type": "card"},
    "treasury.credit_reversal": {"status": "processing"},
    "treasury.debit_reversal": {"status": "processing"},
    "treasury.financial_account": {
        "active_features": [],
        "balance": {
            "cash": {"usd": 0},
            "inbound_pending": {"usd": 0},
            "outbound_pending": {"usd": 0},
        },
        "country": "US",
        "pending_features": [],
        "restricted_features": [],
        "status": "open",
    },
    "treasury.inbound_transfer": {
        "cancelable": True,
        "returned": False,
        "statement_descriptor": "transfer",
        "status": "processing",
    },
    "treasury.outbound_payment": {
        "cancelable": True,
        "expected_arrival_date": After(2 * DAY),
        "statement_descriptor": "payment",
        "status": "processing",
    },
    "treasury.outbound_transfer": {
        "cancelable": True,
        "expected_arrival_date": After(2 * DAY),
        "statement_descriptor": "transfer",
        "status": "processing",
    },
    "treasury.received_credit": {"description": "Stripe Test", "status": "succeeded"},
    "treasury.received_debit": {"description": "Stripe Test", "status": "succeeded"},
    # https://docs.stripe.com/api/v2/core/account-links/object, .../event-destinations/object and so on
    "v2.billing.meter_event_adjustment": {"status": "pending"},
    "v2.core.account_link": {
        "expires_at": After(10 * 60),
        "url": Made("{base}/setup/e/{32}"),
    },
    "v2.core.account_person_token": {"expires_at": After(10 * 60), "used": False},
    "v2.core.account_token": {"expires_at": After(10 * 60), "used": False},
    "v2.core.event_destination": {"status": "enabled"},
    "v2.core.vault.us_bank_account": {"verification": {"status": "unverified"}},
    "v2.money_management.financial_address": {"status": "pending"},
    "v2.money_management.inbound_transfer": {"description": ""},
    "v2.money_management.outbound_payment": {
        "cancelable": True,
        "statement_descriptor": "STRIPE",
        "status": "processing",
    },
    "v2.money_management.outbound_setup_intent": {"status": "requires_payout_method"},
    "v2.money_management.payout_intent": {"status": "pending"},
    "v2.money_management.recipient_verification": {"status": "verified"},
    "webhook_endpoint": {"status": "enabled"},
}
"""By resource and field. A structure is laid over the empty one, so it names only what is not empty."""

_BEGINNINGS = (
    "draft",
    "requires_input",
    "awaiting_upload",
    "unsubmitted",
    "pending",
    "processing",
    "open",
    "enabled",
    "active",
)
"""What a status starts as that nobody has looked up, as far as it is allowed: nothing begins canceled or failed."""


def start(work: UnitOfWork, object: str, values: Mapping[str, Any]) -> Record:
    """Add a new record with its behaviour's defaults, its initial values, and *values* before both."""
    make_defaults = BEHAVIOURS.defaults.get(object)
    given = {**(make_defaults(work) if make_defaults else {}), **values}
    record = work.add(object, given)
    begin(work, record, given)
    return record


def begin(work: UnitOfWork, record: Record, given: Collection[str] = ()) -> None:
    """Give a new record its initial values.

    :param given: fields that have their value already
    """
    object = record["object"]
    table = INITIAL.get(object)
    fields = work.contract.resources[object].fields
    if table is not None:
        for name, value in table.items():
            if name not in given and name in fields:
                record[name] = value_of(work, record, value, fields[name].type, record.get(name))
    if "status" in fields and "status" not in given and (table is None or "status" not in table):
        first = _first_status(work.contract, object)
        if first is not None:
            record["status"] = first


def _first_status(contract: Contract, object: str) -> str | None:
    """What a status starts as that no table and no default says."""
    status = contract.resources[object].fields["status"]
    if status.optional or "status" in contract.defaults.get(object, {}):
        return None
    enum = None if nullable(status.type) else one_of(status.type, Enum)
    if enum is None:
        return None
    return next((value for value in _BEGINNINGS if value in enum.values), enum.values[0])


def value_of(work: UnitOfWork, record: Record, value: Any, type: Type, existing: Any) -> Any:
    """The value that an entry of a table gives a field of *record*.

    :param existing: what is there; a structure is laid over it
    """
    match value:
        case After(seconds):
            then = work.now(record) + seconds
            return moment(then) if Scalar("moment") in alternatives(type) else then
        case Made(template):
            return _made(work, record, template)
        case dict():
            structure = one_of(type, Structure)
            empty = work.shapes.structure(structure.name) if structure is not None else {}
            return (existing if isinstance(existing, dict) else empty) | value
        case list():
            return list(value)
    return value


def _made(work: UnitOfWork, record: Record, template: str) -> str:
    def fill(placeholder: re.Match[str]) -> str:
        name = placeholder[1]
        if name.isdigit():
            return work.ids.text(int(name))
        return work.base if name == "base" else str(record["id"])

    return re.sub(r"\{(\w+)\}", fill, template)
