"""Actions, such as ``POST /v1/checkout/sessions/{session}/expire``: what becomes of the record.

Where the verb and the allowed values of the status make the outcome plain, it follows from them (:data:`VERBS`); what
does not is in a table (:data:`OUTCOMES`). Of any other action the outcome is not known, and nothing is changed.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from localstack_stripe.contract.loader import Contract, Enum, Inline, Operation
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.initial import After, value_of
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name


class Outcome(NamedTuple):
    """What an action makes of a record.

    :param sets: values by field; a structure is laid over what is there
    :param stamps: fields that get the time of the action, where the resource has them: at its top or among its
        ``status_transitions``
    :param clears: such fields that become null
    :param fills: values of fields that nothing was said of
    :param within: the statuses that it is possible in; none where it is from all but the last ones
    """

    sets: Mapping[str, Any] = MappingProxyType({})
    stamps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    fills: Mapping[str, Any] = MappingProxyType({})


class Verb(NamedTuple):
    """What a verb makes of a status.

    :param done: its participle: ``canceled_at`` is when something was canceled
    :param statuses: what a resource may call the status
    :param undoes: the participle of the verb that it takes back
    """

    done: str
    statuses: tuple[str, ...]
    undoes: str | None = None


VERBS: Mapping[str, Verb] = {
    "acknowledge": Verb("acknowledged", ("acknowledged",)),
    "activate": Verb("activated", ("active",), "deactivated"),
    "archive": Verb("archived", ("archived",)),
    "cancel": Verb("canceled", ("canceled",)),
    "close": Verb("closed", ("closed",)),
    "deactivate": Verb("deactivated", ("inactive",)),
    "disable": Verb("disabled", ("disabled",)),
    "disconnect": Verb("disconnected", ("disconnected",)),
    "enable": Verb("enabled", ("enabled",), "disabled"),
    "expire": Verb("expired", ("expired",)),
    "fail": Verb("failed", ("failed",)),
    "finalize": Verb("finalized", ("open",)),
    "post": Verb("posted", ("posted",)),
    "reactivate": Verb("reactivated", ("active",), "deactivated"),
    "reject": Verb("rejected", ("rejected",)),
    "release": Verb("released", ("released",)),
    "return": Verb("returned", ("returned",)),
    "reverse": Verb("reversed", ("reversed",)),
    "submit": Verb("submitted", ("submitted",)),
    "succeed": Verb("succeeded", ("succeeded",)),
    "unarchive": Verb("unarchived", ("active",), "archived"),
    "void": Verb("voided", ("void", "voided")),
}

LAST = frozenset(
    {
        "accepted",
        "canceled",
        "closed",
        "complete",
        "completed",
        "expired",
        "failed",
        "lost",
        "posted",
        "released",
        "returned",
        "reversed",
        "succeeded",
        "void",
        "voided",
        "won",
    }
)
"""Statuses that nothing is changed in any more, unless the table says so."""

_TRANSFER = "/v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}"
_PAYMENT = "/v1/test_helpers/treasury/outbound_payments/{id}"
_INBOUND = "/v1/test_helpers/treasury/inbound_transfers/{id}"
_DESIGN = "/v1/test_helpers/issuing/personalization_designs/{personalization_design}"
_OVER = {"cancelable": False}

OUTCOMES: Mapping[str, Outcome | None] = {
    # https://docs.stripe.com/api/identity/verification_sessions/cancel
    "POST /v1/identity/verification_sessions/{session}/cancel": Outcome(
        {"status": "canceled", "client_secret": None, "url": None}, within=("requires_input",)
    ),
    # https://docs.stripe.com/api/issuing/personalization_designs/test_mode_activate
    f"POST {_DESIGN}/activate": Outcome(
        {"rejection_reasons": {"card_logo": [], "carrier_text": []}, "status": "active"}
    ),
    # https://docs.stripe.com/treasury/moving-money: canceling and the test helpers' outcomes
    "POST /v1/treasury/inbound_transfers/{inbound_transfer}/cancel": Outcome(
        {"status": "canceled", **_OVER}, ("canceled_at",), within=("processing",)
    ),
    "POST /v1/treasury/outbound_payments/{id}/cancel": Outcome(
        {"status": "canceled", **_OVER}, ("canceled_at",), within=("processing",)
    ),
    "POST /v1/treasury/outbound_transfers/{outbound_transfer}/cancel": Outcome(
        {"status": "canceled", **_OVER}, ("canceled_at",), within=("processing",)
    ),
    f"POST {_INBOUND}/fail": Outcome(
        {"status": "failed", **_OVER},
        ("failed_at",),
        within=("processing",),
        fills={"failure_details": {"code": "other"}},
    ),
    f"POST {_INBOUND}/return": Outcome({"returned": True}, within=("succeeded",)),
    f"POST {_INBOUND}/succeed": Outcome(
        {"status": "succeeded", **_OVER}, ("succeeded_at",), within=("processing",)
    ),
    f"POST {_PAYMENT}/fail": Outcome(
        {"status": "failed", **_OVER}, ("failed_at",), within=("processing",)
    ),
    f"POST {_PAYMENT}/post": Outcome(
        {"status": "posted", **_OVER}, ("posted_at",), within=("processing",)
    ),
    f"POST {_PAYMENT}/return": Outcome(
        {"status": "returned"}, ("returned_at",), within=("posted", "processing")
    ),
    f"POST {_TRANSFER}/fail": Outcome(
        {"status": "failed", **_OVER}, ("failed_at",), within=("processing",)
    ),
    f"POST {_TRANSFER}/post": Outcome(
        {"status": "posted", **_OVER}, ("posted_at",), within=("processing",)
    ),
    f"POST {_TRANSFER}/return": Outcome(
        {"status": "returned"}, ("returned_at",), within=("posted", "processing")
    ),
}
"""Outcomes that do not follow from the verb, or not wholly; nothing where more happens than a record can say."""

_ARCHIVING = {"archive": True, "unarchive": False}
"""What becomes of ``archived``, where a resource has that instead of a status."""


def outcome_of(contract: Contract, operation: Operation) -> Outcome | None:
    """What an action makes of its record, or nothing where that is not known."""
    key = operation.main_key
    if key in OUTCOMES:
        return OUTCOMES[key]
    inline = one_of(operation.returns, Inline)
    name = operation.path.rpartition("/")[2]
    if inline is None:
        return None
    fields = contract.resources[inline.resource].fields
    if name in _ARCHIVING and "archived" in fields:
        return Outcome({"archived": _ARCHIVING[name]})
    verb = VERBS.get(name)
    allowed = one_of(fields["status"].type, Enum) if "status" in fields else None
    if verb is None or allowed is None:
        return None
    status = next((each for each in verb.statuses if each in allowed.values), None)
    if status is None:
        return None
    return Outcome({"status": status}, _times(verb.done), _times(verb.undoes))


def act(work: UnitOfWork, operation: Operation, record: Record) -> None:
    """Do to a record what *operation* does, as far as that is known. The record may be written to.

    :raises StripeError: 400 where its status does not allow it
    """
    outcome = outcome_of(work.contract, operation)
    if outcome is None:
        return
    _require_possible(operation, outcome, record)
    fields = work.contract.resources[record["object"]].fields
    unsaid = {name: value for name, value in outcome.fills.items() if record.get(name) is None}
    for name, value in {**outcome.sets, **unsaid}.items():
        if name in fields:
            type, before = fields[name].type, record.get(name)
            record[name] = value_of(work, record, value, type, before)
    transitions = record.get("status_transitions")
    for names, value in ((outcome.stamps, After()), (outcome.clears, None)):
        for name in names:
            if name in fields:
                record[name] = value_of(work, record, value, fields[name].type, None)
            if isinstance(transitions, dict) and name in transitions:
                transitions[name] = None if value is None else work.now(record)


def _require_possible(operation: Operation, outcome: Outcome, record: Record) -> None:
    status = record.get("status")
    possible = status in outcome.within if outcome.within else status not in LAST
    if isinstance(status, str) and not possible:
        name = operation.path.rpartition("/")[2]
        needed = f" Only one with one of the following statuses may: {', '.join(outcome.within)}."
        raise StripeError(
            f"You cannot {name} this {display_name(record['object'])} because it has a status of {status}."
            + (needed if outcome.within else ""),
        )


def _times(participle: str | None) -> tuple[str, ...]:
    return (f"{participle}_at", f"{participle}_on") if participle else ()
