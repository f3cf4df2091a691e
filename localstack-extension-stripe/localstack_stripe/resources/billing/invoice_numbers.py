"""Numbers of invoices (https://docs.stripe.com/invoicing/customize#invoice-numbering): a customer's prefix, and how many
invoices it had.
"""

import re
from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

LARGEST = 1_000_000_000

_PREFIX = re.compile(r"[A-Z0-9]{3,12}")


def take_number(invoice: Record, customer: Record) -> None:
    """Give an invoice the next number of its customer, which may be written to."""
    invoice["number"] = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1


def require_unused(work: UnitOfWork, invoice: Record, number: str | None) -> None:
    """Refuse a number that another invoice has.

    :raises StripeError: 400
    """
    found = work.where("invoice", "number", number) if number else []
    if any(each["id"] != invoice["id"] for each in found):
        raise invalid(f"An invoice with the number `{number}` already exists.", "number")


def check_numbering(work: UnitOfWork, customer: Record, params: Mapping[str, Any]) -> None:
    """Check what a request says of a customer's numbers.

    :raises StripeError: 400
    """
    prefix = params.get("invoice_prefix")
    if prefix is not None:
        check_prefix(work, prefix, "invoice_prefix", customer["id"])
    sequence = params.get("next_invoice_sequence")
    if sequence is not None:
        _check_sequence(work, customer, sequence)


def check_prefix(work: UnitOfWork, prefix: str, param: str, customer: str | None) -> None:
    """Refuse a prefix that is none, or that is not the customer's, known by their id, but another's.

    :raises StripeError: 400
    """
    if not _PREFIX.fullmatch(prefix):
        raise invalid("The invoice prefix must be 3 to 12 uppercase letters or numbers.", param)
    others = work.where("customer", "invoice_prefix", prefix)
    if any(each["id"] != customer for each in others):
        raise invalid(f"The invoice prefix `{prefix}` is another customer's already.", param)


def _check_sequence(work: UnitOfWork, customer: Record, sequence: int) -> None:
    start = f"{customer['invoice_prefix']}-"
    numbers = [each["number"] or "" for each in work.where("invoice", "customer", customer["id"])]
    counted = [number.removeprefix(start) for number in numbers if number.startswith(start)]
    used = max((int(each) for each in counted if each.isdecimal()), default=0)
    if sequence <= used:
        raise too_small("next_invoice_sequence", used + 1)
    if sequence > LARGEST:
        raise invalid(
            f"This value must be less than or equal to {LARGEST}.", "next_invoice_sequence"
        )
