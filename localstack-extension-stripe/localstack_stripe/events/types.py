"""Which types of event a change of a record makes (https://docs.stripe.com/api/events/types).

The contract says which object each type carries, and most names say the rest: ``customer.updated`` is a change,
``payment_intent.canceled`` a status. What a name does not say is in :data:`BY_TYPE`; what no change shows, because it
is over when the unit of work is, the behaviours say themselves (:meth:`UnitOfWork.happened`).
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from localstack_stripe.contract.loader import Contract, Enum, Scalar
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record

Test = Callable[[Record | None, Record | None], bool]
"""Whether it happened, by the record as it was and as it is; nothing where there was or is none."""


class EventType(NamedTuple):
    """One type of event, of one kind of object.

    :param tells_previous: whether it says what the changed attributes were before
    """

    name: str
    happened: Test
    tells_previous: bool


class EventTypes:
    """The types of event of each kind of object: of v1's those with a snapshot, of v2's the thin ones."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        of_v2 = {name: of for name, of in contract.thin_events.items() if name.startswith("v2.")}
        self._carried = {**contract.events, **of_v2}
        self.of = cache(self._find)
        self.of_new = cache(self._find_of_new)

    def _find(self, object: str) -> tuple[EventType, ...]:
        """What can be derived for a kind of object, in the order in which it happens."""
        types = [
            EventType(name, test, name.endswith(".updated") or name in TELL_PREVIOUS)
            for name, objects in self._carried.items()
            if object in objects and (test := self._test(name, object)) is not None
        ]
        return tuple(sorted(types, key=_order))

    def _find_of_new(self, object: str) -> tuple[EventType, ...]:
        """The same for what is new, which cannot be said to have been otherwise before, or to be gone."""
        return tuple(
            type
            for type in self.of(object)
            if not type.tells_previous and type.happened is not deleted
        )

    def _test(self, name: str, object: str) -> Test | None:
        group, _, what = name.rpartition(".")
        test = BY_TYPE.get(name) or BY_NAME.get(what) or self._by_status(what, object)
        part = re.fullmatch(r".*\[(.+)\]", group)
        if part is not None:
            test = changed(part[1]) if what == "updated" else None
        owner = OF_OWNER.get(group)
        return test if test is None or owner is None else _of_owner(owner, test)

    def _by_status(self, what: str, object: str) -> Test | None:
        field = self._contract.resources[object].fields.get("status")
        values = one_of(field.type, Enum) if field is not None else None
        if field is None or not (what in values.values if values else one_of(field.type, Scalar)):
            return None
        return became(what)


_ORDER = {"created": 0, "updated": 1, "bank_debit_queued": 2, "finalized": 2, "deleted": 4}


def _order(type: EventType) -> int:
    return _ORDER.get(type.name.rpartition(".")[2], 3)


# What a change can be


def created(before: Record | None, now: Record | None) -> bool:
    """It was made."""
    return before is None and now is not None


def deleted(before: Record | None, now: Record | None) -> bool:
    """It was deleted."""
    return now is None


def updated(before: Record | None, now: Record | None) -> bool:
    """It is still there, and may be different; whether it is, only its rendering says."""
    return before is not None and now is not None


def became(*values: str | bool, field: str = "status", since: tuple[str | bool, ...] = ()) -> Test:
    """A field has one of *values* that it did not have, or is new with it.

    :param since: what it must have been before, where that matters; then a new one does not count
    """

    def test(before: Record | None, now: Record | None) -> bool:
        if now is None or at(now, field) not in values:
            return False
        if since:
            return before is not None and at(before, field) in since
        return before is None or at(before, field) not in values

    return test


def turned(*values: str) -> Test:
    """A status has one of *values* after another: a new record that begins with it does not count."""
    reached = became(*values)
    return lambda before, now: before is not None and reached(before, now)


def changed(*fields: str) -> Test:
    """One of *fields* is another than it was."""

    def test(before: Record | None, now: Record | None) -> bool:
        return (
            before is not None
            and now is not None
            and any(at(before, field) != at(now, field) for field in fields)
        )

    return test


