"""Tax transactions (https://docs.stripe.com/tax/standalone-tax-api#reversals): sales whose tax was collected, and what
was given back of them.

Amounts of a reversal are negative, but for one that takes a reversal back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import rounded, spread
from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import (
    already_exists,
    exclusive,
    invalid,
    missing_parameter,
    no_such,
)
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.tax.tax_calculations import CALCULATION
from localstack_stripe.resources.tax.tax_calculations import LINE as CALCULATED_LINE

TRANSACTION = "tax.transaction"
LINE = "tax.transaction_line_item"

FULL = "full"
"""Noted of a reversal of all that there was."""

MOST_PARTIAL_REVERSALS = 30
"""How often a part of a sale can be given back."""


Part = tuple[Record, int, int]
"""A line, and the amount and the tax of it that a transaction is about."""


@dataclass(slots=True)
class Left:
    """What of a line, or of the shipping, was not given back yet, in minor units.

    :param amount: without the tax where that is on top of it
    :param tax: the tax, in it or on top of it
    """

    amount: int
    tax: int
    inclusive: bool

    @property
    def whole(self) -> int:
        """What the customer paid for it."""
        return self.amount if self.inclusive else self.amount + self.tax

    def part(self, whole: int) -> tuple[int, int]:
        """The amount and the tax of a part of it, in proportion.

        :param whole: what the customer gets back for it
        """
        tax = rounded(Decimal(whole) * self.tax / self.whole) if self.whole else 0
        return (whole if self.inclusive else whole - tax), tax


@operation("POST /v1/tax/transactions/create_from_calculation")
def record_sale(call: Call) -> Record:
    """Record that a sale was made as it was calculated
    (https://docs.stripe.com/api/tax/transactions/create_from_calculation).

    :raises StripeError: 400 where the calculation does not exist, or is too old, or the reference is another's
    """
    work, params = call.work, call.params
    calculation = work.require(CALCULATION, params["calculation"], "calculation")
    if calculation["expires_at"] <= work.now():
        raise invalid(f"The tax calculation {calculation['id']} has expired.", "calculation")
    return sell(work, calculation, params, params.get("posted_at", work.now()))


def sell(work: UnitOfWork, calculation: Record, named: Mapping[str, Any], posted_at: int) -> Record:
    """The transaction of a sale.

    :param named: its ``reference``, and perhaps ``metadata``
    :raises StripeError: 400 where the reference is another's
    """
    shipping = calculation["shipping_cost"]
    transaction = _new(
        work,
        calculation,
        named,
        posted_at=posted_at,
        shipping_cost=_without_taxes(shipping) if shipping else None,
        type="transaction",
    )
    lines = work.where(CALCULATED_LINE, PARENT, calculation["id"])
    _add_lines(work, transaction, [(line, line["amount"], line["amount_tax"]) for line in lines])
    return transaction


@operation("POST /v1/tax/transactions/create_reversal")
def reverse(call: Call) -> Record:
    """Give back a sale or a part of it, or take a partial reversal back
    (https://docs.stripe.com/api/tax/transactions/create_reversal).

    :raises StripeError: 400 where that is more than there is
    """
    work, params = call.work, call.params
    original = work.require(TRANSACTION, params["original_transaction"], "original_transaction")
    if params["mode"] == "full":
        return _reverse_whole(call, original)
    return _reverse_part(call, original)


# All of it


def _reverse_whole(call: Call, original: Record) -> Record:
    work = call.work
    for name in ("flat_amount", "line_items", "shipping_cost"):
        if call.params.get(name) is not None:
            raise invalid(f"You may only specify `{name}` if `mode` is `partial`.", name)
    if work.noted(original, FULL):
        raise invalid(
            f"The tax transaction {original['id']} is a full reversal, which cannot be reversed.",
            "original_transaction",
        )
    if is_reversed(work, original):
        raise invalid(
            f"The tax transaction {original['id']} has already been fully reversed.",
            "original_transaction",
        )
    return take_back(work, original, call.params)


def is_reversed(work: UnitOfWork, original: Record) -> bool:
    """Whether there is nothing left of a sale, or of a partial reversal, because all of it was taken back at once."""
    return any(work.noted(each, FULL) for each in _reversals(work, original))


def take_back(work: UnitOfWork, original: Record, named: Mapping[str, Any]) -> Record:
    """The reversal of all that there was.

    :param named: its ``reference``, and perhaps ``metadata``
    :raises StripeError: 400 where the reference is another's
    """
    shipping = original["shipping_cost"]
    reversal = _new_reversal(work, original, named, _negative(shipping) if shipping else None)
    work.note(reversal, FULL)
    wholes = [(line, -line["amount"], -line["amount_tax"]) for line in _lines(work, original)]
    _add_lines(work, reversal, wholes)
    return reversal


# A part of it


def _reverse_part(call: Call, original: Record) -> Record:
    work, params = call.work, call.params
    if original["type"] == "reversal":
        raise invalid("Only all of a reversal can be reversed: use `mode=full`.", "mode")
    earlier = _reversals(work, original)
    if sum(not work.noted(each, FULL) for each in earlier) >= MOST_PARTIAL_REVERSALS:
        raise invalid(
            f"You can create up to {MOST_PARTIAL_REVERSALS} partial reversals of a transaction.",
            "original_transaction",
        )
    flat, lines, shipping = (
        params.get(name) for name in ("flat_amount", "line_items", "shipping_cost")
    )
    if flat is not None:
        if lines or shipping:
            raise exclusive("flat_amount", "line_items")
        whole = left_of(work, original)
        if flat >= 0:
            raise invalid("The flat amount of a reversal must be negative.", "flat_amount")
        if -flat > whole:
            raise invalid(
                f"You cannot reverse more than what is left of the transaction: {whole}.",
                "flat_amount",
            )
        return give_back(work, original, params, -flat)
    if not lines and not shipping:
        raise missing_parameter("line_items")
    left, shipping_left = _left(work, original)
    cost = None
    if shipping:
        if shipping_left is None:
            raise invalid("The transaction has no shipping cost.", "shipping_cost")
        _take(shipping_left, shipping, "shipping_cost")
        cost = _without_taxes(original["shipping_cost"]) | {
            name: shipping[name] for name in ("amount", "amount_tax")
        }
    parts = _chosen_lines(work, original, left, lines or [])
    reversal = _new_reversal(work, original, params, cost)
    _add_lines(work, reversal, parts)
    return reversal


def _chosen_lines(
    work: UnitOfWork,
    original: Record,
    left: Mapping[str, Left],
    given: Sequence[Mapping[str, Any]],
) -> list[Part]:
    """The parts of lines that a request names."""
    known = {line["id"]: line for line in _lines(work, original)}
    chosen: list[Part] = []
    for place, each in enumerate(given):
        id, param = each["original_line_item"], f"line_items[{place}]"
        if id not in known:
            raise no_such("line item", id, f"{param}[original_line_item]")
        _take(left[id], each, param)
        named = {
            "metadata": each.get("metadata"),
            "quantity": each.get("quantity", known[id]["quantity"]),
            "reference": each["reference"],
        }
        chosen.append((known[id] | named, each["amount"], each["amount_tax"]))
    return chosen


def _take(left: Left, given: Mapping[str, Any], param: str) -> None:
    for name, there in (("amount", left.amount), ("amount_tax", left.tax)):
        place = f"{param}[{name}]"
        if given[name] > 0:
            raise invalid("The amounts of a reversal must be negative.", place)
        if -given[name] > there:
            raise invalid(
                f"You cannot reverse more than what is left of the transaction: {there} of {name}.",
                place,
            )
    left.amount += given["amount"]
    left.tax += given["amount_tax"]


def left_of(work: UnitOfWork, original: Record) -> int:
    """What of a sale was not given back yet, with its taxes, in minor units."""
    left, shipping = _left(work, original)
    return sum(each.whole for each in left.values()) + (shipping.whole if shipping else 0)


def give_back(work: UnitOfWork, original: Record, named: Mapping[str, Any], flat: int) -> Record:
    """The reversal of an amount, which is spread over what is left of the lines and the shipping, in proportion to that.

    :param named: its ``reference``, and perhaps ``metadata``
    :param flat: in minor units, with taxes; no more than there is
    :raises StripeError: 400 where the reference is another's
    """
    left, shipping = _left(work, original)
    there = [*left.values(), *([shipping] if shipping else [])]
    whole = sum(each.whole for each in there)
    flats = spread(flat, [each.whole for each in there], whole)
    shares = [each.part(share) for each, share in zip(there, flats, strict=True)]
    cost = None
    if shipping is not None:
        amount, tax = shares[-1]
        given = {"amount": -amount, "amount_tax": -tax}
        cost = _without_taxes(original["shipping_cost"]) | given
    reversal = _new_reversal(work, original, named, cost)
    lines = _lines(work, original)
    parts = [(line, -amount, -tax) for line, (amount, tax) in zip(lines, shares, strict=False)]
    _add_lines(work, reversal, parts)
    return reversal


def _left(work: UnitOfWork, original: Record) -> tuple[dict[str, Left], Left | None]:
    """What is left of each line, by its id, and of the shipping: reversals that were taken back do not count."""

    def all_of(part: Mapping[str, Any]) -> Left:
        return Left(part["amount"], part["amount_tax"], part["tax_behavior"] == "inclusive")

    left = {line["id"]: all_of(line) for line in _lines(work, original)}
    shipping = all_of(original["shipping_cost"]) if original["shipping_cost"] else None
    for reversal in _reversals(work, original):
        if _reversals(work, reversal):
            continue
        for line in _lines(work, reversal):
            of = left[line["reversal"]["original_line_item"]]
            of.amount += line["amount"]
            of.tax += line["amount_tax"]
        if shipping is not None and reversal["shipping_cost"]:
            shipping.amount += reversal["shipping_cost"]["amount"]
            shipping.tax += reversal["shipping_cost"]["amount_tax"]
    return left, shipping


# Their records


def is_used(work: UnitOfWork, reference: str) -> bool:
    """Whether there is a transaction with a reference."""
    return bool(work.where(TRANSACTION, "reference", reference))


def _new(work: UnitOfWork, source: Record, named: Mapping[str, Any], **values: Any) -> Record:
    if is_used(work, named["reference"]):
        raise already_exists("tax transaction reference", "reference")
    return work.create(
        TRANSACTION,
        currency=source["currency"],
        customer=source["customer"],
        customer_details=dict(source["customer_details"]),
        metadata=dict(named.get("metadata") or {}),
        reference=named["reference"],
        ship_from_details=source["ship_from_details"],
        tax_date=source["tax_date"],
        **values,
    )


def _new_reversal(
    work: UnitOfWork, original: Record, named: Mapping[str, Any], shipping: Record | None
) -> Record:
    return _new(
        work,
        original,
        named,
        posted_at=work.now(),
        reversal={"original_transaction": original["id"]},
        shipping_cost=shipping,
        type="reversal",
    )


def _add_lines(work: UnitOfWork, transaction: Record, parts: Sequence[Part]) -> None:
    # A list shows the newest first, and lines are listed as they were given.
    for line, amount, tax in reversed(parts):
        is_reversal = transaction["type"] == "reversal"
        work.create(
            LINE,
            **{PARENT: transaction["id"]},
            amount=amount,
            amount_tax=tax,
            metadata=dict(line["metadata"] or {}),
            product=line["product"],
            quantity=line["quantity"],
            reference=line["reference"],
            reversal={"original_line_item": line["id"]} if is_reversal else None,
            tax_behavior=line["tax_behavior"],
            tax_code=line["tax_code"],
            type=transaction["type"],
        )


def _lines(work: UnitOfWork, transaction: Record) -> list[Record]:
    return work.where(LINE, PARENT, transaction["id"])


def _reversals(work: UnitOfWork, original: Record) -> list[Record]:
    return work.where(TRANSACTION, "reversal.original_transaction", original["id"])


def _without_taxes(shipping: Mapping[str, Any]) -> Record:
    return {name: value for name, value in shipping.items() if name != "tax_breakdown"}


def _negative(shipping: Mapping[str, Any]) -> Record:
    negative = {name: -shipping[name] for name in ("amount", "amount_tax")}
    return _without_taxes(shipping) | negative
