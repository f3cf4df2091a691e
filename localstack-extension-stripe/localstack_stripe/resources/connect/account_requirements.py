"""What Stripe has to know of a connected account before it can do business
(https://docs.stripe.com/connect/required-verification-information).

Simplified: one set of requirements for a person and one for a company, whatever the country; what is given is taken
to be true at once, as it is with Stripe's test values.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

ACCOUNT, PERSON = "account", "person"
EXTERNAL_KINDS = ("bank_account", "card")
REQUESTED = "requested"
"""Noted of an account: its capabilities, and when each was requested."""
REJECTED = "rejected"
"""Noted of an account: why its platform has rejected it."""
ONLY_PAID = "only paid"
"""Noted of an account: it is paid by its platform and takes no payments, so it is not asked for its business."""
EXTERNAL_ACCOUNT = "external_account"

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
    due = sorted(_missing(work, account))
    rejected = work.noted(account, REJECTED)
    # Where there is nothing to pay out to, payments can be taken all the same.
    is_able = not set(due) - {EXTERNAL_ACCOUNT} and rejected is None
    requested = work.noted(account, REQUESTED) or {}
    had = account.get("capabilities") or {}
    account["capabilities"] = dict.fromkeys(sorted(requested), "active" if is_able else "inactive")
    account["details_submitted"] = not due
    account["charges_enabled"] = is_able and bool(requested)
    account["payouts_enabled"] = is_able and bool(requested) and not due
    account["requirements"] = requirements(work, due, rejected)
    account["future_requirements"] = requirements(work)
    _tell_of_capabilities(work, account, had)
    REVIEWED.tell(work, account)


def _tell_of_capabilities(work: UnitOfWork, account: Record, had: Mapping[str, str]) -> None:
    """A capability is seen by itself, and kept in its account (https://docs.stripe.com/api/capabilities)."""
    for name in sorted(had.keys() | account["capabilities"].keys()):
        seen, before = capability(work, account, name), had.get(name, "unrequested")
        if seen["status"] != before:
            work.happened("capability.updated", seen, {"status": before})


def is_own(work: UnitOfWork, account: Record) -> bool:
    """Whether it is the account itself, and none that is connected to it."""
    return bool(account["id"] == work.account)


def keeper_of(work: UnitOfWork) -> UnitOfWork:
    """The part of a unit of work in which the account itself is, with its bank accounts and cards: its platform keeps
    them.
    """
    platform = work.platform()
    return work.of(platform) if platform is not None else work


def kept_account(work: UnitOfWork) -> tuple[UnitOfWork, Record | None]:
    """The account itself, or nothing where it is not known, and the part of a unit of work that keeps it."""
    keeper = keeper_of(work)
    settle(keeper, ACCOUNT)
    return keeper, keeper.get(ACCOUNT, work.account)


def external_accounts_of(work: UnitOfWork, account: str) -> list[Record]:
    """The bank accounts and cards that an account, known by its id, is paid out to."""
    return [each for kind in EXTERNAL_KINDS for each in work.where(kind, ACCOUNT, account)]


def capability(work: UnitOfWork, account: Record, name: str) -> Record:
    """One of the things that an account may be able to do, whether it was requested or not."""
    requested = (work.noted(account, REQUESTED) or {}).get(name)
    told = (account.get("requirements") or {}).get("currently_due") or []
    due = [each for each in told if each != EXTERNAL_ACCOUNT]
    empty = work.shapes.structure("CapabilityRequirements") | {"alternatives": []}
    now_due = {
        "currently_due": due,
        "disabled_reason": "requirements.fields_needed",
        "eventually_due": due,
    }
    return {
        "id": name,
        "object": "capability",
        "account": account["id"],
        "future_requirements": empty,
        "requested": requested is not None,
        "requested_at": requested,
        "requirements": empty | (now_due if due and requested is not None else {}),
        "status": account["capabilities"].get(name, "unrequested"),
    }


def _missing(work: UnitOfWork, account: Record) -> Iterable[str]:
    is_asked = _BUSINESS if not work.noted(account, ONLY_PAID) else ("business_type",)
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
        people = work.where(PERSON, ACCOUNT, account["id"])
        if not any((each.get("relationship") or {}).get("representative") for each in people):
            yield "relationship.representative"


def _absent(values: Mapping[str, Any], paths: Iterable[str]) -> Iterable[str]:
    return (path for path in paths if at(values, path) in (None, ""))


def requirements(work: UnitOfWork, due: Sequence[str] = (), rejected: str | None = None) -> Record:
    """What an account has to tell: what is due, by the names of parameters, and why it is rejected."""
    return work.shapes.structure("AccountRequirements") | {
        "alternatives": [],
        "currently_due": [*due],
        "disabled_reason": rejected or ("requirements.past_due" if due else None),
        "errors": [],
        "eventually_due": [*due],
        "past_due": [*due],
        "pending_verification": [],
    }
