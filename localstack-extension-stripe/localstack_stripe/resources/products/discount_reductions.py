"""Discounts as they are in force: for how long, and what they take off (https://docs.stripe.com/billing/subscriptions/coupons)."""

from collections.abc import Sequence

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.coupons import applies_to, reduction_of

TERMS = "terms"
"""Noted of a discount: the coupon, as it was when it was redeemed. Deleting it does not end the discount."""

Priced = tuple[str | None, int]
"""A product and what is asked for it, in minor units."""


def lasts(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount has no end."""
    return bool(coupon_of(work, discount)["duration"] == "forever")


def spreads_evenly(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount is a percentage of all that is billed while it lasts, or of one invoice."""
    coupon = coupon_of(work, discount)
    return bool(coupon["percent_off"] and coupon["duration"] in ("once", "forever"))


def is_for_one_invoice(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount is over when an invoice has used it."""
    return bool(coupon_of(work, discount)["duration"] == "once")


def in_force(work: UnitOfWork, owner: Record, whose: Record | None = None) -> list[str]:
    """The ids of an owner's discounts that have not ended; a subscription or an invoice that has none has its customer's.

    :param whose: what the owner belongs to, where it does not tell the time that it lives in
    """
    own = _lasting(work, owner["discounts"], whose or owner)
    if own or owner["object"] not in ("invoice", "subscription"):
        return own
    customer = work.get("customer", owner["customer"] or "")
    shared = customer["discount"] if customer is not None else None
    return _lasting(work, [shared], owner) if shared is not None else []


def _lasting(work: UnitOfWork, discounts: Sequence[str], whose: Record) -> list[str]:
    now = work.now(whose)
    found = (work.get("discount", id) for id in discounts)
    return [each["id"] for each in found if each and (each["end"] is None or each["end"] > now)]


def reductions(
    work: UnitOfWork, discounts: Sequence[str], priced: Sequence[Priced]
) -> list[dict[str, int]]:
    """What each discount takes off each amount: one dictionary an amount, by the discount's id.

    Each discount is taken off what the ones before it have left.
    """
    off: list[dict[str, int]] = [{} for _ in priced]
    left = [amount for _, amount in priced]
    for id in discounts:
        coupon = coupon_of(work, id)
        concerned = [
            amount if applies_to(coupon, product) else 0
            for (product, _), amount in zip(priced, left, strict=True)
        ]
        for place, part in enumerate(reduction_of(coupon).parts(concerned)):
            if part:
                off[place][id] = part
                left[place] -= part
    return off


def own_discount(line: Record) -> int:
    """What the discounts that are for one line of an invoice alone take off it, in minor units."""
    off = line["discount_amounts"]
    return sum(each["amount"] for each in off if each["discount"] in line["discounts"])


def taken_off(lines: Sequence[Record]) -> dict[str, int]:
    """What each discount takes off lines of an invoice or of a credit note, in minor units, by its id."""
    off: dict[str, int] = {}
    for line in lines:
        for each in line["discount_amounts"]:
            off[each["discount"]] = off.get(each["discount"], 0) + each["amount"]
    return off


def use_up(
    work: UnitOfWork, owner: Record, used: Sequence[str], whose: Record | None = None
) -> None:
    """Let go of the discounts for one invoice that an invoice of the subscription has used, and of ended ones.

    :param owner: the subscription, or an item of it
    :param whose: as in :func:`in_force`
    """
    owner["discounts"] = [
        id
        for id in _lasting(work, owner["discounts"], whose or owner)
        if id not in used or not is_for_one_invoice(work, id)
    ]


def coupon_of(work: UnitOfWork, discount: str) -> Record:
    """The coupon that a discount, known by its id, was made by, as it was then."""
    coupon: Record = work.noted(work.require("discount", discount, "discount"), TERMS)
    return coupon
