"""What an invoice adds up to: its lines, less discounts and credits, with taxes and shipping
(https://docs.stripe.com/api/invoices/object).
"""

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
    """Derive an invoice's totals from its lines, its discounts, its taxes and what shipping costs."""
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    off = _take_off(work, invoice, lines)
    # https://docs.stripe.com/api/invoices/object#invoice_object-subtotal
    subtotal = sum(line["amount"] - own_discount(line) for line in lines)
    _show_pretax_credits(work, invoice, lines)
    discounted = sum(line["amount"] for line in lines) - off
    discounted -= sum(credited(line) for line in lines)
    taxes = add_taxes(work, invoice, lines)
    shipping = shipping_of(invoice)
    total = discounted + taxes.on_top + shipping.total
    invoice["amount_shipping"] = shipping.amount
    invoice["subtotal"] = subtotal
    invoice["subtotal_excluding_tax"] = subtotal - taxes.inside_of_subtotal
    invoice["total"] = total
    invoice["total_excluding_tax"] = discounted - taxes.inside + shipping.net
    due_now = max(total, 0)
    invoice["amount_due"] = due_now
    invoice["amount_remaining"] = due_now - invoice["amount_paid"]


def _take_off(work: UnitOfWork, invoice: Record, lines: list[Record]) -> int:
    """Write each line's discounts into it and their sums into the invoice, and return what they come to.

    A line's own discounts come before the invoice's (https://docs.stripe.com/billing/subscriptions/coupons).
    """
    discountable = [line for line in lines if line["discountable"]]
    own, priced = [], []
    for line in discountable:
        [off] = reductions(work, line["discounts"], [(_product_of(line), line["amount"])])
        own.append(off)
        priced.append((_product_of(line), line["amount"] - sum(off.values())))
    ids = [*(id for line in discountable for id in line["discounts"]), *invoice["discounts"]]
    sums = dict.fromkeys(ids, 0)
    for line in lines:
        if _is_proration(line):
            for each in line["discount_amounts"]:
                if each["amount"]:
                    sums[each["discount"]] = sums.get(each["discount"], 0) + each["amount"]
    general = reductions(work, invoice["discounts"], priced)
    for line, first, then in zip(discountable, own, general, strict=True):
        off = {**first, **{id: first.get(id, 0) + amount for id, amount in then.items()}}
        amounts = [{"amount": amount, "discount": id} for id, amount in off.items()]
        if line["discount_amounts"] != amounts:
            work.change(line)["discount_amounts"] = amounts
        for id, amount in off.items():
            sums[id] += amount
    invoice["total_discount_amounts"] = [
        {"amount": amount, "discount": id} for id, amount in sums.items()
    ]
    return sum(sums.values())


def _is_proration(line: Record) -> bool:
    parent = line["parent"]
    return bool(parent[parent["type"]]["proration"])


def _show_pretax_credits(work: UnitOfWork, invoice: Record, lines: list[Record]) -> None:
    for line in lines:
        off = shown(line["discount_amounts"], credits_in(line["pretax_credit_amounts"]))
        if line["pretax_credit_amounts"] != off:
            work.change(line)["pretax_credit_amounts"] = off
    credits = [each for line in lines for each in credits_in(line["pretax_credit_amounts"])]
    invoice["total_pretax_credit_amounts"] = shown(invoice["total_discount_amounts"], credits)


def _product_of(line: Record) -> str | None:
    product: str | None = ((line["pricing"] or {}).get("price_details") or {}).get("product")
    return product
