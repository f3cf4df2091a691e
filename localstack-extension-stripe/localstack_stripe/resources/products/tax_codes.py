"""Tax codes (https://docs.stripe.com/tax/tax-codes): what a product is to a tax authority.

Stripe has some six hundred; these are the three hundred of which public sources say the names. A product may have any
other, too. Stripe's descriptions are not repeated here: the name stands for them.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from localstack_stripe import billing
from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

PERFORMANCE_LOCATION = {"txcd_50010001": "required"}
"""Codes of tickets: where the performance is decides the tax (https://docs.stripe.com/tax/tax-for-tickets)."""


@from_the_start("tax_code")
def tax_codes(work: UnitOfWork) -> Iterator[Record]:
    """The general codes, and then all in the order of their ids."""
    table = Path(billing.__path__[0], "tax_codes.csv").read_text("utf-8")
    for row in csv.DictReader(table.splitlines()):
        location = PERFORMANCE_LOCATION.get(row["id"])
        requirements = {"performance_location": location} if location else None
        yield {**row, "description": row["name"], "requirements": requirements}
