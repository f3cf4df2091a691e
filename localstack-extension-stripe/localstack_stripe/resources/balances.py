"""The account's balance (https://docs.stripe.com/api/balance): what its balance transactions come to."""

from collections import Counter

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.store import Record


@operation("GET /v1/balance")
def retrieve(call: Call) -> Record:
    """What is available, and what will be (https://docs.stripe.com/api/balance/balance_retrieve)."""
    work = call.work
    available: Counter[str] = Counter({"usd": 0})
    pending: Counter[str] = Counter({"usd": 0})
    for transaction in work.all("balance_transaction"):
        arrived = transaction["available_on"] <= work.now(transaction)
        (available if arrived else pending)[transaction["currency"]] += transaction["net"]
    currencies = sorted(available.keys() | pending.keys(), key=lambda each: (each != "usd", each))
    return work.shapes.skeleton("balance") | {
        "id": "balance",
        "available": [_funds(each, available[each]) for each in currencies],
        "pending": [_funds(each, pending[each]) for each in currencies],
    }


def _funds(currency: str, amount: int) -> Record:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
