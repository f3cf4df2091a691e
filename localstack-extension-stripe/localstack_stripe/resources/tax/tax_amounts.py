"""Tax amounts that are given by hand, for lines of draft invoices and of credit notes
(https://docs.stripe.com/invoicing/taxes/manual-tax-amounts).

Only the amounts count. What they are of, and the rates that are made to say what they are called, is shown and not
checked.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.engine.errors import invalid, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.tax_rates import (
    AUTOMATIC,
    RATE,
    automatic_rate,
    check_percentage,
)
from localstack_stripe.resources.tax.invoice_taxes import BY_HAND, GIVEN, shown_tax

PARAM = "tax_amounts"

_MOST = 20
"""How many a line can have."""


def set_tax_amounts(
    work: UnitOfWork, line: Record, given: Mapping[str, Any], param: str = PARAM
) -> None:
    """Give an invoice's line the taxes that a request says of it, or take those away that were given before. They stay
    whatever else becomes of the line.

    :param param: where the request says them
    :raises StripeError: 400
    """
    if PARAM not in given:
        return
    amounts = given[PARAM] or ()
    _require_few(amounts, param)
    taxes = []
    for place, each in enumerate(amounts):
        data = each["tax_rate_data"]
        check_percentage(data["percentage"], f"{param}[{place}][tax_rate_data][percentage]")
        rate = automatic_rate(work, data)
        taxes.append(_tax(each, rate, each.get("taxability_reason") or GIVEN))
    work.note(line, BY_HAND, taxes or None)


def credited_taxes(
    work: UnitOfWork, given: Sequence[Mapping[str, Any]], of: Sequence[Record], param: str
) -> list[Record]:
    """The taxes that a request says of a credit note's line, which are of rates that were made for tax amounts.

    :param of: the taxes of the invoice's line that is credited
    :param param: where the request says them
    :raises StripeError: 400
    """
    _require_few(given, param)
    reasons = {tax["tax_rate_details"]["tax_rate"]: tax["taxability_reason"] for tax in of}
    taxes = []
    for place, each in enumerate(given):
        where = f"{param}[{place}][tax_rate]"
        rate = work.require(RATE, each["tax_rate"], where)
        if not rate.get(AUTOMATIC):
            raise invalid(
                f"The tax rate {rate['id']} was not created automatically. Use `tax_rates` for it.",
                where,
            )
        taxes.append(_tax(each, rate, reasons.get(rate["id"], GIVEN)))
    return taxes


def _require_few(given: Sequence[Mapping[str, Any]], param: str) -> None:
    if len(given) > _MOST:
        raise too_many(param, _MOST)


def _tax(given: Mapping[str, Any], rate: Record, reason: str) -> Record:
    return shown_tax(rate, given["amount"], given["taxable_amount"], reason)
