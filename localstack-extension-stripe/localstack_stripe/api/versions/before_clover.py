"""What objects and requests had until version 2025-09-30.clover, and have elsewhere since: coupons stand in the place of what
may be something else, too (https://docs.stripe.com/changelog/clover).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _discount(work: UnitOfWork, discount: Record) -> Record:
    return {"coupon": at(discount, "source.coupon")}


def _promotion_code(work: UnitOfWork, promotion_code: Record) -> Record:
    return {"coupon": at(promotion_code, "promotion.coupon")}


def _promote(tree: Tree) -> Tree:
    if "coupon" not in tree or "promotion" in tree:
        return tree
    others = {name: value for name, value in tree.items() if name != "coupon"}
    return {**others, "promotion": {"coupon": tree["coupon"], "type": "coupon"}}


CHANGE = Change(
    day="2025-09-30",
    fields={"discount": {"coupon": "#coupon"}, "promotion_code": {"coupon": "#coupon"}},
    values={"discount": _discount, "promotion_code": _promotion_code},
    parameters={"POST /v1/promotion_codes": _promote},
)
