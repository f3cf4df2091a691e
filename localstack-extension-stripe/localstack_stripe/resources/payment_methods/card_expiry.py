"""When cards expire."""

from collections.abc import Mapping
from time import gmtime
from typing import Any

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def this_year(work: UnitOfWork) -> int:
    """The year that it is (UTC)."""
    return gmtime(work.now()).tm_year


def expiry_year(work: UnitOfWork) -> int:
    """Next year: a test card never expires while it is used."""
    return this_year(work) + 1


def given_expiry(details: Mapping[str, Any]) -> Record:
    """The expiry date that was given with a card's number; its year may have two digits."""
    month, year = int(details["exp_month"]), int(details["exp_year"])
    return {"exp_month": month, "exp_year": year + 2000 if 0 <= year < 70 else year}