def grew(field: str) -> Test:
    """An amount is more than it was."""
    return lambda before, now: (
        before is not None and now is not None and (at(now, field) or 0) > (at(before, field) or 0)
    )


def appeared(field: str) -> Test:
    """A field has a value other than before: a moment, an error."""

    def test(before: Record | None, now: Record | None) -> bool:
        value = at(now, field) if now is not None else None
        return bool(value) and (before is None or at(before, field) != value)

    return test


def vanished(field: str) -> Test:
    """A field had a value, and has none any more."""

    def test(before: Record | None, now: Record | None) -> bool:
        return (
            before is not None
            and now is not None
            and bool(at(before, field))
            and not at(now, field)
        )

    return test


# What the names do not say

BY_NAME: dict[str, Test] = {"created": created, "updated": updated, "deleted": deleted}


def _subscription_updated(before: Record | None, now: Record | None) -> bool:
    return updated(before, now) and not _subscription_ended(before, now)


_subscription_ended = became("canceled")


def _resumed(before: Record | None, now: Record | None) -> bool:
    # A paused subscription that is canceled is not resumed by that.
    return became("active", "past_due", "trialing", since=("paused",))(before, now)


_NOT_FINAL = (None, "draft")


def _finalized(before: Record | None, now: Record | None) -> bool:
    was = at(before, "status") if before is not None else None
    return now is not None and was in _NOT_FINAL and at(now, "status") not in _NOT_FINAL


_BANK_DEBIT_STEPS = tuple(
    f"bank_debit_{each}" for each in ("failed", "processing", "queued", "returned", "succeeded")
)


def _took(step: str) -> Test:
    """A transfer of v2 has taken a step of its history."""

    def taken(record: Record | None) -> bool:
        return any(each["type"] == step for each in (record or {}).get("transfer_history", ()))

    return lambda before, now: taken(now) and not taken(before)


_by_its_bank = changed("us_bank_account.status_details")
"""Nobody has asked for it: https://docs.stripe.com/payments/ach-direct-debit/blocked-bank-accounts."""


def _of_payment_methods(test: Test) -> Test:
    """Only of what is no older card or source: those that can be used as payment methods have events of their own."""

    def told(before: Record | None, now: Record | None) -> bool:
        record = now or before
        is_older = record is not None and record["id"].startswith(("card_", "src_"))
        return not is_older and test(before, now)

    return told


_DECIDED = ("lost", "warning_closed", "won")


