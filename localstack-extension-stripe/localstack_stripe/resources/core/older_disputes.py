"""The dispute of a charge by the charge's path, as the first SDKs reached it, which https://github.com/stripe/openapi has
still.
"""

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.core.dispute_evidence import give_evidence
from localstack_stripe.resources.core.disputes import DISPUTE, concede


def _latest(call: Call) -> Record:
    charge = require_path(call, "charge", "charge")
    found = call.work.where(DISPUTE, "charge", charge["id"])
    if not found:
        raise no_such(DISPUTE, charge["id"], "charge", status=404)
    return found[0]


@operation("GET /v1/charges/{charge}/dispute")
def retrieve(call: Call) -> Record:
    """The latest dispute of a charge."""
    return _latest(call)


@operation("POST /v1/charges/{charge}/dispute")
def update(call: Call) -> Record:
    """Give evidence."""
    before, work = _latest(call), call.work
    made = work.change(before)
    assign(work, made, call.params, work.contract.resources[DISPUTE].fields)
    give_evidence(call, made, before)
    return made


@operation("POST /v1/charges/{charge}/dispute/close")
def close(call: Call) -> Record:
    """Accept that it is lost."""
    return concede(call.work, _latest(call))
