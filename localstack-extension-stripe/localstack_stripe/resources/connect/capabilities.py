"""What a connected account may be able to do (https://docs.stripe.com/connect/account-capabilities): requested by its
platform, and seen with what has to be told for it.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect import verification
from localstack_stripe.resources.connect.kept_accounts import EXTERNAL_ACCOUNT

REQUESTED = "requested"
"""Noted of an account: its capabilities, and when each was requested."""


def request_capabilities(work: UnitOfWork, account: Record, wanted: Mapping[str, Any]) -> None:
    """Request those that a parameter ``capabilities`` wants, and do without those that it does not."""
    requested = dict(work.noted(account, REQUESTED) or {})
    for name, terms in wanted.items():
        if terms and terms.get("requested"):
            requested.setdefault(name, work.now())
        elif terms and terms.get("requested") is False:
            requested.pop(name, None)
    work.note(account, REQUESTED, requested)


def request_as_usual(work: UnitOfWork, account: Record) -> None:
    """Request what an account gets without its platform's asking for it: with the full Dashboard from the start, with the
    Express Dashboard when it is onboarded (https://docs.stripe.com/connect/account-capabilities#creating).
    """
    usual = ("card_payments", "transfers")
    request_capabilities(work, account, {name: {"requested": True} for name in usual})


def capability(work: UnitOfWork, account: Record, name: str) -> Record:
    """One of the things that an account may be able to do, whether it was requested or not."""
    requested = (work.noted(account, REQUESTED) or {}).get(name)
    told = account.get("requirements") or {}
    due = [each for each in told.get("currently_due") or [] if each != EXTERNAL_ACCOUNT]
    empty = work.shapes.structure("CapabilityRequirements") | {"alternatives": []}
    status = account["capabilities"].get(name, "unrequested")
    later_due = [each for each in told.get("eventually_due") or [] if each != EXTERNAL_ACCOUNT]
    now_due: Record = {
        "current_deadline": told.get("current_deadline"),
        "currently_due": due,
        "errors": [each for each in told.get("errors") or [] if each["requirement"] in due],
        "eventually_due": later_due,
    }
    if status == "inactive":
        rests = verification.is_inactive(account)
        now_due["disabled_reason"] = "paused.inactivity" if rests else "requirements.fields_needed"
    return {
        "id": name,
        "object": "capability",
        "account": account["id"],
        "future_requirements": empty,
        "requested": requested is not None,
        "requested_at": requested,
        "requirements": empty | (now_due if later_due else {}),
        "status": status,
    }
