"""Sources (https://docs.stripe.com/api/sources), the oldest way to pay: of which type one is.

They are kept, and no more is followed of them, so this is no behaviour.
"""

from localstack_stripe.contract.loader import Enum
from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record

SOURCE = "source"


@checks(SOURCE)
def be_of_a_type(call: Call, source: Record) -> None:
    """A source has one of the types that there are; a copy has its original's
    (https://docs.stripe.com/api/sources/create).

    :raises StripeError: 400 where it has none, or another
    """
    if "type" not in call.operation.parameters:
        return
    type, original = call.params.get("type"), call.params.get("original_source")
    if type is None and original is not None:
        copied = call.work.get(SOURCE, original) or call.work.get("card", original)
        if copied is None:
            raise no_such(SOURCE, original, "original_source")
        source["type"] = copied.get("type", "card")
        return
    if type is None:
        raise missing_parameter("type")
    types = one_of(call.work.contract.resources[SOURCE].fields["type"].type, Enum)
    if types is not None and type not in types.values:
        raise invalid(f"Invalid type: must be one of {', '.join(types.values)}", "type")
