"""What is taken off before taxes: discounts, and the credits of customers
(https://docs.stripe.com/api/invoices/object#invoice_object-total_pretax_credit_amounts).
"""

from collections.abc import Iterable, Sequence

from localstack_stripe.engine.store import Record

CREDIT = "credit_balance_transaction"


def shown(discounts: Sequence[Record], credits: Sequence[Record]) -> list[Record]:
    """What is taken off before taxes, as invoices, credit notes and their lines show it.

    :param discounts: each with its ``amount`` and the id of the ``discount``
    """
    return [*({**each, "type": "discount"} for each in discounts), *credits]


def credits_in(pretax: Iterable[Record] | None) -> list[Record]:
    """The credits among what is shown."""
    return [each for each in pretax or () if each["type"] == CREDIT]


def credited(line: Record) -> int:
    """What credits have paid of a line, in minor units."""
    return sum(each["amount"] for each in credits_in(line["pretax_credit_amounts"]))
