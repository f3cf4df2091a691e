"""What an invoice adds up to: its lines, less discounts and credits, with taxes and shipping
(https://docs.stripe.com/api/invoices/object).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_shipping import shipping_of
from localstack_stripe.resources.billing.pretax_credits import credited, credits_in, shown
from localstack_stripe.resources.products.discount_reductions import own_discount, reductions
from localstack_stripe.resources.tax.invoice_taxes import add_taxes


def discounted(line: Record) -> int:
    """What a line of an invoice asks for, less its discounts, in minor units."""
    off: int = sum(each["amount"] for each in line["discount_amounts"])
    return int(line["amount"]) - off


def add_up(work: UnitOfWork, invoice: Record) -> None:
    """Derive an invoice's totals from its lines, its discounts, its taxes and what shipping costs.

    :raises StripeError: 400 where tax amounts are given beside other taxes
    """
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    lines = _take_off(work, invoice, lines)
    lines = _show_pretax_credits(work, invoice, lines)
    # https://docs.stripe.com/api/invoices/object#invoice_object-subtotal
    subtotal = sum(line["amount"] - own_discount(line) for line in lines)
    net = sum(line["amount"] - credited(line) for line in lines)
    net -= sum(each["amount"] for each in invoice["total_discount_amounts"])
    taxes = add_taxes(work, invoice, lines)
    shipping = shipping_of(invoice)
    total = net + taxes.on_top + shipping.total
    invoice["amount_shipping"] = shipping.amount
    invoice["subtotal"] = subtotal
    invoice["subtotal_excluding_tax"] = subtotal - taxes.inside_of_subtotal
    invoice["total"] = total
    invoice["total_excluding_tax"] = net - taxes.inside + shipping.net
    due_now = max(total, 0)
    invoice["amount_due"] = due_now
    invoice["amount_remaining"] = due_now - invoice["amount_paid"]


def _take_off(work: UnitOfWork, invoice: Record, lines: Sequence[Record]) -> list[Record]:
    """Write each line's discounts into it and their sums into the invoice, and return the lines as they are then.

    A line's own discounts come before the invoice's (https://docs.stripe.com/billing/subscriptions/coupons).
    """
    discountable = [line for line in lines if line["discountable"]]
    own, priced = [], []
    for line in discountable:
        [off] = reductions(work, line["discounts"], [(_product_of(line), line["amount"])])
        own.append(off)
        priced.append((_product_of(line), line["amount"] - sum(off.values())))
    general = reductions(work, invoice["discounts"], priced)
    off_lines = {
        line["id"]: {**first, **{id: first.get(id, 0) + amount for id, amount in then.items()}}
        for line, first, then in zip(discountable, own, general, strict=True)
    }
    reduced = [
        # What was taken off a proration is as much as it is a part of.
        line
        if _is_proration(line)
        else _having(work, line, "discount_amounts", _shown_off(off_lines.get(line["id"], {})))
        for line in lines
    ]
    ids = [*(id for line in discountable for id in line["discounts"]), *invoice["discounts"]]
    sums = dict.fromkeys(ids, 0)
    for each in (each for line in reduced for each in line["discount_amounts"]):
        if each["amount"]:
            sums[each["discount"]] = sums.get(each["discount"], 0) + each["amount"]
    invoice["total_discount_amounts"] = _shown_off(sums)
    return reduced


def _shown_off(off: Mapping[str, int]) -> list[Record]:
    return [{"amount": amount, "discount": id} for id, amount in off.items()]


def _having(work: UnitOfWork, line: Record, name: str, value: Any) -> Record:
    """A line with a value, which is written where it had another."""
    if line[name] == value:
        return line
    line = work.change(line)
    line[name] = value
    return line


def _is_proration(line: Record) -> bool:
    parent = line["parent"]
    return bool(parent[parent["type"]]["proration"])


def _show_pretax_credits(
    work: UnitOfWork, invoice: Record, lines: Sequence[Record]
) -> list[Record]:
    """Write what is taken off before taxes into each line and into the invoice, and return the lines as they are then."""
    credits = [credits_in(line["pretax_credit_amounts"]) for line in lines]
    invoice["total_pretax_credit_amounts"] = shown(
        invoice["total_discount_amounts"], [each for of_line in credits for each in of_line]
    )
    return [
        _having(work, line, "pretax_credit_amounts", shown(line["discount_amounts"], of_line))
        for line, of_line in zip(lines, credits, strict=True)
    ]


def _product_of(line: Record) -> str | None:
    product: str | None = ((line["pricing"] or {}).get("price_details") or {}).get("product")
    return product
