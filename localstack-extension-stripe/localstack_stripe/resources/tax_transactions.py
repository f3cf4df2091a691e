"""Tax transactions (https://docs.stripe.com/tax/standalone-tax-api#reversals): sales whose tax was collected, and what
was given back of them.

Amounts of a reversal are negative, but for one that takes a reversal back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import already_exists, invalid, missing_parameter, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.tax_calculations import CALCULATION
from localstack_stripe.resources.tax_calculations import LINE as CALCULATED_LINE

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
    id = params["calculation"]
    calculation = work.get(CALCULATION, id)
    if calculation is None:
        raise no_such("calculation", id, "calculation")
    if calculation["expires_at"] <= work.now():
        raise invalid(f"The tax calculation {id} has expired.", "calculation")
    shipping = calculation["shipping_cost"]
    transaction = _new(
        call,
        calculation,
        posted_at=params.get("posted_at", work.now()),
        shipping_cost=_without_taxes(shipping) if shipping else None,
        type="transaction",
    )
    lines = work.where(CALCULATED_LINE, PARENT, id)
    _add_lines(work, transaction, [(line, line["amount"], line["amount_tax"]) for line in lines])
    return transaction


@operation("POST /v1/tax/transactions/create_reversal")
def reverse(call: Call) -> Record:
    """Give back a sale or a part of it, or take a partial reversal back
    (https://docs.stripe.com/api/tax/transactions/create_reversal).

    :raises StripeError: 400 where that is more than there is
    """
    work, params = call.work, call.params
    id = params["original_transaction"]
    original = work.get(TRANSACTION, id)
    if original is None:
        raise no_such("transaction", id, "original_transaction")
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
    if any(work.noted(each, FULL) for each in _reversals(work, original)):
        raise invalid(
            f"The tax transaction {original['id']} has already been fully reversed.",
            "original_transaction",
        )
    shipping = original["shipping_cost"]
    reversal = _new_reversal(call, original, _negative(shipping) if shipping else None)
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
    left, shipping_left = _left(work, original)
    flat, lines, shipping = (
        params.get(name) for name in ("flat_amount", "line_items", "shipping_cost")
    )
    if flat is not None:
        if lines or shipping:
            raise invalid(
                "You may only specify one of these parameters: flat_amount, line_items.",
                "flat_amount",
            )
        return _reverse_flat(call, original, left, shipping_left, -flat)
    if not lines and not shipping:
        raise missing_parameter("line_items")
    cost = None
    if shipping:
        if shipping_left is None:
            raise invalid("The transaction has no shipping cost.", "shipping_cost")
        _take(shipping_left, shipping, "shipping_cost")
        cost = _without_taxes(original["shipping_cost"]) | {
            name: shipping[name] for name in ("amount", "amount_tax")
        }
    parts = _chosen_lines(work, original, left, lines or [])
    reversal = _new_reversal(call, original, cost)
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


def _reverse_flat(
    call: Call, original: Record, left: Mapping[str, Left], shipping: Left | None, flat: int
) -> Record:
    """Spread an amount over what is left of the lines and the shipping, in proportion to that."""
    there = [*left.values(), *([shipping] if shipping else [])]
    whole = sum(each.whole for each in there)
    if flat <= 0:
        raise invalid("The flat amount of a reversal must be negative.", "flat_amount")
    if flat > whole:
        raise invalid(
            f"You cannot reverse more than what is left of the transaction: {whole}.", "flat_amount"
        )
    shares, seen, taken = [], 0, 0
    for each in there:
        # Rounding the running total, and not each share, makes the shares add up.
        seen += each.whole
        so_far = rounded(Decimal(flat) * seen / whole)
        shares.append(each.part(so_far - taken))
        taken = so_far
    cost = None
    if shipping is not None:
        amount, tax = shares[-1]
        given = {"amount": -amount, "amount_tax": -tax}
        cost = _without_taxes(original["shipping_cost"]) | given
    reversal = _new_reversal(call, original, cost)
    lines = _lines(call.work, original)
    parts = [(line, -amount, -tax) for line, (amount, tax) in zip(lines, shares, strict=False)]
    _add_lines(call.work, reversal, parts)
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


def _new(call: Call, source: Record, **values: Any) -> Record:
    work, params = call.work, call.params
    if work.where(TRANSACTION, "reference", params["reference"]):
        raise already_exists("tax transaction reference", "reference")
    return work.create(
        TRANSACTION,
        currency=source["currency"],
        customer=source["customer"],
        customer_details=dict(source["customer_details"]),
        metadata=dict(params.get("metadata") or {}),
        reference=params["reference"],
        ship_from_details=source["ship_from_details"],
        tax_date=source["tax_date"],
        **values,
    )


def _new_reversal(call: Call, original: Record, shipping: Record | None) -> Record:
    return _new(
        call,
        original,
        posted_at=call.work.now(),
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
