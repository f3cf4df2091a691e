"""Ephemeral keys (https://docs.stripe.com/issuing/elements#ephemeral-key-authentication): a key for an app, for an
hour and one customer, card or session.
"""

from localstack_stripe.engine.behaviours import Call, before_create, before_delete, shows_once
from localstack_stripe.engine.clock import HOUR
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

KEY = "ephemeral_key"
SECRET = "secret"

shows_once(KEY, SECRET)

_FOR = ("customer", "issuing_card", "verification_session")


@before_create(KEY)
def complete(call: Call, key: Record) -> None:
    """Give it a secret that is a key of the account."""
    named = [name for name in _FOR if call.params.get(name)]
    if not named:
        raise missing_parameter("customer")
    if len(named) > 1:
        raise invalid(f"You may only specify one of these parameters: {', '.join(named)}.")
    if "issuing_card" in named:
        call.work.require("issuing.card", call.params["issuing_card"], "issuing_card")
    key["expires"] = key["created"] + HOUR
    call.work.note(key, SECRET, session_key(call.work))


@before_delete(KEY)
def end(call: Call, key: Record) -> None:
    """What is answered is the key, which has expired now (https://docs.stripe.com/api/ephemeral_keys/delete)."""
    key["expires"] = call.work.now()


def session_key(work: UnitOfWork) -> str:
    """A key that names the account, as all its keys do, for what is short-lived."""
    return f"ek_test_5{work.account.removeprefix('acct_')}{work.ids.text(32)}"
