"""Tax associations (https://docs.stripe.com/api/tax/association): which calculation a payment was made with."""

from typing import Any

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record

ASSOCIATION = "tax.association"


@operation("GET /v1/tax/associations/find")
def look_up(call: Call) -> Record:
    """The association of a payment intent that names a calculation (https://docs.stripe.com/api/tax/association/find).

    A payment intent without one has no association.
    """
    id = call.params["payment_intent"]
    intent = call.work.require("payment_intent", id, "payment_intent")
    known = call.work.where(ASSOCIATION, "payment_intent", id)
    calculation = _calculation(intent)
    if calculation is None:
        raise no_such("tax association", id, "payment_intent", status=404)
    if known and known[0]["calculation"] == calculation:
        return known[0]
    return call.work.create(ASSOCIATION, payment_intent=id, calculation=calculation)


def _calculation(intent: Record) -> Any:
    inputs = (intent.get("hooks") or {}).get("inputs") or {}
    return (inputs.get("tax") or {}).get("calculation")
