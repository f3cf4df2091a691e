"""Sources (https://docs.stripe.com/api/sources), the oldest way to pay: of which type one is, and what tops a balance up.

They are kept, and no more is followed of them, so this is no behaviour.
"""

from localstack_stripe.contract.loader import Enum
from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.bank_accounts import TEST_TOKENS, of_token

SOURCE = "source"
_BANK = ("bank_name", "country", "fingerprint", "last4", "routing_number")


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


@checks("topup")
def come_from(call: Call, topup: Record) -> None:
    """A top-up comes from a source, or in tests from the bank account that a token stands for
    (https://docs.stripe.com/connect/testing#testing-top-ups).

    :raises StripeError: 400 where there is no such source
    """
    named = call.params.get("source")
    if named is None or call.work.get(SOURCE, named) is not None:
        return
    token = call.work.get("token", named)
    if named not in TEST_TOKENS and (token is None or "bank_account" not in token):
        raise no_such(SOURCE, named, "source")
    bank = of_token(call.work, named, "source")
    source = call.work.create(
        SOURCE,
        ach_debit={name: bank[name] for name in _BANK} | {"type": bank["account_holder_type"]},
        client_secret=f"src_client_secret_{call.work.ids.text(24)}",
        currency=topup["currency"],
        flow="none",
        status="chargeable",
        type="ach_debit",
        usage="reusable",
    )
    topup["source"] = source["id"]
