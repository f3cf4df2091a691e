"""What Stripe has to know of a connected account before it can do business
(https://docs.stripe.com/connect/required-verification-information).

Simplified: one set of requirements for a person and one for a company, whatever the country; what is given is taken
to be true at once, unless a test value says otherwise (see :mod:`.verification`), and what is due is past due.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.events.previous import previous_attributes
from localstack_stripe.resources.connect import verification
from localstack_stripe.resources.connect.capabilities import REQUESTED, capability
from localstack_stripe.resources.connect.kept_accounts import (
    ACCOUNT,
    EXTERNAL_ACCOUNT,
    PERSON,
    external_accounts_of,
    is_own,
)
from localstack_stripe.resources.connect.later_requirements import (
    CHARGES,
    NOTHING_MORE,
    PAYOUTS,
    Later,
    later,
)
from localstack_stripe.resources.connect.service_agreements import is_recipient
from localstack_stripe.resources.connect.verification import Failure

REJECTED = "rejected"
"""Noted of an account: why its platform has rejected it."""
ONLY_PAID = "only paid"
"""Noted of an account: it is paid by its platform and takes no payments, so it is not asked for its business."""

REVIEWED = Listeners()
"""Who follows what an account has to tell, and what it may do."""
DISCONNECTED = Listeners()
"""Who follows that an account is connected no longer."""

_BUSINESS = ("business_profile.mcc", "business_profile.url", "business_type")
_AGREEMENT = ("tos_acceptance.date", "tos_acceptance.ip")
_INDIVIDUAL = (
    "address.line1",
    "dob.day",
    "dob.month",
    "dob.year",
    "email",
    "first_name",
    "last_name",
    "phone",
)
_COMPANY = ("address.line1", "name", "phone")


def review(work: UnitOfWork, account: Record) -> None:
    """Bring a connected account's requirements, capabilities and abilities up to date. It may be written to.

    The account itself has been verified, whatever it tells besides.
    """
    if is_own(work, account):
        return
    people = work.where(PERSON, ACCOUNT, account["id"])
    missing = set(_missing(work, account, people))
    failures = list(_failures(work, account, people))
    due = sorted(missing | {each.requirement for each in failures})
    disabled = work.noted(account, REJECTED) or _listed(people)
    # Where there is nothing to pay out to, payments can be taken all the same.
    blocked = bool(missing - {EXTERNAL_ACCOUNT}) or not all(
        each.leaves_charges for each in failures
    )
    is_able = not blocked and disabled is None
    requested = work.noted(account, REQUESTED) or {}
    more = later(work, account)
    takes_charges = is_able and more.blocks != CHARGES
    had = {name: capability(work, account, name) for name in account.get("capabilities") or {}}
    account["capabilities"] = {
        name: "active" if (takes_charges if name in _OF_CHARGES else is_able) else "inactive"
        for name in sorted(requested)
    }
    account["details_submitted"] = not missing
    account["charges_enabled"] = takes_charges and bool(requested)
    account["payouts_enabled"] = is_able and bool(requested) and not due and more.blocks != PAYOUTS
    account["requirements"] = requirements(work, due, disabled, failures, more)
    account["future_requirements"] = requirements(work)
    _tell_of_capabilities(work, account, had)
    REVIEWED.tell(work, account)


_OF_CHARGES = ("card_payments",)
"""The capabilities that go with charges, where only those are blocked."""


def _tell_of_capabilities(work: UnitOfWork, account: Record, had: Mapping[str, Record]) -> None:
    """A capability is seen by itself, and kept in its account (https://docs.stripe.com/api/capabilities): it is told of
    when its status or its requirements are others (https://docs.stripe.com/api/events/types).

    :param had: the capabilities that were requested, as they were seen
    """
    for name in sorted(had.keys() | account["capabilities"].keys()):
        seen = capability(work, account, name)
        before = had.get(name) or {**seen, "status": "unrequested"}
        if seen != before:
            work.happened("capability.updated", seen, previous_attributes(before, seen))


def _missing(work: UnitOfWork, account: Record, people: Sequence[Record]) -> Iterable[str]:
    is_paid_only = work.noted(account, ONLY_PAID) or is_recipient(account)
    is_asked = _BUSINESS if not is_paid_only else ("business_type",)
    yield from _absent(account, is_asked)
    if account["controller"]["requirement_collection"] == "application":
        yield from _absent(account, _AGREEMENT)
    if not external_accounts_of(work, account["id"]):
        yield EXTERNAL_ACCOUNT
    if account.get("business_type") == "individual":
        person = work.get(PERSON, account.get("individual") or "") or {}
        yield from (f"individual.{name}" for name in _absent(person, _INDIVIDUAL))
    elif account.get("business_type") is not None:
        company = account.get("company") or {}
        yield from (f"company.{name}" for name in _absent(company, _COMPANY))
        if not any((each.get("relationship") or {}).get("representative") for each in people):
            yield "relationship.representative"


def _failures(work: UnitOfWork, account: Record, people: Sequence[Record]) -> Iterable[Failure]:
    """What is wrong with what was told; what of that is a person's, the person says too."""
    yield from verification.failures_of_account(work, account)
    for person in people:
        failures = list(verification.failures_of_person(work, person))
        _tell_person(work, person, failures)
        is_individual = account.get("individual") == person["id"]
        head = "individual" if is_individual else person["id"]
        yield from (each._replace(requirement=f"{head}.{each.requirement}") for each in failures)


def _tell_person(work: UnitOfWork, person: Record, failures: Sequence[Failure]) -> None:
    is_verified = not failures and verification.is_verified(person)
    status = "verified" if is_verified else "unverified"
    asked = sorted({each.requirement for each in failures})
    told = person["requirements"] | {
        "currently_due": asked,
        "errors": [each.shown() for each in failures],
        "eventually_due": asked,
        "past_due": asked,
    }
    if told != person["requirements"] or status != person["verification"]["status"]:
        person = work.change(person)
        person["requirements"] = told
        person["verification"] = {**person["verification"], "status": status}


def _listed(people: Iterable[Record]) -> str | None:
    return "listed" if any(verification.is_listed(each) for each in people) else None


def _absent(values: Mapping[str, Any], paths: Iterable[str]) -> Iterable[str]:
    return (path for path in paths if at(values, path) in (None, ""))


def requirements(
    work: UnitOfWork,
    due: Sequence[str] = (),
    disabled: str | None = None,
    failures: Sequence[Failure] = (),
    more: Later = NOTHING_MORE,
) -> Record:
    """What an account has to tell: what is due, by the names of parameters, why, what it is disabled for besides, and what
    it will have to tell later.
    """
    current = sorted({*due, *(more.requirements if more.is_due else ())})
    past = current if more.blocks else due
    return work.shapes.structure("AccountRequirements") | {
        "alternatives": [],
        "current_deadline": more.deadline,
        "currently_due": current,
        "disabled_reason": disabled or ("requirements.past_due" if past else None),
        "errors": [each.shown() for each in failures],
        "eventually_due": sorted({*due, *more.requirements}),
        "past_due": [*past],
        "pending_verification": [],
    }
