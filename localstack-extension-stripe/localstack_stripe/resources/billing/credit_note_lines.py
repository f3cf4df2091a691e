"""The lines of credit notes (https://docs.stripe.com/api/credit_notes/line_item): what is credited of an invoice.

What is credited of one of its lines has its share of the line's discounts and taxes
(https://docs.stripe.com/tax/invoicing/refunds).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import rounded, spread, written
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_totals import discounted
from localstack_stripe.resources.billing.pretax_credits import credited, credits_in, shown
from localstack_stripe.resources.products.tax_rates import AUTOMATIC, RATE, usable_rates
from localstack_stripe.resources.tax.invoice_taxes import BY_HAND, taxes_of
from localstack_stripe.resources.tax.tax_amounts import PARAM as TAX_AMOUNTS
from localstack_stripe.resources.tax.tax_amounts import credited_taxes

NOTE, LINE = "credit_note", "credit_note_line_item"


def lines_over(work: UnitOfWork, note: Record, invoice: Record, total: int) -> list[Record]:
    """What lines are to have that come to an amount: one of its own, or of a taxed invoice a part of each line."""
    if not any(each["amount"] for each in invoice["total_taxes"] or ()):
        own = {
            "type": "custom_line_item",
            "description": note["memo"] or "Credit",
            "unit_amount": total,
        }
        return [_own_line(work, invoice, own, "lines[0]")]
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    totals = [_total_of(line) for line in lines]
    parts = spread(total, totals, sum(totals))
    return [
        _worth(line, part, whole)
        for line, part, whole in zip(lines, parts, totals, strict=True)
        if part
    ]


def _worth(line: Record, part: int, whole: int) -> Record:
    """The part of an invoice's line that comes to an amount, with its taxes."""

    def shares(of: Iterable[Record]) -> list[Record]:
        return [{**each, "amount": _share(each["amount"], part, whole)} for each in of]

    discounts, credits = (
        shares(line["discount_amounts"]),
        shares(credits_in(line["pretax_credit_amounts"])),
    )
    off = sum(each["amount"] for each in (*discounts, *credits))
    on_top = [tax["amount"] for tax in line["taxes"] if tax["tax_behavior"] == "exclusive"]
    amount = _share(line["amount"], part, whole) if any(on_top) else part + off
    added = iter(spread(part - amount + off, on_top, sum(on_top)))
    return {
        "amount": amount,
        "description": line["description"],
        "discount_amounts": discounts,
        "invoice_line_item": line["id"],
        "pretax_credit_amounts": shown(discounts, credits),
        "taxes": [
            {
                **tax,
                "amount": next(added)
                if tax["tax_behavior"] == "exclusive"
                else _share(tax["amount"], part, whole),
                "taxable_amount": _share(tax["taxable_amount"], part, whole),
            }
            for tax in line["taxes"]
        ],
        "type": "invoice_line_item",
    }


def _total_of(line: Record) -> int:
    """What was asked for an invoice's line, with its taxes and after its discounts and credits."""
    on_top: int = sum(t["amount"] for t in line["taxes"] if t["tax_behavior"] == "exclusive")
    return discounted(line) - credited(line) + on_top


def _share(amount: int, part: int, whole: int) -> int:
    return rounded(Decimal(amount) * part / whole) if whole else 0


def described_line(
    work: UnitOfWork, note: Record, invoice: Record, given: Mapping[str, Any], param: str
) -> Record:
    """What a line that a request describes is to have."""
    if given["type"] == "invoice_line_item":
        return _part_of_line(work, note, invoice, given, param)
    return _own_line(work, invoice, given, param)


def new_line(work: UnitOfWork, note: Record, values: Record) -> Record:
    """A line of a note, with what it is to have."""
    return work.create(
        LINE,
        **{
            PARENT: note["id"],
            "metadata": {},
            "tax_rates": _rates_in(work, values["taxes"]),
            **values,
        },
        discount_amount=sum(each["amount"] for each in values["discount_amounts"]),
    )


def _rates_in(work: UnitOfWork, taxes: Sequence[Record]) -> list[str]:
    """The ids of the rates of taxes that somebody has made."""
    ids = [tax["tax_rate_details"]["tax_rate"] for tax in taxes]
    return [id for id in ids if not work.require(RATE, id, RATE).get(AUTOMATIC)]