BY_TYPE: dict[str, Test] = {
    "application_fee.refunded": grew("amount_refunded"),
    "billing.alert.triggered": created,
    "billing.meter.deactivated": turned("inactive"),
    "billing.meter.reactivated": turned("active"),
    "charge.captured": became(True, field="captured", since=(False,)),
    "charge.dispute.closed": became(*_DECIDED),
    # The end of a dispute is not also an update of it.
    "charge.dispute.updated": lambda before, now: (
        updated(before, now) and not became(*_DECIDED)(before, now)
    ),
    "charge.refunded": grew("amount_refunded"),
    # What a transfer brings is no card's charge: it makes `payment.created`, which the contract does not have.
    "charge.succeeded": lambda before, now: (
        became("succeeded")(before, now) and now is not None and not now["source_transfer"]
    ),
    # What else changes of a charge has events of its own.
    "charge.updated": changed(
        "customer",
        "description",
        "fraud_details",
        "metadata",
        "receipt_email",
        "shipping",
        "transfer_group",
    ),
    # What is paid when it is completed needs no second event.
    "checkout.session.async_payment_succeeded": lambda before, now: (
        became("paid", field="payment_status", since=("unpaid",))(before, now)
        and before is not None
        and before["status"] == "complete"
    ),
    "checkout.session.completed": became("complete"),
    "climate.order.delayed": appeared("delayed_at"),
    "climate.order.product_substituted": appeared("product_substituted_at"),
    "climate.product.pricing_updated": changed("current_prices_per_metric_ton"),
    "credit_note.voided": became("void"),
    # The end of a subscription is not also an update of it.
    "customer.subscription.deleted": _subscription_ended,
    "customer.subscription.resumed": _resumed,
    "customer.subscription.updated": _subscription_updated,
    "financial_connections.account.deactivated": turned("inactive"),
    "financial_connections.account.expected_deactivation_date_updated": changed(
        "expected_deactivation_date"
    ),
    "financial_connections.account.reactivated": turned("active"),
    "financial_connections.account.refreshed_balance": became(
        "failed", "succeeded", field="balance_refresh.status", since=("pending",)
    ),
    "financial_connections.account.refreshed_ownership": became(
        "failed", "succeeded", field="ownership_refresh.status", since=("pending",)
    ),
    "financial_connections.account.refreshed_transactions": became(
        "failed", "succeeded", field="transaction_refresh.status", since=("pending",)
    ),
    "financial_connections.account.supported_payment_method_types_updated": changed(
        "supported_payment_method_types"
    ),
    "financial_connections.authorization.expected_deactivation_date_updated": changed(
        "expected_deactivation_date"
    ),
    "identity.verification_session.redacted": became("redacted", field="redaction.status"),
    "identity.verification_session.requires_input": turned("requires_input"),
    "invoice.finalized": _finalized,
    "invoice.marked_uncollectible": became("uncollectible"),
    "invoice.overpaid": appeared("amount_overpaid"),
    "invoice.voided": became("void"),
    "issuing_dispute.closed": became("expired", "lost", "won"),
    "issuing_personalization_design.activated": turned("active"),
    "issuing_personalization_design.deactivated": turned("inactive"),
    "issuing_transaction.purchase_details_receipt_updated": changed("purchase_details.receipt"),
    "payment_intent.amount_capturable_updated": appeared("amount_capturable"),
    "payment_intent.payment_failed": appeared("last_payment_error"),
    "payment_method.attached": _of_payment_methods(appeared("customer")),
    "payment_method.automatically_updated": _by_its_bank,
    "payment_method.detached": _of_payment_methods(vanished("customer")),
    "payment_method.updated": _of_payment_methods(
        lambda before, now: (
            updated(before, now)
            and not changed("customer")(before, now)
            and not _by_its_bank(before, now)
        )
    ),
    "payout.reconciliation_completed": became("completed", field="reconciliation_status"),
    "quote.finalized": became("open"),
    "review.closed": vanished("open"),
    "review.opened": created,
    "setup_intent.setup_failed": appeared("last_setup_error"),
    "terminal.reader.action_failed": became("failed", field="action.status"),
    "terminal.reader.action_succeeded": became("succeeded", field="action.status"),
    "terminal.reader.action_updated": changed("action"),
    "test_helpers.test_clock.ready": turned("ready"),
    "three_d_secure.authentication.errored": became("error"),
    "transfer.reversed": grew("amount_reversed"),
    "transfer.updated": changed("description", "metadata"),
    "treasury.debit_reversal.completed": became("succeeded"),
    "treasury.financial_account.features_status_updated": changed(
        "active_features", "pending_features", "restricted_features"
    ),
    "treasury.outbound_payment.expected_arrival_date_updated": changed("expected_arrival_date"),
    "treasury.outbound_payment.tracking_details_updated": changed("tracking_details"),
    "treasury.outbound_transfer.expected_arrival_date_updated": changed("expected_arrival_date"),
    "treasury.outbound_transfer.tracking_details_updated": changed("tracking_details"),
    "v2.core.account.closed": appeared("closed"),
    "v2.money_management.financial_address.activated": became("active"),
    **{f"v2.money_management.inbound_transfer.{each}": _took(each) for each in _BANK_DEBIT_STEPS},
}

TELL_PREVIOUS = frozenset({"charge.captured", "charge.refunded", "payment_method.detached"})
"""What says what was before although it is not named an update: a detached payment method's customer is seen nowhere
else."""

OF_OWNER = {
    "account.external_account": "account",
    "customer.discount": "customer",
    "customer.source": "customer",
    "customer.tax_id": "customer",
}
"""Types that are only for what belongs to somebody, and the field that says so: a token's card makes none."""


def _of_owner(field: str, test: Test) -> Test:
    def owned(before: Record | None, now: Record | None) -> bool:
        record = now or before
        return record is not None and bool(record.get(field)) and test(before, now)

    return owned
