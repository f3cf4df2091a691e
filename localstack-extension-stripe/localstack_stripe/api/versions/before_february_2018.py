"""What plans had until version 2018-02-05, and their products have since
(https://docs.stripe.com/changelog/2018-02-05/plans-link-individual-products-several-fields-moved).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, only, without
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_OF_PRODUCT = ("name", "statement_descriptor")


def _plan(work: UnitOfWork, plan: Record) -> Record:
    product = work.get("product", plan["product"] or "") or {}
    return {name: product.get(name) for name in _OF_PRODUCT}


def _of_product(tree: Tree) -> Tree:
    if "name" not in tree or "product" in tree:
        return tree
    product = only(tree, *_OF_PRODUCT)
    return {**without(tree, *product), "product": product}


CHANGE = Change(
    day="2018-02-05",
    fields={"plan": dict.fromkeys(_OF_PRODUCT, "string | null")},
    values={"plan": _plan},
    parameters={"POST /v1/plans": by(_of_product)},
)