def _part_of_line(
    work: UnitOfWork, note: Record, invoice: Record, given: Mapping[str, Any], param: str
) -> Record:
    """A part of an invoice's line, with its share of the line's discounts and taxes."""
    if not given.get("invoice_line_item"):
        raise missing_parameter(f"{param}[invoice_line_item]")
    named = f"{param}[invoice_line_item]"
    line = work.require("line_item", given["invoice_line_item"], named)
    if line["invoice"] != invoice["id"]:
        raise invalid(f"The line {line['id']} is not one of this invoice.", named)
    whole, quantity = line["amount"], given.get("quantity")
    all_of_it = line["quantity"] or 1
    amount = given.get("amount")
    if amount is not None and quantity is not None:
        raise exclusive("amount", "quantity", param)
    others = _credits_before(work, note, invoice, line["id"])
    for other in others:
        _require_same_way(other, given, param)
    if amount is None:
        amount = _share(whole, all_of_it if quantity is None else quantity, all_of_it)
    before = sum(each["amount"] for each in others)
    # Of a line that is negative, no less can be credited than it is, and nothing that is positive.
    least, most = sorted((0, whole - before))
    if not least <= amount <= most:
        left = written(whole - before, note["currency"])
        raise invalid(f"You can credit at most {left}.", param)

    def part(of: int) -> int:
        # Several notes of a line come to all of it: what was rounded before counts.
        return _share(of, before + amount, whole) - _share(of, before, whole)

    def parts(of: Iterable[Record]) -> list[Record]:
        return [{**each, "amount": part(each["amount"])} for each in of]

    discounts = parts(line["discount_amounts"])
    taxes = _given_taxes(work, invoice, given, line["taxes"], param)
    if taxes is None:
        if work.noted(line, BY_HAND):
            # What its taxes come to is for nobody else to say.
            raise missing_parameter(f"{param}[{TAX_AMOUNTS}]")
        taxes = [
            {**each, "amount": part(each["amount"]), "taxable_amount": part(each["taxable_amount"])}
            for each in line["taxes"]
        ]
    return {
        "amount": amount,
        "description": given.get("description") or line["description"],
        "discount_amounts": discounts,
        "invoice_line_item": line["id"],
        "metadata": dict(given.get("metadata") or {}),
        "pretax_credit_amounts": shown(discounts, parts(credits_in(line["pretax_credit_amounts"]))),
        "quantity": quantity,
        "taxes": taxes,
        "type": given["type"],
    }


def _given_taxes(
    work: UnitOfWork,
    invoice: Record,
    given: Mapping[str, Any],
    of: Sequence[Record],
    param: str,
) -> list[Record] | None:
    """The taxes that a request gives a line by their amounts, where it does.

    :param of: the taxes of the invoice's line that is credited
    :raises StripeError: 400 where the line has tax rates as well, or the invoice automatic tax
    """
    amounts = given.get(TAX_AMOUNTS)
    if not amounts:
        return None
    if given.get("tax_rates"):
        raise exclusive(TAX_AMOUNTS, "tax_rates", param)
    where = f"{param}[{TAX_AMOUNTS}]"
    if invoice["automatic_tax"]["enabled"]:
        raise invalid("You cannot give tax amounts for an invoice with automatic tax.", where)
    return credited_taxes(work, amounts, of, where)


def _credits_before(work: UnitOfWork, note: Record, invoice: Record, line: str) -> list[Record]:
    """The lines of other notes that credit an invoice's line."""
    others = [
        each["id"]
        for each in work.where(NOTE, "invoice", invoice["id"])
        if each["id"] != note["id"] and each["status"] == "issued"
    ]
    return [each for each in work.where(LINE, "invoice_line_item", line) if each[PARENT] in others]


def _require_same_way(other: Record, given: Mapping[str, Any], param: str) -> None:
    """Refuse to credit a line by its quantity where another note has by an amount, or the other way round
    (https://docs.stripe.com/invoicing/integration/programmatic-credit-notes).
    """
    before, now = ("amount", "quantity") if other["quantity"] is None else ("quantity", "amount")
    if given.get(now) is not None:
        raise invalid(
            f"This line was credited by {before} before; it cannot be credited by {now}.",
            f"{param}[{now}]",
        )


def _own_line(work: UnitOfWork, invoice: Record, given: Mapping[str, Any], param: str) -> Record:
    """A line that is none of the invoice's, with the tax rates that are given for it."""
    if invoice["automatic_tax"]["enabled"]:
        raise invalid(
            "You cannot credit a `custom_line_item` of an invoice with automatic tax.",
            f"{param}[type]",
        )
    unit = given.get("unit_amount_decimal", given.get("unit_amount"))
    if unit is None:
        raise missing_parameter(f"{param}[unit_amount]")
    quantity = given.get("quantity", 1)
    amount = rounded(Decimal(unit) * quantity)
    if amount < 0:
        raise invalid("The amount of a `custom_line_item` cannot be negative.", param)
    ids = usable_rates(work, given.get("tax_rates") or [], f"{param}[tax_rates]")
    taxes = _given_taxes(work, invoice, given, (), param)
    if taxes is None:
        taxes = taxes_of(amount, [work.require(RATE, id, RATE) for id in ids])
    return {
        "amount": amount,
        "description": given.get("description"),
        "discount_amounts": [],
        "metadata": dict(given.get("metadata") or {}),
        "pretax_credit_amounts": [],
        "quantity": quantity,
        "tax_rates": ids,
        "taxes": taxes,
        "type": given["type"],
        "unit_amount": given.get("unit_amount"),
        "unit_amount_decimal": str(unit),
    }
