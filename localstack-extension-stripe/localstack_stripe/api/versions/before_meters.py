"""What usage was reported by until version 2025-03-31.basil: records of a subscription's item, whose price said how they count
(https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-legacy-usage-based-billing).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, Withdrawn, by
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.prices import AGGREGATION, aggregation_of

_WAYS = "'last_during_period' | 'last_ever' | 'max' | 'sum'"

_USAGE_RECORDS = "/v1/subscription_items/{subscription_item}/usage_records"
_SUMMARIES = "/v1/subscription_items/{subscription_item}/usage_record_summaries"


def _counted(recurring: Tree) -> Tree:
    """What is metered without a meter was summed up unless something else was said."""
    if recurring.get("usage_type") != "metered" or recurring.get("meter"):
        return recurring
    return {AGGREGATION: "sum", **recurring}


def _counted_price(tree: Tree) -> Tree:
    recurring = tree.get("recurring")
    return {**tree, "recurring": _counted(recurring)} if isinstance(recurring, dict) else tree


def _plan(work: UnitOfWork, plan: Record) -> Record:
    return {AGGREGATION: aggregation_of(work, plan)}


def _price(work: UnitOfWork, price: Record) -> Record:
    recurring = price["recurring"]
    if not recurring:
        return {}
    return {"recurring": {AGGREGATION: aggregation_of(work, price), **recurring}}


CHANGE = Change(
    day="2025-03-31",
    fields={
        "PriceRecurring": {AGGREGATION: f"{_WAYS} | null"},
        "plan": {AGGREGATION: f"{_WAYS} | null"},
        "usage_record": {
            "id": "string",
            "object": "'usage_record'",
            "livemode": "boolean",
            "quantity": "integer",
            "subscription_item": "string",
            "timestamp": "timestamp",
        },
        "usage_record_summary": {
            "id": "string",
            "object": "'usage_record_summary'",
            "invoice": "string | null",
            "livemode": "boolean",
            "period": "any",
            "subscription_item": "string",
            "total_usage": "integer",
        },
    },
    values={"plan": _plan, "price": _price},
    parameters={
        "POST /v1/plans": by(_counted),
        "POST /v1/prices": by(_counted_price),
    },
    accepted={
        "POST /v1/plans": {AGGREGATION: _WAYS},
        "PriceCreateParamsRecurring": {AGGREGATION: _WAYS},
    },
    operations={
        f"GET {_SUMMARIES}": Withdrawn(
            {
                "ending_before": "string",
                "expand": "[string]",
                "limit": "integer",
                "starting_after": "string",
            },
            "list(#usage_record_summary)",
        ),
        f"POST {_USAGE_RECORDS}": Withdrawn(
            {
                "action": "'increment' | 'set'",
                "expand": "[string]",
                "quantity!": "integer",
                "timestamp": "'now' | timestamp",
            },
            "#usage_record",
        ),
    },
)
