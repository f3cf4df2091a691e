"""What Stripe asks an account for only once it has done more business (https://docs.stripe.com/connect/testing-verification#testing-thresholds):
it is eventually due, and currently due when a threshold is reached.

Simplified: the number of a person or a company in the United States, a person's document elsewhere.
"""

from typing import NamedTuple

from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.kept_accounts import PERSON

REACHED = "threshold"
"""Noted of an account: until when, in seconds since 1970, it has to tell what was eventually due, and ``charges`` or
``payouts``, where they are blocked until it does."""

CHARGES, PAYOUTS = "charges", "payouts"


class Later(NamedTuple):
    """What is eventually due.

    :param requirements: the names of parameters
    :param is_due: whether it is currently due
    :param deadline: until when, in seconds since 1970, if it is and nothing is blocked yet
    :param blocks: ``charges`` or ``payouts``, or nothing
    """

    requirements: tuple[str, ...]
    is_due: bool = False
    deadline: int | None = None
    blocks: str | None = None


NOTHING_MORE = Later(())


def later(work: UnitOfWork, account: Record) -> Later:
    """What an account will be asked for, and whether it is already."""
    asked = _asked(work, account)
    reached = work.noted(account, REACHED)
    if not asked or reached is None:
        return Later(asked)
    return Later(asked, True, reached["deadline"], reached["blocks"])


def _asked(work: UnitOfWork, account: Record) -> tuple[str, ...]:
    type = account.get("business_type")
    is_american = account["country"] == "US"
    if type == "individual":
        person = work.get(PERSON, account.get("individual") or "") or {}
        if at(person, "verification.document.front"):
            return ()
        if not is_american:
            return ("individual.verification.document",)
        return () if person.get("id_number_provided") else ("individual.id_number",)
    company = account.get("company") or {}
    told = company.get("tax_id_provided") or at(company, "verification.document.front")
    return ("company.tax_id",) if type is not None and is_american and not told else ()
